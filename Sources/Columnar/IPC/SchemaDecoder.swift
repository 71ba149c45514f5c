/// Reads a schema from a flatbuffer.
struct SchemaDecoder {
    private let limits: DecodingLimits
    /// A flatbuffer may name one table often: what is read from it must not become much larger than it is.
    private var fieldsLeft: Int
    private var textLeft: Int

    private init(_ limits: DecodingLimits, metadataBytes: Int) {
        self.limits = limits
        fieldsLeft = metadataBytes / 8
        textLeft = 16 * metadataBytes + 1 << 20
    }

    static func decode(_ table: FlatTable, metadataBytes: Int, _ limits: DecodingLimits) throws -> SchemaLayout {
        var decoder = SchemaDecoder(limits, metadataBytes: metadataBytes)
        guard try table.integer(0, default: 0 as Int16) == 0 else {
            throw ColumnarError.unsupported("big-endian values")
        }
        let fields = try decoder.fields(table, 1, depth: 0)
        let metadata = try decoder.metadata(table, 2)
        return SchemaLayout(schema: Schema(fields.map(\.field), metadata: metadata), fields: fields)
    }

    /// The metadata of a message or a footer.
    static func metadata(_ table: FlatTable, _ id: Int, metadataBytes: Int) throws -> Metadata {
        guard try table.has(id) else { return Metadata() }
        var decoder = SchemaDecoder(DecodingLimits(), metadataBytes: metadataBytes)
        return try decoder.metadata(table, id)
    }

    private mutating func fields(_ table: FlatTable, _ id: Int, depth: Int) throws -> [FieldLayout] {
        guard let vector = try table.vector(id, stride: 4), vector.count > 0 else { return [] }
        guard depth < limits.nesting else {
            throw ColumnarError.limit("types are nested deeper than \(limits.nesting) levels")
        }
        guard vector.count <= fieldsLeft else {
            throw ColumnarError.malformed("the metadata names more fields than it can describe")
        }
        fieldsLeft -= vector.count
        var fields: [FieldLayout] = []
        for index in 0..<vector.count { fields.append(try field(vector.table(index), depth: depth)) }
        return fields
    }

    private mutating func field(_ table: FlatTable, depth: Int) throws -> FieldLayout {
        let name = try text(table, 0) ?? ""
        return try at(name) {
            let children = try fields(table, 5, depth: depth + 1)
            let kind = try table.integer(2, default: 0 as UInt8)
            let type = try self.type(kind, table.requiredTable(3, "type"), children.map(\.field))
            try type.validate()
            var field = Field(
                name, type, isNullable: try table.bool(1), metadata: try metadata(table, 6))
            guard let encoding = try table.table(4) else {
                return FieldLayout(field: field, dictionary: nil, children: children)
            }
            var index = IntegerType.int32
            if let indexType = try encoding.table(1) {
                guard case .integer(let found) = try integer(indexType) else { throw Self.unknown("index") }
                index = found
            }
            field.type = .dictionary(index, values: type, isOrdered: try encoding.bool(2))
            let id = try encoding.integer(0, default: 0 as Int64)
            return FieldLayout(field: field, dictionary: id, children: children)
        }
    }

