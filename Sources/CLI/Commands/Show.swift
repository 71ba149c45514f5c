import ArgumentParser
import Millrace
import Project

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dataset: its columns, checks, rows, versions, and where its files are.")

    @Argument(
        help: ArgumentHelp("A dataset, or a version of it: flights, flights@3.", valueName: "dataset"),
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var dataset: String
    @Flag(name: .long, help: "List every file.") var files = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let target = try VersionedName(dataset)
        let description = try await global.open().describe(target.name, version: target.version)
        if console.isJSON { return try console.print(DescriptionJSON.json(description)) }
        try console.print(
            DescriptionText(description, style: console.style, width: console.width, allFiles: files).lines())
    }
}

/// A dataset's name, perhaps with a version: `flights@3`.
struct VersionedName {
    var name: String
    var version: Version?

    init(_ text: String) throws {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        guard parts.count == 2 else { return }
        guard let number = Int(parts[1]), number >= 0 else {
            throw Diagnostic.error(
                "'\(parts[1])' in '\(text)' is no version", hint: "versions are whole numbers: \(name)@3")
        }
        version = Version(number)
    }
}
