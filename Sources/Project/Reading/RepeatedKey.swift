/// Finds where a key of a mapping is written a second time: the parser says that it is, but not where.
struct RepeatedKey {
    private let key: [UInt8]
    private let first: Int

    /// `first` is the offset of its first place.
    init(_ key: String, first: Int) {
        self.key = Array(key.utf8)
        self.first = first
    }

    func second(in bytes: [UInt8], except known: Set<Int>) -> Int? {
        inBlock(bytes, except: known) ?? inFlow(bytes, except: known)
    }

    /// A later line that has the key in the same column, with nothing less indented between.
    private func inBlock(_ bytes: [UInt8], except known: Set<Int>) -> Int? {
        var lineStart = first
        while lineStart > 0, bytes[lineStart - 1] != UInt8(ascii: "\n") { lineStart -= 1 }
        let column = first - lineStart
        var line = lineStart
        while let end = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) {
            line = end + 1
            var start = line
            while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
            guard start < bytes.count else { return nil }
            if bytes[start] == UInt8(ascii: "\n") || bytes[start] == UInt8(ascii: "\r")
                || bytes[start] == UInt8(ascii: "#")
            {
                continue
            }
            if start - line < column { return nil }
            if start - line == column, isKey(at: start, in: bytes), !known.contains(start) { return start }
        }
        return nil
    }

    /// A later place between the same brackets.
    private func inFlow(_ bytes: [UInt8], except known: Set<Int>) -> Int? {
        var depth = 0
        var index = first + 1
        var quote: UInt8?
        var followsComma = false
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { index += 1 }
                if byte == open { quote = nil }
                index += 1
                continue
            }
            if depth == 0, followsComma, isKey(at: index, in: bytes), !known.contains(index) { return index }
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            default: break
            }
            if depth < 0 { return nil }
            if byte == UInt8(ascii: ",") {
                followsComma = true
            } else if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
                followsComma = false
            }
            index += 1
        }
        return nil
    }

    /// True when the key, bare or in quotes, and its colon stand at `start`.
    private func isKey(at start: Int, in bytes: [UInt8]) -> Bool {
        var index = start
        let quote = bytes[index]
        let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        if isQuoted { index += 1 }
        guard bytes[index...].starts(with: key) else { return false }
        index += key.count
        if isQuoted {
            guard index < bytes.count, bytes[index] == quote else { return false }
            index += 1
        }
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
        return index < bytes.count && bytes[index] == UInt8(ascii: ":")
    }
}
