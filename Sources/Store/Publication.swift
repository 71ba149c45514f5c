package import Project

/// What one commit is to make visible.
package struct Publication: Sendable {
    package enum Mode: Sendable, Hashable {
        /// The version consists of exactly these files.
        case replace
        /// The files are added to those of the version before.
        case append
        /// The rows take the place of those with the same key.
        case merge(MergeKey)
        /// The rows take the place of those of some partitions.
        case partitions(PartitionReplacement)
    }

    package struct Column: Sendable, Hashable {
        package var name: String
        /// The type as DuckDB writes it, after the casts that `StorableColumn` asks for.
        package var duckDBType: String
        package var description: String?

        package init(name: String, duckDBType: String, description: String? = nil) {
            self.name = name
            self.duckDBType = duckDBType
            self.description = description
        }
    }

    package var name: DatasetName
    package var mode: Mode
    package var columns: [Column]
    package var partitionBy: [String]
    package var files: [StagedFile]
    package var record: VersionRecord
    /// The version that the step saw when it began; nil when there was no table. What others did since must not
    /// concern the step, or nothing is published.
    package var basedOn: PinnedVersion?
    /// For `append`: the version whose files stay, when that is not the newest one. Files of later versions, which
    /// are orphans then, are taken out by the same commit.
    package var appendTo: Version?
    /// What becomes of the record of partitions, which is made when it is clear what the version follows.
    package var partitionUpdate: PartitionUpdate?
    /// The dataset's description.
    package var description: String?
    /// How the columns may differ from the table's. Nil: a `replace` may have any, others must have the same.
    package var schemaPolicy: SchemaPolicyName?
    /// Whether the rows depend on all that the table held at `basedOn`, so that they are wrong when others have changed
    /// it since.
    package var readsWholeTable: Bool
    /// Numbers for the commit's `operationMetrics`, beside those that the store counts itself.
    package var metrics: [String: Int]

    package init(
        name: DatasetName, mode: Mode, columns: [Column], partitionBy: [String] = [], files: [StagedFile],
        record: VersionRecord, basedOn: PinnedVersion?, appendTo: Version? = nil,
        partitionUpdate: PartitionUpdate? = nil, description: String? = nil,
        schemaPolicy: SchemaPolicyName? = nil, readsWholeTable: Bool = false, metrics: [String: Int] = [:]
    ) {
        self.name = name
        self.mode = mode
        self.columns = columns
        self.partitionBy = partitionBy
        self.files = files
        self.record = record
        self.basedOn = basedOn
        self.appendTo = appendTo
        self.partitionUpdate = partitionUpdate
        self.description = description
        self.schemaPolicy = schemaPolicy
        self.readsWholeTable = readsWholeTable
        self.metrics = metrics
    }
}

/// By what a merge tells which row is which, and which rows it takes out.
package struct MergeKey: Sendable, Hashable {
    package var columns: [String]
    /// A condition in SQL over the new rows: one for which it is true takes its row out of the table.
    package var deleteWhen: String?

    package init(columns: [String], deleteWhen: String? = nil) {
        self.columns = columns
        self.deleteWhen = deleteWhen
    }
}

/// A Parquet file in a dataset's staging folder that no commit names yet.
package struct StagedFile: Sendable, Hashable {
    /// Absolute, or relative to the table's folder.
    package var path: String
    /// In bytes.
    package var size: Int
    package var rows: Int
    /// The values of the partition columns as DuckDB's `partition_keys` has them; nil is NULL.
    package var partitionValues: [String: String?]
    /// DuckDB's `column_statistics` as they came: for each column path (`"a"`, `"s"."b"`), texts by name (`min`,
    /// `max`, `null_count`, `has_nan`, …).
    package var columnStatistics: [String: [String: String]]
    /// The partition of the dataset that all its rows are of, or the range of such; empty when they are of none. Nil for
    /// a dataset that is made as a whole.
    package var partition: String?
    /// A digest of the source files that the partition was made from.
    package var sources: String?

    package init(
        path: String, size: Int, rows: Int, partitionValues: [String: String?] = [:],
        columnStatistics: [String: [String: String]] = [:], partition: String? = nil, sources: String? = nil
    ) {
        self.path = path
        self.size = size
        self.rows = rows
        self.partitionValues = partitionValues
        self.columnStatistics = columnStatistics
        self.partition = partition
        self.sources = sources
    }
}
