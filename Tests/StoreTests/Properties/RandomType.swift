import DuckDB

/// A type that a Delta table has room for, as DuckDB writes it, with values that tend to be misread.
indirect enum RandomType: Hashable, Sendable {
    struct Field: Hashable, Sendable {
        var name: String
        var type: RandomType
    }

    case string, long, integer, short, byte, float, double, boolean, binary, date, timestamp, timestampNTZ
    case decimal(Int, Int)
    case list(RandomType)
    case map(RandomType, RandomType)
    case structure([Field])

    static func random(_ generator: inout SplitMix64, depth: Int = 0) -> RandomType {
        guard depth < 3, generator.percent(depth == 0 ? 25 : 30) else { return primitive(&generator) }
        switch generator.below(3) {
        case 0: return .list(random(&generator, depth: depth + 1))
        case 1: return .map(key(&generator), random(&generator, depth: depth + 1))
        default:
            let names = ["a", "b c", "ß", "x'y", "D"]
            return .structure(
                names.prefix(generator.within(1...3)).map {
                    Field(name: $0, type: random(&generator, depth: depth + 1))
                })
        }
    }

    static func primitive(_ generator: inout SplitMix64) -> RandomType {
        switch generator.below(16) {
        case 0, 1: .string
        case 2: .long
        case 3: .integer
        case 4: .short
        case 5: .byte
        case 6: .float
        case 7: .double
        case 8: .boolean
        case 9: .binary
        case 10: .date
        case 11: .timestamp
        case 12: .timestampNTZ
        default: decimal(&generator)
        }
    }

    /// A decimal of one of the four widths in which it is stored.
    private static func decimal(_ generator: inout SplitMix64) -> RandomType {
        let precision = generator.within(generator.pick([1...4, 5...9, 10...18, 19...38]))
        return .decimal(precision, generator.within(0...precision))
    }

    /// A type of a map's keys.
    private static func key(_ generator: inout SplitMix64) -> RandomType {
        generator.pick([.string, .integer, .long, .date])
    }

    /// The type as DuckDB reads and describes it.
    var text: String {
        switch self {
        case .string: "VARCHAR"
        case .long: "BIGINT"
        case .integer: "INTEGER"
        case .short: "SMALLINT"
        case .byte: "TINYINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .boolean: "BOOLEAN"
        case .binary: "BLOB"
        case .date: "DATE"
        case .timestamp: "TIMESTAMP WITH TIME ZONE"
        case .timestampNTZ: "TIMESTAMP"
        case .decimal(let precision, let scale): "DECIMAL(\(precision),\(scale))"
        case .list(let element): element.text + "[]"
        case .map(let key, let value): "MAP(\(key.text), \(value.text))"
        case .structure(let fields):
            "STRUCT(" + fields.map { "\(SQL.quoted($0.name)) \($0.type.text)" }.joined(separator: ", ") + ")"
        }
    }

    var isPrimitive: Bool {
        switch self {
        case .list, .map, .structure: false
        default: true
        }
    }

    var canPartition: Bool { isPrimitive && self != .binary }

    /// Whether the type, or one nested in it, is one of these.
    func contains(_ types: Set<RandomType>) -> Bool {
        if types.contains(self) { return true }
        return switch self {
        case .list(let element): element.contains(types)
        case .map(let key, let value): key.contains(types) || value.contains(types)
        case .structure(let fields): fields.contains { $0.type.contains(types) }
        default: false
        }
    }

    /// A wider type that Delta lets a column of this one become; nil when there is none.
    func widened(_ generator: inout SplitMix64) -> RandomType? {
        switch self {
        case .byte: generator.pick([.short, .integer, .long])
        case .short: generator.pick([.integer, .long])
        case .integer: generator.pick([.long, .double])
        case .float: .double
        case .decimal(let precision, let scale) where precision < 38:
            {
                let more = generator.within(1...(38 - precision))
                return .decimal(precision + more, scale + generator.within(0...more))
            }()
        default: nil
        }
    }
}

