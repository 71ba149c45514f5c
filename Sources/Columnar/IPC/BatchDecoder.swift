/// Makes vectors of a batch's body, without a copy where it is not compressed.
struct BatchDecoder {
    private let header: BatchHeader
    private let limits: DecodingLimits
    private let buffers: BodyBuffers
    /// The values of a dictionary; nil when they have not come yet.
    private let dictionary: (Int64) throws -> Vector?
    private var node = 0
    private var buffer = 0
    private var viewColumn = 0

    static func decode(
        _ header: BatchHeader, _ body: Buffer, _ fields: [FieldLayout], _ limits: DecodingLimits,
        dictionary: @escaping (Int64) throws -> Vector?
    ) throws -> [Vector] {
        var decoder = BatchDecoder(
            header: header, limits: limits, buffers: try BodyBuffers(header, body, limits), dictionary: dictionary)
        var columns: [Vector] = []
        columns.reserveCapacity(fields.count)
        for layout in fields {
            let column = try at(layout.field.name) { try decoder.vector(layout) }
            guard column.count == header.count else {
                throw ColumnarError.malformed(
                    "\(column.count) rows of \(layout.field.name) in a batch of \(header.count)")
            }
            columns.append(column)
        }
        return columns
    }

    private init(
        header: BatchHeader, limits: DecodingLimits, buffers: BodyBuffers,
        dictionary: @escaping (Int64) throws -> Vector?
    ) {
        self.header = header
        self.limits = limits
        self.buffers = buffers
        self.dictionary = dictionary
    }

    private mutating func nextBuffer() throws -> Buffer {
        defer { buffer += 1 }
        return try buffers[buffer]
    }

    private mutating func vector(_ layout: FieldLayout) throws -> Vector {
        let type = layout.field.type
        let shape = type.layout
        let rows = try header.nodes.integer(node, Int64.self)
        let nulls = try header.nodes.integer(node, at: 8, Int64.self)
        node += 1
        guard rows >= 0 else { throw ColumnarError.malformed("\(rows) rows") }
        guard rows <= Int64(limits.rows) else { throw ColumnarError.limit("\(rows) rows") }
        let count = Int(rows)
        var validity: Buffer?
        if shape.hasValidity {
            let bitmap = try nextBuffer()
            // An empty one says that nothing is null.
            if nulls != 0, bitmap.count > 0 { validity = bitmap }
            if nulls > 0, bitmap.count == 0, count > 0 {
                throw ColumnarError.malformed("\(nulls) nulls without a bitmap that says which")
            }
        } else if header.allHaveValidity, type != .null {
            let bitmap = try nextBuffer()
            if nulls != 0, bitmap.count > 0, Bitmap.byteCount(count) <= bitmap.count,
                Bitmap.setCount(bitmap.start, offset: 0, count: count) < count
            {
                throw ColumnarError.unsupported("\(type) with nulls of its own, as it could have in the old format")
            }
        }
        var own: [Buffer] =
            switch shape.bufferCount {
            case 0: []
            case 1: [try nextBuffer()]
            default: [try nextBuffer(), try nextBuffer()]
            }
        if case .views = shape {
            let more = try header.viewBufferCounts.integer(viewColumn, Int64.self)
            viewColumn += 1
            guard more >= 0, more <= Int64(buffers.count - buffer) else {
                throw ColumnarError.malformed("views into \(more) buffers")
            }
            for _ in 0..<Int(more) { own.append(try nextBuffer()) }
        }
        if let id = layout.dictionary {
            return try Vector(
                type, count: count, nullCount: Int(nulls), validity: validity, buffers: own,
                dictionary: try values(id, layout, count, nulls))
        }
        var children: [Vector] = []
        for child in layout.children { children.append(try at(child.field.name) { try vector(child) }) }
        return try Vector(
            type, count: count, nullCount: Int(nulls), validity: validity, buffers: own, children: children)
    }

    private func values(_ id: Int64, _ layout: FieldLayout, _ count: Int, _ nulls: Int64) throws -> Vector {
        if let vector = try dictionary(id) { return vector }
        // Where all is null the dictionary may come later.
        guard nulls == Int64(count), let values = layout.dictionaryValues else {
            throw ColumnarError.malformed("the dictionary \(id) has not come yet")
        }
        return try Vector.make(values.field.type, [])
    }
}

/// The buffers of a body, decompressed.
struct BodyBuffers {
    private let header: BatchHeader
    private let body: Buffer
    private let decompressed: [Buffer]

    var count: Int { header.buffers.count }

    init(_ header: BatchHeader, _ body: Buffer, _ limits: DecodingLimits) throws {
        self.header = header
        self.body = body
        guard let codec = header.codec else {
            decompressed = []
            return
        }
        // What the buffers say to be is added up before memory is taken for any.
        var left = limits.decompressedBytes
        let packed = try (0..<header.buffers.count).map { index in
            let raw = try Self.raw(header, body, index)
            return try at("buffer \(index)") { try PackedBuffer(raw, index: index, &left) }
        }
        decompressed = try Parallel.map(
            packed, threads: limits.threads, size: { $0.size ?? 0 }, context: { Decompressor(codec) }
        ) { decompressor, buffer in
            guard let size = buffer.size else { return buffer.content }
            return try at("buffer \(buffer.index)") { try decompressor.decompress(buffer.content, size: size) }
        }
    }

    subscript(_ index: Int) -> Buffer {
        get throws {
            guard header.codec != nil else { return try Self.raw(header, body, index) }
            guard index < decompressed.count else { throw ColumnarError.malformed("the batch has too few buffers") }
            return decompressed[index]
        }
    }

    private static func raw(_ header: BatchHeader, _ body: Buffer, _ index: Int) throws -> Buffer {
        let offset = try header.buffers.integer(index, Int64.self)
        let length = try header.buffers.integer(index, at: 8, Int64.self)
        // What is empty may say to be anywhere.
        if length == 0 { return .empty }
        return try at("buffer \(index)") { try body.slice(Int(offset), Int(length)) }
    }
}

/// A buffer of a compressed body.
private struct PackedBuffer {
    let index: Int
    let content: Buffer
    /// Nil when it is not compressed.
    let size: Int?

    init(_ raw: Buffer, index: Int, _ left: inout Int) throws {
        self.index = index
        guard raw.count > 0 else {
            (content, size) = (.empty, nil)
            return
        }
        guard raw.count >= 8 else { throw ColumnarError.malformed("\(raw.count) bytes are no compressed buffer") }
        let size = raw.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
        let content = try raw.slice(8, raw.count - 8)
        switch size {
        case -1: (self.content, self.size) = (content, nil)
        case 0: (self.content, self.size) = (.empty, nil)
        case ..<0: throw ColumnarError.malformed("a buffer of \(size) bytes")
        case ...Int64(left):
            left -= Int(size)
            (self.content, self.size) = (content, Int(size))
        default: throw ColumnarError.limit("the batch becomes larger than allowed when it is decompressed")
        }
    }
}
