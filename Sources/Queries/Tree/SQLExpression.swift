/// What has a value, or stands for several columns.
package struct SQLExpression: Sendable {
    package indirect enum Kind: Sendable {
        /// `a`, `t.a`, `main.t.a`, `t.a.field`: which part is what is known only where names are resolved.
        case column([String])
        case constant(SQLConstant)
        case function(SQLFunctionCall)
        case window(SQLWindowCall)
        case cast(SQLExpression, to: SQLType, isTry: Bool)
        case collate(SQLExpression, String)
        case `case`([SQLCaseBranch], otherwise: SQLExpression?)
        case comparison(SQLComparison, SQLExpression, SQLExpression)
        case conjunction(SQLConjunction, [SQLExpression])
        case between(SQLExpression, lower: SQLExpression, upper: SQLExpression)
        case operation(SQLOperation, [SQLExpression])
        case star(SQLStar)
        case subquery(SQLSubquery)
        /// `x -> x + 1`. What stands before the arrow is a column, or a call of `row` with several.
        ///
        /// JSON's `j -> 'a'` is the same to the parser: it is a lambda only where a function takes one.
        case lambda(SQLExpression, body: SQLExpression)
        case parameter(String)
        /// `#1`
        case place(Int)
        case defaultValue
        case other(kind: String, SQLTree)
    }

    package var kind: Kind
    package var alias: String?
    package var position: Int?

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        let family = fields.text("class")
        alias = fields.text("alias")
        position = fields.position()
        guard let known = Self.kind(of: &fields, family) else {
            kind = .other(kind: fields.kind, tree)
            return
        }
        kind = known
        fields.finish()
    }

    /// Nil for what is unknown.
    private static func kind(of fields: inout NodeFields, _ family: String?) -> Kind? {
        let reading = fields.reading
        func child(_ key: String, of fields: inout NodeFields) -> SQLExpression {
            fields.expression(key) ?? SQLExpression(.null, reading)
        }
        switch family {
        case "COLUMN_REF": return .column(fields.texts("column_names"))
        case "CONSTANT": return .constant(SQLConstant(fields.take("value") ?? .null, reading))
        case "FUNCTION": return .function(SQLFunctionCall(&fields))
        case "WINDOW": return .window(SQLWindowCall(&fields))
        case "CAST":
            return .cast(
                child("child", of: &fields), to: SQLType(fields.take("cast_type") ?? .null, reading),
                isTry: fields.flag("try_cast"))
        case "COLLATE": return .collate(child("child", of: &fields), fields.text("collation") ?? "")
        case "CASE":
            let branches = fields.elements("case_checks").map { SQLCaseBranch($0, reading) }
            return .case(branches, otherwise: fields.expression("else_expr"))
        case "COMPARISON":
            guard let comparison = SQLComparison(rawValue: fields.kind) else { return nil }
            return .comparison(comparison, child("left", of: &fields), child("right", of: &fields))
        case "CONJUNCTION":
            guard let conjunction = SQLConjunction(rawValue: fields.kind) else { return nil }
            return .conjunction(conjunction, fields.expressions("children"))
        case "BETWEEN":
            return .between(
                child("input", of: &fields), lower: child("lower", of: &fields), upper: child("upper", of: &fields))
        case "OPERATOR":
            guard let operation = SQLOperation(rawValue: fields.kind) else { return nil }
            return .operation(operation, fields.expressions("children"))
        case "STAR": return .star(SQLStar(&fields))
        case "SUBQUERY": return .subquery(SQLSubquery(&fields))
        case "LAMBDA": return .lambda(child("lhs", of: &fields), body: child("expr", of: &fields))
        case "PARAMETER": return .parameter(fields.text("identifier") ?? "")
        case "POSITIONAL_REFERENCE": return .place(fields.take("index")?.number ?? 0)
        case "DEFAULT": return .defaultValue
        default: return nil
        }
    }
}

/// `WHEN condition THEN result`.
package struct SQLCaseBranch: Sendable {
    package var condition: SQLExpression
    package var result: SQLExpression

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading, kind: "CASE_CHECK")
        condition = fields.expression("when_expr") ?? SQLExpression(.null, reading)
        result = fields.expression("then_expr") ?? SQLExpression(.null, reading)
        fields.finish()
    }
}
