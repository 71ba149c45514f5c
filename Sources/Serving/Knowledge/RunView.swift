import Project
import Recording
import Running
import Scheduling
import Timetable

/// A run as pages and the API show it: what the scheduler says of it, and what the history does.
struct RunView: Sendable {
    var run: RunID
    /// `queued`, `running`, `done`, `failed`, `cancelled`, `nothing_to_do` or `interrupted`.
    var phase: String
    var cause: String?
    var order: RunOrder?
    var queuedAt: Int?
    var startedAt: Int?
    var finishedAt: Int?
    var attempt: Int?
    /// Steps, once the history knows the run.
    var counts: (done: Int, failed: Int, skipped: Int, upToDate: Int)?

    /// At least one is there.
    init(_ state: SchedulerSnapshot.RunState, _ past: PastRun?) {
        run = state.run
        phase = state.phase.rawValue
        // The scheduler knows that a run is done; the history, that there was nothing to do.
        if state.phase == .done, past?.outcome == "nothing_to_do" { phase = "nothing_to_do" }
        cause = state.cause
        order = state.order
        queuedAt = state.queuedAt
        startedAt = state.startedAt ?? past?.startedAt
        finishedAt = state.finishedAt
        attempt = state.attempt
        counts = past.map { ($0.done, $0.failed, $0.skipped, $0.upToDate) }
    }

    init(_ past: PastRun) {
        run = past.run
        phase = past.outcome ?? "running"
        cause = past.cause
        order = past.order.map { order in
            RunOrder(
                selection: order.selectionText, isFullRefresh: order.isFullRefresh,
                partitions: order.partitions.map { PartitionKey($0) })
        }
        queuedAt = past.queuedAt
        attempt = past.processes
        startedAt = past.startedAt
        finishedAt = past.finishedAt
        counts = (past.done, past.failed, past.skipped, past.upToDate)
    }

    var isLive: Bool { phase == "queued" || phase == "running" }
    var mayRetry: Bool { ["failed", "cancelled", "interrupted"].contains(phase) }

    var json: JSON {
        .object([
            ("run", .string(run.text)), ("phase", .string(phase)), ("cause", .optional(cause)),
            ("selection", .optional(order?.selection)), ("full_refresh", .optional(order?.isFullRefresh, JSON.bool)),
            ("partitions", .optional(order?.partitions) { .strings($0.map(\.text)) }),
            ("priority", .optional(order?.priority)),
            ("queued_at", .optional(queuedAt.map(Timestamp.iso8601))),
            ("started_at", .optional(startedAt.map(Timestamp.iso8601))),
            ("finished_at", .optional(finishedAt.map(Timestamp.iso8601))), ("attempt", .optional(attempt)),
            (
                "steps",
                .optional(counts) {
                    .object([
                        ("done", .int($0.done)), ("failed", .int($0.failed)), ("skipped", .int($0.skipped)),
                        ("up_to_date", .int($0.upToDate)),
                    ])
                }
            ),
        ])
    }
}

extension Site {
    /// A page of runs, the newest first. Before the newest ones stand those that the history does not know: they wait, or
    /// ended before their process could say anything.
    /// - Parameters:
    ///   - from: where the page begins; nil is with the newest run.
    ///   - outcome: only runs that ended so.
    ///   - limit: so many of the history at most.
    func runs(from cursor: RunCursor?, outcome: String?, limit: Int) -> (runs: [RunView], next: RunCursor?) {
        let page = history.runs(RunFilter(outcome: outcome.map { .ended($0) }), from: cursor, limit: limit)
        let states = Dictionary(
            control.snapshot().runs.map { ($0.run, $0) }, uniquingKeysWith: { first, _ in first })
        let views = page.runs.map { run in states[run.run].map { RunView($0, run) } ?? RunView(run) }
        guard cursor == nil else { return (views, page.next) }
        let known = Set(page.runs.map(\.run))
        let waiting = states.values.filter { state in
            !known.contains(state.run) && (outcome == nil || state.phase.rawValue == outcome)
                && history.run(state.run) == nil
        }
        return (waiting.sorted { $0.run.text > $1.run.text }.map { RunView($0, nil) } + views, page.next)
    }

    /// - Throws: `Trouble` when nobody knows the run.
    func run(_ text: String) throws -> RunView {
        guard Self.isRunName(text) else { throw Trouble.notFound("there is no run of this name") }
        let id = RunID(text)
        let past = history.run(id)
        if let state = control.snapshot().runs.first(where: { $0.run == id }) { return RunView(state, past) }
        guard let past else { throw Trouble.notFound("there is no run of this name") }
        return RunView(past)
    }

    static func isRunName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 0x20) || $0 == 45 || $0 == 95 }
    }

    /// The log of a run, as far as it is known.
    func log(of run: RunView) -> [LogLine] {
        if let output = outlook.output(run.run), !output.isEmpty {
            return output.flatMap { JSON(reading: $0).map(RunWords.lines) ?? [LogLine(level: .plain, text: $0)] }
        }
        if let lines = logs.lines(of: run.run) { return lines }
        guard let past = history.run(run.run) else { return [] }
        return RunWords.lines(past, history.steps(of: run.run))
    }
}
