import ArgumentParser
import Millrace
import Project
import Recording
import Scheduling
import Supervising

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Start runs when triggers fire, and carry out what other commands ask for.",
        discussion: """
            Each run is a process of its own. Ctrl-C ends them; the next 'millrace serve' takes them up where they were, \
            also after a crash. Changes of triggers in the project file count from the next start on.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let supervisor = try Supervisor.open(workspace, history: global.history(of: workspace.project)) {
            console.tell([$0])
        }
        let triggers = Quantity.count(workspace.project.triggers.count, "trigger")
        console.remark("scheduling '\(workspace.project.name)' with \(triggers); Ctrl-C ends it")
        let interruption = Interruption { console.remark("ending the runs that go on") }
        try await interruption.guarding {
            try await withThrowingTaskGroup { group in
                let events = supervisor.events()
                group.addTask { try await supervisor.run() }
                group.addTask { try await RunsText.tell(events, console) }
                try await group.next()
                group.cancelAll()
            }
        }
    }
}