    private mutating func text(_ table: FlatTable, _ id: Int) throws -> String? {
        guard let bytes = try table.text(id) else { return nil }
        textLeft -= bytes.count
        guard textLeft >= 0 else { throw ColumnarError.malformed("the metadata repeats a text too often") }
        return bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func metadata(_ table: FlatTable, _ id: Int) throws -> Metadata {
        guard let vector = try table.vector(id, stride: 4) else { return Metadata() }
        guard vector.count <= fieldsLeft else { throw ColumnarError.malformed("the metadata has too many entries") }
        fieldsLeft -= vector.count
        var entries: [Metadata.Entry] = []
        for index in 0..<vector.count {
            let entry = try vector.table(index)
            entries.append(Metadata.Entry(try text(entry, 0) ?? "", try text(entry, 1) ?? ""))
        }
        return Metadata(entries)
    }

    private static func unknown(_ what: String) -> ColumnarError {
        .unsupported("the metadata has an unknown \(what)")
    }

    private func integer(_ table: FlatTable) throws -> DataType {
        let width = Int(try table.integer(0, default: 0 as Int32))
        guard width % 8 == 0, let type = IntegerType(width: width / 8, isSigned: try table.bool(1)) else {
            throw Self.unknown("integer of \(width) bits")
        }
        return .integer(type)
    }

    private func unit(_ table: FlatTable, default value: TimeUnit) throws -> TimeUnit {
        let number = try table.integer(0, default: Int16(value.rawValue))
        guard let unit = TimeUnit(rawValue: Int(number)) else { throw Self.unknown("unit of time") }
        return unit
    }

    private func only(_ children: [Field]) throws -> Field {
        guard children.count == 1 else { throw ColumnarError.malformed("a list with \(children.count) children") }
        return children[0]
    }

    private mutating func type(_ kind: UInt8, _ table: FlatTable, _ children: [Field]) throws -> DataType {
        switch kind {
        case 1: return .null
        case 2: return try integer(table)
        case 3:
            switch try table.integer(0, default: 0 as Int16) {
            case 0: return .float16
            case 1: return .float32
            case 2: return .float64
            default: throw Self.unknown("floating-point type")
            }
        case 4: return .binary
        case 5: return .utf8
        case 6: return .bool
        case 7:
            guard let width = DecimalWidth(rawValue: Int(try table.integer(2, default: 128 as Int32))) else {
                throw Self.unknown("width of decimals")
            }
            return .decimal(
                width, precision: Int(try table.integer(0, default: 0 as Int32)),
                scale: Int(try table.integer(1, default: 0 as Int32)))
        case 8:
            switch try table.integer(0, default: 1 as Int16) {
            case 0: return .date32
            case 1: return .date64
            default: throw Self.unknown("unit of dates")
            }
        case 9:
            let unit = try unit(table, default: .millisecond)
            switch try table.integer(1, default: 32 as Int32) {
            case 32: return .time32(unit)
            case 64: return .time64(unit)
            default: throw Self.unknown("width of times")
            }
        case 10: return .timestamp(try unit(table, default: .second), zone: try text(table, 1))
        case 11:
            guard let unit = IntervalUnit(rawValue: Int(try table.integer(0, default: 0 as Int16))) else {
                throw Self.unknown("unit of intervals")
            }
            return .interval(unit)
        case 12: return .list(try only(children))
        case 13: return .structure(children)
        case 14: return try union(table, children)
        case 15: return .fixedSizeBinary(Int(try table.integer(0, default: 0 as Int32)))
        case 16: return .fixedSizeList(try only(children), Int(try table.integer(0, default: 0 as Int32)))
        case 17: return .map(entries: try only(children), keysSorted: try table.bool(0))
        case 18: return .duration(try unit(table, default: .millisecond))
        case 19: return .largeBinary
        case 20: return .largeUtf8
        case 21: return .largeList(try only(children))
        case 22:
            guard children.count == 2 else { throw ColumnarError.malformed("runs with \(children.count) children") }
            return .runEndEncoded(runEnds: children[0], values: children[1])
        case 23: return .binaryView
        case 24: return .utf8View
        case 25: return .listView(try only(children))
        case 26: return .largeListView(try only(children))
        default: throw Self.unknown("type, number \(kind)")
        }
    }

    private func union(_ table: FlatTable, _ children: [Field]) throws -> DataType {
        guard let mode = UnionMode(rawValue: Int(try table.integer(0, default: 0 as Int16))) else {
            throw Self.unknown("kind of union")
        }
        guard children.count <= 128 else { throw ColumnarError.malformed("a union of \(children.count) fields") }
        guard let numbers = try table.vector(1, stride: 4) else {
            return .union(mode, children, ids: children.indices.map { Int8($0) })
        }
        let ids = try (0..<min(numbers.count, 129)).map { index in
            guard let id = Int8(exactly: try numbers.integer(index, Int32.self)) else {
                throw Self.unknown("union number")
            }
            return id
        }
        return .union(mode, children, ids: ids)
    }
}
