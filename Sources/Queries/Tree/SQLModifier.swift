/// What is done with the rows of a query at its end, in this order.
package enum SQLModifier: Sendable {
    case order([SQLOrder])
    /// `limit` counts rows, or hundredths of them.
    case limit(SQLExpression?, offset: SQLExpression?, isPercentage: Bool)
    /// `DISTINCT`, with the expressions of `DISTINCT ON` if it is that.
    case distinct(on: [SQLExpression])
    case other(kind: String, SQLTree)

    static func all(in fields: inout NodeFields) -> [SQLModifier] {
        fields.elements("modifiers").map { SQLModifier($0, fields.reading) }
    }

    private init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        switch fields.kind {
        case "ORDER_MODIFIER": self = .order(SQLOrder.list(&fields, "orders"))
        case "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER":
            self = .limit(
                fields.expression("limit"), offset: fields.expression("offset"),
                isPercentage: fields.kind == "LIMIT_PERCENT_MODIFIER")
        case "DISTINCT_MODIFIER": self = .distinct(on: fields.expressions("distinct_on_targets"))
        default:
            self = .other(kind: fields.kind, tree)
            return
        }
        fields.finish()
    }
}

/// One of `ORDER BY`.
package struct SQLOrder: Sendable {
    package enum Direction: String, Sendable {
        /// Nothing is said: ascending, unless a setting says otherwise.
        case `default` = "ORDER_DEFAULT"
        case ascending = "ASCENDING"
        case descending = "DESCENDING"
    }

    package enum Nulls: String, Sendable {
        /// Nothing is said: last, unless a setting says otherwise.
        case `default` = "ORDER_DEFAULT"
        case first = "NULLS FIRST"
        case last = "NULLS LAST"
    }

    package var expression: SQLExpression
    package var direction: Direction
    package var nulls: Nulls

    static func list(_ fields: inout NodeFields, _ key: String) -> [SQLOrder] {
        fields.elements(key).map { SQLOrder($0, fields.reading) }
    }

    private init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading, kind: "ORDER")
        direction = fields.text("type").flatMap { Direction(rawValue: $0) } ?? .default
        nulls = fields.text("null_order").flatMap { Nulls(rawValue: $0) } ?? .default
        expression = SQLExpression(fields.take("expression") ?? .null, reading)
        fields.finish()
    }
}
