package import Planning
package import Project
package import Queries

/// What happens during a run, in order. Nothing prints from inside a run: recorders listen to these.
package enum RunEvent: Sendable {
    case runStarted(RunStart)
    case stepStarted(StepStart)
    case stepProgressed(StepProgress)
    /// Lines that a step's program wrote.
    case stepSaid(DatasetName, [String])
    /// The verdicts, before the version is published or refused.
    case stepAudited(DatasetName, [CheckOutcome])
    /// An attempt failed, and there will be another one.
    case stepRetrying(StepRetry)
    case stepFinished(StepResult)
    case stepFailed(StepFailure)
    case stepSkipped(DatasetName, SkipReason)
    case runFinished(RunSummary)
}

package struct RunStart: Sendable {
    package var run: RunID
    package var project: String
    package var plan: Plan
    /// What started it, in words: `trigger nightly`; nil when a person did.
    package var cause: String?
    /// When it was asked for, in milliseconds since 1970; nil when it started at once.
    package var queuedAt: Int?
    /// What was asked for, as one would write it on the command line; nil when that is not known.
    package var order: RunArguments?

    package init(
        run: RunID, project: String, plan: Plan, cause: String? = nil, queuedAt: Int? = nil, order: RunArguments? = nil
    ) {
        self.order = order
        self.run = run
        self.project = project
        self.plan = plan
        self.cause = cause
        self.queuedAt = queuedAt
    }
}

/// What somebody asked of a run, as words of the command line.
package struct RunArguments: Sendable, Equatable, Codable {
    package var selection: [String]
    package var exclude: [String]
    package var partitions: [String]
    package var isFullRefresh: Bool

    package init(
        selection: [String] = [], exclude: [String] = [], partitions: [String] = [], isFullRefresh: Bool = false
    ) {
        self.selection = selection
        self.exclude = exclude
        self.partitions = partitions
        self.isFullRefresh = isFullRefresh
    }

    /// Which datasets, as on the command line; empty means all.
    package var selectionText: String { (selection + exclude.map { "--exclude \($0)" }).joined(separator: " ") }
}

package struct StepStart: Sendable {
    package var dataset: DatasetName
    /// `ingest`, `sql` or `run`.
    package var kind: String
    package var reasons: [Plan.Reason]
    /// The step's place among those that run, from 1, and their number.
    package var index: Int
    package var count: Int
    /// From 1; each one is started anew.
    package var attempt = 1
    /// For how many milliseconds it could have started, but for other steps and the places of its pool.
    package var waited = 0

    package init(
        dataset: DatasetName, kind: String, reasons: [Plan.Reason], index: Int, count: Int, attempt: Int = 1,
        waited: Int = 0
    ) {
        self.dataset = dataset
        self.kind = kind
        self.reasons = reasons
        self.index = index
        self.count = count
        self.attempt = attempt
        self.waited = waited
    }
}

package struct StepRetry: Sendable {
    /// Why the attempt failed.
    package var failure: StepFailure
    /// The attempt that failed, from 1, and how many there are at most.
    package var attempt: Int
    package var attempts: Int
    /// Milliseconds until the next one.
    package var delay: Int

    package init(failure: StepFailure, attempt: Int, attempts: Int, delay: Int) {
        self.failure = failure
        self.attempt = attempt
        self.attempts = attempts
        self.delay = delay
    }

    package var dataset: DatasetName { failure.dataset }
}

package struct StepProgress: Sendable {
    package enum Phase: String, Sendable {
        case writing, checking, publishing
    }

    package var dataset: DatasetName
    package var phase: Phase
    /// 0…1, when the engine can tell.
    package var fraction: Double?
    /// Rows handled so far, when the engine can tell.
    package var rows: Int?
    /// Rows in all, when the engine can tell.
    package var totalRows: Int?
}

package struct StepResult: Sendable {
    package var dataset: DatasetName
    package var published: PinnedVersion
    package var record: VersionRecord
    /// Bytes and files of the published version that this run wrote.
    package var bytes: Int
    package var files: Int
    /// Wall time.
    package var seconds: Double
    /// The columns of the published version.
    package var columns: [QueryColumn] = []
    /// Those of the project's datasets that were read.
    package var inputColumns: [DatasetName: [QueryColumn]] = [:]

    package init(
        dataset: DatasetName, published: PinnedVersion, record: VersionRecord, bytes: Int, files: Int, seconds: Double
    ) {
        self.dataset = dataset
        self.published = published
        self.record = record
        self.bytes = bytes
        self.files = files
        self.seconds = seconds
    }
}

package struct StepFailure: Sendable {
    package enum Cause: String, Sendable {
        /// A check refused the version.
        case check
        /// The step itself could not be done: bad data, bad SQL, no disk space.
        case step
        /// It took longer than its `timeout`.
        case timeout
        /// Ctrl-C.
        case cancelled
        /// A fault of Millrace itself.
        case bug
    }

    package var dataset: DatasetName
    package var cause: Cause
    package var diagnostics: [Diagnostic]
    /// The verdicts, when a check refused the version.
    package var checks: [CheckOutcome]
    /// The version that stays live.
    package var live: Version?
    package var seconds: Double
}

package enum SkipReason: Sendable, Equatable {
    case upToDate
    /// The run that was taken up again had made it before.
    case madeByThisRun
    /// Something that it needs failed in this run.
    case upstreamFailed(DatasetName)
    /// Something else failed, and the run was not told to keep going.
    case stopped(after: DatasetName)
    case cancelled
}

package struct RunSummary: Sendable {
    package enum Outcome: String, Sendable {
        case done, failed, cancelled
        /// Nothing was stale.
        case nothingToDo
    }

    package var run: RunID
    package var outcome: Outcome
    /// Some step failed for a fault of Millrace itself.
    package var hasBug: Bool
    package var done: Int
    package var failed: Int
    package var skipped: Int
    package var upToDate: Int
    package var seconds: Double
    /// Steps that went on when somebody cancelled the run.
    package var stopped = 0
}

/// Listens to a run. Called from several threads, one event at a time; must not wait for the run.
package protocol RunRecorder: Sendable {
    /// - Parameter milliseconds: when it happened, since 1970 in UTC.
    func record(_ event: RunEvent, at milliseconds: Int)
}
