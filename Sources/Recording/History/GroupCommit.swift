import Dispatch
import GRDB
import Synchronization

/// Writes into the history what it is given, in order and without letting anybody wait for the disk: whatever waits when
/// the disk is free goes there in one transaction.
final class GroupCommit: Sendable {
    typealias Write = @Sendable (Database) throws -> Void

    private struct State {
        var waiting: [Write] = []
        /// The writer will look again by itself.
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
        if isIdle { schedule() }
    }

    /// Returns when all that was given is on the disk, or will never be.
    func finish() {
        queue.sync {
            while writeWaiting() {}
        }
    }

    /// A short while later there is more to take along, and the disk has less to do.
    private func schedule() {
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.interval)) {
            if self.writeWaiting() {
                self.schedule()
            } else if self.state.withLock({ state in
                state.isAtWork = !state.waiting.isEmpty
                return state.isAtWork
            }) {
                self.schedule()
            }
        }
    }

    /// Milliseconds: what a killed process may not have told of itself.
    private static let interval = 10

    /// - Returns: whether something waited.
    private func writeWaiting() -> Bool {
        let (writes, isFull) = state.withLock { state in
            defer { state.waiting = [] }
            return (state.waiting, state.isFull)
        }
        if isFull { history.giveUp(on: "its disk does not take up what is written") }
        guard !writes.isEmpty else { return false }
        history.write { database in
            for write in writes { try write(database) }
        }
        return true
    }
}
