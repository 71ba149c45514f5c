import Glibc

extension Vector {
    /// One vector of all rows of vectors with the same type.
    package static func concatenate(_ vectors: [Vector]) throws -> Vector {
        guard let first = vectors.first else { throw ColumnarError.mismatch("nothing to put together") }
        guard vectors.allSatisfy({ $0.type == first.type }) else {
            throw ColumnarError.mismatch("vectors of different types cannot be put together")
        }
        guard vectors.count > 1 else { return first }
        return try Concatenation(
            vectors: vectors, type: first.type, count: vectors.reduce(0) { try $0.plus($1.count) }
        ).joined()
    }
}

extension RecordBatch {
    /// One batch of all rows of batches with the schema's columns; of none, an empty one.
    package static func concatenate(_ schema: Schema, _ batches: [RecordBatch]) throws -> RecordBatch {
        if batches.count == 1 { return batches[0] }
        let columns = try schema.fields.enumerated().map { index, field in
            try batches.isEmpty ? Vector.make(field.type, []) : Vector.concatenate(batches.map { $0.columns[index] })
        }
        return try RecordBatch(schema, columns, count: batches.reduce(0) { $0 + $1.count })
    }
}

private struct Concatenation {
    let vectors: [Vector]
    let type: DataType
    let count: Int

    func joined() throws -> Vector {
        switch type.layout {
        case .null: return try Vector(type, count: count)
        case .bits: return try vector([bits()])
        case .fixed(let width, _): return try vector([values(0, width)])
        case .bytes(.small): return try byteStrings(Int32.self)
        case .bytes(.large): return try byteStrings(Int64.self)
        case .views: return try views()
        case .list(.small): return try lists(Int32.self)
        case .list(.large): return try lists(Int64.self)
        case .listView(.small): return try listViews(Int32.self)
        case .listView(.large): return try listViews(Int64.self)
        case .fixedSizeList(let size):
            return try vector([], [child(0) { $0.offset * size..<($0.offset + $0.count) * size }])
        case .structure:
            return try vector([], type.children.indices.map { try child($0) { $0.offset..<$0.offset + $0.count } })
        case .union(.sparse):
            return try vector(
                [values(0, 1)], type.children.indices.map { try child($0) { $0.offset..<$0.offset + $0.count } })
        case .union(.dense): return try denseUnion()
        case .dictionary(let index): return try dictionary(index)
        case .runEnds: return try runs()
        }
    }

    private func vector(_ buffers: [Buffer], _ children: [Vector] = [], dictionary: Vector? = nil) throws -> Vector {
        try Vector(
            type, count: count, validity: validity(), buffers: buffers, children: children, dictionary: dictionary)
    }

    private func validity() throws -> Buffer? {
        guard type.layout.hasValidity, vectors.contains(where: { $0.nullCount > 0 }) else { return nil }
        var builder = BitmapBuilder()
        for vector in vectors {
            guard vector.nullCount > 0 else {
                try builder.append(true, count: vector.count)
                continue
            }
            for row in 0..<vector.count { try builder.append(!vector.isNull(row)) }
        }
        return builder.finish()
    }

    private func bits() throws -> Buffer {
        var builder = BitmapBuilder()
        for vector in vectors {
            for row in vector.offset..<vector.offset + vector.count {
                try builder.append(Bitmap.bit(vector.buffers[0].start, row))
            }
        }
        return builder.finish()
    }

    /// The values of a buffer, all of one width.
    private func values(_ buffer: Int, _ width: Int) throws -> Buffer {
        let memory = try HeapMemory(count: count.times(width))
        var end = 0
        for vector in vectors where vector.count > 0 {
            memcpy(memory.start + end, vector.buffers[buffer].start + vector.offset * width, vector.count * width)
            end += vector.count * width
        }
        return Buffer(owner: memory, start: UnsafeRawPointer(memory.start), count: end)
    }

    /// The rows of a child that each vector uses, together.
    private func child(_ index: Int, _ rows: (Vector) -> Range<Int>) throws -> Vector {
        try Vector.concatenate(
            vectors.map { vector in
                let rows = rows(vector)
                return vector.children[index].slice(rows.lowerBound, rows.count)
            })
    }

