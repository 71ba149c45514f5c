/// How the columns of new rows may differ from the table's.
package enum SchemaPolicy: String, Hashable, Sendable, CaseIterable {
    /// Not at all.
    case fixed
    /// There may be new columns, and new fields in structs.
    case addColumns = "add_columns"
    /// As `addColumns`, and a column may get a type that holds all the values of its former one.
    case widen

    var addsColumns: Bool { self != .fixed }
}

/// Why new rows do not fit the table's columns, one by one.
package struct SchemaRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Column: Hashable, Sendable {
        /// The column's name; of a field in a struct, its path with dots.
        package var name: String
        /// What is wrong, as the rest of a sentence that begins with the column.
        package var what: String
    }

    package var columns: [Column]

    package var description: String {
        columns.map { "the column \($0.name) \($0.what)" }.joined(separator: "; ")
    }
}

/// How a table's columns change so that new rows fit in.
package struct SchemaChange: Hashable, Sendable {
    package struct Retyping: Hashable, Sendable {
        /// The path of names, with dots.
        package var name: String
        package var from: DeltaType
        package var to: DeltaType
    }

    /// The table's columns afterwards: the former ones in their order, then the new ones.
    package var schema: DeltaSchema
    /// Columns and fields that are new, by path.
    package var added: [String] = []
    /// Columns and fields that get a wider type: `from` the table's `to` that of the new rows.
    package var widened: [Retyping] = []
    /// Columns and fields of the table that the new rows do not have: they are NULL in these.
    package var missing: [String] = []
    /// Columns and fields whose type is narrower in the new rows: they must be cast `from` it `to` the table's type
    /// before they are written to files.
    package var casts: [Retyping] = []
    /// The paths of columns and fields that must not be NULL in the table, but may be in the new rows as far as their
    /// types tell.
    package var notNull: [[String]] = []
}
