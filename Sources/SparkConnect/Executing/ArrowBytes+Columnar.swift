package import Columnar

extension ArrowBytes {
    /// The batch, whose columns lie in the bytes as they came.
    package func decoded() throws(SparkError) -> RecordBatch {
        do {
            var reader = try BufferedStreamReader(Buffer(bytes))
            guard let batch = try reader.next(), batch.count == rows, try reader.next() == nil else {
                throw SparkError(.malformed, "a batch of the result has not the \(rows) rows that were announced")
            }
            return batch
        } catch let error as SparkError {
            throw error
        } catch {
            throw SparkError(.malformed, "a batch of the result cannot be read: \(error)")
        }
    }
}

extension SparkSession {
    /// All rows of a plan: for results that are known to be small.
    package func collect(_ plan: SparkPlan, tags: [String] = []) async throws -> [RecordBatch] {
        try await withEvents(of: plan, tags: tags) { events in
            var batches: [RecordBatch] = []
            for try await event in events { if case .batch(let bytes) = event { batches.append(try bytes.decoded()) } }
            return batches
        }
    }

    package func collect(_ relation: SparkRelation, tags: [String] = []) async throws -> [RecordBatch] {
        try await collect(.rows(relation), tags: tags)
    }
}

extension SparkRelation {
    /// Rows that travel with the plan: at most some tens of megabytes.
    package static func rows(_ batches: [RecordBatch], _ schema: Schema) throws -> SparkRelation {
        var encoder = try StreamEncoder(schema)
        var bytes: [UInt8] = []
        try encoder.start().write { bytes.append(contentsOf: $0) }
        for batch in batches {
            for message in try encoder.encode(batch) { message.write { bytes.append(contentsOf: $0) } }
        }
        try encoder.finish().withUnsafeBytes { bytes.append(contentsOf: $0) }
        return rows(arrow: bytes)
    }
}
