import ArgumentParser
import Millrace
import Project
import Recording
import Scheduling
import Supervising

struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Run again what failed in a run, and what was not reached.",
        discussion: """
            It is a new run of the same order: what the run has published is up to date and not made again. Only for \
            runs of the scheduler; a run of the command line is repeated with 'millrace run'.
            """)

    @Argument(help: ArgumentHelp("A run; 'millrace runs' names them.", valueName: "run")) var name: String
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let client = try SchedulerClient(workspace.project, now: { currentMilliseconds() })
        let state = try client.snapshot().runs.first { $0.run.text == name }
        guard let state else {
            if global.history(of: workspace.project).run(RunID(name)) != nil {
                throw Diagnostic.error(
                    "run '\(name)' is none of the scheduler's",
                    hint: "'millrace run' makes what is stale; 'millrace run result:failed' what failed")
            }
            throw Diagnostic.error("no run '\(name)' is known", hint: "'millrace runs' names the latest")
        }
        guard state.phase == .failed || state.phase == .cancelled else {
            throw Diagnostic.error("run '\(name)' is \(state.phase.rawValue); there is nothing to do again in it")
        }
        let reply = try await client.submit(.retry(RunID(name)))
        if console.isJSON { return try console.print(RunsText.json(reply)) }
        guard let run = reply?.run else { return console.remark(RunsText.waitsForServer) }
        try console.print("\(console.style.green("✓")) run \(run) is queued")
    }
}
