package import Columnar

/// Types at random, nested up to a depth.
package struct RandomType {
    package static let flat: [DataType] =
        [
            .null, .bool, .float16, .float32, .float64, .utf8, .largeUtf8, .utf8View, .binary, .largeBinary,
            .binaryView,
            .fixedSizeBinary(3), .fixedSizeBinary(0), .fixedSizeBinary(16), .date32, .date64, .time32(.second),
            .time32(.millisecond), .time64(.microsecond), .time64(.nanosecond), .timestamp(.second, zone: nil),
            .timestamp(.microsecond, zone: "UTC"), .timestamp(.nanosecond, zone: "Europe/Berlin"),
            .timestamp(.millisecond, zone: "+05:30"), .interval(.monthDayNano),
            .decimal(.bits32, precision: 9, scale: 2), .decimal(.bits64, precision: 18, scale: 0),
            .decimal(.bits128, precision: 38, scale: 10), .decimal(.bits128, precision: 5, scale: -2),
            .decimal(.bits256, precision: 76, scale: 30),
        ] + IntegerType.allCases.map { .integer($0) } + TimeUnit.allCases.map { .duration($0) }

    package var random: SplitMix64

    package init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    package mutating func type(depth: Int) -> DataType {
        if depth == 0 || random.once(in: 3) { return random.pick(Self.flat) }
        switch random.int(0..<12) {
        case 0: return .list(field("item", depth))
        case 1: return .largeList(field("element", depth))
        case 2: return .listView(field("item", depth))
        case 3: return .largeListView(field("item", depth))
        case 4: return .fixedSizeList(field("item", depth), random.int(0..<4))
        case 5, 6: return .structure(fields(depth))
        case 7: return .map(key: random.pick([.utf8, .int32, .binary]), value: type(depth: depth - 1))
        case 8:
            let fields = fields(depth)
            var ids = fields.indices.map { Int8($0) }
            if random.once(in: 2) { ids = fields.indices.map { Int8($0 * 7 + 5) } }
            return .union(random.pick([.sparse, .dense]), fields, ids: ids)
        case 9, 10:
            return .dictionary(
                random.pick(IntegerType.allCases), values: valueType(depth), isOrdered: random.once(in: 3))
        default:
            let ends: DataType = random.pick([.int16, .int32, .int64])
            return .runEndEncoded(
                runEnds: Field("run_ends", ends, isNullable: false), values: Field("values", runType(depth)))
        }
    }

    package mutating func field(_ name: String, _ depth: Int) -> Field {
        var field = Field(name, type(depth: depth - 1))
        if random.once(in: 5) { field.metadata = ["note": "ä\(random.int(0..<100))", "empty": ""] }
        return field
    }

    private mutating func fields(_ depth: Int) -> [Field] {
        (0..<random.int(1..<4)).map { field("f\($0)", depth) }
    }

    /// A dictionary cannot be right in a dictionary.
    private mutating func valueType(_ depth: Int) -> DataType {
        while true {
            let type = type(depth: depth - 1)
            switch type {
            case .dictionary, .null, .union, .runEndEncoded: continue
            default: return type
            }
        }
    }

    private mutating func runType(_ depth: Int) -> DataType {
        while true {
            let type = type(depth: depth - 1)
            switch type {
            case .runEndEncoded, .union, .null: continue
            default: return type
            }
        }
    }

    package mutating func schema(columns: Int, depth: Int) -> Schema {
        var fields = (0..<columns).map { field("c\($0)", depth) }
        if random.once(in: 4), !fields.isEmpty {
            fields[0].metadata = ["ARROW:extension:name": "millrace.test", "ARROW:extension:metadata": "{\"a\": 1}"]
        }
        return Schema(fields, metadata: random.once(in: 2) ? ["origin": "test"] : Metadata())
    }
}
