package import Project
package import Queries
package import Store
package import Timetable

/// What executes steps. Everything that it writes is staged: files that no commit names. Publishing them, or deleting
/// them when a step fails, is not its business.
package protocol Engine: Sendable {
    /// Stages the rows of one step and decides its checks over exactly those rows. When it throws, or the task is
    /// cancelled, files may stay behind whose names begin with the job's `filePrefix`; none is written any more.
    func stage(_ job: StepJob, report: @escaping @Sendable (StepProgressReport) -> Void) async throws -> StagedStep

    /// What computes merges of a dataset that it stages; nil: DuckDB on this machine.
    func merging(for dataset: Dataset) -> (any MergeEngine)?
}

extension Engine {
    package func merging(for dataset: Dataset) -> (any MergeEngine)? { nil }
}

/// One step to be staged: everything pinned.
package struct StepJob: Sendable {
    package var dataset: Dataset
    /// The inputs of its query and of its checks, pinned.
    package var inputs: [TableSnapshot]
    /// For an ingest: the absolute paths of the files.
    package var sourceFiles: [String]
    /// The tables outside of the project that its SQL reads.
    package var foreign: [ForeignTable]
    /// For an ingest of a Delta table: the rows to read.
    package var sourceTable: TableSnapshot?
    /// The version to which an `append` adds; nil when there is none.
    package var appendTo: TableSnapshot?
    /// The columns of the version that rows are added to; empty when the rows take its place.
    package var tableColumns: [TableSnapshot.Column]
    /// The partitions to make; nil for a dataset that is made as a whole.
    package var partitions: PartitionJob?
    /// Rows that are not wanted: those for which this condition is true.
    package var leavesOut: SQLText?
    /// The folders in which files are staged: absolute paths, or URLs.
    package var folder: String
    package var quarantineFolder: String
    /// What the names of staged files begin with: unique to this attempt.
    package var filePrefix: String

    package init(
        dataset: Dataset, inputs: [TableSnapshot], sourceFiles: [String] = [], foreign: [ForeignTable] = [],
        sourceTable: TableSnapshot? = nil, appendTo: TableSnapshot? = nil, tableColumns: [TableSnapshot.Column] = [],
        partitions: PartitionJob? = nil, leavesOut: SQLText? = nil, folder: String,
        quarantineFolder: String, filePrefix: String
    ) {
        self.dataset = dataset
        self.inputs = inputs
        self.sourceFiles = sourceFiles
        self.foreign = foreign
        self.sourceTable = sourceTable
        self.appendTo = appendTo
        self.tableColumns = tableColumns
        self.partitions = partitions
        self.leavesOut = leavesOut
        self.folder = folder
        self.quarantineFolder = quarantineFolder
        self.filePrefix = filePrefix
    }
}

/// Which partitions a step makes.
package struct PartitionJob: Sendable {
    package var partitioning: Partitioning
    package var making: PartitionSet
    /// Whether rows that belong to no partition are looked for, and refused. It takes reading all rows.
    package var seeksStrays: Bool
    /// For an ingest whose files are told apart by partition: the partition of each file, by its absolute path.
    package var files: [String: String]?
    /// Digests of the source files of each partition, by its key.
    package var digests: [String: String]

    package init(
        partitioning: Partitioning, making: PartitionSet, seeksStrays: Bool, files: [String: String]? = nil,
        digests: [String: String] = [:]
    ) {
        self.partitioning = partitioning
        self.making = making
        self.seeksStrays = seeksStrays
        self.files = files
        self.digests = digests
    }
}

/// A Delta table outside of the project that a query reads with `delta_scan`.
package struct ForeignTable: Sendable {
    /// The name that the query has for it (`DeltaScans`).
    package var view: String
    package var table: TableSnapshot

    package init(view: String, table: TableSnapshot) {
        self.view = view
        self.table = table
    }
}

package struct StepProgressReport: Sendable {
    package enum Phase: Sendable { case writing, checking }

    /// What the step's program said meanwhile.
    package var lines: [String] = []

    package var phase: Phase
    package var fraction: Double?
    package var rows: Int?
    package var totalRows: Int?
}

/// What a step made, not yet visible to anyone. Files may have no rows.
package struct StagedStep: Sendable {
    package var columns: [QueryColumn]
    package var files: [StagedFile]
    /// The columns of the refused rows; there are no files when none was refused.
    package var quarantineColumns: [QueryColumn]
    package var quarantineFiles: [StagedFile]
    package var rows: RowAccount
    package var checks: [CheckOutcome]
    /// Rows per split, in the order of the shares; empty without splits.
    package var splits: [String: Int]
    /// What made it.
    package var engine: EngineRecord
    /// Files of this attempt that nobody needs any more.
    package var leftovers: [String] = []
}

/// Why a step could not be staged, in the user's terms.
package struct StepError: Error, Sendable {
    package var diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}
