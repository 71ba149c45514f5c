import CArrow

extension VectorParts {
    /// Offsets that never fall and end within what they point into.
    func checkedOffsets<T: OffsetInteger>(
        _ buffer: Buffer, _: T.Type, limit: Int
    ) throws -> Buffer {
        // No rows may have no offsets at all.
        if end == 0 && buffer.count < MemoryLayout<T>.size { return Buffer.padding(MemoryLayout<T>.size) }
        try check(buffer, holds: end.plus(1).times(MemoryLayout<T>.size))
        let aligned = try buffer.aligned(to: MemoryLayout<T>.size)
        let offsets = aligned.elements(T.self) + offset
        guard T.rises(offsets, count), Int(offsets[count]) <= limit else {
            throw ColumnarError.malformed("offsets of \(type) fall, are below 0 or reach beyond \(limit)")
        }
        return aligned
    }

    func checkedBytes<T: OffsetInteger>(
        _ buffers: [Buffer], _: T.Type
    ) throws -> [Buffer] {
        [try checkedOffsets(buffers[0], T.self, limit: buffers[1].count), buffers[1]]
    }

    /// Views whose bytes are within the buffer that each names; what stands in the place of a null may be anything.
    func checkedViews(_ buffers: [Buffer]) throws -> [Buffer] {
        try check(buffers[0], holds: end.times(16))
        let views = try buffers[0].aligned(to: 8)
        let elements = views.elements(ByteView.self)
        let isValid = allValid { row in
            let view = elements[row]
            if UInt32(bitPattern: view.length) <= 12 { return true }
            let buffer = Int(view.buffer)
            guard view.length > 0, buffer >= 0, buffer < buffers.count - 1, view.offset >= 0 else { return false }
            return Int(view.offset) + Int(view.length) <= buffers[buffer + 1].count
        }
        guard isValid else { throw ColumnarError.malformed("a view points outside of its buffer") }
        return [views] + buffers.dropFirst()
    }

    func checkedListView<T: OffsetInteger>(
        _ buffers: [Buffer], _: T.Type
    ) throws -> [Buffer] {
        let bytes = try end.times(MemoryLayout<T>.size)
        for buffer in buffers { try check(buffer, holds: bytes) }
        let aligned = try buffers.map { try $0.aligned(to: MemoryLayout<T>.size) }
        let offsets = aligned[0].elements(T.self)
        let sizes = aligned[1].elements(T.self)
        let limit = children[0].count
        let isValid = allValid { row in
            let offset = Int(offsets[row])
            let size = Int(sizes[row])
            return offset >= 0 && size >= 0 && offset <= limit && size <= limit - offset
        }
        guard isValid else { throw ColumnarError.malformed("a list reaches beyond the \(limit) values of its child") }
        return aligned
    }
}

/// A text or bytes in 16 bytes: up to 12 of them in place, or the first 4 and where all are.
struct ByteView: BitwiseCopyable {
    var length: Int32
    /// The first 4 bytes.
    var prefix: UInt32
    /// Of long ones.
    var buffer: Int32
    var offset: Int32
}

/// The integers that offsets are.
protocol OffsetInteger: FixedWidthInteger & SignedInteger & BitwiseCopyable {
    /// Whether of `count + 1` offsets none is below 0 or below the one before it.
    static func rises(_ offsets: UnsafePointer<Self>, _ count: Int) -> Bool
}

extension Int32: OffsetInteger {
    static func rises(_ offsets: UnsafePointer<Int32>, _ count: Int) -> Bool { carrow_rises_32(offsets, Int64(count)) }
}

extension Int64: OffsetInteger {
    static func rises(_ offsets: UnsafePointer<Int64>, _ count: Int) -> Bool { carrow_rises_64(offsets, Int64(count)) }
}
