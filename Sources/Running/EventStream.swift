import Synchronization

/// Hands each event to all recorders, one event at a time, whichever thread it comes from.
final class EventStream: Sendable {
    private let recorders: [any RunRecorder]
    private let now: @Sendable () -> Int
    private let turn = Mutex(())

    init(recorders: [any RunRecorder], now: @escaping @Sendable () -> Int) {
        self.recorders = recorders
        self.now = now
    }

    func emit(_ event: RunEvent) {
        turn.withLock { _ in
            let time = now()
            for recorder in recorders { recorder.record(event, at: time) }
        }
    }
}
