/// One value of a column, for where speed does not count.
package indirect enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    /// Signed integers; dates, times, durations and months in the unit of their type.
    case int(Int64)
    case uint(UInt64)
    /// By its bits.
    case half(UInt16)
    case float(Float)
    case double(Double)
    /// Without the point: 1.50 is 150.
    case decimal(WideInteger)
    case text(String)
    case bytes([UInt8])
    case dayTime(DayTimeInterval)
    case monthDayNano(MonthDayNanoInterval)
    case list([Value])
    case structure([Value])
    /// Keys and values.
    case map([(Value, Value)])
    /// The number of the field, and the value.
    case union(Int8, Value)

    /// Floating numbers are equal when their bits are.
    package static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.uint(let a), .uint(let b)): a == b
        case (.half(let a), .half(let b)): a == b
        case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern
        case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
        case (.decimal(let a), .decimal(let b)): a == b
        case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.dayTime(let a), .dayTime(let b)): a == b
        case (.monthDayNano(let a), .monthDayNano(let b)): a == b
        case (.list(let a), .list(let b)), (.structure(let a), .structure(let b)): a == b
        case (.map(let a), .map(let b)): a.elementsEqual(b) { $0.0 == $1.0 && $0.1 == $1.1 }
        case (.union(let a, let x), .union(let b, let y)): a == b && x == y
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .uint(let value): hasher.combine(value)
        case .half(let value): hasher.combine(value)
        case .float(let value): hasher.combine(value.bitPattern)
        case .double(let value): hasher.combine(value.bitPattern)
        case .decimal(let value): hasher.combine(value)
        // Equal by bytes, not by Unicode's rules.
        case .text(let value): for byte in value.utf8 { hasher.combine(byte) }
        case .bytes(let value): hasher.combine(value)
        case .dayTime(let value): hasher.combine(value)
        case .monthDayNano(let value): hasher.combine(value)
        case .list(let values), .structure(let values): hasher.combine(values)
        case .map(let entries):
            for (key, value) in entries {
                hasher.combine(key)
                hasher.combine(value)
            }
        case .union(let id, let value):
            hasher.combine(id)
            hasher.combine(value)
        }
    }
}

extension Value: CustomStringConvertible {
    /// For people and for tests' messages.
    package var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)"
        case .half(let value): "0x" + String(value, radix: 16)
        case .float(let value): "\(value)"
        case .double(let value): "\(value)"
        case .decimal(let value): "\(value)"
        case .text(let value): value.debugDescription
        case .bytes(let value): "x'" + value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'"
        case .dayTime(let value): "\(value.days)d\(value.milliseconds)ms"
        case .monthDayNano(let value): "\(value.months)m\(value.days)d\(value.nanoseconds)ns"
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .structure(let values): "(" + values.map(\.description).joined(separator: ", ") + ")"
        case .map(let entries): "{" + entries.map { "\($0): \($1)" }.joined(separator: ", ") + "}"
        case .union(let id, let value): "<\(id)>\(value)"
        }
    }
}
