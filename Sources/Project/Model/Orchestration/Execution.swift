/// What happens after a step failed for a reason that may pass: `retries` of a dataset.
package struct RetryPolicy: Sendable, Equatable {
    /// How many times it is tried again; 0 means never.
    package var count: Int
    /// Before the first repetition, in milliseconds.
    package var delay: Int
    /// What each further delay is multiplied by.
    package var factor: Double
    /// No delay is longer, in milliseconds.
    package var longestDelay: Int
    /// The share of a delay that chance decides, 0…1.
    package var jitter: Double

    package static let none = RetryPolicy(count: 0)

    package init(
        count: Int, delay: Int = 10_000, factor: Double = 2, longestDelay: Int = 600_000, jitter: Double = 0.1
    ) {
        self.count = count
        self.delay = delay
        self.factor = factor
        self.longestDelay = longestDelay
        self.jitter = jitter
    }
}

/// Places in a pool that a step needs while it runs: `pool` of a dataset.
package struct PoolUse: Sendable {
    /// The pool: an entry under `pools`.
    package var pool: Located<String>
    /// How many of its places; at least 1.
    package var weight: Int

    package init(pool: Located<String>, weight: Int = 1) {
        self.pool = pool
        self.weight = weight
    }
}

/// How a dataset's step is executed.
package struct StepLimits: Sendable {
    package var retries: RetryPolicy
    /// The most time that one attempt may take, in milliseconds; nil means any.
    package var timeout: Int?
    package var pool: PoolUse?
    /// Of steps that are ready, those with more start first.
    package var priority: Int

    package init(retries: RetryPolicy = .none, timeout: Int? = nil, pool: PoolUse? = nil, priority: Int = 0) {
        self.retries = retries
        self.timeout = timeout
        self.pool = pool
        self.priority = priority
    }
}

/// How fresh a dataset's live version is to be: `freshness` of a dataset.
package struct Freshness: Sendable {
    /// No older than this, in seconds.
    package var within: Int
    package var span: SourceSpan

    package init(within: Int, span: SourceSpan) {
        self.within = within
        self.span = span
    }
}

/// The project's rules for runs of the server: `runs`.
package struct RunRules: Sendable, Equatable {
    /// How many runs may go on at once.
    package var concurrency: Int
    /// The most time that a run may take, in milliseconds; nil means any.
    package var timeout: Int?
    /// What is remembered about runs: none that ended longer ago, in seconds, …
    package var keptAge: Int
    /// … and no more than so many.
    package var keptCount: Int

    package init(
        concurrency: Int = 2, timeout: Int? = nil, keptAge: Int = 90 * 86_400, keptCount: Int = 100_000
    ) {
        self.concurrency = concurrency
        self.timeout = timeout
        self.keptAge = keptAge
        self.keptCount = keptCount
    }
}

/// Whom to tell what: an entry of `notifications`.
package struct Notification: Sendable {
    package enum Occasion: String, Sendable, CaseIterable, Codable {
        case failure, success
        /// A run takes longer than `late_after`, or a dataset is older than its `freshness` allows.
        case late
    }

    package enum Channel: Sendable {
        /// A POST of a JSON document to a URL.
        case webhook(url: String)
        /// A message through the project's `smtp` server.
        case email(to: [String])
        /// A program with the JSON document on its standard input; nothing is run by a shell.
        case command([String])
    }

    package var occasions: Set<Occasion>
    package var channel: Channel
    /// Only for runs of these triggers; empty means all.
    package var triggers: [Located<String>]
    /// A run is late when it takes longer than so many seconds.
    package var lateAfter: Int?
    package var span: SourceSpan

    package init(
        occasions: Set<Occasion>, channel: Channel, triggers: [Located<String>] = [], lateAfter: Int? = nil,
        span: SourceSpan
    ) {
        self.occasions = occasions
        self.channel = channel
        self.triggers = triggers
        self.lateAfter = lateAfter
        self.span = span
    }
}

/// The server that sends mail: `smtp`.
package struct MailServer: Sendable, Equatable {
    package enum Security: String, Sendable, CaseIterable {
        case none, starttls, tls
    }

    package var host: String
    package var port: Int
    package var security: Security
    package var user: String?
    package var password: String?
    /// The sender's address.
    package var from: String

    package init(
        host: String, port: Int, security: Security, user: String? = nil, password: String? = nil, from: String
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.password = password
        self.from = from
    }
}
