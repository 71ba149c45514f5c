/// Makes the messages of a stream; writing them is the caller's.
package struct StreamEncoder {
    package let schema: Schema
    private let layout: SchemaLayout
    let options: EncodingOptions
    /// The dictionaries as the reader has them by now.
    private var sent: [Int64: Vector] = [:]
    /// A file has each dictionary once; only additions may follow.
    private let replacesDictionaries: Bool

    package init(_ schema: Schema, options: EncodingOptions = EncodingOptions()) throws {
        try self.init(schema, options: options, replacesDictionaries: true)
    }

    init(_ schema: Schema, options: EncodingOptions, replacesDictionaries: Bool) throws {
        guard options.alignment > 0, options.alignment <= 64, options.alignment % 8 == 0 else {
            throw ColumnarError.mismatch("an alignment of \(options.alignment) bytes")
        }
        guard !options.isLegacy || options.codec == nil else {
            throw ColumnarError.mismatch("compressed bodies are newer than the legacy format")
        }
        self.schema = schema
        self.options = options
        self.replacesDictionaries = replacesDictionaries
        layout = try SchemaLayout(numbering: schema)
    }

    /// The first message.
    package func start() throws -> EncodedMessage {
        try EncodedMessage(schemaTable, kind: 1, metadata: Metadata(), options)
    }

    var schemaTable: FlatNode { SchemaEncoder.table(layout) }

    /// The mark of the end, after the last batch.
    package func finish() throws -> Buffer {
        try Buffer(options.isLegacy ? [0, 0, 0, 0] : [255, 255, 255, 255, 0, 0, 0, 0])
    }

    /// The dictionaries that the reader lacks, then the batch.
    package mutating func encode(_ batch: RecordBatch) throws -> [EncodedMessage] {
        let (dictionaries, message) = try encodeApart(batch)
        return dictionaries + [message]
    }

    mutating func encodeApart(
        _ batch: RecordBatch
    ) throws -> (dictionaries: [EncodedMessage], batch: EncodedMessage) {
        guard batch.schema.fields == schema.fields else {
            throw ColumnarError.mismatch("the batch has other columns than the stream")
        }
        var dictionaries: [EncodedMessage] = []
        for (field, column) in zip(layout.fields, batch.columns) {
            _ = try at(field.field.name) { try collect(column, field, &dictionaries) }
        }
        let (table, body, length) = try BatchEncoder.encode(batch.columns, count: batch.count, options)
        let message = try EncodedMessage(
            table, kind: 3, metadata: batch.metadata, body: body, bodyLength: length, options)
        return (dictionaries, message)
    }

    /// Sends the dictionaries in a vector as far as the reader lacks them. Answers whether one of them was replaced.
    private mutating func collect(
        _ vector: Vector, _ layout: FieldLayout, _ messages: inout [EncodedMessage]
    ) throws -> Bool {
        guard let id = layout.dictionary else {
            var isReplaced = false
            for (child, childLayout) in zip(vector.children, layout.children) {
                if try collect(child, childLayout, &messages) { isReplaced = true }
            }
            return isReplaced
        }
        guard let dictionary = vector.dictionary else { return false }
        var isInnerReplaced = false
        for (child, childLayout) in zip(dictionary.children, layout.children) {
            if try collect(child, childLayout, &messages) { isInnerReplaced = true }
        }
        let known = sent[id]
        if let known, !isInnerReplaced {
            if known === dictionary || known == dictionary { return false }
            // pyarrow 26 cannot add to a dictionary that has dictionaries in it; a file has no other way.
            let mayAdd = options.writesDeltas && !layout.holdsDictionaries || !replacesDictionaries
            let isDelta = mayAdd && dictionary.count > known.count && dictionary.slice(0, known.count) == known
            if isDelta {
                let added = dictionary.slice(known.count, dictionary.count - known.count)
                messages.append(try message(id, added, isDelta: true))
                sent[id] = dictionary
                return false
            }
        }
        guard known == nil || replacesDictionaries else {
            throw ColumnarError.unsupported("a file cannot have another dictionary in a later batch")
        }
        messages.append(try message(id, dictionary, isDelta: false))
        sent[id] = dictionary
        return known != nil
    }

    private func message(_ id: Int64, _ values: Vector, isDelta: Bool) throws -> EncodedMessage {
        let (table, body, length) = try BatchEncoder.encode([values], count: values.count, options)
        let content = FlatNode((0, .int64(id)), (1, .table(table)), (2, .bool(isDelta)))
        return try EncodedMessage(content, kind: 2, body: body, bodyLength: length, options)
    }
}

/// Writes a stream to wherever bytes go.
package struct StreamWriter {
    private var encoder: StreamEncoder
    private let sink: ([Buffer]) throws -> Void

    /// Writes the schema at once.
    ///
    /// - Parameter sink: writes all pieces before it returns, as `DescriptorSink.write` does.
    package init(
        _ schema: Schema, options: EncodingOptions = EncodingOptions(), to sink: @escaping ([Buffer]) throws -> Void
    ) throws {
        encoder = try StreamEncoder(schema, options: options)
        self.sink = sink
        try sink(encoder.start().pieces)
    }

    package mutating func write(_ batch: RecordBatch) throws {
        for message in try encoder.encode(batch) { try sink(message.pieces) }
    }

    /// Writes the mark of the end.
    package func finish() throws {
        try sink([encoder.finish()])
    }
}
