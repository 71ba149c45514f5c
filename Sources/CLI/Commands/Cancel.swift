import ArgumentParser
import Glibc
import Millrace
import Project
import Recording
import Scheduling
import Supervising

struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a run that waits or goes on.",
        discussion: "What it has published stays; what it was at leaves nothing behind.")

    @Argument(help: ArgumentHelp("A run; 'millrace runs' names them.", valueName: "run")) var name: String
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let client = try SchedulerClient(workspace.project, now: { currentMilliseconds() })
        let run = RunID(name)
        if let state = try client.snapshot().runs.first(where: { $0.run == run }) {
            guard state.finishedAt == nil else {
                throw Diagnostic.error("run '\(name)' has ended; it cannot be cancelled any more")
            }
            let reply = try await client.submit(.cancel(run))
            if console.isJSON { return try console.print(RunsText.json(reply)) }
            return console.remark(reply == nil ? RunsText.waitsForServer : "run \(run) is being ended")
        }
        let history = global.history(of: workspace.project)
        guard let past = history.run(run) else {
            throw Diagnostic.error("no run '\(name)' is known", hint: "'millrace runs' names the latest")
        }
        guard past.outcome == nil, let process = history.process(of: run), process > 1,
            kill(pid_t(process), SIGTERM) == 0
        else { throw Diagnostic.error("run '\(name)' has ended; it cannot be cancelled any more") }
        if console.isJSON { return try console.print(RunsText.json(SchedulerReply(run: run))) }
        console.remark("run \(run) is being ended")
    }
}
