import Columnar
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
            let random = SplitMix64(seed: UInt64(index))
            let (schema, batches, options, isFile) = try Self.made(random)
            originals[name] = (schema, batches)
            let bytes = try isFile ? Streams.file(schema, batches, options) : Streams.stream(schema, batches, options)
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

    private static func made(_ seed: SplitMix64) throws -> (Schema, [RecordBatch], EncodingOptions, isFile: Bool) {
        var random = seed
        var types = RandomType(random: SplitMix64(seed: random.next()))
        var vectors = RandomVector(random: SplitMix64(seed: random.next()))
        let schema = types.schema(columns: random.int(0..<5), depth: random.int(0..<4))
        var batches: [RecordBatch] = []
        for _ in 0..<random.int(0..<4) {
            batches.append(try vectors.batch(schema, rows: random.pick([0, 1, 2, 7, 8, 9, 64, 100])))
        }
        var options = EncodingOptions()
        options.codec = random.pick([nil, .lz4, .zstd])
        options.alignment = random.pick([8, 64])
        options.writesDeltas = random.once(in: 2)
        if random.once(in: 4) {
            options.codec = nil
            options.isLegacy = true
        }
        // A file cannot replace dictionaries, and almost all batches of random ones do.
        let isFile = random.once(in: 2) && (batches.count < 2 || !schema.description.contains("dictionary"))
        return (schema, batches, options, isFile)
    }
}
