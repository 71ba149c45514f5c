/// A type of DuckDB's, as far as translation tells them apart.
package indirect enum DuckType: Sendable, Hashable {
    case null, boolean
    case tinyint, smallint, integer, bigint, hugeint
    case utinyint, usmallint, uinteger, ubigint
    case float, double
    case decimal(Int, Int)
    case varchar, blob, json, uuid
    case date, time, timestamp, timestamptz, interval
    case list(DuckType)
    case structure([Field])
    case map(DuckType, DuckType)
    /// What could not be told. Nothing is reported about it a second time.
    case unknown

    package struct Field: Sendable, Hashable {
        package var name: String
        package var type: DuckType

        package init(name: String, type: DuckType) {
            self.name = name
            self.type = type
        }
    }
}

extension DuckType {
    /// How many digits an integer may need.
    var integerDigits: Int? {
        switch self {
        case .tinyint, .utinyint: 3
        case .smallint, .usmallint: 5
        case .integer, .uinteger: 10
        case .bigint: 19
        case .ubigint: 20
        case .hugeint: 38
        default: nil
        }
    }

    var isInteger: Bool { integerDigits != nil }
    var isUnsigned: Bool { [.utinyint, .usmallint, .uinteger, .ubigint].contains(self) }
    var isFloating: Bool { self == .float || self == .double }
    var isDecimal: Bool { if case .decimal = self { true } else { false } }
    var isNumber: Bool { isInteger || isFloating || isDecimal }
    var isText: Bool { self == .varchar || self == .json || self == .uuid }
    package var isNested: Bool {
        switch self {
        case .list, .structure, .map: true
        default: false
        }
    }

    var element: DuckType? { if case .list(let element) = self { element } else { nil } }

    func contains(where matches: (DuckType) -> Bool) -> Bool {
        if matches(self) { return true }
        return switch self {
        case .list(let element): element.contains(where: matches)
        case .structure(let fields): fields.contains { $0.type.contains(where: matches) }
        case .map(let key, let value): key.contains(where: matches) || value.contains(where: matches)
        default: false
        }
    }

    /// With integers where a type is not known at the end: those of an empty list.
    var settled: DuckType {
        switch self {
        case .null: .integer
        case .list(let element): .list(element.settled)
        case .structure(let fields): .structure(fields.map { Field(name: $0.name, type: $0.type.settled) })
        case .map(let key, let value): .map(key.settled, value.settled)
        default: self
        }
    }

    /// Width and scale of the decimal that holds every value of an exact number.
    var decimalShape: (width: Int, scale: Int)? {
        if case .decimal(let width, let scale) = self { return (width, scale) }
        return integerDigits.map { ($0, 0) }
    }

    private static let signed: [DuckType] = [.tinyint, .smallint, .integer, .bigint, .hugeint]
    private static let unsigned: [DuckType] = [.utinyint, .usmallint, .uinteger, .ubigint]

    /// The type that two values become to be compared or to stand in one column; nil if DuckDB wants a cast.
    static func common(_ left: DuckType, _ right: DuckType) -> DuckType? {
        if left == right { return left }
        switch (left, right) {
        case (.unknown, _), (_, .unknown): return .unknown
        case (.null, let other), (let other, .null): return other
        case (.list(let one), .list(let other)): return common(one, other).map { .list($0) }
        case (.structure(let ones), .structure(let others)) where ones.map(\.name) == others.map(\.name):
            var fields: [Field] = []
            for (one, other) in zip(ones, others) {
                guard let type = common(one.type, other.type) else { return nil }
                fields.append(Field(name: one.name, type: type))
            }
            return .structure(fields)
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            guard let key = common(key, otherKey), let value = common(value, otherValue) else { return nil }
            return .map(key, value)
        case (.date, .timestamp), (.timestamp, .date): return .timestamp
        case (.date, .timestamptz), (.timestamptz, .date), (.timestamp, .timestamptz), (.timestamptz, .timestamp):
            return .timestamptz
        default: break
        }
        guard left.isNumber, right.isNumber else { return nil }
        if left == .double || right == .double { return .double }
        if left == .float || right == .float { return .float }
        if left.isDecimal || right.isDecimal {
            guard let one = left.decimalShape, let other = right.decimalShape else { return nil }
            let scale = max(one.scale, other.scale)
            let width = min(38, max(one.width - one.scale, other.width - other.scale) + scale)
            return .decimal(width, scale)
        }
        return commonInteger(left, right)
    }

    private static func commonInteger(_ left: DuckType, _ right: DuckType) -> DuckType? {
        if let one = signed.firstIndex(of: left), let other = signed.firstIndex(of: right) {
            return signed[max(one, other)]
        }
        if let one = unsigned.firstIndex(of: left), let other = unsigned.firstIndex(of: right) {
            return unsigned[max(one, other)]
        }
        let (whole, natural) = left.isUnsigned ? (right, left) : (left, right)
        guard let one = signed.firstIndex(of: whole), let other = unsigned.firstIndex(of: natural) else { return nil }
        return signed[max(one, other + 1)]
    }

    /// The values of an integer type.
    var integerRange: ClosedRange<Int128>? {
        switch self {
        case .tinyint: -128...127
        case .smallint: -32768...32767
        case .integer: Int128(Int32.min)...Int128(Int32.max)
        case .bigint: Int128(Int64.min)...Int128(Int64.max)
        case .utinyint: 0...255
        case .usmallint: 0...65535
        case .uinteger: 0...Int128(UInt32.max)
        case .ubigint: 0...Int128(UInt64.max)
        case .hugeint: Int128.min...Int128.max
        default: nil
        }
    }
}

extension DuckType: CustomStringConvertible {
    /// As DuckDB writes it.
    package var description: String {
        switch self {
        case .null: "NULL"
        case .timestamptz: "TIMESTAMP WITH TIME ZONE"
        case .decimal(let width, let scale): "DECIMAL(\(width),\(scale))"
        case .list(let element): "\(element)[]"
        case .structure(let fields):
            "STRUCT(" + fields.map { "\"\($0.name)\" \($0.type)" }.joined(separator: ", ") + ")"
        case .map(let key, let value): "MAP(\(key), \(value))"
        case .boolean: "BOOLEAN"
        case .tinyint: "TINYINT"
        case .smallint: "SMALLINT"
        case .integer: "INTEGER"
        case .bigint: "BIGINT"
        case .hugeint: "HUGEINT"
        case .utinyint: "UTINYINT"
        case .usmallint: "USMALLINT"
        case .uinteger: "UINTEGER"
        case .ubigint: "UBIGINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .varchar: "VARCHAR"
        case .blob: "BLOB"
        case .json: "JSON"
        case .uuid: "UUID"
        case .date: "DATE"
        case .time: "TIME"
        case .timestamp: "TIMESTAMP"
        case .interval: "INTERVAL"
        case .unknown: "UNKNOWN"
        }
    }
}
