import ArgumentParser
import Millrace
import Project
import Recording
import Store

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two versions: columns, and rows by their key.",
        discussion: """
              millrace diff flights@3 flights@4
              millrace diff flights@3                      against the live version
              millrace diff flights@released flights@7 --key flight_id
              millrace diff flights@3 flights_new --key flight_id

            Rows with the same values in the key's columns are the same row; without a key rows are compared as a \
            whole, and none is a changed one. Columns that only one version has change no row.
            """)

    @Argument(
        help: ArgumentHelp("What to compare.", valueName: "dataset@version"),
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var first: String
    @Argument(
        help: ArgumentHelp("With what; the live version if left out.", valueName: "dataset@version"),
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var second: String?
    @Option(
        name: .long,
        help: ArgumentHelp("The columns that tell which row is which; else the dataset's key.", valueName: "columns"))
    var key: ColumnList?
    @Option(name: .long, help: ArgumentHelp("Show so many rows of each kind.", valueName: "count"))
    var examples = 5
    @Flag(name: .long, help: "Exit status 1 when anything is different, as diff's.") var exitCode = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if !(0...1000).contains(examples) { throw ValidationError("--examples takes a number from 0 to 1000") }
    }

    mutating func run() async throws {
        let console = global.console
        let old = try VersionedName(first)
        let new = try second.map(VersionedName.init)
        guard new != nil || old.pin != nil else {
            throw Diagnostic.error(
                "'\(first)' is the live version, and so is what it would be compared with",
                hint: "name a version: millrace diff \(old.name)@0")
        }
        let workspace = try global.open()
        let activity = Activity("comparing \(first) and \(second ?? old.name)", console: console)
        let (key, examples) = (key?.names ?? [], examples)
        let comparison = try await activity.during {
            try await workspace.compare(
                (old.name, old.pin), new.map { ($0.name, $0.pin) }, key: key, examples: examples)
        }
        if console.isJSON {
            try console.print(DiffText.json(comparison))
        } else if !console.isQuiet {
            try console.print(DiffText(comparison, style: console.style, width: console.width).lines())
        }
        if exitCode, !comparison.difference.isEmpty { throw Ended(status: ExitStatus.failed) }
    }
}
