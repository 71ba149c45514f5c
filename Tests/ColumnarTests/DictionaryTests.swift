import Columnar
import ColumnarSamples
import Testing

struct DictionaryTests {
    private static let type = DataType.dictionary(of: .utf8)
    private static let schema = Schema([Field("word", type)])

    private static func batch(_ words: [String], dictionary: [String]) throws -> RecordBatch {
        let indices = try Vector.make(.int32, words.map { .int(Int64(dictionary.firstIndex(of: $0) ?? 0)) })
        let values = try Vector.make(.utf8, dictionary.map { .text($0) })
        let vector = try indices.withElements(as: Int32.self) { elements in
            try Vector(
                type, count: words.count, buffers: [Buffer(copying: UnsafeRawBufferPointer(elements))],
                dictionary: values)
        }
        return try RecordBatch(schema, [vector])
    }

    private static func dictionaries(_ batches: [RecordBatch], _ options: EncodingOptions) throws -> (
        count: Int, bytes: Int
    ) {
        var encoder = try StreamEncoder(schema, options: options)
        var (count, bytes) = (0, 0)
        for batch in batches {
            for message in try encoder.encode(batch).dropLast() {
                count += 1
                bytes += message.bodyLength
            }
        }
        return (count, bytes)
    }

    @Test("a dictionary is sent once, what is added to it alone, and another one instead of it")
    func sending() throws {
        let words = (0..<100).map { "word \($0)" }
        let batches = [
            try Self.batch(["word 1"], dictionary: words), try Self.batch(["word 2"], dictionary: words),
            try Self.batch(["more"], dictionary: words + ["more"]), try Self.batch(["x"], dictionary: ["x"]),
        ]
        var options = EncodingOptions()
        let deltas = try Self.dictionaries(batches, options)
        options.writesDeltas = false
        let whole = try Self.dictionaries(batches, options)
        #expect(deltas.count == 3)
        #expect(whole.count == 3)
        #expect(deltas.bytes < whole.bytes * 6 / 10)
        for options in [EncodingOptions(), options] {
            let found = try Streams.readStream(Streams.stream(Self.schema, batches, options))
            #expect(found.batches == batches)
        }
    }

    @Test("a file takes additions to a dictionary, but no other dictionary")
    func files() throws {
        let growing = [try Self.batch(["a"], dictionary: ["a"]), try Self.batch(["b"], dictionary: ["a", "b"])]
        let found = try Streams.readFile(Streams.file(Self.schema, growing))
        #expect(found.batches == growing)
        #expect(throws: ColumnarError.self) {
            try Streams.file(Self.schema, growing + [try Self.batch(["c"], dictionary: ["c"])])
        }
    }

    @Test("of a file any batch is read at any time, and one that is cut off is told so")
    func randomAccess() throws {
        let schema = Schema([Field("n", .int64)])
        let batches = try (0..<5).map { number in
            try RecordBatch(schema, [Vector.make(.int64, [.int(Int64(number))])])
        }
        let bytes = try Streams.file(schema, batches)
        let reader = try FileReader(Buffer(bytes))
        #expect(reader.batchCount == 5)
        for index in [3, 0, 4, 0] { #expect(try reader.batch(index) == batches[index]) }
        #expect(throws: ColumnarError.self) { try reader.batch(5) }
        for count in [0, 7, 20, bytes.count / 2, bytes.count - 1] {
            do {
                _ = try FileReader(Buffer(Array(bytes.prefix(count))))
                Issue.record("\(count) bytes of \(bytes.count) were a file")
            } catch let error as ColumnarError {
                #expect(error.code == .truncated, "\(count): \(error)")
            }
        }
    }
}
