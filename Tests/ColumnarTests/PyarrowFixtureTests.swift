import Columnar
import ColumnarSamples
import Foundation
import Testing

/// What pyarrow makes by itself.
@Suite(.enabled(if: Judge.isInstalled))
struct PyarrowFixtureTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        #expect(try Judge.ask("fixtures.py", scratch.url.path) == "")
    }

    @Test("all types, dictionaries with additions and replaced ones, compressed and legacy streams and files are read")
    func fixtures() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).filter {
            $0.hasSuffix(".txt")
        }
        #expect(names.count == 15)
        for name in names.map({ String($0.dropLast(4)) }).sorted() {
            let (stream, file) = (scratch.path("\(name).arrows"), scratch.path("\(name).arrow"))
            let isFile = FileManager.default.fileExists(atPath: file)
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: isFile ? file : stream)))
            let found = try isFile ? Streams.readFile(bytes) : Streams.readStream(bytes)
            let expected = try String(contentsOfFile: scratch.path("\(name).txt"), encoding: .utf8)
            #expect(Canonical.text(found.batches) == expected, "\(name)")
            if name.hasPrefix("types") || name.hasPrefix("legacy") {
                for field in found.schema.fields { #expect(field.type.description == field.name) }
            }
            if name == "wide" { #expect(found.schema.metadata["large"]?.count == 1_000_000) }
        }
    }

    @Test("additions to a dictionary come as such, and a nested one that was replaced is seen through the outer one")
    func dictionaries() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: scratch.path("deltas.arrows"))))
        var parser = StreamParser()
        var rest = bytes[...]
        var sizes: [Int] = []
        while parser.needed > 0 {
            let piece = Array(rest.prefix(parser.needed))
            rest = rest.dropFirst(parser.needed)
            if case .batch(let batch) = try parser.take(Buffer(piece)) {
                sizes.append(batch.columns[0].dictionary?.count ?? 0)
            }
        }
        #expect(sizes == [2, 3, 4])
    }
}
