/// A JSON value whose objects keep the order of their fields.
package indirect enum JSON: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    /// Not finite numbers are written as `null`.
    case double(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    package static func optional<Value>(_ value: Value?, _ make: (Value) -> JSON) -> JSON {
        value.map(make) ?? .null
    }

    package static func optional(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
    package static func optional(_ value: Int?) -> JSON { value.map(JSON.int) ?? .null }
    package static func optional(_ value: Double?) -> JSON { value.map(JSON.double) ?? .null }
    package static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }

    /// On one line.
    package var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: nil)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Indented by two blanks a level.
    package var indentedText: String {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8], indent: Int?) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .int(let value): bytes += "\(value)".utf8
        case .double(let value): bytes += (value.isFinite ? "\(value)" : "null").utf8
        case .string(let value): Self.write(value, to: &bytes)
        case .array(let values):
            Self.write(values, open: "[", close: "]", to: &bytes, indent: indent) { value, bytes, indent in
                value.write(to: &bytes, indent: indent)
            }
        case .object(let fields):
            Self.write(fields, open: "{", close: "}", to: &bytes, indent: indent) { field, bytes, indent in
                Self.write(field.0, to: &bytes)
                bytes += (indent == nil ? ":" : ": ").utf8
                field.1.write(to: &bytes, indent: indent)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], open: String, close: String, to bytes: inout [UInt8], indent: Int?,
        element: (Element, inout [UInt8], Int?) -> Void
    ) {
        bytes += open.utf8
        for (index, value) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            if let indent { bytes += ("\n" + TextWidth.blanks(2 * indent + 2)).utf8 }
            element(value, &bytes, indent.map { $0 + 1 })
        }
        if let indent, !elements.isEmpty { bytes += ("\n" + TextWidth.blanks(2 * indent)).utf8 }
        bytes += close.utf8
    }

    private static func write(_ string: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\r"): bytes += "\\r".utf8
            case UInt8(ascii: "\t"): bytes += "\\t".utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
