/// A JSON value. Numbers keep their text, because decimals and 64-bit integers do not survive `Double`.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number as written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package static func int(_ value: Int) -> JSONValue { .number(String(value)) }

    package var isNull: Bool { self == .null }

    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var int: Int? {
        guard case .number(let text) = self else { return nil }
        if let value = Int(text) { return value }
        // Some writers give whole numbers a fraction or an exponent.
        guard let value = Double(text), value == value.rounded(), abs(value) < 9e15 else { return nil }
        return Int(value)
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }
}

/// A JSON object: members in the order in which they were written. Looking one up is linear, which is fastest for the
/// dozen members that log actions have.
package struct JSONObject: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var name: String
        package var value: JSONValue
    }

    package var members: [Member]

    package init() { members = [] }

    package init(_ members: [(String, JSONValue)]) {
        self.members = members.map { Member(name: $0.0, value: $0.1) }
    }

    /// The member's value; nil when it is absent. Setting nil removes it.
    package subscript(_ name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            if let index = members.firstIndex(where: { $0.name == name }) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
            } else if let newValue {
                members.append(Member(name: name, value: newValue))
            }
        }
    }

    package var isEmpty: Bool { members.isEmpty }

    /// Appends a member that has a value.
    package mutating func add(_ name: String, _ value: JSONValue?) {
        if let value { members.append(Member(name: name, value: value)) }
    }
}
