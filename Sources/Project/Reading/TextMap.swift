/// Where each byte of a text stands in the user's file: a list of stretches, each from one place on.
struct TextMap {
    /// Ascending; the first starts at 0.
    private(set) var stretches: [(text: Int, file: Int)]

    /// A text that is one piece of the file.
    init(at offset: Int) { stretches = [(0, offset)] }

    /// A scalar's text in the file that it was read from: indentation, folded lines and escapes are followed by
    /// walking text and file side by side.
    init(of scalar: YAMLScalar, in bytes: [UInt8], at offset: Int) {
        var start = offset
        switch scalar.style {
        case .plain: break
        case .singleQuoted, .doubleQuoted: start += 1
        case .literal, .folded:
            while start < bytes.count, bytes[start] != UInt8(ascii: "\n") { start += 1 }
            start += 1
        }
        stretches = [(0, min(start, bytes.count))]
        let isOneLine = !scalar.text.utf8.contains(UInt8(ascii: "\n"))
        if scalar.style == .plain, isOneLine, bytes[min(start, bytes.count)...].starts(with: scalar.text.utf8) {
            return
        }
        align(Array(scalar.text.utf8), style: scalar.style, in: bytes, from: min(start, bytes.count))
    }

    /// The map after pieces of the text were replaced by others: `edits` are the bytes that were replaced, ascending,
    /// and how many came in their place.
    func edited(_ edits: [(range: Range<Int>, length: Int)]) -> TextMap {
        var result = TextMap(at: 0)
        result.stretches = []
        var remaining = edits[...]
        var shift = 0
        func apply(_ edit: (range: Range<Int>, length: Int)) {
            result.append(edit.range.lowerBound + shift, file(of: edit.range.lowerBound))
            shift += edit.length - edit.range.count
            result.append(edit.range.upperBound + shift, file(of: edit.range.upperBound))
        }
        for stretch in stretches {
            while let edit = remaining.first, edit.range.lowerBound < stretch.text {
                apply(edit)
                remaining = remaining.dropFirst()
            }
            let isReplaced = edits.contains { $0.range.lowerBound < stretch.text && stretch.text < $0.range.upperBound }
            if !isReplaced { result.append(stretch.text + shift, stretch.file) }
        }
        for edit in remaining { apply(edit) }
        return result
    }

    /// The place in the file of a byte of the text.
    func file(of offset: Int) -> Int {
        let stretch = stretches.last { $0.text <= offset } ?? stretches[0]
        return stretch.file + offset - stretch.text
    }

    private mutating func append(_ text: Int, _ file: Int) {
        if let last = stretches.last, last.text == text { stretches.removeLast() }
        stretches.append((text, file))
    }

    private mutating func align(_ text: [UInt8], style: YAMLScalar.Style, in bytes: [UInt8], from start: Int) {
        var index = 0
        var place = start
        var lineStart = 0
        var shift = stretches[0].file
        while index < text.count {
            if Self.isSpace(text[index]) {
                if text[index] == UInt8(ascii: "\n") { lineStart = index + 1 }
                index += 1
                continue
            }
            guard let piece = Self.nextPiece(style, in: bytes, at: &place) else { return }
            guard text[index...].starts(with: piece.bytes) else { return }
            if place - index != shift {
                shift = place - index
                // The indentation that belongs to the text of this line lies before its first word in the file too.
                let isLineInBlock = style == .literal && text[lineStart..<index].allSatisfy(Self.isSpace)
                let from = isLineInBlock ? lineStart : index
                append(from, from + shift)
            }
            index += piece.bytes.count
            place += piece.length
        }
    }

    /// The next character that is not white space, as the text has it, and the bytes that write it in the file.
    private static func nextPiece(
        _ style: YAMLScalar.Style, in bytes: [UInt8], at place: inout Int
    ) -> (bytes: [UInt8], length: Int)? {
        while place < bytes.count {
            let byte = bytes[place]
            if isSpace(byte) {
                place += 1
            } else if style == .singleQuoted, byte == UInt8(ascii: "'") {
                return ([byte], 2)
            } else if style == .doubleQuoted, byte == UInt8(ascii: "\\") {
                let (decoded, length) = escape(in: bytes, at: place)
                if !decoded.allSatisfy(isSpace) { return (decoded, length) }
                place += length
            } else {
                return ([byte], 1)
            }
        }
        return nil
    }

    /// What `\…` means in a text in double quotation marks; nothing for an escaped end of line.
    private static func escape(in bytes: [UInt8], at place: Int) -> (bytes: [UInt8], length: Int) {
        guard place + 1 < bytes.count else { return ([], 1) }
        switch bytes[place + 1] {
        case UInt8(ascii: "x"): return scalar(in: bytes, at: place, digits: 2)
        case UInt8(ascii: "u"): return scalar(in: bytes, at: place, digits: 4)
        case UInt8(ascii: "U"): return scalar(in: bytes, at: place, digits: 8)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return ([bytes[place + 1]], 2)
        case UInt8(ascii: "0"): return ([0], 2)
        case UInt8(ascii: "a"): return ([7], 2)
        case UInt8(ascii: "b"): return ([8], 2)
        case UInt8(ascii: "e"): return ([27], 2)
        default: return ([], 2)
        }
    }

    private static func scalar(in bytes: [UInt8], at place: Int, digits: Int) -> (bytes: [UInt8], length: Int) {
        let end = min(bytes.count, place + 2 + digits)
        let code = UInt32(String(decoding: bytes[(place + 2)..<end], as: UTF8.self), radix: 16)
        guard let scalar = code.flatMap(Unicode.Scalar.init) else { return ([], end - place) }
        return (Array(String(Character(scalar)).utf8), end - place)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
            || byte == UInt8(ascii: "\r") || byte == 11 || byte == 12
    }
}
