/// `*`, `t.*`, and `COLUMNS(…)`.
package struct SQLStar: Sendable {
    /// A column, as far as the user says whose.
    package struct Name: Sendable, Equatable {
        package var catalog: String?
        package var schema: String?
        package var table: String?
        package var column: String
    }

    /// `t.*`; also `s.*` for the fields of a struct.
    package var relation: String?
    package var excluded: [Name]
    package var replaced: [(column: String, expression: SQLExpression)]
    package var renamed: [(column: Name, name: String)]
    /// `COLUMNS(…)`: what stands around it is done with each column.
    package var isColumns: Bool
    /// What stands between the parentheses: a pattern, a list of names, a lambda (`list_filter(*, …)`); nil for all.
    package var selector: SQLExpression?

    init(_ fields: inout NodeFields) {
        relation = fields.text("relation_name")
        excluded = fields.texts("exclude_list").map { Name(column: $0) }.sorted { $0.column < $1.column }
        excluded += fields.elements("qualified_exclude_list").map { Name($0) }
        replaced = fields.elements("replace_list").map { [reading = fields.reading] entry in
            (entry["key"]?.text ?? "", SQLExpression(entry["value"] ?? .null, reading))
        }
        .sorted { $0.column < $1.column }
        renamed = fields.elements("rename_list").map { (Name($0["key"] ?? .null), $0["value"]?.text ?? "") }
        isColumns = fields.flag("columns")
        selector = fields.expression("expr")
    }
}

extension SQLStar.Name {
    fileprivate init(column: String) { self.init(catalog: nil, schema: nil, table: nil, column: column) }

    fileprivate init(_ tree: SQLTree) {
        func text(_ key: String) -> String? { tree[key]?.text.flatMap { $0.isEmpty ? nil : $0 } }
        self.init(catalog: text("catalog"), schema: text("schema"), table: text("table"), column: text("column") ?? "")
    }
}

/// A query in an expression.
package struct SQLSubquery: Sendable {
    package enum Use: String, Sendable {
        /// Its only value.
        case scalar = "SCALAR"
        case exists = "EXISTS"
        case notExists = "NOT_EXISTS"
        /// Whether `child` compares so with any of its rows. `IN` is that with `=`; `ALL` and `NOT IN` are the negation
        /// of the opposite.
        case any = "ANY"
    }

    /// Nil for one that is unknown; its name is then among what was not read.
    package var use: Use?
    package var query: SQLQuery
    package var child: SQLExpression?
    package var comparison: SQLComparison?

    init(_ fields: inout NodeFields) {
        let word = fields.take("subquery_type")
        use = word?.text.flatMap { Use(rawValue: $0) }
        if use == nil, let word { fields.reading.note(["subquery_type": word], of: fields.kind) }
        query = SQLQuery(fields.take("subquery") ?? .null, fields.reading)
        child = fields.expression("child")
        let comparison = fields.take("comparison_type")
        self.comparison = comparison?.text.flatMap { SQLComparison(rawValue: $0) }
        if self.comparison == nil, let comparison, comparison.text != "INVALID" {
            fields.reading.note(["comparison_type": comparison], of: fields.kind)
        }
    }
}
