import Millrace
import Project
import Recording
import Scheduling
import Supervising

/// A backfill that a command drives or watches itself.
struct BackfillForeground {
    private let workspace: Workspace
    private let global: GlobalOptions

    init(_ workspace: Workspace, _ global: GlobalOptions) {
        self.workspace = workspace
        self.global = global
    }

    /// Drives backfills, and nothing else, until one of them has ended.
    /// - Throws: `Ended` when it did not end well.
    func drive(jobs: Int, _ begin: @escaping @Sendable (Supervisor) async throws -> BackfillID?) async throws {
        let console = global.console
        let supervisor = try Supervisor.open(
            try global.openChanging(), history: global.history(of: workspace.project), jobs: jobs, console: console)
        let interruption = Interruption { console.remark("stopping; 'millrace backfill watch' carries on") }
        let phase = try await interruption.guarding {
            try await withThrowingTaskGroup(of: SchedulerSnapshot.BackfillState.Phase?.self) { group in
                group.addTask {
                    try await supervisor.run()
                    return nil
                }
                group.addTask {
                    let events = supervisor.events()
                    guard let id = try await begin(supervisor) else { return nil }
                    return try await Self.follow(id, supervisor, events, console)
                }
                let first = try await group.next() ?? nil
                group.cancelAll()
                while (try await group.next()) != nil {}
                return first
            }
        }
        guard let phase else { throw Ended(status: interruption.status ?? ExitStatus.interrupted) }
        guard phase == .done else { throw Ended(status: ExitStatus.failed) }
    }

    private static func follow(
        _ id: BackfillID, _ supervisor: Supervisor, _ events: AsyncStream<SchedulerEvent>, _ console: Console
    ) async throws -> SchedulerSnapshot.BackfillState.Phase? {
        func current() -> SchedulerSnapshot.BackfillState? {
            supervisor.snapshot().backfills.first { $0.id == id }
        }
        var last = ""
        var state = current()
        var events = events.makeAsyncIterator()
        while let found = state {
            try say(found, unless: &last, console)
            if found.phase != .running, found.phase != .paused { return found.phase }
            while let event = await events.next() {
                if case .run(let run) = event, run.phase == .failed, let message = run.message {
                    console.tell([.error("run \(run.run) failed: \(message)")])
                }
                if case .backfill(let changed) = event, changed.id == id { break }
            }
            if Task.isCancelled { return nil }
            state = current()
        }
        return nil
    }

    /// Says how far a backfill is that somebody else drives, until it has ended.
    func watch(_ id: BackfillID, by client: SchedulerClient) async throws {
        var last = ""
        while true {
            guard let state = try client.snapshot().backfills.first(where: { $0.id == id }) else { return }
            try Self.say(state, unless: &last, global.console)
            switch state.phase {
            case .done: return
            case .failed, .cancelled: throw Ended(status: ExitStatus.failed)
            case .running where client.owner == nil: return global.console.remark(RunsText.waitsForServer)
            case .running, .paused: try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private static func say(
        _ state: SchedulerSnapshot.BackfillState, unless last: inout String, _ console: Console
    ) throws {
        let words = console.isJSON ? BackfillText.json(state).text : BackfillText.progress(state)
        guard words != last, !console.isQuiet else { return }
        last = words
        try Output.standard.writeNow(words + "\n")
    }
}