    private func byteStrings<T: OffsetInteger>(_: T.Type) throws -> Vector {
        var offsets = BufferBuilder()
        var data = BufferBuilder()
        try offsets.reserve(count.plus(1).times(MemoryLayout<T>.size))
        try offsets.append(0 as T)
        for vector in vectors where vector.count > 0 {
            let own = vector.buffers[0].elements(T.self) + vector.offset
            let range = Int(own[0])..<Int(own[vector.count])
            // All offsets fit if the last one does.
            let moved = try fitting(data.count, T.self) &- own[0]
            _ = try fitting(data.count + range.count, T.self)
            for row in 1...vector.count { try offsets.append(own[row] &+ moved) }
            try data.append(
                UnsafeRawBufferPointer(start: vector.buffers[1].start + range.lowerBound, count: range.count))
        }
        return try vector([offsets.finish(), data.finish()])
    }

    private func views() throws -> Vector {
        var views = BufferBuilder()
        var data: [Buffer] = []
        for vector in vectors {
            let own = vector.buffers[0].elements(ByteView.self) + vector.offset
            for row in 0..<vector.count {
                var view = own[row]
                if vector.isNull(row) { view = ByteView(length: 0, prefix: 0, buffer: 0, offset: 0) }
                if view.length > 12 { view.buffer += Int32(clamping: data.count) }
                try views.append(view)
            }
            data += vector.buffers.dropFirst()
        }
        return try vector([views.finish()] + data)
    }

    private func lists<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws -> Vector {
        var offsets = BufferBuilder()
        var ranges: [Range<Int>] = []
        var end = 0
        try offsets.append(0 as T)
        for vector in vectors {
            let own = vector.buffers[0].elements(T.self) + vector.offset
            let first = vector.count > 0 ? Int(own[0]) : 0
            let last = vector.count > 0 ? Int(own[vector.count]) : 0
            for row in 0..<vector.count { try offsets.append(fitting(end + Int(own[row + 1]) - first, T.self)) }
            ranges.append(first..<last)
            end += last - first
        }
        let elements = zip(vectors, ranges).map { $0.children[0].slice($1.lowerBound, $1.count) }
        return try vector([offsets.finish()], [Vector.concatenate(elements)])
    }

    private func fitting<T: FixedWidthInteger>(_ value: Int, _: T.Type) throws -> T {
        guard let value = T(exactly: value) else { throw ColumnarError.limit("\(type) has no room for so much") }
        return value
    }

    private func listViews<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws -> Vector {
        var offsets = BufferBuilder()
        var sizes = BufferBuilder()
        var base = 0
        for vector in vectors {
            for row in 0..<vector.count {
                let rows = vector.elementRows(row)
                try offsets.append(rows.isEmpty ? 0 : fitting(base + rows.lowerBound, T.self))
                try sizes.append(fitting(rows.count, T.self))
            }
            base = try base.plus(vector.children[0].count)
        }
        return try vector([offsets.finish(), sizes.finish()], [Vector.concatenate(vectors.map { $0.children[0] })])
    }

    private func denseUnion() throws -> Vector {
        var offsets = BufferBuilder()
        var bases = [Int](repeating: 0, count: type.children.count)
        for vector in vectors {
            for row in 0..<vector.count {
                let member = vector.unionMember(row)
                try offsets.append(fitting(bases[member.child] + member.row, Int32.self))
            }
            for index in bases.indices { bases[index] += vector.children[index].count }
        }
        let children = try bases.indices.map { index in try Vector.concatenate(vectors.map { $0.children[index] }) }
        return try vector([values(0, 1), offsets.finish()], children)
    }

    /// With one dictionary if all have the same, otherwise with all dictionaries one after the other.
    private func dictionary(_ index: IntegerType) throws -> Vector {
        let dictionaries = vectors.compactMap(\.dictionary)
        if dictionaries.allSatisfy({ $0 === dictionaries.first || $0 == dictionaries.first }) {
            return try vector([values(0, index.width)], dictionary: dictionaries.first)
        }
        var base = 0
        var indices: [Int] = []
        for vector in vectors {
            for row in 0..<vector.count { indices.append(vector.isNull(row) ? 0 : base + vector.dictionaryIndex(row)) }
            base = try base.plus(vector.dictionary?.count ?? 0)
        }
        return try vector([Vector.integers(indices, index)], dictionary: Vector.concatenate(dictionaries))
    }

    private func runs() throws -> Vector {
        var ends: [Value] = []
        var values: [Vector] = []
        var base = 0
        for vector in vectors {
            let trimmed = try vector.trimmedRuns()
            for end in trimmed[0].values {
                if case .int(let end) = end { ends.append(.int(Int64(base) + end)) }
            }
            values.append(trimmed[1])
            base += vector.count
        }
        let endType = type.children[0].type
        return try Vector(
            type, count: count, children: [Vector.make(endType, ends), Vector.concatenate(values)])
    }
}
