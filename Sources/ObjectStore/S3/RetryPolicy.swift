/// How often something is tried, and how long the waits in between are.
///
/// The waits are random, from nothing to a bound that doubles each time ("full jitter"), so that many writers that were
/// turned away together do not come back together.
struct RetryPolicy: Sendable {
    /// The first one included.
    var tries = 8
    /// As long as nothing at all can be reached: a wrong address is told soon.
    var triesToConnect = 4
    /// The bound of the first wait, in milliseconds.
    var firstWait = 100
    /// The greatest bound, in milliseconds.
    var longestWait = 5_000

    /// The bound of the wait after a number of failures, in milliseconds.
    func bound(afterFailures failures: Int) -> Int {
        var bound = firstWait
        for _ in 1..<max(1, failures) where bound < longestWait { bound *= 2 }
        return min(bound, longestWait)
    }
}

/// The tries of one call, as a machine: it is told what came of each, and answers what to do.
struct RetryLoop {
    enum Outcome {
        /// The service answered, and the answer is final.
        case answered
        /// The service asks to come back later, and has changed nothing.
        case refusedForNow
        /// The service failed, and may have done what it was asked.
        case failed
        /// Nothing was sent.
        case unreachable
        /// It is not known what the service made of it: the connection broke, or no answer came in time.
        case unanswered
    }

    enum Decision: Equatable {
        case finish
        /// Wait, a random time up to so many milliseconds, and try again.
        case retry(within: Int)
        case giveUp
    }

    let policy: RetryPolicy
    private(set) var failures = 0
    /// Whether an earlier try may have been carried out.
    private(set) var mayBeDone = false
    private var wasReached = false

    init(_ policy: RetryPolicy) { self.policy = policy }

    mutating func decide(_ outcome: Outcome) -> Decision {
        switch outcome {
        case .answered: return .finish
        case .refusedForNow: wasReached = true
        case .failed, .unanswered:
            wasReached = true
            mayBeDone = true
        case .unreachable: break
        }
        failures += 1
        guard failures < (wasReached ? policy.tries : policy.triesToConnect) else { return .giveUp }
        return .retry(within: policy.bound(afterFailures: failures))
    }
}
