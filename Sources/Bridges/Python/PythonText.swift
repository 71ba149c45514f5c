/// Texts of users inside of Python.
enum PythonText {
    /// A string literal; the quotes are those that need fewer backslashes.
    static func literal(_ text: String) -> String {
        let doubles = text.unicodeScalars.count { $0 == "\"" }
        let singles = text.unicodeScalars.count { $0 == "'" }
        let quote: Unicode.Scalar = doubles > singles ? "'" : "\""
        var result = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote: result += "\\" + String(quote)
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default: result += isVisible(scalar) ? String(scalar) : escape(scalar)
            }
        }
        return result + String(quote)
    }

    /// The lines of a docstring, its text wrapped to the width.
    static func docstring(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let paragraphs = paragraphs(text)
        var lines = wrapped(paragraphs, width: PythonExpression.width - indent, first: 3)
        // Quotes that do not fit behind a single line take its last word with them.
        if lines.count == 1 { lines = wrapped(paragraphs, width: PythonExpression.width - indent, first: 7) }
        guard let first = lines.first, !first.isEmpty else { return [] }
        lines[0] = (first.hasPrefix("\"") ? "\"\"\" " : "\"\"\"") + first
        if lines.count == 1 {
            let closed = lines[0] + (first.hasSuffix("\"") ? " \"\"\"" : "\"\"\"")
            if closed.unicodeScalars.count + indent <= PythonExpression.width { return [margin + closed] }
        }
        return (lines + ["\"\"\""]).map { $0.isEmpty ? "" : margin + $0 }
    }

    /// The lines of a comment.
    static func comment(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        return wrapped(paragraphs(text), width: PythonExpression.width - indent - 2, first: 0)
            .map { ($0.isEmpty ? margin + "#" : margin + "# " + $0) }
    }

    /// A text's paragraphs as words, nothing in them that Python or a reader could take for something else.
    private static func paragraphs(_ text: String) -> [[String]] {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": safe += "\\\\"
            case "\n", " ": safe.unicodeScalars.append(scalar)
            default: safe += isVisible(scalar) ? String(scalar) : " "
            }
        }
        // Three quotes would end the docstring.
        let lines = safe.split(separator: "\n", omittingEmptySubsequences: false).map {
            separated($0.split(separator: " ").map(String.init))
        }
        return lines.split(whereSeparator: \.isEmpty).map { $0.flatMap { $0 } }
    }

    private static func separated(_ words: [String]) -> [String] {
        words.map { word in
            var result = ""
            var quotes = 0
            for character in word {
                quotes = character == "\"" ? quotes + 1 : 0
                if quotes == 3 { (result, quotes) = (result + "\\", 0) }
                result.append(character)
            }
            return result
        }
    }

    private static func wrapped(_ paragraphs: [[String]], width: Int, first: Int) -> [String] {
        var lines: [String] = []
        for paragraph in paragraphs {
            if !lines.isEmpty { lines.append("") }
            var line = ""
            for word in paragraph {
                let length = line.unicodeScalars.count + 1 + word.unicodeScalars.count
                if !line.isEmpty, length > width - (lines.isEmpty ? first : 0) {
                    lines.append(line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            lines.append(line)
        }
        return lines
    }

    /// False for control characters, and for those that change the direction in which text is read.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        func padded(_ count: Int) -> String { String(repeating: "0", count: max(0, count - digits.count)) + digits }
        if scalar.value < 0x100 { return "\\x" + padded(2) }
        return scalar.value < 0x10000 ? "\\u" + padded(4) : "\\U" + padded(8)
    }
}
