import Synchronization

/// Counts answers, for `/metrics`.
final class Traffic: Sendable {
    struct Counts: Sendable {
        /// By route and status.
        var answers: [Key: Int] = [:]
        /// Answers by how long they took: at most so many seconds.
        var durations: [Int] = Array(repeating: 0, count: Traffic.bounds.count + 1)
        var seconds = 0.0
    }

    struct Key: Sendable, Hashable, Comparable {
        var route: String
        var status: Int

        static func < (left: Key, right: Key) -> Bool { (left.route, left.status) < (right.route, right.status) }
    }

    static let bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10]

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func count(_ route: String?, _ status: Int, _ took: Duration) {
        let parts = took.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        let place = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.withLock { counts in
            counts.answers[Key(route: route ?? "none", status: status), default: 0] += 1
            counts.durations[place] += 1
            counts.seconds += seconds
        }
    }
}
