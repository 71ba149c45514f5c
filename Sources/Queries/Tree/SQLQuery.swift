/// A query as a tree: what DuckDB's parser makes of its text, with a type for every kind of node. Names are not
/// resolved, and nothing is bound to a type of data.
///
/// Positions are bytes of the text that was parsed.
package struct SQLQuery: Sendable {
    package var node: SQLQueryNode
    /// The numbers of the parameters (`$name`, `?`) by their names.
    package var parameters: [String: Int]
    /// Fields of the raw tree that this tree has no place for, such as a later DuckDB's: `NODE.field`. Who needs all of
    /// a query must refuse one that has some.
    package var unread: [String]

    /// From what `json_serialize_sql` tells without leaving out what is empty: of `GROUPING SETS ((a), ())` the empty
    /// set is a part.
    package init(_ statement: SQLTree) {
        let reading = TreeReading()
        self.init(statement, reading)
        unread = reading.unread.sorted()
    }

    init(_ statement: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(statement, reading, kind: "STATEMENT")
        node = SQLQueryNode(fields.take("node") ?? .null, reading)
        parameters = [:]
        for entry in fields.elements("named_param_map") {
            if let name = entry["key"]?.text { parameters[name] = entry["value"]?.number ?? 0 }
        }
        unread = []
        fields.finish()
    }
}

/// What gives rows: all that may stand between parentheses.
package indirect enum SQLQueryNode: Sendable {
    case select(SQLSelect)
    case setOperation(SQLSetOperation)
    case recursive(SQLRecursiveTable)
    case other(kind: String, SQLTree)

    init(_ tree: SQLTree, _ reading: TreeReading) {
        switch tree["type"]?.text {
        case "SELECT_NODE": self = .select(SQLSelect(tree, reading))
        case "SET_OPERATION_NODE": self = .setOperation(SQLSetOperation(tree, reading))
        case "RECURSIVE_CTE_NODE": self = .recursive(SQLRecursiveTable(tree, reading))
        case let kind: self = .other(kind: kind ?? "?", tree)
        }
    }
}

/// `WITH name(aliases) AS (query)`.
package struct SQLCommonTable: Sendable {
    package enum Materialisation: String, Sendable {
        case `default` = "CTE_MATERIALIZE_DEFAULT"
        case always = "CTE_MATERIALIZE_ALWAYS"
        case never = "CTE_MATERIALIZE_NEVER"
    }

    package var name: String
    /// Names for its columns; those after them keep theirs.
    package var aliases: [String]
    package var query: SQLQuery
    /// What DuckDB tells; 1.5 does not tell what the user wrote.
    package var materialisation: Materialisation
    /// `USING KEY (…)` of a recursive one.
    package var keys: [SQLExpression]

    static func all(in fields: inout NodeFields) -> [SQLCommonTable] {
        (fields.take("cte_map")?["map"]?.elements ?? []).map {
            SQLCommonTable($0["key"]?.text ?? "", $0["value"] ?? .null, fields.reading)
        }
    }

    private init(_ name: String, _ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading, kind: "CTE")
        self.name = name
        aliases = fields.texts("aliases")
        query = SQLQuery(fields.take("query") ?? .null, reading)
        materialisation = fields.take("materialized")?.text.flatMap { Materialisation(rawValue: $0) } ?? .default
        keys = fields.expressions("key_targets")
        fields.finish()
    }
}