extension RandomType {
    /// A value as an expression of DuckDB with exactly this type.
    ///
    /// - Parameter isPartition: whether it is for a column that a table is partitioned by. Then texts are short enough
    ///   to name a folder.
    func literal(_ generator: inout SplitMix64, nullable: Bool = true, isPartition: Bool = false) -> String {
        if nullable, generator.percent(15) { return "CAST(NULL AS \(text))" }
        switch self {
        case .list(let element):
            let elements = (0..<generator.below(4)).map { _ in element.literal(&generator) }
            return "CAST([\(elements.joined(separator: ", "))] AS \(text))"
        case .map(let key, let value):
            var keys: [String] = []
            for _ in 0..<generator.below(4) {
                let literal = key.literal(&generator, nullable: false)
                if !keys.contains(literal) { keys.append(literal) }
            }
            let values = keys.map { _ in value.literal(&generator) }
            return "MAP(CAST([\(keys.joined(separator: ", "))] AS \(key.text)[]), "
                + "CAST([\(values.joined(separator: ", "))] AS \(value.text)[]))"
        case .structure(let fields):
            let values = fields.map { $0.type.literal(&generator) }
            return "CAST(row(\(values.joined(separator: ", "))) AS \(text))"
        case .binary:
            let bytes = generator.pick([
                [], [0], [0xff, 0xfe], Array("text".utf8), (0..<40).map { _ in UInt8(generator.below(256)) },
            ])
            let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            return "from_hex('\(digits)')"
        default:
            return "CAST(\(SQL.literal(sample(&generator, isPartition))) AS \(text))"
        }
    }

    private static let texts = [
        "", " ", "a b", "100 %", "a/b", "k=v", "it's", "say \"hi\"", "😀", "naïve ü", "two\nlines", "tab\there",
        "back\\slash",
        "NULL", "null", "#hash?", "[x]{y}", "a:b*c", "<&>", "%20", "x^`|", "__HIVE_DEFAULT_PARTITION__", "+", "~",
        "中文字",
        String(repeating: "é", count: 40), String(repeating: "😀", count: 33),
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz and more",
        "\u{7f}\u{7f}", "\u{10ffff}", "2024-01-01", "1", " leading and trailing ",
    ]

    /// The text of a value of a primitive type.
    private func sample(_ generator: inout SplitMix64, _ isPartition: Bool) -> String {
        switch self {
        case .byte: return generator.pick(["-128", "127", "0", "-1", "7"])
        case .short: return generator.pick(["-32768", "32767", "0", "-1", "300"])
        case .integer:
            return generator.pick([
                "-2147483648", "2147483647", "0", "-1", "70000",
                "\(Int32(truncatingIfNeeded: Int64(bitPattern: generator.next())))",
            ])
        case .long:
            return generator.pick([
                "-9223372036854775808", "9223372036854775807", "0", "9007199254740993",
                "\(Int64(bitPattern: generator.next()))",
            ])
        case .float:
            return generator.pick([
                "nan", "inf", "-inf", "0", "-0.0", "3.4028235e38", "-1.17549435e-38", "1e-45", "0.1", "16777217",
            ])
        case .double:
            return generator.pick([
                "nan", "inf", "-inf", "0", "-0.0", "1.7976931348623157e308", "-2.2250738585072014e-308",
                "5e-324", "0.1", "9007199254740993", "1e22",
            ])
        case .boolean: return generator.pick(["true", "false"])
        case .date:
            return generator.pick([
                "0001-01-01", "9999-12-31", "1970-01-01", "1969-12-31", "1582-10-10", "2024-02-29", "2024-06-15",
            ])
        case .timestamp, .timestampNTZ:
            let zone = self == .timestamp ? "+00" : ""
            return generator.pick([
                "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "1970-01-01 00:00:00",
                "1969-12-31 23:59:59.999999",
                "1883-11-18 12:03:57.5", "2024-02-29 12:34:56.789", "2024-06-15 00:00:00.000001", "2024-03-31 02:30:00",
            ]) + zone
        case .decimal(let precision, let scale):
            let digits = (0..<generator.within(1...precision)).map { _ in String(generator.below(10)) }.joined()
            let chosen = generator.pick([digits, "0", "1", String(repeating: "9", count: precision)])
            return (generator.percent(40) ? "-" : "") + Self.placed(chosen, scale: scale)
        default:
            return generator.pick(isPartition ? Self.texts.filter { $0.utf8.count < 60 } : Self.texts)
        }
    }

    /// The digits with the point before the last `scale` of them.
    private static func placed(_ digits: String, scale: Int) -> String {
        guard scale > 0 else { return digits }
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        return padded.dropLast(scale) + "." + padded.suffix(scale)
    }
}
