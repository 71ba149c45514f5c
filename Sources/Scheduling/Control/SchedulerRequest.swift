package import Project
package import Timetable

/// What a person, a page or another program asks of the scheduler. Requests are entries of its log: one that was
/// accepted is carried out also after a crash.
package enum SchedulerRequest: Sendable, Codable, Equatable {
    /// A run of a selection, now.
    case run(RunOrder)
    /// What a trigger would start, now, also when it is paused.
    case fire(trigger: String)
    /// Somebody called a trigger's web address.
    case webhook(trigger: String)
    case pause(trigger: String)
    case resume(trigger: String)
    case cancel(RunID)
    /// The run again: what failed in it and what was not reached.
    case retry(RunID)
    case createBackfill(BackfillOrder)
    case pauseBackfill(BackfillID)
    case resumeBackfill(BackfillID)
    case cancelBackfill(BackfillID)
}

/// A run that somebody wants.
package struct RunOrder: Sendable, Codable, Equatable {
    /// As on the command line; empty means everything.
    package var selection: String
    package var isFullRefresh: Bool
    /// The partitions to make, of datasets that have some; empty means those that are due.
    package var partitions: [PartitionKey]
    package var priority: Int

    package init(
        selection: String = "", isFullRefresh: Bool = false, partitions: [PartitionKey] = [], priority: Int = 0
    ) {
        self.selection = selection
        self.isFullRefresh = isFullRefresh
        self.partitions = partitions
        self.priority = priority
    }
}

/// The name of a backfill, as a run's name is made.
package struct BackfillID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }
}

/// A backfill that somebody wants: partitions of a dataset, made range by range.
package struct BackfillOrder: Sendable, Codable, Equatable {
    package enum Which: String, Sendable, Codable, CaseIterable {
        case all
        /// Those that no version has.
        case missing
        /// Those whose last run failed.
        case failed
    }

    package var dataset: DatasetName
    /// The first and the last partition.
    package var from: PartitionKey
    package var to: PartitionKey
    package var which: Which
    /// How many of its runs may go on at once.
    package var concurrency: Int
    /// How many partitions that follow each other one run makes at most.
    package var partitionsPerRun: Int
    package var priority: Int

    package init(
        dataset: DatasetName, from: PartitionKey, to: PartitionKey, which: Which = .all, concurrency: Int = 1,
        partitionsPerRun: Int = 10, priority: Int = -10
    ) {
        self.dataset = dataset
        self.from = from
        self.to = to
        self.which = which
        self.concurrency = concurrency
        self.partitionsPerRun = partitionsPerRun
        self.priority = priority
    }
}
