import Synchronization

@testable import ObjectStore

/// A service of which a test says what it answers, and a clock that does not wait.
final class ScriptedTransport: S3Transport {
    enum Step: Sendable {
        case answer(S3Response)
        case fail(S3TransportFailure.Kind)
    }

    private struct State {
        var requests: [S3Request] = []
        var waits: [Int] = []
    }

    private let state = Mutex(State())
    private let script: @Sendable (S3Request, _ number: Int) -> Step

    /// - Parameter script: is given the requests, counted from zero.
    init(_ script: @escaping @Sendable (S3Request, Int) -> Step) { self.script = script }

    /// Answers the requests one after the other; one too many breaks the connection.
    convenience init(_ steps: [Step]) {
        self.init { _, number in number < steps.count ? steps[number] : .fail(.cancelled) }
    }

    convenience init(repeating step: Step, cancelsAfter count: Int = .max) {
        self.init { _, number in
            if number + 1 == count { withUnsafeCurrentTask { $0?.cancel() } }
            return step
        }
    }

    func send(_ request: S3Request) async throws(S3TransportFailure) -> S3Response {
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count - 1
        }
        switch script(request, number) {
        case .answer(let response): return response
        case .fail(let kind): throw S3TransportFailure(kind: kind, reason: "scripted")
        }
    }

    var requests: [S3Request] { state.withLock(\.requests) }

    /// In milliseconds, each as long as it may be.
    var waits: [Int] { state.withLock(\.waits) }

    /// The time of Amazon's examples.
    var timing: S3Timing {
        S3Timing(
            now: { 1_369_353_600_000 }, sleep: { time in self.state.withLock { $0.waits.append(time) } },
            random: { $0 })
    }
}
