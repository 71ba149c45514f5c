/// Writes the small pieces of SQL that user text must never break out of.
package enum Quote {
    /// A name in double quotes.
    package static func name(_ text: String) -> String { quoted(text, "\"") }

    /// A text in single quotes.
    package static func text(_ text: String) -> String { quoted(text, "'") }

    /// `['a', 'b']`.
    package static func list(_ texts: some Sequence<String>) -> String {
        "[" + texts.map { text($0) }.joined(separator: ", ") + "]"
    }

    private static func quoted(_ text: String, _ quote: Character) -> String {
        var result = String(quote)
        for character in text {
            result.append(character)
            if character == quote { result.append(quote) }
        }
        result.append(quote)
        return result
    }
}
