/// The properties of a dataset that its SQL file holds in a leading `/* … */` comment.
enum FrontMatter {
    /// What a file's leading comment holds.
    struct Content: Sendable {
        /// The mapping; nil when there is no such comment or it is prose.
        var mapping: YAMLNode?
        var diagnostics: [Diagnostic] = []
    }

    static func read(_ file: SourceFile) -> Content {
        guard let comment = leadingComment(of: file.utf8), let word = firstKey(in: file.utf8[comment]) else {
            return Content()
        }
        let section = FieldRegistry.dataset
        let isKnown = section.field(word) != nil || section.planned.contains(word)
        guard isKnown || Spelling.nearest(to: word, among: section.fields.map(\.name)) != nil else {
            return Content()
        }
        var document = YAMLDocument(file, text: text(of: comment, in: file), firstLine: line(of: comment, in: file))
        let root = document.root()
        // A comment whose first word only resembles a field is front matter if the rest of it looks so too.
        let isMapping = root?.mapping?.allSatisfy { $0.name.allSatisfy { $0.isLowercase || $0 == "_" } } ?? false
        guard isKnown || (isMapping && document.diagnostics.isEmpty) else { return Content() }
        guard let root, root.mapping == nil else { return Content(mapping: root, diagnostics: document.diagnostics) }
        let fault = Diagnostic.error("front matter must be a mapping, not \(root.found)", at: root.span)
        return Content(diagnostics: document.diagnostics + [fault])
    }

    /// True when there is nothing in the text but white space, comments and semicolons.
    static func isWithoutSQL(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            if isSpace(bytes[index]) || bytes[index] == UInt8(ascii: ";") {
                index += 1
            } else if let end = lineComment(in: bytes, at: index) ?? blockComment(in: bytes, at: index) {
                index = end
            } else {
                return false
            }
        }
        return true
    }

    private static func line(of comment: Range<Int>, in file: SourceFile) -> Int {
        file.position(at: comment.lowerBound).line
    }

    /// What stands inside the first block comment, if only white space and line comments come before it.
    private static func leadingComment(of bytes: [UInt8]) -> Range<Int>? {
        var index = 0
        while index < bytes.count {
            if isSpace(bytes[index]) {
                index += 1
            } else if let end = lineComment(in: bytes, at: index) {
                index = end
            } else if let end = blockComment(in: bytes, at: index), end - index >= 4 {
                return (index + 2)..<(end - 2)
            } else {
                return nil
            }
        }
        return nil
    }

    private static func lineComment(in bytes: [UInt8], at index: Int) -> Int? {
        guard bytes[index...].starts(with: [UInt8(ascii: "-"), UInt8(ascii: "-")]) else { return nil }
        return bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    }

    /// Where a block comment ends that starts at `index`. They nest, as in DuckDB.
    private static func blockComment(in bytes: [UInt8], at index: Int) -> Int? {
        let slash = UInt8(ascii: "/")
        let star = UInt8(ascii: "*")
        guard index + 1 < bytes.count, bytes[index] == slash, bytes[index + 1] == star else { return nil }
        var depth = 1
        var place = index + 2
        while place + 1 < bytes.count {
            if bytes[place] == star, bytes[place + 1] == slash {
                depth -= 1
                place += 2
                if depth == 0 { return place }
            } else if bytes[place] == slash, bytes[place + 1] == star {
                depth += 1
                place += 2
            } else {
                place += 1
            }
        }
        return nil
    }

    /// The word before the first colon, if the text starts like a mapping.
    private static func firstKey(in bytes: ArraySlice<UInt8>) -> String? {
        var index = bytes.startIndex
        while index < bytes.endIndex, isSpace(bytes[index]) { index += 1 }
        let start = index
        while index < bytes.endIndex, isWord(bytes[index]) { index += 1 }
        guard index > start, index < bytes.endIndex, bytes[index] == UInt8(ascii: ":") else { return nil }
        guard index + 1 == bytes.endIndex || isSpace(bytes[index + 1]) else { return nil }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// The comment's text with everything before it on its first line blanked, so that columns stay what they are.
    private static func text(of comment: Range<Int>, in file: SourceFile) -> String {
        let bytes = file.utf8
        let lineStart = file.offset(ofLine: line(of: comment, in: file))
        let lead = bytes[lineStart..<comment.lowerBound].count { $0 & 0xC0 != 0x80 }
        return String(repeating: " ", count: lead) + String(decoding: bytes[comment], as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (byte >= UInt8(ascii: "\t") && byte <= UInt8(ascii: "\r"))
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
