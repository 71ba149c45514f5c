import ArgumentParser
import Millrace
import Project
import Recording

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show the versions of a dataset, or the runs of the project.",
        discussion: """
            For each version: what made it, its rows, checks, inputs and tags. Versions are what the store says, as \
            far as its log reaches back; runs are remembered beside the project and may be lost.

              millrace history flights
              millrace history flights --limit 100 --json
              millrace history                             the latest runs
            """)

    @Argument(
        help: "A dataset; without one the latest runs.",
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var dataset: String?
    @Option(name: .long, help: ArgumentHelp("Show at most this many, the newest first.", valueName: "count"))
    var limit = 20
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if !(1...1_000_000).contains(limit) { throw ValidationError("--limit takes a number from 1 to 1,000,000") }
    }

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let past = global.history(of: workspace.project)
        guard let dataset else {
            let runs = past.runs(limit: limit)
            if console.isJSON { return try console.print(.array(runs.map(HistoryText.json))) }
            return try console.print(HistoryText.lines(runs, width: console.width, style: console.style))
        }
        let (items, hasMore) = try await workspace.history(dataset, limit: limit)
        if console.isJSON { return try console.print(.array(items.map(HistoryText.json))) }
        var lines = HistoryText.lines(items, width: console.width, style: console.style)
        if hasMore {
            lines.append(console.style.faint("… and older ones (--limit \(limit * 5) shows more)"))
        }
        if let name = DatasetName(dataset), let last = past.steps(of: name, limit: 1).first, last.result == "failed" {
            let when = Timestamp.ago(last.startedAt, now: currentMilliseconds())
            lines += [
                "", console.style.red("its last run failed") + " \(when): \(last.message ?? "for no known reason")",
            ]
        }
        try console.print(lines)
    }
}
