import Synchronization

/// What happens, told to all who watch.
final class EventHub: Sendable {
    struct Event: Sendable {
        var id: Int
        /// `run`, `output`, `trigger`, `backfill` or `datasets`.
        var name: String
        /// The run that it is about.
        var run: String?
        /// JSON on one line.
        var data: String
    }

    private struct State {
        var nextID = 1
        /// The newest events, for those who lost the connection for a moment.
        var recent: [Event] = []
        var listeners: [Int: AsyncStream<Event>.Continuation] = [:]
        var nextListener = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    private static let mostRecent = 512
    /// A listener that is so many behind loses the oldest.
    private static let mostWaiting = 512

    var listeners: Int { state.withLock { $0.listeners.count } }

    func publish(_ name: String, run: String? = nil, _ data: String) {
        state.withLock { state in
            let event = Event(id: state.nextID, name: name, run: run, data: data)
            state.nextID += 1
            state.recent.append(event)
            if state.recent.count > 2 * Self.mostRecent { state.recent.removeFirst(Self.mostRecent) }
            for listener in state.listeners.values { listener.yield(event) }
        }
    }

    /// - Parameter last: the id of the last event that the listener has seen; what came after it comes first.
    /// - Returns: nil when so many listen already.
    func listen(after last: Int?, most: Int) -> AsyncStream<Event>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingNewest(Self.mostWaiting))
        let number: Int? = state.withLock { state in
            guard state.listeners.count < most, !state.isClosed else { return nil }
            let number = state.nextListener
            state.nextListener += 1
            if let last { for event in state.recent where event.id > last { continuation.yield(event) } }
            state.listeners[number] = continuation
            return number
        }
        guard let number else { return nil }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    /// Ends all streams: the server stops.
    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
