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
        /// The column's name in files of other tools, where that is another.
        var physicalName: String
        /// The column's number in files of other tools.
        var fieldID: Int?

        package init(name: String, duckDBType: String, type: DeltaType, description: String? = nil) {
            self.name = name
            self.duckDBType = duckDBType
            self.type = type
            self.description = description
            physicalName = name
        }
    }

    /// The rows of some of a table's files.
    package struct Part: Sendable {
        package var rows: TableSnapshot
        /// Rows that later commits brought: those with the same key take the place of these.
        package var superseded: [(by: TableSnapshot, key: [String])]
    }

    package var name: DatasetName
    package var pinned: PinnedVersion
    package var columns: [Column]
    package var partitionColumns: [String]
    package var files: Files
    package var description: String?
    /// The absolute path or the URL of the table's folder.
    package var folder: String
    /// Whether it is outside of the store, so that no step makes it.
    package var isForeign = false
    /// The application transactions that the table has seen, by application.
    package var transactions: [String: Int]
    /// How many live files a predicate ruled out, so that they are not in `files`.
    package var skippedFiles = 0
    /// The rows in parts, in place of all those of the files.
    package var parts: [Part]?
    /// How columns are found in files.
    var mapping = ColumnMappingMode.none
    /// The rows that files hold but the table does not, by the deletion vector's identity.
    var deletions: [String: RowSet] = [:]

    package init(
        name: DatasetName, pinned: PinnedVersion, columns: [Column], partitionColumns: [String], files: Files,
        description: String?, folder: String, transactions: [String: Int]
    ) {
        self.name = name
        self.pinned = pinned
        self.columns = columns
        self.partitionColumns = partitionColumns
        self.files = files
        self.description = description
        self.folder = folder
        self.transactions = transactions
    }

    /// The number of rows in `files`; nil when one has no statistics.
    package var rowCount: Int? { files.rowCount }

    /// The size of `files` in bytes.
    package var bytes: Int { files.bytes }

    /// The same version with only some of its files.
    package func restricted(to files: Files) -> TableSnapshot {
        var restricted = self
        restricted.files = files
        return restricted
    }
}
