/// One value of a result, or one to bind to a parameter.
///
/// Equality is of cases: `.int(1)` and `.uint(1)` differ. `UBIGINT` is read as `.uint`, all other integers of up to
/// 64 bits as `.int`.
package enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    /// `VARCHAR`, `ENUM` and `JSON`.
    case text(String)
    /// `BLOB`, and `GEOMETRY` in its well-known binary form.
    case bytes([UInt8])
    /// `LIST` and `ARRAY`.
    case list([Value])
    case map([Entry])
    /// `STRUCT`; the names of an unnamed structure (a row) are empty.
    case structure([Field])
    /// Every other type as the text that DuckDB's cast to `VARCHAR` gives: dates, times, timestamps (those with a
    /// zone in UTC), intervals, decimals, integers of 128 bits and more, UUIDs, bit strings. Bound as text, which
    /// DuckDB casts to the type that is wanted there.
    case other(String)

    package struct Entry: Sendable, Hashable {
        package var key: Value
        package var value: Value

        package init(key: Value, value: Value) {
            self.key = key
            self.value = value
        }
    }

    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: Value

        package init(name: String, value: Value) {
            self.name = name
            self.value = value
        }
    }
}

extension Value {
    package var isNull: Bool { self == .null }

    /// The text of `.text` and `.other`; nil otherwise.
    package var text: String? {
        switch self {
        case .text(let text), .other(let text): text
        default: nil
        }
    }

    /// The integer, when it fits; nil otherwise. Integers that DuckDB computes in 128 bits, such as a sum, count too.
    package var int: Int64? {
        switch self {
        case .int(let value): value
        case .uint(let value): Int64(exactly: value)
        case .other(let text): Int64(text)
        default: nil
        }
    }

    /// The number as floating point; nil when this is none. Decimals and large integers may be rounded.
    package var double: Double? {
        switch self {
        case .double(let value): value
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .other(let text): Double(text)
        default: nil
        }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var bytes: [UInt8]? {
        if case .bytes(let value) = self { value } else { nil }
    }

    package var list: [Value]? {
        if case .list(let values) = self { values } else { nil }
    }

    package var map: [Entry]? {
        if case .map(let entries) = self { entries } else { nil }
    }

    package var fields: [Field]? {
        if case .structure(let fields) = self { fields } else { nil }
    }

    /// The value of a structure's field, or of a map's entry with this text as its key; `.null` when there is none.
    package subscript(_ name: String) -> Value {
        switch self {
        case .structure(let fields): fields.first { $0.name == name }?.value ?? .null
        case .map(let entries): entries.first { $0.key.text == name }?.value ?? .null
        default: .null
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
}

extension Value: CustomStringConvertible {
    /// The value as DuckDB prints it, nearly: for messages, not for storing.
    package var description: String {
        switch self {
        case .null: "NULL"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): String(value)
        case .text(let value), .other(let value): value
        case .bytes(let bytes): bytes.map(Self.escaped).joined()
        case .list(let values): "[" + values.map(\.nestedDescription).joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.map { "\($0.key.nestedDescription)=\($0.value.nestedDescription)" }.joined(separator: ", ")
                + "}"
        case .structure(let fields):
            "{" + fields.map { "'\($0.name)': \($0.value.nestedDescription)" }.joined(separator: ", ") + "}"
        }
    }

    private var nestedDescription: String {
        if case .text(let text) = self { "'" + text + "'" } else { description }
    }

    private static func escaped(_ byte: UInt8) -> String {
        if byte >= 0x20, byte < 0x7f, byte != 0x5c { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16, uppercase: true)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}
