/// A Swift type whose memory is that of one of Arrow's values of fixed width.
package protocol FixedWidthElement: BitwiseCopyable, Sendable {}

extension Int8: FixedWidthElement {}
extension Int16: FixedWidthElement {}
extension Int32: FixedWidthElement {}
extension Int64: FixedWidthElement {}
extension UInt8: FixedWidthElement {}
extension UInt16: FixedWidthElement {}
extension UInt32: FixedWidthElement {}
extension UInt64: FixedWidthElement {}
extension Float: FixedWidthElement {}
extension Double: FixedWidthElement {}
extension WideInteger: FixedWidthElement {}
extension Int128Parts: FixedWidthElement {}
extension DayTimeInterval: FixedWidthElement {}
extension MonthDayNanoInterval: FixedWidthElement {}

/// A number of 128 bits in two parts, so that it may be at any address that is a multiple of 8.
package struct Int128Parts: BitwiseCopyable, Hashable, Sendable {
    package var low: UInt64
    package var high: Int64

    package var value: Int128 { Int128(high) << 64 | Int128(low) }

    package init(_ value: Int128) {
        low = UInt64(truncatingIfNeeded: value)
        high = Int64(truncatingIfNeeded: value >> 64)
    }
}

package struct DayTimeInterval: BitwiseCopyable, Hashable, Sendable {
    package var days: Int32
    package var milliseconds: Int32

    package init(days: Int32, milliseconds: Int32) {
        self.days = days
        self.milliseconds = milliseconds
    }
}

package struct MonthDayNanoInterval: BitwiseCopyable, Hashable, Sendable {
    package var months: Int32
    package var days: Int32
    package var nanoseconds: Int64

    package init(months: Int32, days: Int32, nanoseconds: Int64) {
        self.months = months
        self.days = days
        self.nanoseconds = nanoseconds
    }
}

