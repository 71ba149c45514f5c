import ArgumentParser
import Millrace
import Project
import Recording
import Running
import Scheduling
import Supervising

struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Run again what failed in a run, and what was not reached.",
        discussion: """
            It is a new run of the same order: what the run has published is up to date and not made again. A run of \
            'millrace serve' is repeated there while it goes on; every other one here.
            """)

    @Argument(help: ArgumentHelp("A run; 'millrace runs' names them.", valueName: "run")) var name: String
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let client = try SchedulerClient(workspace.project, now: { currentMilliseconds() })
        let history = global.history(of: workspace.project)
        let run = RunID(name)
        let listing = RunListing(
            run: run, scheduled: try client.snapshot().runs.first { $0.run == run }, past: history.run(run))
        guard listing.scheduled != nil || listing.past != nil else {
            throw Diagnostic.error("no run '\(name)' is known", hint: "'millrace runs' names the latest")
        }
        guard ["failed", "cancelled", "interrupted"].contains(listing.state) else {
            throw Diagnostic.error("run '\(name)' is \(listing.stateWords); there is nothing to do again in it")
        }
        guard listing.scheduled == nil || client.owner == nil else {
            let reply = try await client.submit(.retry(run))
            if console.isJSON { return try console.print(RunsText.json(reply)) }
            guard let run = reply?.run else { return console.remark(RunsText.waitsForServer) }
            return try console.print("\(console.style.green("✓")) run \(run) is queued")
        }
        guard let order = listing.order else {
            throw Diagnostic.error(
                "nobody knows any more what run '\(name)' was to make",
                hint: "'millrace run' makes what is stale; 'millrace run result:failed' what failed")
        }
        // Of a run whose process was killed it is not known what it did not reach.
        let steps = listing.state == "interrupted" ? [] : history.steps(of: run)
        var again = try Run.parse(arguments(order, steps))
        try await again.run()
    }

    /// The command line of a run that does the rest of another one.
    private func arguments(_ order: RunArguments, _ steps: [PastStep]) -> [String] {
        var arguments = ["--cause", "retry of \(name)"]
        if let project = global.project { arguments += ["-C", project] }
        if global.json { arguments.append("--json") }
        if global.noColor { arguments.append("--no-color") }
        if global.quiet { arguments.append("--quiet") }
        if order.isFullRefresh { arguments.append("--full-refresh") }
        for partition in order.partitions { arguments.append("--partition=\(partition)") }
        var selection = order.selection
        let unfinished = steps.filter { $0.result != "done" }.map(\.dataset)
        // What was made anew is not made a second time.
        if order.isFullRefresh, order.partitions.isEmpty, !unfinished.isEmpty { selection = unfinished }
        for excluded in order.exclude { arguments.append("--exclude=\(excluded)") }
        if !selection.isEmpty { arguments += ["--"] + selection }
        return arguments
    }
}
