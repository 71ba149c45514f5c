import ArgumentParser
import Recording

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tell what is installed, what is missing, and the command that mends it.",
        discussion: "Exit status 1 when something is missing.")

    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let findings = await Examination(folder: global.folder).findings()
        let isBad = findings.contains { $0.state == .missing }
        if console.isJSON {
            try console.print(
                .object([
                    ("ok", .bool(!isBad)),
                    ("findings", .array(findings.map(\.json))),
                ]))
        } else {
            for finding in findings where !console.isQuiet || finding.state == .missing {
                try console.print(finding.lines(style: console.style))
            }
        }
        if isBad { throw Ended(status: ExitStatus.failed) }
    }
}
