package import Columnar

/// Vectors at random: with slices, unused bytes, lists out of order, whatever the format allows in memory.
package struct RandomVector {
    package var random: SplitMix64

    package init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    package mutating func batch(_ schema: Schema, rows: Int) throws -> RecordBatch {
        var columns: [Vector] = []
        for field in schema.fields { columns.append(try vector(field.type, rows)) }
        return try RecordBatch(schema, columns, count: rows)
    }

    /// - Parameter nulls: whether there may be any.
    package mutating func vector(_ type: DataType, _ count: Int, nulls: Bool = true) throws -> Vector {
        guard random.once(in: 3) else { return try whole(type, count, nulls) }
        let before = random.int(0..<12)
        return try whole(type, count + before + random.int(0..<5), nulls).slice(before, count)
    }

    private mutating func whole(_ type: DataType, _ count: Int, _ nulls: Bool) throws -> Vector {
        let chance = random.pick([0, 0, 2, 5])
        var validity: Buffer?
        if nulls, chance > 0 {
            var builder = BitmapBuilder()
            for _ in 0..<count { try builder.append(!random.once(in: chance)) }
            validity = builder.finish()
        }
        switch type {
        case .null: return try Vector(type, count: count)
        case .list(let element), .largeList(let element): return try list(type, element.type, count, validity)
        case .map(let entries, _): return try list(type, entries.type, count, validity, nulls: false)
        case .listView(let element), .largeListView(let element): return try views(type, element.type, count, validity)
        case .fixedSizeList(let element, let size):
            return try Vector(
                type, count: count, validity: validity,
                children: [vector(element.type, count * size + random.int(0..<3))])
        case .structure(let fields):
            var children: [Vector] = []
            for (index, field) in fields.enumerated() {
                // The first of two may be a map's key.
                let isKey = !nulls && index == 0
                children.append(try vector(field.type, count + random.int(0..<3), nulls: !isKey))
            }
            return try Vector(type, count: count, validity: validity, children: children)
        case .union(let mode, let fields, let ids): return try union(type, mode, fields, ids, count)
        case .dictionary(let index, let values, _): return try dictionary(type, index, values, count, validity)
        case .runEndEncoded(let ends, let values): return try runs(type, ends.type, values.type, count)
        default:
            let hidden = try (0..<count).map { _ in try value(type) }
            guard let validity else { return try Vector.make(type, hidden) }
            let values = hidden.enumerated().map { row, value in isSet(validity, row) ? value : .null }
            return try Vector.make(type, values)
        }
    }

    private func isSet(_ bits: Buffer, _ index: Int) -> Bool {
        bits.withUnsafeBytes { $0[index / 8] >> (index % 8) & 1 == 1 }
    }

    private mutating func list(
        _ type: DataType, _ element: DataType, _ count: Int, _ validity: Buffer?, nulls: Bool = true
    ) throws -> Vector {
        var offsets = [random.int(0..<3)]
        for _ in 0..<count { offsets.append((offsets.last ?? 0) + random.int(0..<4)) }
        let child = try vector(element, (offsets.last ?? 0) + random.int(0..<3), nulls: nulls)
        return try Vector(type, count: count, validity: validity, buffers: [integers(offsets, type)], children: [child])
    }

    private mutating func views(
        _ type: DataType, _ element: DataType, _ count: Int, _ validity: Buffer?
    ) throws -> Vector {
        let available = random.int(0..<20)
        var offsets: [Int] = []
        var sizes: [Int] = []
        for _ in 0..<count {
            offsets.append(random.int(0..<available + 1))
            sizes.append(random.int(0..<min(4, available - (offsets.last ?? 0) + 1)))
        }
        let child = try vector(element, available)
        return try Vector(
            type, count: count, validity: validity, buffers: [integers(offsets, type), integers(sizes, type)],
            children: [child])
    }

    private func integers(_ values: [Int], _ type: DataType) throws -> Buffer {
        var builder = BufferBuilder()
        for value in values {
            switch type {
            case .largeList, .largeListView: try builder.append(Int64(value))
            default: try builder.append(Int32(value))
            }
        }
        return builder.finish()
    }

    private mutating func union(
        _ type: DataType, _ mode: UnionMode, _ fields: [Field], _ ids: [Int8], _ count: Int
    ) throws -> Vector {
        var types = BufferBuilder()
        var offsets = BufferBuilder()
        var counts = fields.map { _ in 0 }
        for _ in 0..<count {
            let child = random.int(0..<fields.count)
            try types.append(ids[child])
            if random.once(in: 4) { counts[child] += 1 }
            try offsets.append(Int32(counts[child]))
            counts[child] += 1
        }
        var children: [Vector] = []
        for (index, field) in fields.enumerated() {
            children.append(try vector(field.type, mode == .sparse ? count : counts[index]))
        }
        return try Vector(
            type, count: count, buffers: [types.finish()] + (mode == .dense ? [offsets.finish()] : []),
            children: children)
    }

    private mutating func dictionary(
        _ type: DataType, _ index: IntegerType, _ values: DataType, _ count: Int, _ validity: Buffer?
    ) throws -> Vector {
        let dictionary = try vector(values, random.int(1..<10))
        var indices = BufferBuilder()
        for _ in 0..<count {
            let value = random.int(0..<dictionary.count)
            for byte in 0..<index.width { try indices.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
        }
        return try Vector(
            type, count: count, validity: validity, buffers: [indices.finish()], dictionary: dictionary)
    }

    private mutating func runs(_ type: DataType, _ ends: DataType, _ values: DataType, _ count: Int) throws -> Vector {
        var runEnds: [Value] = []
        var end = 0
        while end < count {
            end += random.int(1..<5)
            runEnds.append(.int(Int64(end)))
        }
        return try Vector(
            type, count: count, children: [Vector.make(ends, runEnds), vector(values, runEnds.count)])
    }

    /// A value of a type that nests nothing, within what pyarrow takes for valid.
    private mutating func value(_ type: DataType) throws -> Value {
        switch type {
        case .bool: return .bool(random.once(in: 2))
        case .integer(let integer):
            let bits = random.once(in: 3) ? random.next() : UInt64(random.int(0..<100))
            switch integer {
            case .int8: return .int(Int64(Int8(truncatingIfNeeded: bits)))
            case .int16: return .int(Int64(Int16(truncatingIfNeeded: bits)))
            case .int32: return .int(Int64(Int32(truncatingIfNeeded: bits)))
            case .int64: return .int(Int64(truncatingIfNeeded: bits))
            case .uint8: return .uint(UInt64(UInt8(truncatingIfNeeded: bits)))
            case .uint16: return .uint(UInt64(UInt16(truncatingIfNeeded: bits)))
            case .uint32: return .uint(UInt64(UInt32(truncatingIfNeeded: bits)))
            case .uint64: return .uint(bits)
            }
        case .floating(.half): return .half(UInt16(truncatingIfNeeded: random.next()))
        case .floating(.single): return .float(Float(bitPattern: UInt32(truncatingIfNeeded: random.next())))
        case .floating(.double): return .double(Double(bitPattern: random.next()))
        case .decimal(_, let precision, _):
            let digits = (0..<random.int(1..<precision + 1)).map { _ in String(random.int(0..<10)) }.joined()
            return .decimal(WideInteger((random.once(in: 2) ? "-" : "") + digits) ?? WideInteger(0 as Int64))
        case .fixedSizeBinary(let width): return .bytes((0..<width).map { _ in UInt8(random.int(0..<256)) })
        case .binary, .largeBinary, .binaryView:
            return .bytes((0..<random.int(0..<30)).map { _ in UInt8(random.int(0..<256)) })
        case .utf8, .largeUtf8, .utf8View:
            let characters = ["a", "B", "\"", "\\", "\n", "é", "€", "😀", " ", "\u{7f}", "\u{1}"]
            return .text((0..<random.int(0..<16)).map { _ in random.pick(characters) }.joined())
        case .date64: return .int(Int64(random.int(-100_000..<100_000)) * 86_400_000)
        case .time32(let unit): return .int(Int64(random.int(0..<(unit == .second ? 86_400 : 86_400_000))))
        case .time64(let unit):
            return .int(Int64(random.int(0..<(unit == .microsecond ? 86_400_000_000 : 86_400_000_000_000))))
        case .date32, .interval(.yearMonth): return .int(Int64(Int32(truncatingIfNeeded: random.next())))
        case .timestamp, .duration: return .int(Int64(bitPattern: random.next()))
        case .interval(.dayTime):
            return .dayTime(
                DayTimeInterval(
                    days: Int32(truncatingIfNeeded: random.next()),
                    milliseconds: Int32(truncatingIfNeeded: random.next())))
        case .interval(.monthDayNano):
            return .monthDayNano(
                MonthDayNanoInterval(
                    months: Int32(truncatingIfNeeded: random.next()), days: Int32(truncatingIfNeeded: random.next()),
                    nanoseconds: Int64(bitPattern: random.next())))
        default: return .null
        }
    }
}
