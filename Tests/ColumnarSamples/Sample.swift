package import Columnar

/// A stream or file at random: the same for the same seed.
package struct Sample {
    package let schema: Schema
    package let batches: [RecordBatch]
    package let options: EncodingOptions
    package let isFile: Bool

    package init(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var types = RandomType(seed: random.next())
        var vectors = RandomVector(seed: random.next())
        schema = types.schema(columns: random.int(0..<5), depth: random.int(0..<4))
        var batches: [RecordBatch] = []
        for _ in 0..<random.int(0..<4) {
            batches.append(try vectors.batch(schema, rows: random.pick([0, 1, 2, 7, 8, 9, 64, 100])))
        }
        self.batches = batches
        var options = EncodingOptions()
        options.codec = random.pick([nil, .lz4, .zstd])
        options.alignment = random.pick([8, 64])
        options.writesDeltas = random.once(in: 2)
        if random.once(in: 4) {
            options.codec = nil
            options.isLegacy = true
        }
        self.options = options
        // A file cannot replace dictionaries, and almost all batches of random ones do.
        isFile = random.once(in: 2) && (batches.count < 2 || !schema.description.contains("dictionary"))
    }

    package func bytes() throws -> [UInt8] {
        try isFile ? Streams.file(schema, batches, options) : Streams.stream(schema, batches, options)
    }
}
