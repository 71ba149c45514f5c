/// A message ready to be written: its pieces one after the other, padding included. Large ones are the vectors' own
/// buffers.
package struct EncodedMessage: Sendable {
    package let pieces: [Buffer]
    /// Bytes up to the body: the prefix, the metadata and its padding.
    package let metadataLength: Int
    package let bodyLength: Int

    package var byteCount: Int { metadataLength + bodyLength }

    /// - Parameters:
    ///   - body: pieces whose bytes come to `bodyLength`, a multiple of 8.
    init(
        _ content: FlatNode, kind: UInt8, metadata: Metadata = Metadata(), body: [Buffer] = [], bodyLength: Int = 0,
        _ options: EncodingOptions
    ) throws {
        let table = FlatNode(
            (0, .int16(options.isLegacy ? 3 : 4)), (1, .byte(kind)), (2, .table(content)),
            (3, .int64(Int64(bodyLength))), (4, SchemaEncoder.metadata(metadata)))
        let flatbuffer = FlatWriter.write(table)
        let prefix = options.isLegacy ? 4 : 8
        let padded = (flatbuffer.count + prefix).roundedUp(to: 8)
        guard let length = Int32(exactly: padded - prefix) else {
            throw ColumnarError.limit("metadata of more than 2 GiB")
        }
        var builder = BufferBuilder()
        if !options.isLegacy { try builder.append(Int32(-1)) }
        try builder.append(length.littleEndian)
        try builder.append(flatbuffer)
        try builder.append(zeros: padded - builder.count)
        metadataLength = padded
        self.bodyLength = bodyLength
        pieces = [builder.finish()] + body
    }

    /// Hands out the pieces in order.
    package func write(to sink: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        for piece in pieces where piece.count > 0 { try piece.withUnsafeBytes(sink) }
    }
}
