package import Columnar

/// Whole streams and files in memory.
package enum Streams {
    package static func stream(
        _ schema: Schema, _ batches: [RecordBatch], _ options: EncodingOptions = EncodingOptions()
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var encoder = try StreamEncoder(schema, options: options)
        try encoder.start().write { bytes += $0 }
        for batch in batches { for message in try encoder.encode(batch) { message.write { bytes += $0 } } }
        return bytes + (try encoder.finish().bytes)
    }

    package static func file(_ schema: Schema, _ batches: [RecordBatch], _ options: EncodingOptions = EncodingOptions())
        throws -> [UInt8]
    {
        var encoder = try FileEncoder(schema, options: options)
        var pieces = try encoder.start()
        for batch in batches { pieces += try encoder.encode(batch) }
        pieces += try encoder.finish()
        return pieces.flatMap(\.bytes)
    }

    package static func readStream(_ bytes: [UInt8]) throws -> (schema: Schema, batches: [RecordBatch]) {
        var reader = try BufferedStreamReader(Buffer(bytes))
        var batches: [RecordBatch] = []
        while let batch = try reader.next() { batches.append(batch) }
        return (reader.schema, batches)
    }

    package static func readFile(_ bytes: [UInt8]) throws -> (schema: Schema, batches: [RecordBatch]) {
        let reader = try FileReader(Buffer(bytes))
        return (reader.schema, try (0..<reader.batchCount).map { try reader.batch($0) })
    }
}
