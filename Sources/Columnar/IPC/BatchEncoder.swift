/// Puts vectors into a body.
struct BatchEncoder {
    private let options: EncodingOptions
    private var nodes: [Int64] = []
    private var viewBufferCounts: [Int64] = []
    private var contents: [Buffer] = []

    private init(_ options: EncodingOptions) {
        self.options = options
    }

    /// The table `RecordBatch`, and the body.
    static func encode(
        _ columns: [Vector], count: Int, _ options: EncodingOptions
    ) throws -> (table: FlatNode, body: [Buffer], bodyLength: Int) {
        var encoder = BatchEncoder(options)
        for column in columns { try encoder.add(column) }
        let (buffers, body, length) = try encoder.laidOut()
        let compression = options.codec.map {
            FlatValue.table(FlatNode((0, .byte(UInt8($0.rawValue))), (1, .byte(0))))
        }
        let table = FlatNode(
            (0, .int64(Int64(count))), (1, .structures(encoder.nodes.count / 2, encoder.nodes)),
            (2, .structures(buffers.count / 2, buffers)), (3, compression),
            (4, encoder.viewBufferCounts.isEmpty ? nil : .int64s(encoder.viewBufferCounts)))
        return (table, body, length)
    }

    private mutating func add(_ vector: Vector) throws {
        nodes += [Int64(vector.count), Int64(vector.nullCount)]
        let layout = vector.type.layout
        if layout.hasValidity {
            add(try vector.validity.map { try Bitmap.moved($0, offset: vector.offset, count: vector.count) } ?? .empty)
        } else if options.isLegacy, vector.type != .null {
            add(.empty)
        }
        let (offset, count) = (vector.offset, vector.count)
        switch layout {
        case .null: break
        case .bits: add(try Bitmap.moved(vector.buffers[0], offset: offset, count: count))
        case .fixed(let width, _): add(try vector.buffers[0].slice(offset * width, count * width))
        case .dictionary(let index): add(try vector.buffers[0].slice(offset * index.width, count * index.width))
        case .bytes(let width):
            let (offsets, range) = try Self.offsets(vector, width)
            add(offsets)
            add(try vector.buffers[1].slice(range.lowerBound, range.count))
        case .views:
            add(try vector.buffers[0].slice(offset * 16, count * 16))
            viewBufferCounts.append(Int64(vector.buffers.count - 1))
            for buffer in vector.buffers.dropFirst() { add(buffer) }
        case .list(let width):
            let (offsets, range) = try Self.offsets(vector, width)
            add(offsets)
            try add(vector.children[0].slice(range.lowerBound, range.count))
        case .listView(let width):
            for buffer in vector.buffers { add(try buffer.slice(offset * width.rawValue, count * width.rawValue)) }
            try add(vector.children[0])
        case .fixedSizeList(let size): try add(vector.children[0].slice(offset * size, count * size))
        case .structure: for child in vector.children { try add(child.slice(offset, count)) }
        case .union(.sparse):
            add(try vector.buffers[0].slice(offset, count))
            for child in vector.children { try add(child.slice(offset, count)) }
        case .union(.dense):
            add(try vector.buffers[0].slice(offset, count))
            add(try vector.buffers[1].slice(offset * 4, count * 4))
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

    private mutating func add(_ buffer: Buffer) {
        contents.append(buffer)
    }

    /// Offsets and lengths of the buffers, the body's pieces with padding between them, and the body's length.
    private func laidOut() throws -> (buffers: [Int64], body: [Buffer], length: Int) {
        var buffers: [Int64] = []
        var body: [Buffer] = []
        var length = 0
        for pieces in try packed() {
            let count = pieces.reduce(0) { $0 + $1.count }
            buffers += [Int64(length), Int64(count)]
            guard count > 0 else { continue }
            let padded = count.roundedUp(to: options.alignment)
            body += pieces
            if padded > count { body.append(.padding(padded - count)) }
            length += padded
        }
        return (buffers, body, length)
    }

    private func packed() throws -> [[Buffer]] {
        guard let codec = options.codec else { return contents.map { [$0] } }
        let level = options.level ?? (codec == .zstd ? 1 : 0)
        return try Parallel.map(contents, threads: options.threads, size: \.count, context: {}) { _, buffer in
            guard buffer.count > 0 else { return [] }
            if let compressed = try codec.compress(buffer, level: level) { return [compressed] }
            // What does not become smaller stays as it is, and says so.
            var prefix = BufferBuilder()
            try prefix.append(Int64(-1))
            return [prefix.finish(), buffer]
        }
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
