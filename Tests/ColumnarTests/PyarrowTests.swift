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
}
