/// How many cells of a terminal a text takes, and making texts fit.
package enum TextWidth {
    package static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + width(of: $1) }
    }

    /// The text with blanks after it, so that it takes at least `width` cells.
    package static func padded(_ text: String, to width: Int) -> String {
        text + blanks(width - of(text))
    }

    /// The text with blanks before it, so that it takes at least `width` cells.
    package static func paddedLeft(_ text: String, to width: Int) -> String {
        blanks(width - of(text)) + text
    }

    /// The text, cut to `width` cells with an ellipsis when it takes more.
    package static func truncated(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var result = ""
        var taken = 0
        for character in text {
            let next = self.width(of: character)
            if taken + next > width - 1 { break }
            result.append(character)
            taken += next
        }
        return result + "…"
    }

    /// The text broken at blanks into lines of at most `width` cells; words that are longer stay whole. Nil is no limit.
    package static func wrapped(_ text: String, to width: Int?) -> [String] {
        guard let width, of(text) > width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty, of(line) + 1 + of(String(word)) > width {
                lines.append(line)
                line = String(word)
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + [line]
    }

    /// The text on one line with nothing in it that a terminal would obey: line ends, tabs and control characters are
    /// written as escapes.
    package static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isControl(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    package static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func width(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.isASCII { return 1 }
        if first.properties.isEmojiPresentation { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // The East Asian wide and full-width blocks of Unicode Standard Annex #11.
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
