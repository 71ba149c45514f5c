/// Why a text is no JSON, and where.
package struct JSONError: Error, Sendable, CustomStringConvertible {
    /// The byte where reading stopped, from 0.
    package var offset: Int
    package var message: String

    package var description: String { "\(message) at byte \(offset)" }
}

extension JSONValue {
    /// Reads one JSON value that fills the text.
    package init(parsing text: String) throws(JSONError) {
        self = try Self.parse(Array(text.utf8))
    }

    /// Reads one JSON value that fills the bytes.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try parse(bytes[...])
    }

    /// Reads one JSON value that fills the slice. Offsets in errors count from the slice's start.
    package static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
        let result = bytes.withUnsafeBytes { buffer -> Result<JSONValue, JSONError> in
            do throws(JSONError) { return .success(try parse(buffer)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Reads one JSON value that fills the bytes.
    static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        try parser.end()
        return value
    }
}

/// A recursive-descent parser over bytes that stay in place while it lives.
struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    private var index = 0

    /// Deeper nesting is refused, so that a hostile file cannot exhaust the stack.
    static let maximumDepth = 200

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < Self.maximumDepth else { throw failure("nested too deeply") }
        switch next() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some: return try number()
        case nil: throw failure("the text ends too early")
        }
    }

    mutating func end() throws(JSONError) {
        if next() != nil { throw failure("unexpected text after the value") }
    }

    /// The next byte that is not white space, without consuming it.
    private mutating func next() -> UInt8? {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private func failure(_ message: String) -> JSONError { JSONError(offset: index, message: message) }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        index += 1
        var object = JSONObject()
        if next() == UInt8(ascii: "}") {
            index += 1
            return object
        }
        while true {
            guard next() == UInt8(ascii: "\"") else { throw failure("expected a member's name") }
            let name = try string()
            guard next() == UInt8(ascii: ":") else { throw failure("expected ':'") }
            index += 1
            object.members.append(JSONObject.Member(name: name, value: try value(depth: depth + 1)))
            switch next() {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "}"):
                index += 1
                return object
            default: throw failure("expected ',' or '}'")
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        index += 1
        var values: [JSONValue] = []
        if next() == UInt8(ascii: "]") {
            index += 1
            return values
        }
        while true {
            values.append(try value(depth: depth + 1))
            switch next() {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "]"):
                index += 1
                return values
            default: throw failure("expected ',' or ']'")
            }
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard index + count <= bytes.count else { throw failure("the text ends too early") }
        for offset in 0..<count where bytes[index + offset] != word.utf8Start[offset] {
            throw failure("unexpected text")
        }
        index += count
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        if peek == UInt8(ascii: "-") { index += 1 }
        guard digits() > 0 else { throw failure("expected a value") }
        if peek == UInt8(ascii: ".") {
            index += 1
            guard digits() > 0 else { throw failure("expected a digit") }
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            index += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
            guard digits() > 0 else { throw failure("expected a digit") }
        }
        return .number(text(start..<index))
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func digits() -> Int {
        let start = index
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { index += 1 }
        return index - start
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private mutating func string() throws(JSONError) -> String {
        index += 1
        let start = index
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
        if peek == UInt8(ascii: "\"") {
            index += 1
            return text(start..<index - 1)
        }
        var decoded = Array(bytes[start..<index])
        while let byte = peek {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: decoded, as: UTF8.self)
            case UInt8(ascii: "\\"): try JSONEscape.decode(bytes, at: &index, end: bytes.count, into: &decoded)
            case 0..<0x20: throw JSONError(offset: index - 1, message: "a control character in a string")
            default: decoded.append(byte)
            }
        }
        throw failure("the text ends inside a string")
    }
}
