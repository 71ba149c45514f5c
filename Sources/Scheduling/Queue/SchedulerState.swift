package import Project
package import Timetable

/// A run that waits, goes on or has ended, as the scheduler remembers it.
package struct ScheduledRun: Sendable, Codable, Equatable {
    package typealias Phase = SchedulerSnapshot.RunState.Phase

    package var queued: QueuedRun
    /// Its place in the order in which runs came.
    package var number: Int
    package var phase = Phase.queued
    package var queuedAt: Int
    /// When its first process started.
    package var startedAt: Int?
    /// When its newest process started.
    package var resumedAt: Int?
    package var finishedAt: Int?
    /// How many times its process was started.
    package var attempt = 0
    /// How many times its process died by itself.
    package var crashes = 0
    package var notBefore = 0
    package var stopping: StopReason?
    package var message: String?
    /// Rules by which somebody was told that it is late.
    package var late: [Int] = []

    package var run: RunID { queued.run }
    package var order: RunOrder { queued.order }

    init(_ queued: QueuedRun, number: Int, at: Int) {
        self.queued = queued
        self.number = number
        queuedAt = at
    }
}

/// A backfill as the scheduler remembers it.
package struct ScheduledBackfill: Sendable, Codable, Equatable {
    package typealias Phase = SchedulerSnapshot.BackfillState.Phase

    package var id: BackfillID
    package var order: BackfillOrder
    package var phase = Phase.running
    package var createdAt: Int
    package var finishedAt: Int?
    package var total: Int
    package var done = 0
    package var failed = 0
    /// What no run has taken yet: stretches of partitions that follow each other.
    package var pending: [[PartitionKey]]
    /// Its newest runs.
    package var runs: [RunID] = []

    package var isOver: Bool { phase != .running && phase != .paused }
}

/// All that the scheduler remembers: what the entries of its log make of an empty one.
package struct SchedulerState: Sendable, Codable, Equatable {
    /// The time of the first entry.
    package internal(set) var since: Int?
    package internal(set) var memory: TriggerMemory?
    /// Runs that wait or go on.
    package internal(set) var live: [RunID: ScheduledRun] = [:]
    /// The newest runs that ended, the oldest first.
    package internal(set) var ended: [ScheduledRun] = []
    /// In the order in which they were made.
    package internal(set) var backfills: [ScheduledBackfill] = []
    package internal(set) var lastFired: [String: Int] = [:]
    package internal(set) var lastRun: [String: RunID] = [:]
    /// Requests of other processes without an answer, in the order in which they came.
    package internal(set) var requests: [PendingRequest] = []
    package internal(set) var versions: [DatasetName: SeenVersion] = [:]
    /// Datasets whose versions were looked at before: one that has none among `versions` had none.
    package internal(set) var watched: Set<DatasetName>?
    /// Per trigger a digest of the files that it looks at.
    package internal(set) var files: [String: String] = [:]
    /// Datasets that are older than they should be, and about which somebody was told.
    package internal(set) var lapsed: Set<DatasetName> = []
    package internal(set) var notices: [PendingNotice] = []
    /// Partitions whose last run failed.
    package internal(set) var failedPartitions: [DatasetName: Set<PartitionKey>] = [:]
    /// How many runs, backfills and notices there were; for their names.
    package internal(set) var counter = 0

    package init() {}

    /// Ended runs that are remembered here; the history of runs, which is no part of the scheduler, reaches farther back.
    package static let keptRuns = 500
    package static let keptBackfills = 100
    /// Runs that a backfill names.
    static let namedRuns = 1000
    static let keptNotices = 1000
}

package struct PendingRequest: Sendable, Codable, Equatable {
    package var id: RequestID
    package var request: SchedulerRequest
    package var at: Int
}
