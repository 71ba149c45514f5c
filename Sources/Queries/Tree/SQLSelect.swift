/// `SELECT … FROM … WHERE … GROUP BY … HAVING … QUALIFY …`. `VALUES (…)` is one as well, from a list of values.
package struct SQLSelect: Sendable {
    package var commonTables: [SQLCommonTable]
    package var list: [SQLExpression]
    package var from: SQLTableReference
    package var condition: SQLExpression?
    package var grouping: SQLGrouping
    package var having: SQLExpression?
    package var qualify: SQLExpression?
    package var sample: SQLSample?
    package var modifiers: [SQLModifier]

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        commonTables = SQLCommonTable.all(in: &fields)
        modifiers = SQLModifier.all(in: &fields)
        list = fields.expressions("select_list")
        from = SQLTableReference(fields.take("from_table") ?? .null, reading)
        condition = fields.expression("where_clause")
        grouping = SQLGrouping(&fields)
        having = fields.expression("having")
        qualify = fields.expression("qualify")
        sample = fields.take("sample").map { SQLSample($0, reading) }
        fields.finish()
    }
}

/// `GROUP BY`.
package struct SQLGrouping: Sendable {
    package var expressions: [SQLExpression]
    /// Each the places of some of `expressions`; several with ROLLUP, CUBE and GROUPING SETS, of which nothing else is
    /// left in the tree.
    package var sets: [[Int]]
    /// `GROUP BY ALL`: by all of the list that is no aggregate.
    package var isByAll: Bool

    init(_ fields: inout NodeFields) {
        expressions = fields.expressions("group_expressions")
        sets = fields.elements("group_sets").map { $0.elements.compactMap(\.number) }
        isByAll = false
        if let handling = fields.take("aggregate_handling") {
            switch handling.text {
            case "FORCE_AGGREGATES": isByAll = true
            case "STANDARD_HANDLING": break
            default: fields.reading.note(["aggregate_handling": handling], of: fields.kind)
            }
        }
    }
}

/// `TABLESAMPLE …` and `USING SAMPLE …`.
package struct SQLSample: Sendable {
    package var size: SQLConstant
    package var isPercentage: Bool
    /// `Reservoir`, `System` or `Bernoulli`.
    package var method: String
    /// Nil when it is a different sample each time.
    package var seed: Int?

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading, kind: "SAMPLE")
        size = SQLConstant(fields.take("sample_size") ?? .null, reading)
        isPercentage = fields.flag("is_percentage")
        method = fields.text("method") ?? "System"
        seed = fields.take("seed")?.number.flatMap { $0 < 0 ? nil : $0 }
        fields.finish()
    }
}
