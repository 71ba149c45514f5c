/// Makes a file of batches: a stream with a table of contents behind it.
package struct FileEncoder {
    private struct Block {
        var offset: Int
        var metadataLength: Int
        var bodyLength: Int

        /// Its three numbers as they lie in memory; the second has half a word.
        var words: [Int64] { [Int64(offset), Int64(metadataLength), Int64(bodyLength)] }
    }

    static let magic: [UInt8] = Array("ARROW1".utf8)

    private var encoder: StreamEncoder
    private let metadata: Metadata
    private var offset = 0
    private var dictionaries: [Block] = []
    private var batches: [Block] = []

    /// - Parameter metadata: for the file, not for the schema.
    package init(
        _ schema: Schema, metadata: Metadata = Metadata(), options: EncodingOptions = EncodingOptions()
    ) throws {
        encoder = try StreamEncoder(schema, options: options, replacesDictionaries: false)
        self.metadata = metadata
    }

    /// The file's beginning.
    package mutating func start() throws -> [Buffer] {
        let message = try encoder.start()
        offset = 8 + message.byteCount
        return [try Buffer(Self.magic + [0, 0])] + message.pieces
    }

    package mutating func encode(_ batch: RecordBatch) throws -> [Buffer] {
        let messages = try encoder.encodeApart(batch)
        for message in messages.dictionaries { dictionaries.append(next(message)) }
        batches.append(next(messages.batch))
        return messages.dictionaries.flatMap(\.pieces) + messages.batch.pieces
    }

    private mutating func next(_ message: EncodedMessage) -> Block {
        let block = Block(offset: offset, metadataLength: message.metadataLength, bodyLength: message.bodyLength)
        offset += message.byteCount
        return block
    }

    /// The file's end.
    package func finish() throws -> [Buffer] {
        let footer = FlatWriter.write(
            FlatNode(
                (0, .int16(encoder.options.isLegacy ? 3 : 4)), (1, .table(encoder.schemaTable)),
                (2, .structures(dictionaries.count, dictionaries.flatMap(\.words))),
                (3, .structures(batches.count, batches.flatMap(\.words))), (4, SchemaEncoder.metadata(metadata))))
        guard let length = Int32(exactly: footer.count) else {
            throw ColumnarError.limit("a footer of more than 2 GiB")
        }
        var builder = BufferBuilder()
        try builder.append(footer)
        try builder.append(length.littleEndian)
        try builder.append(Self.magic)
        return [try encoder.finish(), builder.finish()]
    }
}
