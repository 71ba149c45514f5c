/// Where bytes come from: a pipe, a socket, a file.
package protocol ByteSource {
    /// Reads at least one byte into the start of `room`, and waits for it; 0 when there are no more.
    mutating func read(into room: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Batches of a stream, one after the other.
package struct StreamReader<Source: ByteSource> {
    private var source: Source
    private var parser: StreamParser
    package let schema: Schema

    /// Reads up to the schema.
    package init(_ source: Source, limits: DecodingLimits = DecodingLimits()) throws {
        self.source = source
        parser = StreamParser(limits: limits)
        var found: Schema?
        while found == nil {
            guard case .schema(let schema) = try Self.event(&parser, &self.source) else {
                throw ColumnarError.truncated("the input is empty: it has not even a schema")
            }
            found = schema
        }
        schema = found ?? Schema([])
    }

    /// The next batch; nil at the end.
    package mutating func next() throws -> RecordBatch? {
        while let event = try Self.event(&parser, &source) {
            if case .batch(let batch) = event { return batch }
        }
        return nil
    }

    private static func event(_ parser: inout StreamParser, _ source: inout Source) throws -> StreamParser.Event? {
        while parser.needed > 0 {
            guard let bytes = try read(parser.needed, &source) else {
                try parser.end()
                return nil
            }
            if let event = try parser.take(bytes) { return event }
        }
        return nil
    }

    /// Nil when there is not one byte more. Memory is taken as bytes come: a length may be a lie.
    private static func read(_ count: Int, _ source: inout Source) throws -> Buffer? {
        var builder = BufferBuilder()
        while builder.count < count {
            var ended = false
            let room = min(count - builder.count, max(64 << 20, builder.count))
            try builder.append(room: room) { room in
                let read = try source.read(into: room)
                ended = read == 0
                return min(read, room.count)
            }
            if ended {
                if builder.count == 0 { return nil }
                throw ColumnarError.truncated("the input ends \(count - builder.count) bytes too early")
            }
        }
        return builder.finish()
    }
}

/// Batches of a stream that is in memory, without copying it.
package struct BufferedStreamReader {
    private var rest: Buffer
    private var parser: StreamParser
    package let schema: Schema

    package init(_ bytes: Buffer, limits: DecodingLimits = DecodingLimits()) throws {
        rest = bytes
        parser = StreamParser(limits: limits)
        guard case .schema(let schema) = try Self.event(&parser, &rest) else {
            throw ColumnarError.truncated("the input is empty: it has not even a schema")
        }
        self.schema = schema
    }

    /// The next batch; nil at the end.
    package mutating func next() throws -> RecordBatch? {
        while let event = try Self.event(&parser, &rest) {
            if case .batch(let batch) = event { return batch }
        }
        return nil
    }

    private static func event(_ parser: inout StreamParser, _ rest: inout Buffer) throws -> StreamParser.Event? {
        while parser.needed > 0 {
            guard rest.count > 0 else {
                try parser.end()
                return nil
            }
            let needed = parser.needed
            guard needed <= rest.count else {
                throw ColumnarError.truncated("the input ends \(needed - rest.count) bytes too early")
            }
            let bytes = try rest.slice(0, needed)
            rest = try rest.slice(needed, rest.count - needed)
            if let event = try parser.take(bytes) { return event }
        }
        return nil
    }
}

/// Takes a stream in pieces of any size, as they come.
package struct StreamFeed: ~Copyable {
    private var parser: StreamParser
    private var pending = BufferBuilder()

    package init(limits: DecodingLimits = DecodingLimits()) {
        parser = StreamParser(limits: limits)
    }

    package var schema: Schema? { parser.schema }

    /// - Returns: what the bytes make whole; after the stream's end they are left alone.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) throws -> [StreamParser.Event] {
        var events: [StreamParser.Event] = []
        var rest = bytes[...]
        while parser.needed > 0 {
            let missing = parser.needed - pending.count
            guard !rest.isEmpty || missing == 0 else { break }
            let piece = rest.prefix(missing)
            try pending.append(UnsafeRawBufferPointer(rebasing: piece))
            rest = rest.dropFirst(piece.count)
            if pending.count == parser.needed, let event = try parser.take(pending.take()) { events.append(event) }
        }
        return events
    }

    /// The input has no more bytes; throws when it ends within a message.
    package mutating func end() throws {
        guard pending.count == 0 else { throw ColumnarError.truncated("the input ends within a message") }
        try parser.end()
    }
}
