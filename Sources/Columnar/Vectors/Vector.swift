/// A column's values (Arrow calls it an array): a type, buffers and children. It never changes, and slices share all.
///
/// Every vector has been checked when it was made: offsets, indices and run ends stay within what they refer to, so no
/// access to a row below `count` can go wrong. Texts are not checked to be UTF-8; what is not reads as U+FFFD.
package final class Vector: Sendable {
    package let type: DataType
    package let count: Int
    /// The first row in the buffers, and in the children of structures, sparse unions and lists of fixed size.
    package let offset: Int
    /// Rows that the bitmap says are null; a union and runs have no bitmap.
    package let nullCount: Int
    /// A bit for each row, from row 0 of the buffers on; nil when no row is null.
    let validity: Buffer?
    let buffers: [Buffer]
    package let children: [Vector]
    /// The values that the indices of a dictionary's vector stand for.
    package let dictionary: Vector?

    private init(
        type: DataType, count: Int, offset: Int, nullCount: Int, validity: Buffer?, buffers: [Buffer],
        children: [Vector], dictionary: Vector?
    ) {
        self.type = type
        self.count = count
        self.offset = offset
        self.nullCount = nullCount
        self.validity = validity
        self.buffers = buffers
        self.children = children
        self.dictionary = dictionary
    }

    /// Checks everything that a later access relies on.
    ///
    /// - Parameters:
    ///   - nullCount: as the input says; 0 makes the bitmap count for nothing, nil means that nobody counted.
    ///   - validity: nil when there is none.
    ///   - buffers: in Arrow's order, without the bitmap.
    package convenience init(
        _ type: DataType, count: Int, offset: Int = 0, nullCount: Int? = nil, validity: Buffer? = nil,
        buffers: [Buffer] = [], children: [Vector] = [], dictionary: Vector? = nil
    ) throws {
        guard count >= 0, offset >= 0 else { throw ColumnarError.malformed("\(count) rows from row \(offset) on") }
        let end = try offset.plus(count)
        let layout = type.layout
        var bitmap = layout.hasValidity && nullCount != 0 && count > 0 ? validity : nil
        var nulls = 0
        if let found = bitmap {
            guard found.count >= Bitmap.byteCount(end) else {
                throw ColumnarError.malformed("\(found.count) bytes of validity for \(end) rows")
            }
            nulls = count - Bitmap.setCount(found.start, offset: offset, count: count)
            if nulls == 0 { bitmap = nil }
        }
        if case .null = layout { nulls = count }
        // Most columns are such: there is not much to check, so it is done without any detour.
        if case .fixed(let width, let alignment) = layout, buffers.count == 1, children.isEmpty {
            let needed = try end.times(width)
            guard buffers[0].count >= needed else {
                throw ColumnarError.malformed(
                    "\(buffers[0].count) bytes for \(end) rows of \(type), which need \(needed)")
            }
            self.init(
                type: type, count: count, offset: offset, nullCount: nulls, validity: bitmap,
                buffers: buffers[0].isAligned(to: alignment) ? buffers : [try buffers[0].aligned(to: alignment)],
                children: [], dictionary: nil)
            return
        }
        let parts = VectorParts(
            type: type, count: count, offset: offset, end: end, validity: bitmap,
            children: children, dictionary: dictionary)
        self.init(
            type: type, count: count, offset: offset, nullCount: nulls, validity: parts.validity,
            buffers: try parts.checked(buffers, layout), children: children, dictionary: dictionary)
    }

    /// Some of the rows, without a copy. The rows must be there.
    package func slice(_ start: Int, _ length: Int) -> Vector {
        precondition(start >= 0 && length >= 0 && start <= count && length <= count - start)
        if start == 0 && length == count { return self }
        var nulls = 0
        if case .null = type {
            nulls = length
        } else if let validity {
            nulls = length - Bitmap.setCount(validity.start, offset: offset + start, count: length)
        }
        return Vector(
            type: type, count: length, offset: offset + start, nullCount: nulls,
            validity: nulls == 0 ? nil : validity, buffers: buffers, children: children, dictionary: dictionary)
    }

    /// The same values under another type of the same layout: another time zone, other names of fields.
    func retyped(_ type: DataType) -> Vector {
        Vector(
            type: type, count: count, offset: offset, nullCount: nullCount, validity: validity, buffers: buffers,
            children: children, dictionary: dictionary)
    }

    /// Whether the bitmap says that the row is null. Unions have none, nor have runs: ask `value(at:)`.
    @inline(__always)
    package func isNull(_ row: Int) -> Bool {
        precondition(row >= 0 && row < count)
        guard let validity else { return nullCount > 0 }
        return !Bitmap.bit(validity.start, offset + row)
    }
}

/// What a vector is to be made of, on its way through the checks.
struct VectorParts {
    let type: DataType
    let count: Int
    let offset: Int
    let end: Int
    let validity: Buffer?
    let children: [Vector]
    let dictionary: Vector?

    /// The buffers at proper addresses, or an error.
    func checked(_ buffers: [Buffer], _ layout: Layout) throws -> [Buffer] {
        guard buffers.count == layout.bufferCount || buffers.count >= 1 && layout.isVariadic else {
            throw ColumnarError.malformed("\(buffers.count) buffers for \(type)")
        }
        let fields = type.children
        guard children.count == fields.count else {
            throw ColumnarError.malformed("\(children.count) children for \(type)")
        }
        for index in fields.indices where children[index].type != fields[index].type {
            throw ColumnarError.mismatch("a child of \(type) has the type \(children[index].type)")
        }
        switch layout {
        case .null, .structure:
            try checkChildren(rows: end)
            return []
        case .fixedSizeList(let size):
            try checkChildren(rows: end.times(size))
            return []
        case .bits:
            try check(buffers[0], holds: Bitmap.byteCount(end))
            return buffers
        case .fixed(let width, let alignment):
            try check(buffers[0], holds: end.times(width))
            return [try buffers[0].aligned(to: alignment)]
        case .bytes(.small): return try checkedBytes(buffers, Int32.self)
        case .bytes(.large): return try checkedBytes(buffers, Int64.self)
        case .views: return try checkedViews(buffers)
        case .list(.small): return [try checkedOffsets(buffers[0], Int32.self, limit: children[0].count)]
        case .list(.large): return [try checkedOffsets(buffers[0], Int64.self, limit: children[0].count)]
        case .listView(.small): return try checkedListView(buffers, Int32.self)
        case .listView(.large): return try checkedListView(buffers, Int64.self)
        case .union(let mode): return try checkedUnion(buffers, mode)
        case .dictionary(let index): return try checkedIndices(buffers, index)
        case .runEnds:
            try checkRunEnds()
            return []
        }
    }

    private func checkChildren(rows: Int) throws {
        for (child, field) in zip(children, type.children) where child.count < rows {
            throw ColumnarError.malformed("\(child.count) rows of \(field.name), of which \(rows) are needed")
        }
    }

    func check(_ buffer: Buffer, holds bytes: Int) throws {
        guard buffer.count >= bytes else {
            throw ColumnarError.malformed("\(buffer.count) bytes for \(end) rows of \(type), which need \(bytes)")
        }
    }

    /// Runs `body` for the rows that are not null, until it answers false. Answers whether it never did.
    func allValid(_ body: (Int) -> Bool) -> Bool {
        for row in offset..<end {
            if let validity, !Bitmap.bit(validity.start, row) { continue }
            guard body(row) else { return false }
        }
        return true
    }
}

extension Layout {
    /// Whether there may be any number of buffers besides the usual ones.
    var isVariadic: Bool {
        if case .views = self { true } else { false }
    }
}
