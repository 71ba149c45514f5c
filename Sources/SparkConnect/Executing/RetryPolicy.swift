/// How often and how long apart something is tried again that failed for a reason which may pass.
package struct RetryPolicy: Sendable, Hashable {
    /// After the first one.
    package var retries: Int
    package var firstWait: Duration
    package var factor: Double
    package var longestWait: Duration
    /// At most so much is added, by chance, to a wait that is long enough for it.
    package var jitter: Duration
    package var jitterFrom: Duration
    /// What a server may ask for at most.
    package var longestRequestedWait: Duration

    package init(
        retries: Int = 15, firstWait: Duration = .milliseconds(50), factor: Double = 4,
        longestWait: Duration = .seconds(60), jitter: Duration = .milliseconds(500),
        jitterFrom: Duration = .seconds(2), longestRequestedWait: Duration = .seconds(600)
    ) {
        self.retries = retries
        self.firstWait = firstWait
        self.factor = factor
        self.longestWait = longestWait
        self.jitter = jitter
        self.jitterFrom = jitterFrom
        self.longestRequestedWait = longestRequestedWait
    }

    /// What Spark's own clients do: some ten minutes in all.
    package static let standard = RetryPolicy()
    /// For a first call, where somebody waits for the word that nothing is there: some four seconds in all.
    package static let connecting = RetryPolicy(retries: 4)
    package static let none = RetryPolicy(retries: 0)
}

/// The tries so far of one thing.
struct Retries: Sendable, Hashable {
    let policy: RetryPolicy
    private var made = 0
    private var wait: Duration

    init(_ policy: RetryPolicy) {
        self.policy = policy
        wait = policy.firstWait
    }

    /// How long to wait before the next try; nil when there is none.
    ///
    /// - Parameter chance: from 0 up to 1, for the jitter.
    mutating func wait(after failure: SparkFailure, chance: Double) -> Duration? {
        guard failure.isTransient else { return nil }
        return next(requested: failure.retryDelay, chance: chance)
    }

    /// As after a failure that may pass.
    mutating func next(requested: Duration? = nil, chance: Double) -> Duration? {
        guard made < policy.retries else { return nil }
        made += 1
        var next = wait
        wait = min(policy.longestWait, wait * policy.factor)
        if let requested { next = max(next, min(requested, policy.longestRequestedWait)) }
        if next >= policy.jitterFrom { next += policy.jitter * chance }
        return next
    }
}
