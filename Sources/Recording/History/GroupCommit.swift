import Dispatch
import GRDB
import Synchronization

/// Writes into the history what it is given, in order and without letting anybody wait for the disk: whatever waits when
/// the disk is free goes there in one transaction.
final class GroupCommit: Sendable {
    typealias Write = @Sendable (Database) throws -> Void

    private struct State {
        var waiting: [Write] = []
        var isAtWork = false
        /// More came than the disk took up: the rest is not recorded.
        var isFull = false
    }

    private let history: RunHistory
    private let mostWaiting: Int
    private let queue = DispatchQueue(label: "millrace.history")
    private let state = Mutex(State())

    /// - Parameter mostWaiting: when more wait than this, the disk is not just slow, and recording ends.
    init(_ history: RunHistory, mostWaiting: Int = 100_000) {
        self.history = history
        self.mostWaiting = mostWaiting
    }

    func add(_ write: @escaping Write) {
        let isIdle = state.withLock { state in
            guard !state.isFull else { return false }
            state.waiting.append(write)
            if state.waiting.count > mostWaiting {
                state.isFull = true
                state.waiting = []
            }
            defer { state.isAtWork = true }
            return !state.isAtWork
        }
        if isIdle { queue.async { self.work() } }
    }

    /// Returns when all that was given is on the disk, or will never be.
    func finish() { queue.sync { work() } }

    private func work() {
        while true {
            let (writes, isFull) = state.withLock { state in
                defer { state.waiting = [] }
                state.isAtWork = !state.waiting.isEmpty
                return (state.waiting, state.isFull)
            }
            if isFull { history.giveUp(on: "its disk does not take up what is written") }
            guard !writes.isEmpty else { return }
            history.write { database in
                for write in writes { try write(database) }
            }
        }
    }
}
