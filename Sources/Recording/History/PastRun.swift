import FoundationEssentials
package import Project
package import Running

/// A run as history remembers it.
package struct PastRun: Sendable, Equatable {
    package var run: RunID
    /// What started it, in words; nil when a person did.
    package var cause: String?
    package var trigger: String?
    /// When it was asked for; nil when it started at once.
    package var queuedAt: Int?
    package var startedAt: Int
    package var finishedAt: Int?
    /// `done`, `failed`, `cancelled`, `nothing_to_do`, or `interrupted` for a process that was killed; nil while it runs.
    package var outcome: String?
    package var done: Int
    package var failed: Int
    package var skipped: Int
    package var upToDate: Int
    /// How many processes it took: more than one when it was taken up again.
    package var processes: Int
    /// What was asked for; nil when that is not known.
    package var order: RunArguments?
}

extension PastRun {
    static func text(_ order: RunArguments) throws -> String {
        String(decoding: try JSONEncoder().encode(order), as: UTF8.self)
    }

    static func order(_ text: String?) -> RunArguments? {
        text.flatMap { try? JSONDecoder().decode(RunArguments.self, from: Data($0.utf8)) }
    }
}

/// Some of the runs, the newest first.
package struct RunPage: Sendable, Equatable {
    package var runs: [PastRun]
    /// Where the next page begins; nil when there is none.
    package var next: RunCursor?
}

/// A place in the list of runs that stays the same when runs are added and taken away.
package struct RunCursor: Sendable, Equatable, CustomStringConvertible {
    package var startedAt: Int
    package var run: RunID

    package init(startedAt: Int, run: RunID) {
        self.startedAt = startedAt
        self.run = run
    }

    /// Reads what `description` wrote; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let time = Int(parts[0]) else { return nil }
        self.init(startedAt: time, run: RunID(String(parts[1])))
    }

    package var description: String { "\(startedAt).\(run)" }
}

/// Which runs are meant.
package struct RunFilter: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case running
        /// A word of `PastRun.outcome`.
        case ended(String)
    }

    /// nil means any.
    package var outcome: Outcome?
    package var trigger: String?

    package init(outcome: Outcome? = nil, trigger: String? = nil) {
        self.outcome = outcome
        self.trigger = trigger
    }
}

/// A step of a run as history remembers it.
package struct PastStep: Sendable, Equatable {
    package var run: RunID
    package var dataset: String
    /// `ingest` or `sql`; nil when it never started.
    package var kind: String?
    package var startedAt: Int
    package var finishedAt: Int?
    /// `done`, `failed` or `skipped`; nil when it never ended.
    package var result: String?
    /// Why it failed (`StepFailure.Cause`) or was skipped (`upstream_failed`, `stopped`, `cancelled`).
    package var cause: String?
    package var message: String?
    /// How often it was started.
    package var attempts: Int
    /// For how many milliseconds it could have started, but for other steps and the places of its pool.
    package var waited: Int?
    package var version: Version?
    package var rows: RowAccount?
    package var bytes: Int?
    package var files: Int?
    /// Of the last attempt.
    package var seconds: Double?
}

/// A failed attempt after which a step was tried again.
package struct PastRetry: Sendable, Equatable {
    package var dataset: String
    /// From 1.
    package var attempt: Int
    package var failedAt: Int
    /// Milliseconds until the next attempt.
    package var delay: Int
    package var cause: String
    package var message: String?
    package var seconds: Double?
}

/// What a check found in one run.
package struct PastCheck: Sendable, Equatable {
    package var run: RunID
    package var dataset: String
    package var at: Int
    package var name: String
    package var status: String
    package var looked: Int?
    package var failing: Int?
    package var value: Double?
    package var message: String?
}
