package enum SQLNormaliser {
    /// The SQL without comments and without white space that means nothing, so that two spellings of one query have one
    /// fingerprint. Letters keep their case: only what a layout tool would change is dropped.
    package static func normalise(_ sql: String) -> String {
        let bytes = Array(sql.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var separated = false
        for piece in SQLScanner.pieces(of: bytes) {
            switch piece.kind {
            case .blank, .comment:
                separated = true
            case .word, .quotedName, .text, .symbol:
                if separated, let last = result.last, needsSpace(between: last, and: bytes[piece.range.lowerBound]) {
                    result.append(UInt8(ascii: " "))
                }
                separated = false
                result.append(contentsOf: bytes[piece.range])
            }
        }
        while let last = result.last, last == UInt8(ascii: ";") || last == UInt8(ascii: " ") { result.removeLast() }
        return String(decoding: result, as: UTF8.self)
    }

    /// The query alone: without the semicolons, blanks and comments after its end. Positions in it are positions in the
    /// whole text.
    package static func withoutTail(_ sql: String) -> String {
        let bytes = Array(sql.utf8)
        var end = 0
        for piece in SQLScanner.pieces(of: bytes) {
            switch piece.kind {
            case .blank, .comment: continue
            case .symbol where bytes[piece.range.lowerBound] == UInt8(ascii: ";"): continue
            case .word, .quotedName, .text, .symbol: end = piece.range.upperBound
            }
        }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    /// A blank is kept where leaving it out could join two tokens into another one: `a b`, `> =`, `1 .5`, `'a' 'b'`.
    private static func needsSpace(between left: UInt8, and right: UInt8) -> Bool {
        func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") }
        let leftWord = SQLScanner.isWord(left) || isQuote(left)
        let rightWord = SQLScanner.isWord(right) || isQuote(right)
        if leftWord, rightWord { return true }
        if left == UInt8(ascii: ".") { return SQLScanner.isDigit(right) }
        if right == UInt8(ascii: ".") { return SQLScanner.isDigit(left) }
        return !leftWord && !rightWord && !isBracket(left) && !isBracket(right)
    }

    private static func isBracket(_ byte: UInt8) -> Bool {
        [
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
            UInt8(ascii: ";"),
        ]
        .contains(byte)
    }
}
