import Dispatch
import Glibc
import Synchronization

/// What Ctrl-C and a request to end do: the first stops the work cleanly, the second ends the process at once.
final class Interruption: Sendable {
    private struct State {
        var signal: Int32?
        var cancel: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let onFirst: @Sendable () -> Void

    /// - Parameter onFirst: is called when the first signal comes, to say that the work is being stopped.
    init(onFirst: @escaping @Sendable () -> Void = {}) {
        self.onFirst = onFirst
    }

    /// The exit status that the signal asks for; nil when none came.
    var status: Int32? { state.withLock { $0.signal.map { 128 + $0 } } }

    /// Does the work in a task that the first signal cancels.
    func guarding<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task { try await work() }
        state.withLock { $0.cancel = { task.cancel() } }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler { [weak self] in self?.receive(number) }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            state.withLock { $0.cancel = nil }
            for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        }
        return try await task.value
    }

    private func receive(_ number: Int32) {
        let cancel = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.signal == nil else { return nil }
            state.signal = number
            return state.cancel
        }
        guard let cancel else {
            signal(number, SIG_DFL)
            kill(getpid(), number)
            return
        }
        onFirst()
        cancel()
    }
}
