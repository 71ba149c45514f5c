import Columnar

/// A value as both engines can give it: how wide an integer is, or how a decimal is stored, makes no difference.
indirect enum PlainValue: Sendable {
    case null
    case bool(Bool)
    /// An integer and how many of its digits are behind the point, as few as can be.
    case number(Int128, scale: Int)
    case real(Double)
    case text(String)
    case bytes([UInt8])
    /// Days since 1970.
    case date(Int64)
    /// Nanoseconds since 1970.
    case moment(Int128, hasZone: Bool)
    case list([PlainValue])
    case structure([(name: String, value: PlainValue)])
    case map([(key: PlainValue, value: PlainValue)])
    /// What no translation gives.
    case other(String)

    init(_ value: Columnar.Value, _ type: DataType) {
        switch (value, type) {
        case (.null, _): self = .null
        case (_, .dictionary(_, let values, _)): self.init(value, values)
        case (_, .runEndEncoded(_, let values)): self.init(value, values.type)
        case (.bool(let value), _): self = .bool(value)
        case (.int(let value), .integer): self = .number(Int128(value), scale: 0)
        case (.uint(let value), _): self = .number(Int128(value), scale: 0)
        case (.decimal(let value), .decimal(_, _, let scale)): self = Self.decimal(value, scale)
        case (.float(let value), _): self = .real(Double(value))
        case (.double(let value), _): self = .real(value)
        case (.text(let value), _): self = .text(value)
        case (.bytes(let value), _): self = .bytes(value)
        case (.int(let value), .date32): self = .date(value)
        case (.int(let value), .timestamp(let unit, let zone)):
            let nanoseconds: Int128 =
                switch unit {
                case .second: 1_000_000_000
                case .millisecond: 1_000_000
                case .microsecond: 1_000
                case .nanosecond: 1
                }
            self = .moment(Int128(value) * nanoseconds, hasZone: zone != nil)
        case (.list(let values), .list(let field)), (.list(let values), .largeList(let field)),
            (.list(let values), .listView(let field)), (.list(let values), .fixedSizeList(let field, _)):
            self = .list(values.map { PlainValue($0, field.type) })
        case (.structure(let values), .structure(let fields)):
            self = .structure(zip(fields, values).map { ($0.name, PlainValue($1, $0.type)) })
        case (.map(let entries), .map(let field, _)):
            guard case .structure(let fields) = field.type, fields.count == 2 else {
                self = .other("\(type): \(value)")
                return
            }
            self = .map(entries.map { (PlainValue($0, fields[0].type), PlainValue($1, fields[1].type)) })
        default: self = .other("\(type): \(value)")
        }
    }

    private static func decimal(_ value: WideInteger, _ scale: Int) -> PlainValue {
        guard var number = value.int128 else { return .other("\(value)e-\(scale)") }
        var scale = scale
        while scale > 0, number % 10 == 0 {
            number /= 10
            scale -= 1
        }
        return .number(number, scale: scale)
    }

    /// - Parameter tolerance: by what part floating numbers may differ; where it is not 0, zeros have no sign either.
    func isSame(as other: PlainValue, within tolerance: Double) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let one), .bool(let two)): one == two
        case (.number(let one, let scale), .number(let two, let otherScale)): one == two && scale == otherScale
        case (.real(let one), .real(let two)): Self.areSame(one, two, tolerance)
        // By bytes, not by Unicode's rules.
        case (.text(let one), .text(let two)): one.utf8.elementsEqual(two.utf8)
        case (.bytes(let one), .bytes(let two)): one == two
        case (.date(let one), .date(let two)): one == two
        case (.moment(let one, let hasZone), .moment(let two, let hasOtherZone)):
            one == two && hasZone == hasOtherZone
        case (.list(let ones), .list(let twos)):
            ones.count == twos.count && zip(ones, twos).allSatisfy { $0.isSame(as: $1, within: tolerance) }
        case (.structure(let ones), .structure(let twos)):
            ones.count == twos.count
                && zip(ones, twos).allSatisfy {
                    $0.name.lowercased() == $1.name.lowercased() && $0.value.isSame(as: $1.value, within: tolerance)
                }
        // A map has no order.
        case (.map(let ones), .map(let twos)):
            ones.count == twos.count
                && ones.allSatisfy { one in
                    twos.contains {
                        $0.key.isSame(as: one.key, within: 0) && $0.value.isSame(as: one.value, within: tolerance)
                    }
                }
        default: false
        }
    }

    private static func areSame(_ one: Double, _ other: Double, _ tolerance: Double) -> Bool {
        if one.isNaN || other.isNaN { return one.isNaN && other.isNaN }
        if one == other { return one.sign == other.sign || tolerance > 0 }
        guard tolerance > 0, one.isFinite, other.isFinite else { return false }
        return abs(one - other) <= tolerance * max(abs(one), abs(other))
    }
}

extension PlainValue: CustomStringConvertible {
    var description: String {
        switch self {
        case .null: "NULL"
        case .bool(let value): "\(value)"
        case .number(let value, let scale): scale == 0 ? "\(value)" : "\(value)e-\(scale)"
        case .real(let value): "\(value)"
        case .text(let value): value.debugDescription
        case .bytes(let value): "\(value)"
        case .date(let value): "day \(value)"
        case .moment(let value, let hasZone): "\(value) ns" + (hasZone ? " UTC" : "")
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .structure(let fields): "(" + fields.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + ")"
        case .map(let entries): "{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        case .other(let text): text
        }
    }

    /// Puts rows without an order into one, the same for floating numbers that differ a little.
    var sortingText: String {
        switch self {
        case .real(let value): value == 0 ? "0" : "\(Float(value))"
        case .list(let values): "[" + values.map(\.sortingText).joined(separator: ", ") + "]"
        case .structure(let fields): "(" + fields.map(\.value.sortingText).joined(separator: ", ") + ")"
        case .map(let entries): entries.map { "\($0.key.sortingText): \($0.value.sortingText)" }.sorted().joined()
        default: description
        }
    }
}
