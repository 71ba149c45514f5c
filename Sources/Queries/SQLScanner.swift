/// Cuts SQL into pieces, as far as that is needed to tell code from comments and quoted text. DuckDB parses; this only
/// answers what a parser throws away: where white space and comments are.
///
/// Source of the lexical rules: DuckDB's (PostgreSQL's) scanner: `--` and nested `/* */` comments, `'…'` with `''`,
/// `E'…'` with backslashes, `"…"` names, `$tag$…$tag$` texts.
package struct SQLScanner {
    package enum Kind: Sendable {
        case word, quotedName, text, symbol, blank, comment
    }

    package struct Piece: Sendable {
        package var kind: Kind
        package var range: Range<Int>
    }

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// All pieces in order; together they are the whole text.
    package static func pieces(of sql: [UInt8]) -> [Piece] {
        var scanner = SQLScanner(sql)
        var pieces: [Piece] = []
        while let piece = scanner.next() { pieces.append(piece) }
        return pieces
    }

    private mutating func next() -> Piece? {
        guard position < bytes.count else { return nil }
        let start = position
        let kind = advance()
        return Piece(kind: kind, range: start..<position)
    }

    private mutating func advance() -> Kind {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0B, 0x0C:
            while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
            return .blank
        case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            return .comment
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
            skipBlockComment()
            return .comment
        case UInt8(ascii: "'"):
            skipQuoted(UInt8(ascii: "'"), backslashes: false)
            return .text
        case UInt8(ascii: "\""):
            skipQuoted(UInt8(ascii: "\""), backslashes: false)
            return .quotedName
        case UInt8(ascii: "e") where peek(1) == UInt8(ascii: "'"), UInt8(ascii: "E") where peek(1) == UInt8(ascii: "'"):
            position += 1
            skipQuoted(UInt8(ascii: "'"), backslashes: true)
            return .text
        case UInt8(ascii: "$"):
            if skipDollarQuoted() { return .text }
            position += 1
            return .symbol
        case _ where Self.isWord(byte):
            while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
            return .word
        default:
            position += 1
            return .symbol
        }
    }

    private func peek(_ distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func skipBlockComment() {
        var depth = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                position += 2
            } else if bytes[position] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                position += 2
                if depth == 0 { return }
            } else {
                position += 1
            }
        }
    }

    private mutating func skipQuoted(_ quote: UInt8, backslashes: Bool) {
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            if backslashes, byte == UInt8(ascii: "\\") {
                position = min(position + 2, bytes.count)
            } else if byte == quote {
                position += 1
                guard position < bytes.count, bytes[position] == quote else { return }
                position += 1
            } else {
                position += 1
            }
        }
    }

    private mutating func skipDollarQuoted() -> Bool {
        var end = position + 1
        while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else { return false }
        let tag = Array(bytes[position...end])
        var search = end + 1
        while search + tag.count <= bytes.count {
            if bytes[search] == tag[0], bytes[search..<search + tag.count].elementsEqual(tag) {
                position = search + tag.count
                return true
            }
            search += 1
        }
        return false
    }

    // MARK: What pieces mean

    /// The name that a piece is, without its quotation marks; nil for everything that is no name.
    static func name(_ piece: Piece, of sql: [UInt8]) -> String? {
        switch piece.kind {
        case .word: return String(decoding: sql[piece.range], as: UTF8.self)
        case .quotedName:
            guard piece.range.count >= 2 else { return nil }
            return String(decoding: sql[piece.range].dropFirst().dropLast(), as: UTF8.self)
                .replacing("\"\"", with: "\"")
        case .text, .symbol, .blank, .comment: return nil
        }
    }

    static func isSymbol(_ piece: Piece, _ symbol: Unicode.Scalar, of sql: [UInt8]) -> Bool {
        piece.kind == .symbol && sql[piece.range.lowerBound] == UInt8(ascii: symbol)
    }

    /// What a quoted text says; nil for one that is no text, is not closed, or has escapes by number.
    static func text(_ piece: Piece, of sql: [UInt8]) -> String? {
        guard piece.kind == .text, piece.range.count >= 2 else { return nil }
        var bytes = sql[piece.range]
        switch bytes[bytes.startIndex] {
        case UInt8(ascii: "$"):
            guard let end = bytes.dropFirst().firstIndex(of: UInt8(ascii: "$")) else { return nil }
            let tag = end - bytes.startIndex + 1
            return String(decoding: bytes.dropFirst(tag).dropLast(tag), as: UTF8.self)
        case UInt8(ascii: "'"):
            guard bytes.last == UInt8(ascii: "'") else { return nil }
            return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self).replacing("''", with: "'")
        default:
            bytes = bytes.dropFirst()
            guard bytes.count >= 2, bytes.last == UInt8(ascii: "'") else { return nil }
            return unescaped(bytes.dropFirst().dropLast())
        }
    }

    /// The inside of `E'…'`.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
        let escapes: [UInt8: UInt8] = [
            UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "b"): 0x08,
            UInt8(ascii: "f"): 0x0C,
        ]
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "'") {
                rest = rest.dropFirst()
                result.append(byte)
            } else if byte == UInt8(ascii: "\\") {
                guard let escaped = rest.popFirst(), !isDigit(escaped), !"xuU".utf8.contains(escaped) else {
                    return nil
                }
                result.append(escapes[escaped] ?? escaped)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || isDigit(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
