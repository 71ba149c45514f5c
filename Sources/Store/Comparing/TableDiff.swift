package import Project

/// What is different between two versions, row by row.
package struct TableDiff: Sendable, Equatable {
    /// A column that is not the same in both.
    package struct ColumnChange: Sendable, Equatable {
        package var name: String
        /// Its DuckDB type in the first version; nil when it is not there.
        package var before: String?
        /// Its DuckDB type in the second version; nil when it is not there.
        package var after: String?
    }

    /// A row that both have, with other values.
    package struct ChangedRow: Sendable, Equatable {
        package var key: [ExampleField]
        package var fields: [ChangedField]
    }

    package struct ChangedField: Sendable, Equatable {
        package var column: String
        package var before: String?
        package var after: String?
    }

    /// In how many of the changed rows a column differs.
    package struct ColumnCount: Sendable, Equatable {
        package var column: String
        package var rows: Int
    }

    package var columns: [ColumnChange] = []
    /// Rows that only the second version has.
    package var added = 0
    /// Rows that only the first version has.
    package var removed = 0
    package var changed = 0
    package var unchanged = 0
    /// The most often changed first.
    package var changesByColumn: [ColumnCount] = []
    package var addedExamples: [[ExampleField]] = []
    package var removedExamples: [[ExampleField]] = []
    package var changedExamples: [ChangedRow] = []

    /// Whether nothing is different.
    package var isEmpty: Bool { columns.isEmpty && added == 0 && removed == 0 && changed == 0 }
}