extension Vector {
    /// All values of a type of fixed width, or the indices of a dictionary, as they lie in memory; what stands in the
    /// place of a null is undefined. Throws when the values have another width or stricter alignment.
    package func withElements<T: FixedWidthElement, R>(
        as _: T.Type = T.self, _ body: (UnsafeBufferPointer<T>) throws -> R
    ) throws -> R {
        let width: Int
        let alignment: Int
        switch type.layout {
        case .fixed(let found, let foundAlignment): (width, alignment) = (found, foundAlignment)
        case .dictionary(let index): (width, alignment) = (index.width, index.width)
        default: throw ColumnarError.mismatch("\(type) is not of fixed width")
        }
        guard width == MemoryLayout<T>.stride, MemoryLayout<T>.alignment <= alignment else {
            throw ColumnarError.mismatch("\(type) cannot be read as \(T.self)")
        }
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeBufferPointer(start: buffers[0].elements(T.self) + offset, count: count))
    }

    /// The texts or bytes, to be read in place.
    package func withByteStrings<R>(_ body: (ByteStrings) throws -> R) throws -> R {
        guard let strings = ByteStrings(self) else { throw ColumnarError.mismatch("\(type) is neither text nor bytes") }
        defer { withExtendedLifetime(self) {} }
        return try body(strings)
    }

    /// The values of a `bool`; throws for another type.
    package func withBits<R>(_ body: (Bits) throws -> R) throws -> R {
        guard case .bool = type else { throw ColumnarError.mismatch("\(type) is not bool") }
        defer { withExtendedLifetime(self) {} }
        return try body(Bits(start: buffers[0].start, offset: offset, count: count))
    }

    /// Which rows of the first child belong to a row of a list or a map; none for a null.
    package func elementRows(_ row: Int) -> Range<Int> {
        guard !isNull(row) else { return 0..<0 }
        let index = offset + row
        switch type.layout {
        case .list(.small):
            let offsets = buffers[0].elements(Int32.self)
            return Int(offsets[index])..<Int(offsets[index + 1])
        case .list(.large):
            let offsets = buffers[0].elements(Int64.self)
            return Int(offsets[index])..<Int(offsets[index + 1])
        case .listView(.small):
            let start = Int(buffers[0].elements(Int32.self)[index])
            return start..<start + Int(buffers[1].elements(Int32.self)[index])
        case .listView(.large):
            let start = Int(buffers[0].elements(Int64.self)[index])
            return start..<start + Int(buffers[1].elements(Int64.self)[index])
        case .fixedSizeList(let size): return index * size..<(index + 1) * size
        default: return 0..<0
        }
    }

    /// A child of a structure with the same rows as the whole; where the whole is null it may have anything.
    package func member(_ index: Int) -> Vector {
        children[index].slice(offset, count)
    }

    /// Which value of the dictionary a row is; undefined where the row is null.
    package func dictionaryIndex(_ row: Int) -> Int {
        guard case .dictionary(let index) = type.layout else { return 0 }
        let row = offset + row
        return switch index {
        case .int8: Int(buffers[0].elements(Int8.self)[row])
        case .int16: Int(buffers[0].elements(Int16.self)[row])
        case .int32: Int(buffers[0].elements(Int32.self)[row])
        case .int64: Int(buffers[0].elements(Int64.self)[row])
        case .uint8: Int(buffers[0].elements(UInt8.self)[row])
        case .uint16: Int(buffers[0].elements(UInt16.self)[row])
        case .uint32: Int(buffers[0].elements(UInt32.self)[row])
        case .uint64: Int(truncatingIfNeeded: buffers[0].elements(UInt64.self)[row])
        }
    }

    /// The child that a row of a union is a value of, and its row there.
    package func unionMember(_ row: Int) -> (child: Int, row: Int) {
        guard case .union(let mode, _, let ids) = type else { return (0, 0) }
        let id = buffers[0].elements(Int8.self)[offset + row]
        let child = ids.firstIndex(of: id) ?? 0
        switch mode {
        case .sparse: return (child, offset + row)
        case .dense: return (child, Int(buffers[1].elements(Int32.self)[offset + row]))
        }
    }

    /// The run that a row is in: the index of its value.
    package func run(of row: Int) -> Int {
        let logical = offset + row
        var low = 0
        var high = children[0].count
        while low < high {
            let middle = (low + high) / 2
            if runEnd(middle) > logical { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Where a run ends: the first row, counted without the offset, that is not in it.
    func runEnd(_ run: Int) -> Int {
        let ends = children[0]
        let index = ends.offset + run
        return switch ends.type {
        case .int16: Int(ends.buffers[0].elements(Int16.self)[index])
        case .int32: Int(ends.buffers[0].elements(Int32.self)[index])
        default: Int(ends.buffers[0].elements(Int64.self)[index])
        }
    }
}

/// The values of a `bool`.
package struct Bits {
    @usableFromInline let start: UnsafeRawPointer
    @usableFromInline let offset: Int
    package let count: Int

    package subscript(_ row: Int) -> Bool {
        precondition(row >= 0 && row < count)
        return Bitmap.bit(start, offset + row)
    }
}

/// Texts or bytes in place; valid while the vector is.
package struct ByteStrings {
    private enum Kind { case small, large, views }

    private let vector: Unmanaged<Vector>
    private let kind: Kind
    private let offsets: UnsafeRawPointer
    private let data: UnsafeRawPointer
    package let count: Int

    init?(_ vector: Vector) {
        switch vector.type.layout {
        case .bytes(.small):
            kind = .small
            offsets = vector.buffers[0].start + vector.offset * 4
        case .bytes(.large):
            kind = .large
            offsets = vector.buffers[0].start + vector.offset * 8
        case .views:
            kind = .views
            offsets = vector.buffers[0].start + vector.offset * 16
        default: return nil
        }
        data = vector.buffers.count > 1 ? vector.buffers[1].start : Buffer.zeros
        count = vector.count
        self.vector = .passUnretained(vector)
    }

    /// The bytes of a row; undefined, but safe to read, where the row is null.
    package subscript(_ row: Int) -> UnsafeRawBufferPointer {
        precondition(row >= 0 && row < count)
        switch kind {
        case .small:
            let bounds = offsets.assumingMemoryBound(to: Int32.self) + row
            return UnsafeRawBufferPointer(start: data + Int(bounds[0]), count: Int(bounds[1] - bounds[0]))
        case .large:
            let bounds = offsets.assumingMemoryBound(to: Int64.self) + row
            return UnsafeRawBufferPointer(start: data + Int(bounds[0]), count: Int(bounds[1] - bounds[0]))
        case .views: return view(row)
        }
    }

    private func view(_ row: Int) -> UnsafeRawBufferPointer {
        let place = offsets + row * 16
        let view = place.load(as: ByteView.self)
        if UInt32(bitPattern: view.length) <= 12 {
            return UnsafeRawBufferPointer(start: place + 4, count: Int(view.length))
        }
        return vector._withUnsafeGuaranteedRef { vector in
            // Only valid rows were checked.
            guard !vector.isNull(row) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            let data = vector.buffers[Int(view.buffer) + 1]
            return UnsafeRawBufferPointer(start: data.start + Int(view.offset), count: Int(view.length))
        }
    }
}
