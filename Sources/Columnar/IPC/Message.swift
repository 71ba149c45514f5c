/// The metadata of one message.
struct Message {
    enum Content {
        case schema(FlatTable)
        case batch(BatchHeader)
        case dictionary(id: Int64, isDelta: Bool, BatchHeader)
    }

    let content: Content
    let bodyLength: Int
    let metadataBytes: Int
    private let table: FlatTable

    init(_ bytes: Buffer, _ limits: DecodingLimits) throws {
        table = try FlatTable(root: bytes)
        metadataBytes = bytes.count
        let version = try table.integer(0, default: 0 as Int16)
        // V4 is Arrow 0.8 to 0.17, V5 everything since.
        guard (3...4).contains(version) else {
            throw ColumnarError.unsupported("version \(version &+ 1) of the metadata")
        }
        let length = try table.integer(3, default: 0 as Int64)
        guard length >= 0, length <= Int64(limits.bodyBytes) else {
            throw ColumnarError(length < 0 ? .malformed : .limit, "a message of \(length) bytes")
        }
        bodyLength = Int(length)
        let header = try table.requiredTable(2, "header")
        switch try table.integer(1, default: 0 as UInt8) {
        case 1: content = .schema(header)
        case 2:
            content = .dictionary(
                id: try header.integer(0, default: 0), isDelta: try header.bool(2),
                try BatchHeader(header.requiredTable(1, "dictionary"), version: version, limits))
        case 3: content = .batch(try BatchHeader(header, version: version, limits))
        case let kind: throw ColumnarError.unsupported("a message of the kind \(kind)")
        }
    }

    func metadata() throws -> Metadata {
        try SchemaDecoder.metadata(table, 4, metadataBytes: metadataBytes)
    }
}

/// Where a batch's columns are in the body.
struct BatchHeader {
    let count: Int
    /// For each column and what is nested in it, depth first: rows and nulls.
    let nodes: FlatVector
    /// Offset and length of each buffer in the body.
    let buffers: FlatVector
    /// For each column of views how many buffers they point into.
    let viewBufferCounts: FlatVector
    let codec: Codec?
    /// Before V5 unions, and what else has none by now, had a bitmap; only nulls never had.
    let allHaveValidity: Bool

    init(_ table: FlatTable, version: Int16, _ limits: DecodingLimits) throws {
        let length = try table.integer(0, default: 0 as Int64)
        guard length >= 0 else { throw ColumnarError.malformed("a batch of \(length) rows") }
        guard length <= Int64(limits.rows) else { throw ColumnarError.limit("a batch of \(length) rows") }
        count = Int(length)
        nodes = try table.vector(1, stride: 16) ?? .none
        buffers = try table.vector(2, stride: 16) ?? .none
        viewBufferCounts = try table.vector(4, stride: 8) ?? .none
        allHaveValidity = version < 4
        guard let compression = try table.table(3) else {
            codec = nil
            return
        }
        guard let codec = Codec(rawValue: try compression.integer(0, default: 0)),
            try compression.integer(1, default: 0 as Int8) == 0
        else { throw ColumnarError.unsupported("an unknown compression") }
        self.codec = codec
    }
}
