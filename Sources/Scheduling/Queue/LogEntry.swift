package import Project
package import Timetable

/// What happened in the scheduler: the only thing it keeps. Its whole state is what its entries, taken one after the
/// other, make of an empty one.
package enum LogEntry: Sendable, Codable, Equatable {
    /// Another process asks for something; whoever owns the scheduler carries it out, and answers.
    case requested(RequestID, SchedulerRequest)
    case answered(RequestID, RequestAnswer)
    /// What the triggers have to remember.
    case triggers(TriggerMemory)
    case fired(Firing, FiringOutcome)
    case runQueued(QueuedRun)
    /// Its process is about to start.
    case runStarted(RunID, attempt: Int)
    case runStopping(RunID, StopReason)
    /// Its process ended before its time; the run waits again.
    case runInterrupted(RunID, RunInterruption)
    case runEnded(RunID, RunEnding)
    /// Somebody was told that it takes too long, by a rule of the project's `notifications`.
    case runLate(RunID, rule: Int)
    case backfillCreated(BackfillID, BackfillOrder, stretches: [[PartitionKey]])
    case backfillChanged(BackfillID, SchedulerSnapshot.BackfillState.Phase)
    /// The versions of these are looked at from now on.
    case datasetsWatched([DatasetName])
    case versionsSeen([DatasetName: SeenVersion])
    case filesSeen(trigger: String, digest: String)
    /// A dataset became older than its `freshness` allows, or fresh again.
    case freshness(DatasetName, isLapsed: Bool)
    /// Somebody is to be told something.
    case notice(PendingNotice)
    case noticeEnded(number: Int)
    /// All that came before, in short.
    case snapshot(SchedulerState)

    /// A word for its kind, for whoever reads the log.
    package var kind: String {
        switch self {
        case .requested: "requested"
        case .answered: "answered"
        case .triggers: "triggers"
        case .fired: "fired"
        case .runQueued: "run_queued"
        case .runStarted: "run_started"
        case .runStopping: "run_stopping"
        case .runInterrupted: "run_interrupted"
        case .runEnded: "run_ended"
        case .runLate: "run_late"
        case .backfillCreated: "backfill_created"
        case .backfillChanged: "backfill_changed"
        case .datasetsWatched: "datasets_watched"
        case .versionsSeen: "versions_seen"
        case .filesSeen: "files_seen"
        case .freshness: "freshness"
        case .notice: "notice"
        case .noticeEnded: "notice_ended"
        case .snapshot: Self.snapshotKind
        }
    }

    package static let snapshotKind = "snapshot"
    package static let requestKind = "requested"
    package static let answerKind = "answered"
}

/// An entry with the time at which it was written, in milliseconds since 1970.
package struct LoggedEntry: Sendable, Equatable {
    package var at: Int
    package var entry: LogEntry

    package init(at: Int, _ entry: LogEntry) {
        self.at = at
        self.entry = entry
    }
}

/// The name that a process gives to its request, to find the answer by.
package struct RequestID: Hashable, Sendable, Codable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

package enum RequestAnswer: Sendable, Codable, Equatable {
    case done(SchedulerReply)
    case refused(message: String, hint: String?)
}

/// What became of a firing.
package enum FiringOutcome: Sendable, Codable, Equatable {
    case queued(RunID)
    /// A run of the trigger had not ended, and its `overlap` says `skip`.
    case skipped
    /// One of its runs waits already.
    case dropped
}

/// A run as it comes into the queue.
package struct QueuedRun: Sendable, Codable, Equatable {
    package var run: RunID
    package var order: RunOrder
    /// In words: `trigger nightly: cron 0 2 * * *`, `a person`, `retry of …`.
    package var cause: String
    package var trigger: String?
    package var backfill: BackfillID?
}

package enum StopReason: String, Sendable, Codable {
    case cancelled
    /// A newer run of its trigger takes its place.
    case replaced
    case timedOut
}

/// Why a run goes back to the queue.
package struct RunInterruption: Sendable, Codable, Equatable {
    /// Its process died by itself; otherwise the scheduler's did.
    package var isCrash: Bool
    package var message: String
    /// It does not start again before.
    package var notBefore: Int
}

package struct RunEnding: Sendable, Codable, Equatable {
    package var phase: SchedulerSnapshot.RunState.Phase
    package var message: String?
}

/// A dataset's newest version as somebody saw it.
package struct SeenVersion: Sendable, Codable, Equatable {
    package var version: Version
    /// When it was published, in milliseconds since 1970.
    package var at: Int

    package init(version: Version, at: Int) {
        self.version = version
        self.at = at
    }
}

/// Something that somebody is to be told. It is remembered until it was told, so it may be told twice, but is not lost.
package struct PendingNotice: Sendable, Codable, Equatable {
    package var number: Int
    /// The place of the rule in the project's `notifications`.
    package var rule: Int
    package var notice: Notice
}

package struct Notice: Sendable, Codable, Equatable {
    package var occasion: Notification.Occasion
    /// One sentence.
    package var message: String
    package var at: Int
    package var run: RunID?
    package var trigger: String?
    package var dataset: DatasetName?
    /// What started the run.
    package var cause: String?
    package var selection: String?
}
