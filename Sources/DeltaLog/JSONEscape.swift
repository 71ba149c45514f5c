/// The escapes in JSON strings.
enum JSONEscape {
    /// Decodes one escape.
    ///
    /// - Parameters:
    ///   - bytes: the whole text.
    ///   - index: the byte after the backslash; afterwards the first byte after the escape.
    ///   - end: where the text ends.
    ///   - decoded: gets what the escape means, in UTF-8.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, at index: inout Int, end: Int, into decoded: inout [UInt8]
    ) throws(JSONError) {
        guard index < end else { throw JSONError(offset: index, message: "the text ends inside a string") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            var code = try codeUnit(bytes, at: &index, end: end)
            // A pair of surrogates is one character; a lone one becomes the replacement character.
            if (0xD800..<0xDC00).contains(code), index + 1 < end, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                let afterFirst = index
                index += 2
                let low = try codeUnit(bytes, at: &index, end: end)
                if (0xDC00..<0xE000).contains(low) {
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    index = afterFirst
                }
            }
            decoded.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
        default: throw JSONError(offset: index - 1, message: "unknown escape")
        }
    }

    private static func codeUnit(
        _ bytes: UnsafeRawBufferPointer, at index: inout Int, end: Int
    ) throws(JSONError) -> UInt32 {
        guard index + 4 <= end else { throw JSONError(offset: index, message: "the text ends inside a string") }
        var code: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[index]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw JSONError(offset: index, message: "expected four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            index += 1
        }
        return code
    }
}
