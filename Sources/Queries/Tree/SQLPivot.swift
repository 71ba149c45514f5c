/// `PIVOT` and `UNPIVOT`: the first has aggregates, the second names for the columns of values.
package struct SQLPivot: Sendable {
    /// One of the FOR or ON clauses.
    package struct Column: Sendable {
        /// Of a PIVOT, what is compared with the values: several for `ON (a, b)`.
        package var expressions: [SQLExpression]
        /// Of an UNPIVOT, the column that names are put into.
        package var names: [String]
        package var entries: [Entry]
        /// The ENUM whose words are the values.
        package var enumeration: String?
    }

    package struct Entry: Sendable {
        /// Values of a PIVOT, names of columns of an UNPIVOT.
        package var values: [SQLConstant]
        /// `COLUMNS(…)` in their place.
        package var star: SQLExpression?
        package var alias: String?
    }

    package var source: SQLTableReference
    package var aggregates: [SQLExpression]
    /// The columns that an UNPIVOT puts values into; empty for a PIVOT.
    package var valueNames: [String]
    package var columns: [Column]
    /// The columns to group by; all that are not used otherwise when there are none.
    package var groups: [String]
    package var includesNulls: Bool
    package var traits: SQLTableTraits

    package var isUnpivot: Bool { !valueNames.isEmpty }

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        source = SQLTableReference(fields.take("source") ?? .null, reading)
        aggregates = fields.expressions("aggregates")
        valueNames = fields.texts("unpivot_names")
        columns = fields.elements("pivots").map { Column($0, reading) }
        groups = fields.texts("groups")
        includesNulls = fields.flag("include_nulls")
        traits = SQLTableTraits(&fields)
        fields.finish()
    }
}

extension SQLPivot.Column {
    fileprivate init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading, kind: "PIVOT_COLUMN")
        expressions = fields.expressions("pivot_expressions")
        names = fields.texts("unpivot_names")
        entries = fields.elements("entries").map { SQLPivot.Entry($0, reading) }
        enumeration = fields.text("pivot_enum")
        fields.finish()
    }
}

extension SQLPivot.Entry {
    fileprivate init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading, kind: "PIVOT_ENTRY")
        values = fields.elements("values").map { SQLConstant($0, reading) }
        star = fields.expression("star_expr")
        alias = fields.text("alias")
        fields.finish()
    }
}
