import Engines
import Ingesting
import Project
import Store
import Timetable

/// What a step reads, everything pinned.
struct StepReading: Sendable {
    /// As the engine sees them: of an incremental input the new rows only.
    var inputs: [TableSnapshot] = []
    /// The versions up to which the inputs are read.
    var pinned: [DatasetName: PinnedVersion] = [:]
    var foreign: [ForeignTable] = []
    /// The versions of tables outside of the project, by the path that the user wrote.
    var foreignPinned: [String: PinnedVersion] = [:]
    /// For an ingest: the files to read.
    var files: SourceFiles?
    /// Their hashes before they were read, by path.
    var hashes: [String: String] = [:]
    /// For an ingest of a Delta table: the rows to read.
    var sourceTable: TableSnapshot?
    /// For a partitioned dataset: what of all this is made.
    var partitions: StepPartitions?
    /// Whether these are all rows that there are, so that they take the place of those published before.
    var isFull: Bool
}

/// The partitions that a step makes.
struct StepPartitions: Sendable {
    var job: PartitionJob
    var update: PartitionUpdate
    /// Whether the rows take the place of all that are there, of whatever partition.
    var isWhole: Bool
    /// What the user is told about files of no partition.
    var notes: [CheckOutcome] = []
}
