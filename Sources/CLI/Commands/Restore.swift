import ArgumentParser
import Millrace
import Project
import Recording

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make an older version of a dataset the live one again.",
        discussion: """
            It becomes a new version with the rows and columns of the old one; no version is lost. The datasets that \
            are made from it are stale then.

              millrace restore flights@3
              millrace restore flights@released    a tag

            The next 'run' makes the dataset anew if its definition or its inputs are no longer those of the old \
            version.
            """)

    @Argument(
        help: ArgumentHelp("A version of a dataset: flights@3, flights@released.", valueName: "dataset@version"),
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var target: String
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let (name, pin) = try VersionedName.pinned(target, example: "millrace restore flights@3")
        let workspace = try global.open()
        let activity = Activity("restoring \(target)", console: console)
        let outcome = try await activity.during { try await workspace.restore(name, to: pin) }
        if console.isJSON { return try console.print(UpkeepText.json(outcome)) }
        if !console.isQuiet { try console.print(UpkeepText.lines(outcome, style: console.style)) }
        if let warning = UpkeepText.warning(outcome) { console.tell([warning]) }
    }
}
