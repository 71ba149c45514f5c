import Foundation

/// DuckDB's parse tree of a query, as `json_serialize_sql` tells it.
package indirect enum SQLTree: Sendable {
    case object([String: SQLTree])
    case array([SQLTree])
    case text(String)
    case number(Int)
    /// What no reader of trees asks for: fractions, truth values, null.
    case other

    /// Reads the answer of `json_serialize_sql`.
    package static func decode(_ json: String) throws -> Result<SQLTree, SQLFault> {
        let tree = convert(try JSONSerialization.jsonObject(with: Data(json.utf8)))
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

    private static func convert(_ value: Any) -> SQLTree {
        switch value {
        case let object as [String: Any]: .object(object.mapValues(convert))
        case let array as [Any]: .array(array.map(convert))
        case let text as String: .text(text)
        case let number as NSNumber: .number(number.intValue)
        default: .other
        }
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

    package var elements: [SQLTree] {
        if case .array(let elements) = self { elements } else { [] }
    }
}

extension SQLFault {
    static let notASelect = SQLFault(
        message: "only a SELECT can make a dataset",
        hint: "write one SELECT (WITH, FROM and VALUES will do); a PIVOT needs its values: PIVOT … ON c IN ('a', 'b')")
}
