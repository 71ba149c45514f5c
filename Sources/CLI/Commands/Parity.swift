import ArgumentParser
import Millrace
import Planning
import Project
import Recording
import Running
import Store

struct Parity: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity",
        abstract: "Make SQL steps on two engines, and compare the results row by row.",
        discussion: """
              millrace parity                              every SQL step, on DuckDB and on Spark
              millrace parity flights --sample 10000       from 10,000 rows of each of its inputs
              millrace parity tag:daily --engines local,cluster

            Both engines make each step anew from all rows of the same pinned versions. Nothing is published, and no file \
            stays behind. Columns, types, rows in any order, refused rows, splits and verdicts of checks are compared. \
            Rows that differ are shown side by side by the dataset's key, or else by all columns without floats.

            A sample is cut from each input by itself: rows that a join would bring together may not both be in it.

            The tolerance is relative to the larger number; for the type FLOAT it is at least its last binary place. \
            Exit status 1 when anything is different or failed.
            """)

    @OptionGroup var datasets: SelectionOptions
    @Option(
        name: .long,
        help: ArgumentHelp("These two engines, not the project's DuckDB and its Spark.", valueName: "a,b"))
    var engines: ColumnList?
    @Option(
        name: .long,
        help: ArgumentHelp("Cut each input to so many rows, which the seed chooses.", valueName: "rows"))
    var sample: Int?
    @Option(name: .long, help: ArgumentHelp("Another seed takes another sample.", valueName: "number")) var seed = 0
    @Option(name: .long, help: ArgumentHelp("By how much floats may differ; 0: not at all.", valueName: "part"))
    var tolerance = 1e-9
    @Option(name: .long, help: ArgumentHelp("Show so many rows of each kind of difference.", valueName: "count"))
    var rows = 5
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if let sample, sample < 1 { throw ValidationError("--sample takes a number of rows from 1 on") }
        if !(0..<1).contains(tolerance) { throw ValidationError("--tolerance takes a number from 0 to below 1") }
        if !(0...1000).contains(rows) { throw ValidationError("--rows takes a number from 0 to 1000") }
    }

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let options = StepTrial.Options(
            sample: sample.map { StepTrial.Sample(rows: $0, seed: seed) },
            tolerance: FloatTolerance(relative: tolerance), examples: rows)
        let trial = try await workspace.parity(datasets.value, engines: engines?.names ?? [], options)
        let results = try await compare(trial, console: console)
        if results.contains(where: \.hasBug) { throw Ended(status: ExitStatus.bug) }
        if results.contains(where: { $0.outcome != .equal }) { throw Ended(status: ExitStatus.failed) }
    }

    private func compare(_ trial: ParityTrial, console: Console) async throws -> [StepParity] {
        let text = ParityText(trial, style: console.style, width: console.width)
        let speaks = !console.isJSON && !console.isQuiet
        if speaks {
            try console.print([text.headline, ""])
            try Output.standard.flush()
        }
        let activity = Activity("comparing", console: console)
        let results = try await activity.during {
            var results: [StepParity] = []
            for step in trial.steps {
                let result = try await trial.compare(step) { activity.begin(text.doing(step.dataset, $0)) }
                results.append(result)
                guard speaks || !console.isJSON && result.outcome != .equal else { continue }
                try activity.print(text.lines(result))
                try Self.tell(ParityText.problems(result), activity, console)
            }
            return results
        }
        if console.isJSON {
            try console.print(ParityJSON.json(trial, results))
        } else if speaks {
            // What differs ends with an empty line of its own.
            let isApart = results.isEmpty || results.last?.outcome == .different
            try console.print((isApart ? [] : [""]) + text.summary(results))
        }
        return results
    }

    /// Where a line is redrawn in place, only one stream can be written to.
    private static func tell(_ problems: [Diagnostic], _ activity: Activity, _ console: Console) throws {
        guard console.isLive else { return console.tell(problems) }
        let lines = problems.flatMap { $0.rendered(style: console.style).split(separator: "\n") }
        try activity.print(lines.map { "    " + $0 })
    }
}
