import Dispatch
import Synchronization

/// Where a run leaves what a receiver is to be told. To put something in takes no time, whatever the receiver does.
final class Outbox: Sendable {
    private struct State {
        var queue: LetterQueue
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
        /// Tells alarms for one wait from those for another.
        var waits = 0
        /// Somebody rang while nobody waited.
        var isRung = false
    }

    private let state: Mutex<State>
    /// So many letters are worth being sent at once.
    private let threshold: Int

    init(capacity: Int, threshold: Int) {
        state = Mutex(State(queue: LetterQueue(capacity: capacity)))
        self.threshold = threshold
    }

    func put(_ letter: Letter) {
        let isDue = state.withLock { state in
            state.queue.put(letter)
            return state.queue.waiting.count >= threshold
        }
        if isDue { ring() }
    }

    /// Nothing more will come.
    func close() {
        state.withLock { $0.isClosed = true }
        ring()
    }

    var isClosed: Bool { state.withLock(\.isClosed) }
    var isEmpty: Bool { state.withLock { $0.queue.waiting.isEmpty } }
    var lost: Int { state.withLock { $0.queue.lost } }

    func with<Result: Sendable>(_ body: (inout LetterQueue) -> Result) -> Result { state.withLock { body(&$0.queue) } }

    // MARK: Waiting

    /// Waits until there is reason to look, at most so long.
    func wait(atMost time: Duration) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let number = state.withLock { state -> Int? in
                    guard !state.isRung, !Task.isCancelled else {
                        state.isRung = false
                        return nil
                    }
                    state.waits += 1
                    state.waiter = continuation
                    return state.waits
                }
                guard let number else { return continuation.resume() }
                let parts = time.components
                let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
                DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in self?.end(wait: number) }
            }
        } onCancel: {
            ring()
        }
    }

    func ring() {
        let waiter = state.withLock { state in
            let waiter = state.waiter
            state.waiter = nil
            state.isRung = waiter == nil
            return waiter
        }
        waiter?.resume()
    }

    private func end(wait number: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waits == number else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
