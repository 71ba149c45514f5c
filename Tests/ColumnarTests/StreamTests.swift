import Columnar
import ColumnarSamples
import Testing

struct StreamTests {
    private static let schema = Schema([Field("n", .int32), Field("t", .utf8)], metadata: ["made": "here"])

    private static func batch(_ numbers: [Int64], metadata: Metadata = Metadata()) throws -> RecordBatch {
        try RecordBatch(
            schema,
            [
                Vector.make(.int32, numbers.map { .int($0) }),
                Vector.make(.utf8, numbers.map { $0 % 2 == 0 ? .text("number \($0)") : .null }),
            ], metadata: metadata)
    }

    private static func error(_ body: () throws -> Void) -> ColumnarError? {
        do {
            try body()
            return nil
        } catch {
            return error as? ColumnarError
        }
    }

    @Test("batches come back with their own metadata, and print as a table")
    func roundTrip() throws {
        let batches = [try Self.batch([1, 2], metadata: ["page": "7"]), try Self.batch([])]
        let found = try Streams.readStream(Streams.stream(Self.schema, batches))
        #expect(found.schema == Self.schema)
        #expect(found.batches == batches)
        #expect(found.batches.first?.metadata["page"] == "7")
        #expect(
            "\(found.batches[0])" == """
                n: int32 | t: utf8
                1 | null
                2 | "number 2"
                """)
    }

    @Test("a stream cut off at any byte is told from a broken one, but for the mark at its end, which may be missing")
    func cutOff() throws {
        let bytes = try Streams.stream(Self.schema, [Self.batch([1, 2, 3])])
        for count in 0..<bytes.count - 8 {
            let error = Self.error { _ = try Streams.readStream(Array(bytes.prefix(count))) }
            let isWhole = (try? Streams.readStream(Array(bytes.prefix(count)))) != nil
            if isWhole { #expect(error == nil) } else { #expect(error?.code == .truncated, "\(count)") }
        }
        #expect(try Streams.readStream(Array(bytes.dropLast(8))).batches.count == 1)
        #expect(try Streams.readStream(bytes + [1, 2, 3]).batches.count == 1)
    }

    @Test("pieces of any size make the same batches")
    func pieces() throws {
        let sample = try Sample(seed: 44)
        let bytes = try Streams.stream(sample.schema, sample.batches, sample.options)
        for size in [1, 3, 8, 1000, bytes.count] {
            var feed = StreamFeed()
            var batches: [RecordBatch] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                let events = try bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { try feed.take($0) }
                for case .batch(let batch) in events { batches.append(batch) }
            }
            try feed.end()
            #expect(batches == sample.batches)
        }
    }

    /// Hands out some bytes, a few at a time, and then no more.
    private struct Trickle: ByteSource {
        var rest: ArraySlice<UInt8>

        mutating func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
            let piece = rest.prefix(min(7, room.count))
            room.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
    }

    @Test("a source that gives bytes as it likes is read to the end of the stream and no further")
    func source() throws {
        let batches = [try Self.batch([1, 2, 3]), try Self.batch([4])]
        var reader = try StreamReader(Trickle(rest: Streams.stream(Self.schema, batches)[...]))
        #expect(reader.schema == Self.schema)
        #expect(try reader.next() == batches[0])
        #expect(try reader.next() == batches[1])
        #expect(try reader.next() == nil)
    }

    @Test("a length that lies costs no memory", .timeLimit(.minutes(1)))
    func lyingLength() throws {
        let bytes = try Streams.stream(Self.schema, [Self.batch([1, 2, 3])])
        // The body's length is a number of 64 bits in the last message's metadata.
        var encoder = try StreamEncoder(Self.schema)
        let message = try encoder.encode(Self.batch([1, 2, 3]))[0]
        let start = bytes.count - 8 - message.byteCount
        let length = Int64(message.bodyLength)
        var found = 0
        for place in stride(from: start, to: start + message.metadataLength, by: 4) {
            let value = bytes[place..<place + 8].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
            guard value == length else { continue }
            var changed = bytes
            changed[place + 4] = 200
            var reader = try StreamReader(Trickle(rest: changed[...]))
            let error = Self.error { while try reader.next() != nil {} }
            if error?.code == .truncated { found += 1 }
        }
        #expect(found > 0)
    }

    @Test(
        "more than the limits allow is refused as such",
        arguments: ["rows", "metadata", "body", "decompressed", "nesting"])
    func limits(_ which: String) throws {
        var limits = DecodingLimits()
        var options = EncodingOptions()
        var schema = Self.schema
        var batches = [try Self.batch(Array(0..<200))]
        switch which {
        case "rows": limits.rows = 199
        case "metadata": limits.metadataBytes = 64
        case "body": limits.bodyBytes = 100
        case "decompressed":
            limits.decompressedBytes = 1000
            options.codec = .zstd
        default:
            limits.nesting = 3
            schema = Schema([Field("l", .list(of: .list(of: .list(of: .int8))))])
            batches = []
        }
        let bytes = try Streams.stream(schema, batches, options)
        let error = Self.error {
            var reader = try BufferedStreamReader(Buffer(bytes), limits: limits)
            while try reader.next() != nil {}
        }
        #expect(error?.code == .limit)
    }

    @Test("errors say what is wrong and where")
    func places() throws {
        let schema = Schema([Field("outer", .list(of: .utf8))])
        let vector = try Vector.make(.list(of: .utf8), [.list([.text("abc"), .text("d")])])
        var bytes = try Streams.stream(schema, [RecordBatch(schema, [vector])])
        // The offsets of the texts are 0, 3, 4.
        let offsets: [UInt8] = [0, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]
        let place = try #require(bytes.indices.dropLast(12).first { Array(bytes[$0..<$0 + 12]) == offsets })
        bytes[place + 4] = 5
        let error = Self.error { _ = try Streams.readStream(bytes) }
        #expect(
            error?.description
                == "offsets of utf8 fall, are below 0 or reach beyond 4 (in message 1 / outer / item)")
        for (text, message) in [
            ("PK\u{3}\u{4} and more", "this is no Arrow stream (in message 0)"),
            ("ARROW1 and more", "this is an Arrow file, not a stream (in message 0)"),
            ("{}\u{0}\u{0} and so on", "the input ends 32113 bytes too early"),
        ] {
            #expect(Self.error { _ = try Streams.readStream(Array(text.utf8)) }?.description == message)
        }
        #expect(
            Self.error { _ = try Streams.readStream([]) }?.description == "the input is empty: it has not even a schema"
        )
    }

    @Test("what does not fit the stream is a caller's mistake, and so is a compressed legacy stream")
    func mismatches() throws {
        var encoder = try StreamEncoder(Schema([Field("other", .int8)]))
        #expect(Self.error { _ = try encoder.encode(try Self.batch([1])) }?.code == .mismatch)
        var options = EncodingOptions()
        options.isLegacy = true
        options.codec = .lz4
        #expect(Self.error { _ = try StreamEncoder(Self.schema, options: options) }?.code == .mismatch)
        #expect(Self.error { _ = try RecordBatch(Self.schema, []) }?.code == .mismatch)
        #expect(Self.error { _ = try Vector.make(.int8, [.int(128)]) }?.code == .mismatch)
    }
}
