import Engines
import Ingesting
import Project
import Store

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
    /// Whether these are all rows that there are, so that they take the place of those published before.
    var isFull: Bool
}
