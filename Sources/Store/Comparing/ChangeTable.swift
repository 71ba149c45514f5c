package import Project

/// The rows that some versions of a dataset added, changed and took out, as a table.
package struct ChangeTable: Sendable {
    /// `insert`, `delete`, `update_preimage` (a row as it was) and `update_postimage` (as it became).
    package static let typeColumn = "_change_type"
    /// The version that changed the row.
    package static let versionColumn = "_commit_version"
    /// When that was.
    package static let timeColumn = "_commit_timestamp"

    package var name: DatasetName
    /// The dataset's columns, as they are in the last of the versions, and the three above.
    package var columns: [TableSnapshot.Column]
    /// A SELECT of the rows that any connection of DuckDB can run.
    package var sql: String
    /// All files that it reads.
    package var files: TableSnapshot
}
