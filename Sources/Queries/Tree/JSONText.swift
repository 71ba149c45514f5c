/// Reads the JSON that DuckDB writes. Foundation's reader would make a `Double` of every number, and be slower.
struct JSONText {
    struct Fault: Error, Equatable {
        /// The byte at which the text is no JSON.
        var position: Int
    }

    /// Deeper than DuckDB lets expressions be.
    private static let deepest = 4_000

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    /// - Throws: `Fault`.
    static func read(_ text: String) throws -> SQLTree {
        var text = text
        return try text.withUTF8 { bytes in
            var reader = JSONText(bytes: bytes)
            let tree = try reader.value()
            reader.skipBlanks()
            guard reader.position == bytes.count else { throw reader.fault }
            return tree
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private var fault: Fault { Fault(position: position) }
    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard byte == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value() throws -> SQLTree {
        depth += 1
        defer { depth -= 1 }
        skipBlanks()
        guard depth < Self.deepest, let byte else { throw fault }
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .text(try text())
        default: return try word()
        }
    }

    private mutating func object() throws -> SQLTree {
        position += 1
        var members: [String: SQLTree] = [:]
        if take("}") { return .object(members) }
        repeat {
            skipBlanks()
            guard byte == UInt8(ascii: "\"") else { throw fault }
            let key = try text()
            guard take(":") else { throw fault }
            members[key] = try value()
        } while take(",")
        guard take("}") else { throw fault }
        return .object(members)
    }

    private mutating func array() throws -> SQLTree {
        position += 1
        var elements: [SQLTree] = []
        if take("]") { return .array(elements) }
        repeat { elements.append(try value()) } while take(",")
        guard take("]") else { throw fault }
        return .array(elements)
    }

    private mutating func word() throws -> SQLTree {
        let start = position
        while let byte, byte > 0x20, byte != UInt8(ascii: ","), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "}") {
            position += 1
        }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        switch word {
        case "": throw fault
        case "true": return .truth(true)
        case "false": return .truth(false)
        case "null": return .null
        default: return Int(word).map { .number($0) } ?? .numeral(word)
        }
    }

    private mutating func text() throws -> String {
        position += 1
        let start = position
        while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        if byte == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
        }
        var units: [UInt8] = Array(bytes[start..<position])
        while let byte {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): units += String(try escaped()).utf8
            default: units.append(byte)
            }
        }
        throw fault
    }

    private mutating func escaped() throws -> Unicode.Scalar {
        guard let byte else { throw fault }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"):
            let first = try hexadecimal()
            guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
            guard take("\\"), take("u") else { throw fault }
            let second = try hexadecimal()
            guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
            return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
        default: return Unicode.Scalar(byte)
        }
    }

    private mutating func hexadecimal() throws -> UInt32 {
        guard position + 4 <= bytes.count,
            let number = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw fault }
        position += 4
        return number
    }
}
