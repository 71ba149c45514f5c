/// Puts vectors into a body.
struct BatchEncoder {
    private let options: EncodingOptions
    private var nodes: [Int64] = []
    private var buffers: [Int64] = []
    private var viewBufferCounts: [Int64] = []
    private var pieces: [Buffer] = []
    private var length = 0

    private init(_ options: EncodingOptions) {
        self.options = options
    }

    /// The table `RecordBatch`, and the body.
    static func encode(
        _ columns: [Vector], count: Int, _ options: EncodingOptions
    ) throws -> (table: FlatNode, body: [Buffer], bodyLength: Int) {
        var encoder = BatchEncoder(options)
        for column in columns { try encoder.add(column) }
        let compression = options.codec.map {
            FlatValue.table(FlatNode((0, .byte(UInt8($0.rawValue))), (1, .byte(0))))
        }
        let table = FlatNode(
            (0, .int64(Int64(count))), (1, .structures(encoder.nodes.count / 2, encoder.nodes)),
            (2, .structures(encoder.buffers.count / 2, encoder.buffers)), (3, compression),
            (4, encoder.viewBufferCounts.isEmpty ? nil : .int64s(encoder.viewBufferCounts)))
        return (table, encoder.pieces, encoder.length)
    }

    private mutating func add(_ vector: Vector) throws {
        nodes += [Int64(vector.count), Int64(vector.nullCount)]
        let layout = vector.type.layout
        if layout.hasValidity {
            try add(vector.validity.map { try Bitmap.moved($0, offset: vector.offset, count: vector.count) } ?? .empty)
        } else if options.isLegacy, vector.type != .null {
            try add(.empty)
        }
        let (offset, count) = (vector.offset, vector.count)
        switch layout {
        case .null: break
        case .bits: try add(Bitmap.moved(vector.buffers[0], offset: offset, count: count))
        case .fixed(let width, _): try add(vector.buffers[0].slice(offset * width, count * width))
        case .dictionary(let index): try add(vector.buffers[0].slice(offset * index.width, count * index.width))
        case .bytes(let width):
            let (offsets, range) = try Self.offsets(vector, width)
            try add(offsets)
            try add(vector.buffers[1].slice(range.lowerBound, range.count))
        case .views:
            try add(vector.buffers[0].slice(offset * 16, count * 16))
            viewBufferCounts.append(Int64(vector.buffers.count - 1))
            for buffer in vector.buffers.dropFirst() { try add(buffer) }
        case .list(let width):
            let (offsets, range) = try Self.offsets(vector, width)
            try add(offsets)
            try add(vector.children[0].slice(range.lowerBound, range.count))
        case .listView(let width):
            for buffer in vector.buffers { try add(buffer.slice(offset * width.rawValue, count * width.rawValue)) }
            try add(vector.children[0])
        case .fixedSizeList(let size): try add(vector.children[0].slice(offset * size, count * size))
        case .structure: for child in vector.children { try add(child.slice(offset, count)) }
        case .union(.sparse):
            try add(vector.buffers[0].slice(offset, count))
            for child in vector.children { try add(child.slice(offset, count)) }
        case .union(.dense):
            try add(vector.buffers[0].slice(offset, count))
            try add(vector.buffers[1].slice(offset * 4, count * 4))
            for child in vector.children { try add(child) }
        case .runEnds:
            for child in try vector.trimmedRuns() { try add(child) }
        }
    }

    /// Offsets that begin with 0, and the range of what they point into.
    private static func offsets(
        _ vector: Vector, _ width: Layout.OffsetWidth
    ) throws -> (offsets: Buffer, range: Range<Int>) {
        switch width {
        case .small: try offsets(vector, Int32.self)
        case .large: try offsets(vector, Int64.self)
        }
    }

    private static func offsets<T: FixedWidthInteger & BitwiseCopyable>(
        _ vector: Vector, _: T.Type
    ) throws -> (offsets: Buffer, range: Range<Int>) {
        let size = MemoryLayout<T>.size
        let buffer = try vector.buffers[0].slice(vector.offset * size, (vector.count + 1) * size)
        let offsets = buffer.elements(T.self)
        let range = Int(offsets[0])..<Int(offsets[vector.count])
        guard range.lowerBound > 0 else { return (buffer, range) }
        let memory = try HeapMemory(count: buffer.count)
        let moved = memory.start.assumingMemoryBound(to: T.self)
        for row in 0...vector.count { moved[row] = offsets[row] - offsets[0] }
        return (Buffer(owner: memory, start: UnsafeRawPointer(memory.start), count: buffer.count), range)
    }

    private mutating func add(_ buffer: Buffer) throws {
        var content = [buffer]
        if let codec = options.codec, buffer.count > 0 {
            if let compressed = try codec.compress(buffer, level: options.level ?? (codec == .zstd ? 1 : 0)) {
                content = [compressed]
            } else {
                var prefix = BufferBuilder()
                try prefix.append(Int64(-1))
                content = [prefix.finish(), buffer]
            }
        }
        let count = content.reduce(0) { $0 + $1.count }
        buffers += [Int64(length), Int64(count)]
        guard count > 0 else { return }
        let padded = count.roundedUp(to: options.alignment)
        pieces += content
        if padded > count { pieces.append(.padding(padded - count)) }
        length += padded
    }
}

extension Vector {
    /// Run ends that begin at our first row and end at our last, and their values.
    func trimmedRuns() throws -> [Vector] {
        guard count > 0 else { return [children[0].slice(0, 0), children[1].slice(0, 0)] }
        let first = run(of: 0)
        let last = run(of: count - 1)
        let values = children[1].slice(first, last - first + 1)
        if offset == 0, runEnd(last) == count { return [children[0].slice(0, last + 1), values] }
        let ends = (first...last).map { Value.int(Int64(min(runEnd($0) - offset, count))) }
        return [try Vector.make(children[0].type, ends), values]
    }
}
