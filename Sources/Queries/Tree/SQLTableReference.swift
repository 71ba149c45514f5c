/// What stands in FROM.
package indirect enum SQLTableReference: Sendable {
    /// No FROM at all.
    case none
    case table(SQLNamedTable)
    case join(SQLJoin)
    case subquery(SQLSubqueryTable)
    case function(SQLTableFunction)
    case values(SQLValuesTable)
    case pivot(SQLPivot)
    case show(SQLShow)
    /// What queries that come as text do not have, and what is unknown.
    case other(kind: String, SQLTree)

    init(_ tree: SQLTree, _ reading: TreeReading) {
        switch tree["type"]?.text {
        case "EMPTY", nil: self = .none
        case "BASE_TABLE": self = .table(SQLNamedTable(tree, reading))
        case "JOIN": self = .join(SQLJoin(tree, reading))
        case "SUBQUERY": self = .subquery(SQLSubqueryTable(tree, reading))
        case "TABLE_FUNCTION": self = .function(SQLTableFunction(tree, reading))
        case "EXPRESSION_LIST": self = .values(SQLValuesTable(tree, reading))
        case "PIVOT": self = .pivot(SQLPivot(tree, reading))
        case "SHOW_REF": self = .show(SQLShow(tree, reading))
        case let kind?: self = .other(kind: kind, tree)
        }
    }
}

/// What all that stands in FROM may have.
package struct SQLTableTraits: Sendable {
    package var alias: String?
    /// Names for the columns: `t(a, b)`; those after them keep theirs.
    package var columnAliases: [String]
    package var sample: SQLSample?
    package var position: Int?

    init(_ fields: inout NodeFields) {
        alias = fields.text("alias")
        columnAliases = fields.texts("column_name_alias")
        sample = fields.take("sample").map { [reading = fields.reading] in SQLSample($0, reading) }
        position = fields.position()
    }
}

/// A table by its name: a dataset, a common table expression, a file.
package struct SQLNamedTable: Sendable {
    /// `AT (VERSION => 3)`.
    package struct Moment: Sendable {
        /// `VERSION` or `TIMESTAMP`.
        package var unit: String
        package var value: SQLExpression
    }

    package var catalog: String?
    package var schema: String?
    package var name: String
    package var moment: Moment?
    package var traits: SQLTableTraits

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        catalog = fields.text("catalog_name")
        schema = fields.text("schema_name")
        name = fields.text("table_name") ?? ""
        moment = fields.take("at_clause").map {
            Moment(unit: $0["unit"]?.text ?? "", value: SQLExpression($0["expr"] ?? .null, reading))
        }
        traits = SQLTableTraits(&fields)
        fields.finish()
    }
}

/// `(SELECT …) AS t(a, b)`. All of them may be lateral: see what stands before them.
package struct SQLSubqueryTable: Sendable {
    package var query: SQLQuery
    package var traits: SQLTableTraits

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        query = SQLQuery(fields.take("subquery") ?? .null, reading)
        traits = SQLTableTraits(&fields)
        fields.finish()
    }
}

/// `unnest(x) AS t(a)`.
package struct SQLTableFunction: Sendable {
    /// A call; other kinds of expression do not come.
    package var call: SQLExpression
    package var hasOrdinality: Bool
    package var traits: SQLTableTraits

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        call = SQLExpression(fields.take("function") ?? .null, reading)
        hasOrdinality = fields.text("with_ordinality") == "WITH_ORDINALITY"
        traits = SQLTableTraits(&fields)
        fields.finish()
    }
}

/// `VALUES (1, 'a'), (2, 'b')`.
package struct SQLValuesTable: Sendable {
    package var rows: [[SQLExpression]]
    package var names: [String]
    package var types: [SQLType]
    package var traits: SQLTableTraits

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        rows = fields.elements("values").map { $0.elements.map { SQLExpression($0, reading) } }
        names = fields.texts("expected_names")
        types = fields.elements("expected_types").map { SQLType($0, reading) }
        traits = SQLTableTraits(&fields)
        fields.finish()
    }
}

/// `DESCRIBE`, `SUMMARIZE` and `SHOW` as a table.
package struct SQLShow: Sendable {
    /// `DESCRIBE`, `SUMMARY`, `SHOW_UNQUALIFIED`, `SHOW_FROM`.
    package var kind: String
    package var catalog: String?
    package var schema: String?
    /// The table's name, or what is shown, in quotation marks: `"tables"`.
    package var table: String?
    package var query: SQLQueryNode?
    package var traits: SQLTableTraits

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading)
        kind = fields.text("show_type") ?? "SUMMARY"
        catalog = fields.text("catalog_name")
        schema = fields.text("schema_name")
        table = fields.text("table_name")
        query = fields.take("query").map { SQLQueryNode($0, reading) }
        traits = SQLTableTraits(&fields)
        fields.finish()
    }
}
