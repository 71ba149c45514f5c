/// What to do next for an execution whose answers may come over several streams: the server ends a stream after a time
/// or a size, connections break, and the execution goes on without them.
///
/// The way it works is that of Spark's own clients: attach again after the last answer that arrived; begin anew only
/// when nothing has arrived and the server does not know the execution.
struct ReattachMachine: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        /// Send the plan.
        case execute
        /// Ask for the answers after this one; nil for all of them.
        case reattach(after: String?)
        /// Wait, and ask with `resume()`.
        case wait(Duration)
        /// Everything has arrived.
        case finish
        case fail(SparkFailure)
    }

    private enum State: Sendable, Hashable {
        case idle
        case attached
        case waiting(executes: Bool)
        case done
    }

    private let policy: RetryPolicy
    private var retries: Retries
    private var state = State.idle
    private var hasReceivedSinceAttaching = false
    private(set) var lastResponseID: String?

    init(_ policy: RetryPolicy = .standard) {
        self.policy = policy
        retries = Retries(policy)
    }

    /// Whether the server has been told of the execution, or may have been.
    var isKnownToServer: Bool { state != .idle }
    var isComplete: Bool { state == .done }

    mutating func start() -> Step { attach(executes: true) }

    /// An answer arrived.
    ///
    /// - Returns: whether it was the last one.
    mutating func received(_ responseID: String, isLast: Bool) -> Bool {
        retries = Retries(policy)
        hasReceivedSinceAttaching = true
        lastResponseID = responseID
        if isLast { state = .done }
        return isLast
    }

    /// The stream ended in good order.
    mutating func ended() -> Step {
        switch state {
        case .done: return .finish
        case .attached where hasReceivedSinceAttaching: return attach(executes: false)
        default:
            // A server that has nothing to say yet ends streams, too; only asking without a pause is not on.
            state = .waiting(executes: false)
            return .wait(policy.firstWait)
        }
    }

    /// The stream broke, or there was none.
    mutating func failed(_ failure: SparkFailure, chance: Double = 0) -> Step {
        if state == .done { return .finish }
        if failure.mayNeverHaveArrived {
            guard lastResponseID == nil, let wait = retries.next(chance: chance) else { return .fail(failure) }
            state = .waiting(executes: true)
            return .wait(wait)
        }
        guard let wait = retries.wait(after: failure, chance: chance) else { return .fail(failure) }
        state = .waiting(executes: false)
        return .wait(wait)
    }

    /// The wait is over.
    mutating func resume() -> Step {
        guard case .waiting(let executes) = state else { return state == .done ? .finish : attach(executes: false) }
        return attach(executes: executes)
    }

    private mutating func attach(executes: Bool) -> Step {
        state = .attached
        hasReceivedSinceAttaching = false
        return executes ? .execute : .reattach(after: lastResponseID)
    }
}
