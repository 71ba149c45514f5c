import ArgumentParser
import Millrace
import Project

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dataset: its columns, checks, rows, versions, and where its files are.",
        discussion: """
            With --inputs it shows instead what a version was made from, what that was made from, and so on down to \
            source files and Delta tables outside of the project, each at the version that was read.

              millrace show flights
              millrace show flights@3
              millrace show flights@released --inputs
              millrace show flights --inputs --files    every source file, not only the first \(Self.fewSourceFiles)
            """)

    /// So many of an ingest's files are shown when nobody asks for all.
    static let fewSourceFiles = 20

    @Argument(
        help: ArgumentHelp(
            "A dataset, or a version of it: flights, flights@3, flights@released.", valueName: "dataset"),
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var dataset: String
    @Flag(name: .long, help: "Walk back to what it was made from.") var inputs = false
    @Flag(name: .long, help: "List every file.") var files = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let target = try VersionedName(dataset)
        let workspace = try global.open()
        if inputs {
            let tree = try await workspace.inputs(
                of: target.name, at: target.pin, fileLimit: files ? nil : Self.fewSourceFiles)
            if console.isJSON { return try console.print(InputText.json(tree)) }
            return try console.print(InputText(style: console.style, allFiles: files).lines(tree))
        }
        let description = try await workspace.describe(target.name, at: target.pin)
        if console.isJSON { return try console.print(DescriptionJSON.json(description)) }
        try console.print(
            DescriptionText(description, style: console.style, width: console.width, allFiles: files).lines())
    }
}
