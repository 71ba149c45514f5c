package import DeltaLog
package import Project

/// One version of a table: its columns, and the files whose rows it consists of.
package struct TableSnapshot: Sendable {
    package struct Column: Sendable, Hashable {
        package var name: String
        /// The type as DuckDB writes it.
        package var duckDBType: String
        package var type: DeltaType
        package var description: String?

        package init(name: String, duckDBType: String, type: DeltaType, description: String? = nil) {
            self.name = name
            self.duckDBType = duckDBType
            self.type = type
            self.description = description
        }
    }

    /// Which of the table's columns a file holds.
    package enum StoredColumns: Sendable {
        /// All, in the table's types: Millrace wrote it.
        case all
        /// Those that the table had when Millrace wrote it, among them all that it is partitioned by.
        case fewer
        /// Another tool wrote it: without the partition columns, and perhaps without others.
        case unknown
    }

    package struct File: Sendable, Hashable {
        /// The absolute path.
        package var path: String
        /// In bytes.
        package var size: Int
        /// Nil when the writer left no statistics.
        package var rows: Int?
        /// The values of the partition columns, as the log writes them; nil is NULL.
        package var partitionValues: [String: String?]
        package var columns: StoredColumns
        /// The statistics as the log has them: a JSON text.
        package var statistics: String?
        /// When the file was last changed, in milliseconds since 1970.
        package var modified: Int
    }

    package var name: DatasetName
    package var pinned: PinnedVersion
    package var columns: [Column]
    package var partitionColumns: [String]
    package var files: [File]
    package var description: String?
    /// The absolute path of the table's folder.
    package var folder: String
    /// The application transactions that the table has seen, by application.
    package var transactions: [String: Int]

    /// The number of rows; nil when a file has no statistics.
    package var rowCount: Int? {
        var count = 0
        for file in files {
            guard let rows = file.rows else { return nil }
            count += rows
        }
        return count
    }

    /// The size of all files in bytes.
    package var bytes: Int { files.reduce(0) { $0 + $1.size } }
}
