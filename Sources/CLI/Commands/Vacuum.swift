import ArgumentParser
import Millrace
import Project
import Recording

struct Vacuum: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vacuum",
        abstract: "Delete the files that no version needs any more.",
        discussion: """
            A file goes when neither the live version, nor a tagged one, nor one that was live within the retention \
            needs it. Older versions can then no longer be read; 'tag' keeps those that matter. The retention is a \
            week unless a table says otherwise (delta.deletedFileRetentionDuration). Refused rows and lists of source \
            files go with their datasets.

              millrace vacuum --dry-run
              millrace vacuum flights --older-than 30d
              millrace vacuum flights --older-than 0s --force    only when nothing reads or writes the store
            """)

    @OptionGroup var datasets: SelectionOptions
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keep what was live within this time: 7d, 36h, 90min; none means what each table says.", valueName: "time"))
    var olderThan: TimeSpan?
    @Flag(name: .long, help: "Only tell what would be deleted.") var dryRun = false
    @Flag(name: .long, help: "Also when the tables ask for a longer retention.") var force = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let selected = try await workspace.datasets(datasets.value)
        let activity = Activity("", console: console)
        let (retention, dryRun, force) = (olderThan?.milliseconds, dryRun, force)
        let outcomes = try await activity.during {
            var outcomes: [VacuumOutcome] = []
            for (index, dataset) in selected.enumerated() {
                try Task.checkCancellation()
                let place = selected.count > 1 ? " (\(index + 1) of \(selected.count))" : ""
                activity.begin((dryRun ? "looking through " : "vacuuming ") + dataset.text + place)
                let found = try await workspace.vacuum(dataset, retention: retention, dryRun: dryRun, force: force)
                outcomes += found
                guard !console.isJSON, !console.isQuiet else { continue }
                for outcome in found where outcome.files > 0 {
                    try activity.print(UpkeepText.lines(outcome, dryRun: dryRun, style: console.style))
                }
            }
            return outcomes
        }
        if console.isJSON {
            return try console.print(
                .object([
                    ("dry_run", .bool(dryRun)), ("files", .int(outcomes.reduce(0) { $0 + $1.files })),
                    ("bytes", .int(outcomes.reduce(0) { $0 + $1.bytes })),
                    ("tables", .array(outcomes.map(UpkeepText.json))),
                ]))
        }
        if !console.isQuiet { try console.print(UpkeepText.summary(outcomes, dryRun: dryRun)) }
    }
}
