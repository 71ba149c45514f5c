/// Remembers what no reader of a tree asked for.
final class TreeReading {
    /// Such fields, each with the kind of node that has it: `JOIN.delim_flipped`.
    private(set) var unread: Set<String> = []

    func note(_ rest: [String: SQLTree], of kind: String) {
        for (key, value) in rest where !Self.isEmpty(value) { unread.insert("\(kind).\(key)") }
    }

    private static func isEmpty(_ value: SQLTree) -> Bool {
        switch value {
        case .null, .truth(false), .text(""): true
        case .array(let elements): elements.isEmpty
        case .object(let members): members.values.allSatisfy(isEmpty)
        case .text, .number, .numeral, .truth: false
        }
    }
}

/// The fields of one node of the raw tree, each taken once. What is left over when the node was read is noted.
struct NodeFields {
    private var rest: [String: SQLTree]
    let reading: TreeReading
    /// What kind of node it is.
    let kind: String

    init(_ tree: SQLTree, _ reading: TreeReading, kind: String? = nil) {
        var rest: [String: SQLTree] = if case .object(let members) = tree { members } else { [:] }
        self.reading = reading
        self.kind = kind ?? rest.removeValue(forKey: "type")?.text ?? "?"
        self.rest = rest
    }

    /// Nil for what is not there or null.
    mutating func take(_ key: String) -> SQLTree? {
        guard let value = rest.removeValue(forKey: key), value != .null else { return nil }
        return value
    }

    /// Nil for the empty text as well: DuckDB has no other word for "none".
    mutating func text(_ key: String) -> String? {
        guard let text = take(key)?.text, !text.isEmpty else { return nil }
        return text
    }

    mutating func texts(_ key: String) -> [String] { elements(key).compactMap(\.text) }
    mutating func elements(_ key: String) -> [SQLTree] { take(key)?.elements ?? [] }
    mutating func flag(_ key: String, usually usual: Bool = false) -> Bool { take(key)?.truth ?? usual }

    /// Where the node stands in the text, in bytes. DuckDB writes the largest number of all for "nowhere", no `Int`.
    mutating func position() -> Int? { take("query_location")?.number }

    mutating func expression(_ key: String) -> SQLExpression? { take(key).map { SQLExpression($0, reading) } }
    mutating func expressions(_ key: String) -> [SQLExpression] {
        elements(key).map { SQLExpression($0, reading) }
    }

    func finish() { reading.note(rest, of: kind) }
}
