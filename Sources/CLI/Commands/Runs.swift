import ArgumentParser
import Millrace
import Project
import Recording
import Scheduling
import Supervising

struct Runs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Show the runs that wait, go on and have ended, or one of them.",
        discussion: """
              millrace runs
              millrace runs 20260304T050607-1a2b3c      its steps, and the last words of its process
            """)

    @Argument(help: ArgumentHelp("A run; without one the latest.", valueName: "run")) var name: String?
    @Option(name: .long, help: ArgumentHelp("Show at most this many runs.", valueName: "count")) var limit = 20
    @Option(name: .long, help: ArgumentHelp("Show this many of the last lines that a run said.", valueName: "count"))
    var lines = 10
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if !(1...1_000_000).contains(limit) { throw ValidationError("--limit takes a number from 1 to 1,000,000") }
        if !(0...1_000_000).contains(lines) { throw ValidationError("--lines takes a number from 0 to 1,000,000") }
    }

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let client = try SchedulerClient(workspace.project, now: { currentMilliseconds() })
        let history = global.history(of: workspace.project)
        let scheduled = try client.snapshot().runs
        let isServed = client.owner != nil
        guard let name else {
            let all = RunListing.all(scheduled, history.runs(limit: limit), limit: limit)
            if console.isJSON { return try console.print(.array(all.map(\.json))) }
            return try console.print(
                RunsText.lines(all, isServed: isServed, width: console.width, style: console.style))
        }
        let run = RunID(name)
        let listing = RunListing(
            run: run, scheduled: scheduled.first { $0.run == run }, past: history.run(run))
        guard listing.scheduled != nil || listing.past != nil else {
            throw Diagnostic.error("no run '\(name)' is known", hint: "'millrace runs' names the latest")
        }
        let steps = history.steps(of: run)
        let output = RunOutput.tail(of: run, in: workspace.project, count: lines)
        if console.isJSON {
            return try console.print(
                .object([
                    ("run", listing.json), ("steps", .array(steps.map(RunsText.json))), ("output", .strings(output)),
                ]))
        }
        try console.print(
            RunsText.lines(
                listing, steps, output, isServed: isServed, width: console.width, style: console.style))
    }
}
