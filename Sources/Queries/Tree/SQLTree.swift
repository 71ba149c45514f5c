/// DuckDB's parse tree of a query as it comes, the JSON of `json_serialize_sql`; `SQLQuery` is the same with types.
package indirect enum SQLTree: Sendable, Equatable {
    case object([String: SQLTree])
    case array([SQLTree])
    case text(String)
    case number(Int)
    /// A number that is no `Int`, as it is written: a fraction, or half of a very large one.
    case numeral(String)
    case truth(Bool)
    case null

    /// Reads the answer of `json_serialize_sql`.
    package static func decode(_ json: String) throws -> Result<SQLTree, SQLFault> {
        let tree = try JSONText.read(json)
        guard tree["error_message"] == nil else {
            let message = tree["error_message"]?.text ?? "not a query"
            if tree["error_type"]?.text == "not implemented" {
                return .failure(SQLFault.notASelect)
            }
            return .failure(SQLFault(message: message, position: tree["position"]?.text.flatMap { Int($0) }))
        }
        let statements = tree["statements"]?.elements ?? []
        guard let first = statements.first else {
            return .failure(SQLFault(message: "there is no query here", hint: "write one SELECT statement"))
        }
        guard statements.count == 1 else {
            return .failure(
                SQLFault(
                    message: "a step is one query, and here are \(statements.count)",
                    hint: "make a dataset of each, or join them with WITH"))
        }
        return .success(first)
    }

    package subscript(_ key: String) -> SQLTree? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    package var number: Int? {
        if case .number(let number) = self { number } else { nil }
    }

    package var truth: Bool? {
        if case .truth(let truth) = self { truth } else { nil }
    }

    package var elements: [SQLTree] {
        if case .array(let elements) = self { elements } else { [] }
    }
}

extension SQLFault {
    static let notASelect = SQLFault(
        message: "only a SELECT can make a dataset",
        hint: "write one SELECT (WITH, FROM and VALUES will do); a PIVOT needs its values: PIVOT … ON c IN ('a', 'b')")
}
