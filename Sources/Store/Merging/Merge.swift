package import DeltaLog
import FoundationEssentials
package import Project

/// A merge: new rows, and by what they are told apart. Without a key no row takes the place of another.
package struct Merge: Sendable {
    package struct KeyColumn: Sendable {
        /// Its name in the table.
        package var table: String
        /// Its name in the new rows.
        package var staged: String
        package var type: DeltaType
        /// The DuckDB type that holds the values of both.
        package var comparedType: String
    }

    /// What the new rows are.
    package struct Survey: Sendable {
        package var rows = 0
        /// Those that take rows out.
        package var deletes = 0
        /// Some keys that no row may have, because they are NULL or there more than once: the values, as texts, and how
        /// often. One more than is told of.
        package var wrongKeys: [(values: [String?], count: Int)] = []

        package init(rows: Int, deletes: Int, wrongKeys: [(values: [String?], count: Int)]) {
            self.rows = rows
            self.deletes = deletes
            self.wrongKeys = wrongKeys
        }
    }

    /// Which rows of the table have a key of the new rows.
    package struct Found: Sendable {
        /// By the file's path as engines open it: how many of its rows.
        package var rows: [String: Int] = [:]
        package var updated = 0
        package var deleted = 0
        /// New rows that stay, whose key no row of the table has.
        package var inserted = 0

        package init(inserted: Int) { self.inserted = inserted }
    }

    /// Bounds of a key column's values; nil where they are none that files could be told apart by.
    package typealias Bounds = (low: FileLiteral?, high: FileLiteral?)

    /// Files to be written.
    package struct Output: Sendable {
        package struct Column: Sendable {
            package var name: String
            /// The DuckDB type.
            package var type: String
            /// Whether the values have another type before they are written.
            package var isCast: Bool
        }

        /// The table's folder, as engines open it.
        package var folder: String
        /// What the names of the files, or of a folder that they are in, begin with: unique to these.
        package var prefix = "part-\(UUID().uuidString.lowercased())"
        package var columns: [Column]
        /// The columns by whose values the files are to be kept apart; the files have them as well.
        package var partitionColumns: [String]
    }

    package let dataset: DatasetName
    package let key: [KeyColumn]
    /// A condition in SQL over the new rows.
    package let deleteWhen: String?
    /// Nobody asks for these without a key.
    package let newRows: TableSnapshot
    /// Unique to this merge.
    package let id = UUID().uuidString

    /// How many wrong keys are told of.
    package static let mostExamples = 5
}
