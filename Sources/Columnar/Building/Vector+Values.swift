extension Vector {
    /// A vector of single values, for where speed does not count. A dictionary gets each value once, runs are as long
    /// as they can be.
    package static func make(_ type: DataType, _ values: [Value]) throws -> Vector {
        try type.validate()
        switch type {
        case .utf8, .largeUtf8, .utf8View, .binary, .largeBinary, .binaryView: return try makeBytes(type, values)
        case .structure(let fields): return try makeStructure(type, fields, values)
        case .union(let mode, let fields, let ids): return try makeUnion(type, mode, fields, ids, values)
        case .dictionary(let index, let valueType, _): return try makeDictionary(type, index, valueType, values)
        case .runEndEncoded(let ends, let field): return try makeRuns(type, ends.type, field.type, values)
        default: break
        }
        switch type.layout {
        case .null:
            guard values.allSatisfy({ $0 == .null }) else { throw mismatch(type, values) }
            return try Vector(type, count: values.count)
        case .bits:
            var builder = BoolBuilder()
            for value in values {
                switch value {
                case .null: try builder.append(nil)
                case .bool(let value): try builder.append(value)
                default: throw mismatch(type, [value])
                }
            }
            return try builder.finish()
        case .fixed(let width, _): return try makeFixed(type, width, values)
        default: return try makeLists(type, values)
        }
    }

    private static func mismatch(_ type: DataType, _ values: [Value]) -> ColumnarError {
        .mismatch("\(values.first { $0 != .null } ?? .null) is no \(type)")
    }

    private static func validity(_ values: [Value]) throws -> Buffer {
        var builder = BitmapBuilder()
        for value in values { try builder.append(value != .null) }
        return builder.finish()
    }

    private static func makeBytes(_ type: DataType, _ values: [Value]) throws -> Vector {
        var builder = try ByteStringBuilder(type)
        for value in values {
            switch value {
            case .null: try builder.append(nil as String?)
            case .text(let text): try builder.append(text)
            case .bytes(let bytes): try bytes.withUnsafeBytes { try builder.append($0) }
            default: throw mismatch(type, [value])
            }
        }
        return try builder.finish()
    }

    private static func makeFixed(_ type: DataType, _ width: Int, _ values: [Value]) throws -> Vector {
        var builder = BufferBuilder()
        for value in values {
            let before = builder.count
            guard try append(value, of: type, to: &builder) else { throw mismatch(type, [value]) }
            guard value == .null || builder.count - before == width else { throw mismatch(type, [value]) }
            if value == .null { try builder.append(zeros: width) }
        }
        return try Vector(type, count: values.count, validity: validity(values), buffers: [builder.finish()])
    }

    /// False when the value does not fit the type.
    private static func append(_ value: Value, of type: DataType, to builder: inout BufferBuilder) throws -> Bool {
        switch (value, type) {
        case (.null, _): return true
        case (.int(let value), .integer(let integer)):
            switch integer {
            case .int8: return try append(Int8(exactly: value), to: &builder)
            case .int16: return try append(Int16(exactly: value), to: &builder)
            case .int32: return try append(Int32(exactly: value), to: &builder)
            case .int64: return try append(value, to: &builder)
            default: return false
            }
        case (.uint(let value), .integer(let integer)):
            switch integer {
            case .uint8: return try append(UInt8(exactly: value), to: &builder)
            case .uint16: return try append(UInt16(exactly: value), to: &builder)
            case .uint32: return try append(UInt32(exactly: value), to: &builder)
            case .uint64: return try append(value, to: &builder)
            default: return false
            }
        case (.half(let bits), .floating(.half)): try builder.append(bits)
        case (.float(let value), .floating(.single)): try builder.append(value)
        case (.double(let value), .floating(.double)): try builder.append(value)
        case (.decimal(let value), .decimal(let width, _, _)):
            switch width {
            case .bits32: return try append(value.int128.flatMap { Int32(exactly: $0) }, to: &builder)
            case .bits64: return try append(value.int128.flatMap { Int64(exactly: $0) }, to: &builder)
            case .bits128: return try append(value.int128.map { Int128Parts($0) }, to: &builder)
            case .bits256: try builder.append(value)
            }
        case (.bytes(let bytes), .fixedSizeBinary): try builder.append(bytes)
        case (.int(let value), .date32), (.int(let value), .time32), (.int(let value), .interval(.yearMonth)):
            return try append(Int32(exactly: value), to: &builder)
        case (.int(let value), .date64), (.int(let value), .time64), (.int(let value), .timestamp),
            (.int(let value), .duration):
            try builder.append(value)
        case (.dayTime(let value), .interval(.dayTime)): try builder.append(value)
        case (.monthDayNano(let value), .interval(.monthDayNano)): try builder.append(value)
        default: return false
        }
        return true
    }

    private static func append<T: BitwiseCopyable>(_ value: T?, to builder: inout BufferBuilder) throws -> Bool {
        guard let value else { return false }
        try builder.append(value)
        return true
    }

    private static func makeStructure(_ type: DataType, _ fields: [Field], _ values: [Value]) throws -> Vector {
        let members = try members(type, fields.count, values)
        let children = try fields.indices.map { index in
            try make(fields[index].type, members.map { $0?[index] ?? filler(fields[index]) })
        }
        return try Vector(type, count: values.count, validity: validity(values), children: children)
    }

    private static func members(_ type: DataType, _ count: Int, _ values: [Value]) throws -> [[Value]?] {
        try values.map { value in
            switch value {
            case .null: return nil
            case .structure(let members) where members.count == count: return members
            default: throw mismatch(type, [value])
            }
        }
    }

    /// What stands in a field where the structure around it is null.
    private static func filler(_ field: Field) -> Value {
        if case .union(_, let fields, let ids) = field.type, let first = fields.first {
            .union(ids[0], filler(first))
        } else {
            .null
        }
    }

    private static func makeLists(_ type: DataType, _ values: [Value]) throws -> Vector {
        var offsets = [0]
        var elements: [Value] = []
        for value in values {
            switch (value, type) {
            case (.null, .fixedSizeList(let element, let size)):
                elements += repeatElement(filler(element), count: size)
            case (.null, _): break
            case (.list(let list), .fixedSizeList(_, let size)):
                guard list.count == size else { throw mismatch(type, [value]) }
                elements += list
            case (.map(let entries), .map): elements += entries.map { .structure([$0.0, $0.1]) }
            case (.list(let list), _): elements += list
            default: throw mismatch(type, [value])
            }
            offsets.append(elements.count)
        }
        guard let field = type.children.first else { throw mismatch(type, values) }
        let child = try make(field.type, elements)
        let sizes = zip(offsets.dropFirst(), offsets).map { $0 - $1 }
        let buffers: [Buffer] =
            switch type.layout {
            case .list(.small): [try integers(offsets, Int32.self)]
            case .list(.large): [try integers(offsets, Int64.self)]
            case .listView(.small): [try integers(offsets.dropLast(), Int32.self), try integers(sizes, Int32.self)]
            case .listView(.large): [try integers(offsets.dropLast(), Int64.self), try integers(sizes, Int64.self)]
            default: []
            }
        return try Vector(
            type, count: values.count, validity: validity(values), buffers: buffers, children: [child])
    }

    private static func integers<T: FixedWidthInteger & BitwiseCopyable>(
        _ values: some Sequence<Int>, _: T.Type
    ) throws -> Buffer {
        var builder = BufferBuilder()
        for value in values {
            guard let value = T(exactly: value) else { throw ColumnarError.limit("\(value) is too much for \(T.self)") }
            try builder.append(value)
        }
        return builder.finish()
    }

    static func integers(_ values: [Int], _ type: IntegerType) throws -> Buffer {
        switch type {
        case .int8: try integers(values, Int8.self)
        case .int16: try integers(values, Int16.self)
        case .int32: try integers(values, Int32.self)
        case .int64: try integers(values, Int64.self)
        case .uint8: try integers(values, UInt8.self)
        case .uint16: try integers(values, UInt16.self)
        case .uint32: try integers(values, UInt32.self)
        case .uint64: try integers(values, UInt64.self)
        }
    }

    private static func makeUnion(
        _ type: DataType, _ mode: UnionMode, _ fields: [Field], _ ids: [Int8], _ values: [Value]
    ) throws -> Vector {
        var children = [[Value]](repeating: [], count: fields.count)
        var types = BufferBuilder()
        var offsets: [Int] = []
        for value in values {
            guard case .union(let id, let member) = value, let index = ids.firstIndex(of: id) else {
                throw mismatch(type, [value])
            }
            try types.append(id)
            offsets.append(children[index].count)
            switch mode {
            case .sparse:
                for child in children.indices {
                    children[child].append(child == index ? member : filler(fields[child]))
                }
            case .dense: children[index].append(member)
            }
        }
        return try Vector(
            type, count: values.count,
            buffers: [types.finish()] + (mode == .dense ? [integers(offsets, Int32.self)] : []),
            children: zip(fields, children).map { try make($0.type, $1) })
    }

    private static func makeDictionary(
        _ type: DataType, _ index: IntegerType, _ valueType: DataType, _ values: [Value]
    ) throws -> Vector {
        var places: [Value: Int] = [:]
        var distinct: [Value] = []
        let indices = values.map { value in
            if value == .null { return 0 }
            if let place = places[value] { return place }
            places[value] = distinct.count
            distinct.append(value)
            return distinct.count - 1
        }
        return try Vector(
            type, count: values.count, validity: validity(values), buffers: [integers(indices, index)],
            dictionary: make(valueType, distinct))
    }

    private static func makeRuns(
        _ type: DataType, _ endType: DataType, _ valueType: DataType, _ values: [Value]
    ) throws -> Vector {
        var ends: [Value] = []
        var runs: [Value] = []
        for (row, value) in values.enumerated() {
            if row > 0, runs.last == value { ends.removeLast() } else { runs.append(value) }
            ends.append(.int(Int64(row + 1)))
        }
        return try Vector(type, count: values.count, children: [make(endType, ends), make(valueType, runs)])
    }
}
