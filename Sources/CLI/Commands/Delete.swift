import ArgumentParser
import Millrace
import Project
import Recording

struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete the rows of a dataset that meet a condition.",
        discussion: """
            It makes a new version without them; only files that have such rows are written anew. The rows stay in \
            older versions, and their files in the store, until 'vacuum'. Rows for which the condition is NULL stay.

              millrace delete events --where "user_id = 4711" --dry-run
              millrace delete events --where "day < DATE '2020-01-01'"
            """)

    @Argument(help: "The dataset.", completion: .shellCommand("millrace list --names 2>/dev/null"))
    var dataset: String
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Which rows: a condition in SQL over the dataset's columns.", valueName: "condition"))
    var condition: String
    @Flag(name: .long, help: "Only count the rows and files.") var dryRun = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let target = try VersionedName(dataset)
        guard target.pin == nil else {
            throw Diagnostic.error(
                "rows can be deleted from the live version only",
                hint: "millrace delete \(target.name) --where …; 'restore' makes an older version live first")
        }
        let workspace = try global.open()
        let activity = Activity("deleting from \(dataset)", console: console)
        let (condition, dryRun) = (condition, dryRun)
        let outcome = try await activity.during {
            try await workspace.delete(from: target.name, where: condition, dryRun: dryRun)
        }
        if console.isJSON { return try console.print(UpkeepText.json(outcome, dryRun: dryRun)) }
        if !console.isQuiet {
            try console.print(UpkeepText.line(outcome, dryRun: dryRun, style: console.style))
        }
        if let warning = UpkeepText.warning(outcome, dryRun: dryRun) { console.tell([warning]) }
    }
}
