import Columnar
import ColumnarSamples
import Foundation
import Testing

/// Streams and files of random schemas, against pyarrow in both directions.
@Suite(.enabled(if: Judge.isInstalled))
struct PyarrowTests {
    private static let cases = ProcessInfo.processInfo.environment["MILLRACE_COLUMNAR_CASES"].flatMap(Int.init) ?? 60

    @Test("pyarrow reads every stream and file that is written, and what it writes of them is read back")
    func exchange() throws {
        let scratch = try Scratch()
        var originals: [String: (schema: Schema, batches: [RecordBatch])] = [:]
        for index in 0..<Self.cases {
            let name = String(format: "%05d", index)
            let sample = try Sample(seed: UInt64(index))
            let (schema, batches, isFile) = (sample.schema, sample.batches, sample.isFile)
            originals[name] = (schema, batches)
            let bytes = try sample.bytes()
            try Data(bytes).write(to: scratch.url.appending(path: "\(name).\(isFile ? "arrow" : "arrows")"))
            try Data(Canonical.text(batches).utf8).write(to: scratch.url.appending(path: "\(name).txt"))
            let own = try isFile ? Streams.readFile(bytes) : Streams.readStream(bytes)
            #expect(own.schema == schema)
            #expect(own.batches == batches, "case \(index): \(schema)")
        }
        let verdict = try Judge.ask("exchange.py", scratch.url.path)
        #expect(verdict == "")
        var read = 0
        for file in try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() {
            let parts = file.split(separator: ".").map(String.init)
            guard parts.count == 2, !["arrow", "arrows", "txt"].contains(parts[1]), let original = originals[parts[0]]
            else { continue }
            let bytes = [UInt8](try Data(contentsOf: scratch.url.appending(path: file)))
            let isFile = bytes.starts(with: Array("ARROW1".utf8))
            do {
                let found = try isFile ? Streams.readFile(bytes) : Streams.readStream(bytes)
                #expect(found.schema == original.schema, "\(file)")
                #expect(found.batches.count == original.batches.count, "\(file)")
                for (batch, expected) in zip(found.batches, original.batches) {
                    #expect(Canonical.text([batch]) == Canonical.text([expected]), "\(file)")
                }
                read += 1
            } catch {
                Issue.record("\(file): \(error)")
            }
        }
        #expect(read > Self.cases * 5)
    }

    @Test("pyarrow reads dictionaries that grow and that are replaced, nested ones too, as they were at each batch")
    func dictionaries() throws {
        let scratch = try Scratch()
        let words = (0..<6).map { Value.text("word \($0)") }
        let inner = DataType.dictionary(.int8, values: .utf8, isOrdered: false)
        let outer = DataType.dictionary(.int32, values: .list(of: inner), isOrdered: false)
        let schema = Schema([Field("plain", inner), Field("nested", outer)])
        func batch(_ places: [Int], _ known: [Value]) throws -> RecordBatch {
            // Whatever is known comes first in the dictionary.
            let plain = try Vector.make(inner, known + places.map { known[$0] }).slice(known.count, places.count)
            let lists = known.indices.map { Value.list(Array(known[0...$0])) }
            let nested = try Vector.make(outer, lists + places.map { lists[$0] }).slice(known.count, places.count)
            return try RecordBatch(schema, [plain, nested])
        }
        let batches = [
            try batch([0, 1], Array(words[0..<2])), try batch([0, 2], Array(words[0..<3])),
            try batch([3, 0], Array(words[0..<4])), try batch([1], [words[5], words[0]]),
        ]
        for (name, writesDeltas) in [("deltas", true), ("whole", false)] {
            for codec in [nil, Codec.zstd] {
                var options = EncodingOptions()
                options.writesDeltas = writesDeltas
                options.codec = codec
                let file = "\(name)-\(codec == nil ? "plain" : "zstd")"
                let bytes = try Streams.stream(schema, batches, options)
                #expect(try Streams.readStream(bytes).batches == batches)
                try Data(bytes).write(to: scratch.url.appending(path: "\(file).arrows"))
                try Data(Canonical.text(batches).utf8).write(to: scratch.url.appending(path: "\(file).txt"))
            }
        }
        // A file has each dictionary once, but for what is added; of nested ones pyarrow cannot read even that.
        let growing = Array(batches.prefix(3))
        #expect(try Streams.readFile(Streams.file(schema, growing)).batches == growing)
        let flat = Schema([schema.fields[0]])
        let flatBatches = try growing.map { try RecordBatch(flat, [$0.columns[0]]) }
        try Data(Streams.file(flat, flatBatches)).write(to: scratch.url.appending(path: "file.arrow"))
        try Data(Canonical.text(flatBatches).utf8).write(to: scratch.url.appending(path: "file.txt"))
        let verdict = try Judge.ask("exchange.py", scratch.url.path)
        #expect(verdict == "")
    }
}
