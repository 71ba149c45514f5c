/// Reads a stream without reading anything itself: it says how many bytes it needs next, and is handed exactly those.
///
///     while parser.needed > 0 {
///         let event = try parser.take(bytes)  // parser.needed of them
///     }
///
/// Vectors refer to the bytes that were handed over; none are copied unless they are compressed.
package struct StreamParser {
    package enum Event: Sendable {
        case schema(Schema)
        case batch(RecordBatch)
        /// A dictionary came, whole or in part. Batches are handed out with their dictionaries.
        case dictionary
        /// The stream's own mark of its end.
        case end
    }

    private enum State {
        case prefix
        case length
        case metadata(Int)
        case body(Message)
        case ended
    }

    private let limits: DecodingLimits
    private var state = State.prefix
    private var layout: SchemaLayout?
    private var dictionaries: DictionaryStore?
    private var messages = 0

    package init(limits: DecodingLimits = DecodingLimits()) {
        self.limits = limits
    }

    /// Nil until it was read.
    package var schema: Schema? { layout?.schema }

    /// How many bytes `take` is to be given; 0 once the stream has ended.
    package var needed: Int {
        switch state {
        case .prefix, .length: 4
        case .metadata(let length): length
        case .body(let message): message.bodyLength
        case .ended: 0
        }
    }

    /// - Parameter bytes: `needed` of them.
    /// - Returns: what they make whole, if anything.
    package mutating func take(_ bytes: Buffer) throws -> Event? {
        guard bytes.count == needed else {
            throw ColumnarError.mismatch("\(bytes.count) bytes for a parser that needs \(needed)")
        }
        let number = messages
        return try at("message \(number)") { try taken(bytes) }
    }

    private mutating func taken(_ bytes: Buffer) throws -> Event? {
        switch state {
        case .prefix:
            let word = Self.word(bytes)
            if word == -1 {
                state = .length
            } else {
                // Before Arrow 0.15 the length came first.
                if layout == nil { try Self.check(firstWord: word) }
                return try begin(word)
            }
        case .length: return try begin(Self.word(bytes))
        case .metadata:
            let message = try Message(bytes, limits)
            if message.bodyLength > 0 { state = .body(message) } else { return try finish(message, .empty) }
        case .body(let message): return try finish(message, bytes)
        case .ended: break
        }
        return nil
    }

    /// The input has no more bytes. That is right only between two messages, and after a schema.
    package mutating func end() throws {
        switch state {
        case .prefix where layout != nil, .ended: state = .ended
        case .prefix where messages == 0: throw ColumnarError.truncated("the input is empty: it has not even a schema")
        default: throw ColumnarError.truncated("the input ends within message \(messages)")
        }
    }

    private static func word(_ bytes: Buffer) -> Int32 {
        bytes.withUnsafeBytes { Int32(littleEndian: $0.loadUnaligned(as: Int32.self)) }
    }

    /// Any other file begins with a length, too, but hardly with a likely one.
    private static func check(firstWord word: Int32) throws {
        if word == 0x4F52_5241 { throw ColumnarError.mismatch("this is an Arrow file, not a stream") }
        guard word <= 16 << 20 else { throw ColumnarError.malformed("this is no Arrow stream") }
    }

    private mutating func begin(_ length: Int32) throws -> Event? {
        if length == 0 {
            guard layout != nil else { throw ColumnarError.malformed("the stream ends before its schema") }
            state = .ended
            return .end
        }
        guard length >= 8 else {
            throw ColumnarError.malformed("metadata of \(length) bytes; is this an Arrow stream?")
        }
        guard Int(length) <= limits.metadataBytes else { throw ColumnarError.limit("metadata of \(length) bytes") }
        state = .metadata(Int(length))
        return nil
    }

    private mutating func finish(_ message: Message, _ body: Buffer) throws -> Event {
        state = .prefix
        defer { messages += 1 }
        switch message.content {
        case .schema(let table):
            guard layout == nil else { throw ColumnarError.malformed("a second schema") }
            let layout = try SchemaDecoder.decode(table, metadataBytes: message.metadataBytes, limits)
            dictionaries = try DictionaryStore(layout, limits)
            self.layout = layout
            return .schema(layout.schema)
        case .dictionary(let id, let isDelta, let header):
            guard layout != nil else { throw ColumnarError.malformed("a dictionary before the schema") }
            try dictionaries?.take(id: id, isDelta: isDelta, header, body)
            return .dictionary
        case .batch(let header):
            guard let layout else { throw ColumnarError.malformed("a batch before the schema") }
            let known = try dictionaries?.snapshot() ?? [:]
            let columns = try BatchDecoder.decode(header, body, layout.fields, limits) { known[$0] }
            return .batch(
                RecordBatch(
                    schema: layout.schema, columns: columns, count: header.count, metadata: try message.metadata()))
        }
    }
}
