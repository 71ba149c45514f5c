import CArrow

/// An array of another library, released with the last buffer that refers to it.
///
/// `@unchecked Sendable` because its bytes never change, and it is released once, by the last reference.
final class ForeignArray: BufferOwner, @unchecked Sendable {
    // The array is never written until it is released, by whoever drops the last reference.
    private let array: UnsafeMutablePointer<ArrowArray>

    /// Takes the array over; the source counts as released.
    init(moving source: UnsafeMutablePointer<ArrowArray>) {
        array = .allocate(capacity: 1)
        array.initialize(to: source.pointee)
        source.pointee.release = nil
    }

    deinit {
        array.pointee.release?(array)
        array.deallocate()
    }

    func vector(_ type: DataType) throws -> Vector {
        try vector(array, type)
    }

    private func vector(_ source: UnsafePointer<ArrowArray>, _ type: DataType) throws -> Vector {
        let array = source.pointee
        guard let count = Int(exactly: array.length), let offset = Int(exactly: array.offset), count >= 0, offset >= 0,
            array.null_count >= -1
        else { throw ColumnarError.malformed("\(array.length) rows from row \(array.offset) on") }
        let end = try offset.plus(count)
        let layout = type.layout
        let own = layout.hasValidity ? 1 : 0
        let fixed = own + layout.bufferCount
        let bufferCount = Int(array.n_buffers)
        guard layout.isVariadic ? bufferCount > fixed : bufferCount == fixed else {
            throw ColumnarError.malformed("\(bufferCount) buffers for \(type)")
        }
        var validity: Buffer?
        if layout.hasValidity, array.null_count != 0, let start = array.buffers?[0] {
            validity = Buffer(owner: self, start: start, count: Bitmap.byteCount(end))
        } else if layout.hasValidity, array.null_count > 0 {
            throw ColumnarError.malformed("\(array.null_count) nulls without a bitmap that says which")
        }
        var buffers: [Buffer] = []
        for index in 0..<layout.bufferCount {
            let size = try size(index, layout, end, before: buffers)
            buffers.append(try buffer(array, own + index, size))
        }
        if layout.isVariadic {
            let sizes = try buffer(array, bufferCount - 1, (bufferCount - fixed - 1).times(8))
            for index in 0..<bufferCount - fixed - 1 {
                let size = sizes.start.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
                buffers.append(try buffer(array, fixed + index, Int(size)))
            }
        }
        return try Vector(
            type, count: count, offset: offset, nullCount: array.null_count < 0 ? nil : Int(array.null_count),
            validity: validity, buffers: buffers, children: children(array, type), dictionary: dictionary(array, type))
    }

    private func children(_ array: ArrowArray, _ type: DataType) throws -> [Vector] {
        let fields = type.children
        guard array.n_children == Int64(fields.count) else {
            throw ColumnarError.malformed("\(array.n_children) children for \(type)")
        }
        return try fields.enumerated().map { index, field in
            guard let child = array.children?[index] else { throw ColumnarError.malformed("a child that is not there") }
            return try at(field.name) { try vector(child, field.type) }
        }
    }

    private func dictionary(_ array: ArrowArray, _ type: DataType) throws -> Vector? {
        guard case .dictionary(_, let values, _) = type else { return nil }
        guard let dictionary = array.dictionary else { throw ColumnarError.malformed("indices without a dictionary") }
        return try vector(dictionary, values)
    }

    private func buffer(_ array: ArrowArray, _ index: Int, _ count: Int) throws -> Buffer {
        guard count >= 0 else { throw ColumnarError.malformed("a buffer of \(count) bytes") }
        guard let start = array.buffers?[index] else {
            guard count == 0 else { throw ColumnarError.malformed("a buffer that is not there") }
            return .empty
        }
        return Buffer(owner: self, start: start, count: count)
    }

    /// The C interface does not say how long a buffer is: it follows from the rows, and from the last offset.
    private func size(_ index: Int, _ layout: Layout, _ end: Int, before: [Buffer]) throws -> Int {
        switch layout {
        case .null, .fixedSizeList, .structure, .runEnds: 0
        case .bits: Bitmap.byteCount(end)
        case .fixed(let width, _): try end.times(width)
        case .views: try end.times(16)
        case .dictionary(let type): try end.times(type.width)
        case .list(let width): end == 0 ? 0 : try end.plus(1).times(width.rawValue)
        case .listView(let width): try end.times(width.rawValue)
        case .union: index == 0 ? end : try end.times(4)
        case .bytes(let width) where index == 0: end == 0 ? 0 : try end.plus(1).times(width.rawValue)
        case .bytes where end == 0: 0
        case .bytes(.small): Int(before[0].start.loadUnaligned(fromByteOffset: end * 4, as: Int32.self))
        case .bytes(.large): Int(before[0].start.loadUnaligned(fromByteOffset: end * 8, as: Int64.self))
        }
    }
}
