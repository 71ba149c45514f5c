/// Pieces of SQL text.
package enum SQL {
    /// The text as a string literal: `it's` becomes `'it''s'`.
    package static func literal(_ text: String) -> String {
        "'" + doubling("'", in: text) + "'"
    }

    /// The name quoted: `my "table"` becomes `"my ""table"""`.
    package static func quoted(_ name: String) -> String {
        "\"" + doubling("\"", in: name) + "\""
    }

    /// The name, quoted where DuckDB would read it differently or not at all without quotes.
    package static func identifier(_ name: String) -> String {
        let plain =
            name.utf8.enumerated().allSatisfy { index, byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                    true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
                default: false
                }
            } && !name.isEmpty
        return plain && !keywords.contains(name.lowercased()) ? name : quoted(name)
    }

    private static func doubling(_ mark: Character, in text: String) -> String {
        guard text.contains(mark) else { return text }
        var doubled = ""
        for character in text {
            doubled.append(character)
            if character == mark { doubled.append(character) }
        }
        return doubled
    }
}
