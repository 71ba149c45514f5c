import Columnar

/// What does the work on batches: one process after the other. For one thread.
protocol Worker: AnyObject {
    /// Gets ready for the first batch, and again after it died.
    func prepare() throws(ProgramFault)
    /// - Returns: batches of one schema; nil when the answer has neither rows nor columns.
    func answer(_ batches: [RecordBatch], _ schema: Schema) throws(ProgramFault) -> Answer?
    /// Ends what it does, from any thread; it does nothing afterwards.
    func cancel()
    func close()
}

struct Answer: Sendable {
    var schema: Schema
    var batches: [RecordBatch]
}

extension Answer {
    /// Reads an Arrow stream.
    init(_ bytes: ReceivedStream) throws(ProgramFault) {
        do {
            var reader = try BufferedStreamReader(bytes.buffer)
            schema = Schema(reader.schema.fields.map(\.withoutMetadata))
            batches = []
            while let batch = try reader.next() {
                // DuckDB takes a text for what it says it is.
                try batch.validateTexts()
                batches.append(try RecordBatch(schema, batch.columns, count: batch.count))
            }
        } catch {
            throw ProgramFault(
                .answer, "what it answered is no Arrow stream: \(error)",
                hint: "a program writes an Arrow IPC stream to its standard output, and nothing else")
        }
    }
}

extension Field {
    /// What libraries write beside a column means nothing for its rows.
    fileprivate var withoutMetadata: Field { Field(name, type, isNullable: true) }
}

/// Batches as an Arrow stream, in the pieces that they are in memory.
func stream(_ batches: [RecordBatch], _ schema: Schema) throws -> [Buffer] {
    var encoder = try StreamEncoder(schema)
    var pieces = try encoder.start().pieces
    for batch in batches { pieces += try encoder.encode(batch).flatMap(\.pieces) }
    pieces.append(try encoder.finish())
    return pieces
}
