/// A file of batches: any of them at any time. The file is in memory, or mapped into it.
package struct FileReader: Sendable {
    private struct Block {
        let offset: Int
        let metadataLength: Int
        let bodyLength: Int
    }

    private let bytes: Buffer
    private let limits: DecodingLimits
    private let layout: SchemaLayout
    private let batches: [Block]
    private let dictionaries: [Int64: Vector]
    /// What the footer says besides.
    package let metadata: Metadata

    package var schema: Schema { layout.schema }
    package var batchCount: Int { batches.count }

    /// Reads the footer and the dictionaries.
    package init(_ bytes: Buffer, limits: DecodingLimits = DecodingLimits()) throws {
        self.bytes = bytes
        self.limits = limits
        let magic = FileEncoder.magic
        guard bytes.count >= 8 + magic.count + 4 + magic.count else {
            throw ColumnarError.truncated("no Arrow file: too short")
        }
        guard try bytes.slice(0, magic.count).bytes == magic else { throw ColumnarError.malformed("no Arrow file") }
        let end = bytes.count - magic.count
        guard try bytes.slice(end, magic.count).bytes == magic else {
            throw ColumnarError.truncated("the Arrow file is cut off: it has no end")
        }
        let length = Int(
            try bytes.slice(end - 4, 4).withUnsafeBytes { Int32(littleEndian: $0.loadUnaligned(as: Int32.self)) })
        guard length > 0, length <= end - 4 - 8 else { throw ColumnarError.malformed("a footer of \(length) bytes") }
        guard length <= limits.metadataBytes else { throw ColumnarError.limit("a footer of \(length) bytes") }
        let footer = try at("footer") { try FlatTable(root: bytes.slice(end - 4 - length, length)) }
        (layout, metadata) = try at("footer") {
            let table = try footer.requiredTable(1, "schema")
            return (
                try SchemaDecoder.decode(table, metadataBytes: length, limits),
                try SchemaDecoder.metadata(footer, 4, metadataBytes: length)
            )
        }
        batches = try at("footer") { try Self.blocks(footer, 3) }
        var store = try DictionaryStore(layout, limits)
        // Blocks that overlap would let a small file become a large dictionary.
        var bytesLeft = bytes.count
        for (index, block) in try at("footer", { try Self.blocks(footer, 2) }).enumerated() {
            try at("dictionary block \(index)") {
                let (message, body) = try Self.message(bytes, block, limits)
                bytesLeft -= block.metadataLength + body.count
                guard bytesLeft >= 0 else { throw ColumnarError.malformed("blocks of dictionaries overlap") }
                guard case .dictionary(let id, let isDelta, let header) = message.content else {
                    throw ColumnarError.malformed("a block of a dictionary has something else")
                }
                try store.take(id: id, isDelta: isDelta, header, body)
            }
        }
        dictionaries = try store.snapshot()
    }

    /// One of the batches, which count from 0.
    package func batch(_ index: Int) throws -> RecordBatch {
        guard batches.indices.contains(index) else {
            throw ColumnarError.mismatch("there is no batch \(index); the file has \(batches.count)")
        }
        return try at("batch \(index)") {
            let (message, body) = try Self.message(bytes, batches[index], limits)
            guard case .batch(let header) = message.content else {
                throw ColumnarError.malformed("a block of a batch has something else")
            }
            let columns = try BatchDecoder.decode(header, body, layout.fields, limits) { dictionaries[$0] }
            return try RecordBatch(schema, columns, count: header.count, metadata: message.metadata())
        }
    }

    private static func blocks(_ footer: FlatTable, _ id: Int) throws -> [Block] {
        guard let vector = try footer.vector(id, stride: 24) else { return [] }
        return try (0..<vector.count).map { index in
            Block(
                offset: Int(try vector.integer(index, Int64.self)),
                metadataLength: Int(try vector.integer(index, at: 8, Int32.self)),
                bodyLength: Int(try vector.integer(index, at: 16, Int64.self)))
        }
    }

    private static func message(_ bytes: Buffer, _ block: Block, _ limits: DecodingLimits) throws -> (Message, Buffer) {
        let whole = try bytes.slice(block.offset, bytes.count - max(0, min(block.offset, bytes.count)))
        let head = try whole.slice(0, block.metadataLength)
        let words = try head.slice(0, 8).withUnsafeBytes {
            ($0.loadUnaligned(as: Int32.self), $0.loadUnaligned(fromByteOffset: 4, as: Int32.self))
        }
        // Before Arrow 0.15 the length came first.
        let prefix = words.0 == -1 ? 8 : 4
        let length = Int(words.0 == -1 ? words.1 : words.0)
        guard length >= 8, length <= head.count - prefix else {
            throw ColumnarError.malformed("metadata of \(length) bytes in a block of \(head.count)")
        }
        let message = try Message(head.slice(prefix, length), limits)
        return (message, try whole.slice(block.metadataLength, message.bodyLength))
    }
}
