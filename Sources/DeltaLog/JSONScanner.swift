/// Walks over JSON without making values of it: for the lines of which logs have hundreds of thousands.
///
/// Whatever is not exactly as expected gives nil; the caller then reads the text with `JSONValue`, which either takes it
/// or says what is wrong with it.
struct JSONScanner {
    /// A string in the text, without its quotes.
    struct Text {
        var range: Range<Int>
        var hasEscapes: Bool
    }

    let bytes: UnsafeRawBufferPointer
    var index: Int

    init(_ bytes: UnsafeRawBufferPointer, from index: Int = 0) {
        self.bytes = bytes
        self.index = index
    }

    /// The next byte that is not white space, without consuming it.
    mutating func next() -> UInt8? {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Consumes the byte, if it is the next one that is not white space.
    mutating func accept(_ byte: UInt8) -> Bool {
        guard next() == byte else { return false }
        index += 1
        return true
    }

    mutating func string() -> Text? {
        guard accept(UInt8(ascii: "\"")) else { return nil }
        let start = index
        var hasEscapes = false
        while true {
            skipPlain()
            guard index < bytes.count else { return nil }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return Text(range: start..<index - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                guard index + 1 < bytes.count else { return nil }
                index += 2
            default: return nil
            }
        }
    }

    /// Goes on to the next quote, backslash or control character, eight bytes at a time.
    private mutating func skipPlain() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            // A byte's high bit is set where the byte is zero; above the first such byte there may be false ones.
            let found =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & highs
            if found != 0 {
                index += found.trailingZeroBitCount / 8
                return
            }
            index += 8
        }
        while index < bytes.count, bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\""),
            bytes[index] != UInt8(ascii: "\\")
        {
            index += 1
        }
    }

    /// A whole number that fits; other numbers give nil.
    mutating func integer() -> Int? {
        guard let first = next() else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let start = index
        var value = 0
        while index < bytes.count, index - start < 19 {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            let (sum, overflowed) = (value &* 10).addingReportingOverflow(Int(digit))
            guard !overflowed, value <= Int.max / 10 else { return nil }
            value = sum
            index += 1
        }
        guard index > start else { return nil }
        if index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                return nil
            default: break
            }
        }
        return isNegative ? -value : value
    }

    mutating func boolean() -> Bool? {
        switch next() {
        case UInt8(ascii: "t"): word("true") ? true : nil
        case UInt8(ascii: "f"): word("false") ? false : nil
        default: nil
        }
    }

    /// Consumes `null`, if it is next.
    mutating func null() -> Bool { next() == UInt8(ascii: "n") && word("null") }

    /// Consumes any value, which must be well formed.
    ///
    /// - Returns: where it is; nil when it is not well formed.
    mutating func skipValue(depth: Int = 0) -> Range<Int>? {
        guard depth < JSONParser.maximumDepth, let first = next() else { return nil }
        let start = index
        switch first {
        case UInt8(ascii: "\""):
            guard let text = string(), !text.hasEscapes || hasGoodEscapes(text) else { return nil }
        case UInt8(ascii: "{"):
            guard members(depth: depth, { $0.skipValue(depth: depth + 1) != nil }) else { return nil }
        case UInt8(ascii: "["):
            index += 1
            if accept(UInt8(ascii: "]")) { break }
            repeat {
                guard skipValue(depth: depth + 1) != nil else { return nil }
            } while accept(UInt8(ascii: ","))
            guard accept(UInt8(ascii: "]")) else { return nil }
        case UInt8(ascii: "t"): guard word("true") else { return nil }
        case UInt8(ascii: "f"): guard word("false") else { return nil }
        case UInt8(ascii: "n"): guard word("null") else { return nil }
        default: guard skipNumber() else { return nil }
        }
        return start..<index
    }

    /// Consumes an object, whose members' names are of no interest.
    private mutating func members(depth: Int, _ body: (inout JSONScanner) -> Bool) -> Bool {
        object { scanner, name in (!name.hasEscapes || scanner.hasGoodEscapes(name)) && body(&scanner) }
    }

    /// Consumes an object; `body` must consume the value of each member.
    ///
    /// - Returns: false when it is not well formed, or `body` gave up.
    mutating func object(_ body: (inout JSONScanner, Text) -> Bool) -> Bool {
        guard accept(UInt8(ascii: "{")) else { return false }
        if accept(UInt8(ascii: "}")) { return true }
        repeat {
            guard let name = string(), accept(UInt8(ascii: ":")), body(&self, name) else { return false }
        } while accept(UInt8(ascii: ","))
        return accept(UInt8(ascii: "}"))
    }

    private mutating func skipNumber() -> Bool {
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        guard skipDigits() else { return false }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard skipDigits() else { return false }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard skipDigits() else { return false }
        }
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = index
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        return index > start
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard index + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[index + offset] != word.utf8Start[offset] { return false }
        index += count
        return true
    }

    // MARK: Texts

    func raw(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    func equals(_ text: Text, _ name: StaticString) -> Bool {
        guard text.range.count == name.utf8CodeUnitCount, !text.hasEscapes else { return false }
        for offset in 0..<text.range.count where bytes[text.range.lowerBound + offset] != name.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Nil when there is an escape that JSON does not know.
    func decoded(_ text: Text) -> String? {
        guard text.hasEscapes else { return String(decoding: raw(text.range), as: UTF8.self) }
        var isGood = true
        let string = String(unsafeUninitializedCapacity: text.range.count) { buffer in
            guard let length = decode(text, to: UnsafeMutableRawBufferPointer(buffer)) else {
                isGood = false
                return 0
            }
            return length
        }
        return isGood ? string : nil
    }

    /// Writes the text without its escapes.
    ///
    /// - Parameter output: has room for the text as it is, which is never shorter than what it means.
    /// - Returns: the length; nil when there is an escape that JSON does not know.
    func decode(_ text: Text, to output: UnsafeMutableRawBufferPointer) -> Int? {
        var index = text.range.lowerBound
        let end = text.range.upperBound
        var length = 0
        let ones: UInt64 = 0x0101_0101_0101_0101
        while index < end {
            if index + 8 <= end {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                output.storeBytes(of: word.littleEndian, toByteOffset: length, as: UInt64.self)
                let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
                let found = (backslash &- ones) & ~backslash & (ones &* 0x80)
                let plain = found == 0 ? 8 : found.trailingZeroBitCount / 8
                index += plain
                length += plain
                if found == 0 { continue }
            } else if bytes[index] != UInt8(ascii: "\\") {
                output[length] = bytes[index]
                index += 1
                length += 1
                continue
            }
            index += 1
            if index < end, bytes[index] == UInt8(ascii: "\"") {
                output[length] = UInt8(ascii: "\"")
                index += 1
                length += 1
                continue
            }
            var character: [UInt8] = []
            guard (try? JSONEscape.decode(bytes, at: &index, end: end, into: &character)) != nil else { return nil }
            for byte in character {
                output[length] = byte
                length += 1
            }
        }
        return length
    }

    private func hasGoodEscapes(_ text: Text) -> Bool {
        var index = text.range.lowerBound
        let end = text.range.upperBound
        var ignored: [UInt8] = []
        while index < end {
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            index += 1
            ignored.removeAll(keepingCapacity: true)
            guard (try? JSONEscape.decode(bytes, at: &index, end: end, into: &ignored)) != nil else { return false }
        }
        return true
    }
}
