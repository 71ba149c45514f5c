import ArgumentParser
import Millrace
import Project
import Recording

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show the versions of a dataset, or the runs of the project.",
        discussion: "Versions are what the store says and are never lost; runs are remembered beside the project.")

    @Argument(
        help: "A dataset; without one the latest runs.",
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var dataset: String?
    @Option(name: .long, help: ArgumentHelp("Show at most this many, the newest first.", valueName: "count"))
    var limit = 20
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes a number from 1 on") }
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
        let all = try await workspace.history(dataset)
        let items = all.sorted { $0.version > $1.version }.prefix(limit)
        if console.isJSON { return try console.print(.array(items.map(HistoryText.json))) }
        var lines = HistoryText.lines(Array(items), width: console.width, style: console.style)
        if all.count > items.count {
            lines.append(console.style.faint("… and \(Quantity.grouped(all.count - items.count)) older"))
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
