import ArgumentParser
import Project
import Serving

/// How `serve` looks at the project without having the engine in its own process.
struct SurveyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "survey", abstract: "Look at the whole project and keep what is found, for 'serve'.",
        shouldDisplay: false)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        guard let root = ProjectReader.findRoot(from: global.folder) else {
            throw Ended(status: ExitStatus.userMistake)
        }
        _ = try await SurveyFile(root: root).renew(global.workspaceOptions())
    }
}
