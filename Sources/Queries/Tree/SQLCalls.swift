/// `f(x, name := y)`. Which of them are aggregates is known only where names are resolved.
package struct SQLFunctionCall: Sendable {
    package var catalog: String?
    /// Of `a.upper()` the name of the column: the parser cannot tell them.
    package var schema: String?
    package var name: String
    /// A named one has its name as alias.
    package var arguments: [SQLExpression]
    /// `FILTER (WHERE …)`.
    package var filter: SQLExpression?
    /// `f(x ORDER BY y)`; `WITHIN GROUP (ORDER BY …)` as well.
    package var order: [SQLOrder]
    package var isDistinct: Bool
    /// It was written as an operator: `a + b`.
    package var isOperator: Bool
    /// `f(…) EXPORT_STATE`.
    package var exportsState: Bool

    init(_ fields: inout NodeFields) {
        catalog = fields.text("catalog")
        schema = fields.text("schema")
        name = fields.text("function_name") ?? ""
        arguments = fields.expressions("children")
        filter = fields.expression("filter")
        order = []
        if let tree = fields.take("order_bys") {
            var modifier = NodeFields(tree, fields.reading)
            order = SQLOrder.list(&modifier, "orders")
            modifier.finish()
        }
        isDistinct = fields.flag("distinct")
        isOperator = fields.flag("is_operator")
        exportsState = fields.flag("export_state")
    }
}

/// `f(x) OVER (…)`; a named window is put into its place.
package struct SQLWindowCall: Sendable {
    /// `WINDOW_AGGREGATE`, `WINDOW_LAG`, ….
    package var kind: String
    package var catalog: String?
    package var schema: String?
    package var name: String
    package var arguments: [SQLExpression]
    package var partitions: [SQLExpression]
    package var order: [SQLOrder]
    package var frame: SQLFrame
    /// Of `lag` and `lead`.
    package var offset: SQLExpression?
    package var `default`: SQLExpression?
    package var filter: SQLExpression?
    package var ignoresNulls: Bool
    package var isDistinct: Bool
    /// `f(x ORDER BY y) OVER (…)`.
    package var argumentOrder: [SQLOrder]

    init(_ fields: inout NodeFields) {
        kind = fields.kind
        catalog = fields.text("catalog")
        schema = fields.text("schema")
        name = fields.text("function_name") ?? ""
        arguments = fields.expressions("children")
        partitions = fields.expressions("partitions")
        order = SQLOrder.list(&fields, "orders")
        frame = SQLFrame(&fields)
        offset = fields.expression("offset_expr")
        `default` = fields.expression("default_expr")
        filter = fields.expression("filter_expr")
        ignoresNulls = fields.flag("ignore_nulls")
        isDistinct = fields.flag("distinct")
        argumentOrder = SQLOrder.list(&fields, "arg_orders")
    }
}

/// `ROWS BETWEEN … AND … EXCLUDE …`.
package struct SQLFrame: Sendable {
    package enum Unit: String, Sendable {
        case rows = "ROWS"
        case range = "RANGE"
        case groups = "GROUPS"
    }

    package enum Bound: Sendable {
        case unboundedPreceding
        case preceding(SQLExpression?)
        case currentRow
        case following(SQLExpression?)
        case unboundedFollowing
        /// As DuckDB names it.
        case other(String)
    }

    package enum Exclusion: String, Sendable {
        case none = "NO_OTHER"
        case currentRow = "CURRENT_ROW"
        case group = "GROUP"
        case ties = "TIES"
    }

    package var start: Bound
    package var end: Bound
    /// Of the two bounds: the same for both but where an unbounded one says none.
    package var startUnit: Unit?
    package var endUnit: Unit?
    package var exclusion: Exclusion

    init(_ fields: inout NodeFields) {
        let (startWord, endWord) = (fields.text("start"), fields.text("end"))
        let (startValue, endValue) = (fields.expression("start_expr"), fields.expression("end_expr"))
        (start, startUnit) = Self.bound(startWord ?? "UNBOUNDED_PRECEDING", startValue)
        (end, endUnit) = Self.bound(endWord ?? "CURRENT_ROW_RANGE", endValue)
        let word = fields.take("exclude_clause")
        exclusion = word?.text.flatMap { Exclusion(rawValue: $0) } ?? .none
        if let word, exclusion == .none, word.text != "NO_OTHER" {
            fields.reading.note(["exclude_clause": word], of: fields.kind)
        }
    }

    private static func bound(_ word: String, _ value: SQLExpression?) -> (Bound, Unit?) {
        switch word {
        case "UNBOUNDED_PRECEDING": return (.unboundedPreceding, nil)
        case "UNBOUNDED_FOLLOWING": return (.unboundedFollowing, nil)
        default: break
        }
        let unit = word.split(separator: "_").last.flatMap { Unit(rawValue: String($0)) }
        if word.hasPrefix("CURRENT_ROW_") { return (.currentRow, unit) }
        if word.hasPrefix("EXPR_PRECEDING_") { return (.preceding(value), unit) }
        if word.hasPrefix("EXPR_FOLLOWING_") { return (.following(value), unit) }
        return (.other(word), unit)
    }
}
