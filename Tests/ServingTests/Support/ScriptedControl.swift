import Project
import Scheduling
import Synchronization
import Timetable

/// A scheduler that remembers what it was asked, and does nothing else.
final class ScriptedControl: SchedulerControl {
    private struct State {
        var snapshot = SchedulerSnapshot()
        var requests: [SchedulerRequest] = []
        var listeners: [AsyncStream<SchedulerEvent>.Continuation] = []
        var number = 0
    }

    private let state: Mutex<State>

    static let start = 1_760_000_000_000

    init() {
        let triggers = [
            SchedulerSnapshot.TriggerState(
                name: "nightly", condition: "cron 0 2 * * * (Europe/Berlin)", selection: "clean+", isPaused: false,
                next: Self.start + 3_600_000, lastFired: Self.start - 86_400_000,
                lastRun: RunID("20251008T000000-aaaaaa")),
            SchedulerSnapshot.TriggerState(
                name: "hook", condition: "a call of /hooks/hook", selection: "", isPaused: true, next: nil,
                lastFired: nil, lastRun: nil),
        ]
        let order = BackfillOrder(dataset: Self.name, from: PartitionKey("2024-01-01"), to: PartitionKey("2024-01-31"))
        let backfill = SchedulerSnapshot.BackfillState(
            id: BackfillID("b1"), order: order, phase: .running, createdAt: Self.start, total: 31, done: 12, failed: 1,
            running: 2, runs: [RunID("20251008T000000-aaaaaa")])
        let run = SchedulerSnapshot.RunState(
            run: RunID("20991231T235959-ffffff"), order: RunOrder(selection: "clean"), cause: "a person",
            phase: .queued, queuedAt: Self.start, startedAt: nil, finishedAt: nil, attempt: 0)
        let failed = SchedulerSnapshot.RunState(
            run: RunID("20991231T235958-eeeeee"), order: RunOrder(), cause: "trigger nightly", phase: .failed,
            queuedAt: Self.start, startedAt: Self.start, finishedAt: Self.start + 1000, attempt: 1)
        state = Mutex(
            State(snapshot: SchedulerSnapshot(triggers: triggers, runs: [run, failed], backfills: [backfill])))
    }

    private static var name: DatasetName { DatasetName("clean") ?? DatasetName("x").unsafelyUnwrapped }

    var requests: [SchedulerRequest] { state.withLock { $0.requests } }

    func snapshot() -> SchedulerSnapshot { state.withLock { $0.snapshot } }

    func submit(_ request: SchedulerRequest) async throws -> SchedulerReply {
        try state.withLock { state in
            if case .run(let order) = request, order.selection == "nothing_like_this" {
                throw Diagnostic.error("no dataset 'nothing_like_this'", hint: "'millrace list' names them all")
            }
            state.requests.append(request)
            state.number += 1
            switch request {
            case .run, .fire, .webhook, .retry: return SchedulerReply(run: RunID("20991231T235959-ffffff"))
            case .createBackfill: return SchedulerReply(backfill: BackfillID("b\(state.number)"))
            default: return SchedulerReply()
            }
        }
    }

    func events() -> AsyncStream<SchedulerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: SchedulerEvent.self)
        state.withLock { $0.listeners.append(continuation) }
        return stream
    }

    func tell(_ event: SchedulerEvent) {
        for listener in state.withLock({ $0.listeners }) { listener.yield(event) }
    }

    var hasListeners: Bool { state.withLock { !$0.listeners.isEmpty } }
}
