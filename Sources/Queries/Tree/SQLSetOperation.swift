/// `UNION`, `UNION BY NAME`, `INTERSECT`, `EXCEPT`.
package struct SQLSetOperation: Sendable {
    package enum Operator: String, Sendable {
        case union = "UNION"
        case unionByName = "UNION_BY_NAME"
        case intersect = "INTERSECT"
        case except = "EXCEPT"
    }

    package var commonTables: [SQLCommonTable]
    /// Nil for one that is unknown; its name is then among what was not read.
    package var `operator`: Operator?
    /// Keeps rows that there are several times.
    package var isAll: Bool
    /// Two or more.
    package var parts: [SQLQueryNode]
    package var modifiers: [SQLModifier]

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        commonTables = SQLCommonTable.all(in: &fields)
        modifiers = SQLModifier.all(in: &fields)
        let name = fields.take("setop_type")
        `operator` = name?.text.flatMap { Operator(rawValue: $0) }
        if `operator` == nil, let name { reading.note(["setop_type": name], of: fields.kind) }
        // Where the tree says nothing all rows are kept: that is how DuckDB leaves out what is usual.
        isAll = fields.flag("setop_all", usually: true)
        parts = [fields.take("left"), fields.take("right")].compactMap { $0 }.map { SQLQueryNode($0, reading) }
        // Newer ones have a list for chains of the same operator.
        parts += fields.elements("children").map { SQLQueryNode($0, reading) }
        fields.finish()
    }
}

/// The inside of `WITH RECURSIVE name AS (start UNION step)`.
package struct SQLRecursiveTable: Sendable {
    package var commonTables: [SQLCommonTable]
    package var name: String
    package var isAll: Bool
    package var start: SQLQueryNode
    package var step: SQLQueryNode
    package var aliases: [String]
    /// `USING KEY (…)`.
    package var keys: [SQLExpression]
    package var modifiers: [SQLModifier]

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        commonTables = SQLCommonTable.all(in: &fields)
        modifiers = SQLModifier.all(in: &fields)
        name = fields.text("cte_name") ?? ""
        isAll = fields.flag("union_all")
        start = SQLQueryNode(fields.take("left") ?? .null, reading)
        step = SQLQueryNode(fields.take("right") ?? .null, reading)
        aliases = fields.texts("aliases")
        keys = fields.expressions("key_targets")
        fields.finish()
    }
}
