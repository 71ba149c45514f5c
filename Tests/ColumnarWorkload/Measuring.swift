import Columnar
import Foundation

/// How fast the streams in a folder are read, from memory and through a file descriptor, and written.
struct Measuring {
    let folder: String
    let seconds: Double

    func run() throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".arrows")
        {
            let path = folder + "/" + file
            let bytes = try Buffer([UInt8](Data(contentsOf: URL(filePath: path))))
            var batches: [RecordBatch] = []
            var reader = try BufferedStreamReader(bytes)
            while let batch = try reader.next() { batches.append(batch) }
            let schema = reader.schema
            var rows = 0
            let memory = try best {
                var reader = try BufferedStreamReader(bytes)
                while let batch = try reader.next() { rows &+= batch.count }
            }
            let descriptor = try best {
                let descriptor = open(path, O_RDONLY)
                defer { close(descriptor) }
                var reader = try StreamReader(DescriptorSource(descriptor))
                while let batch = try reader.next() { rows &+= batch.count }
            }
            var options = EncodingOptions()
            if file.contains("lz4") { options.codec = .lz4 }
            if file.contains("zstd") { options.codec = .zstd }
            let encoding = try best {
                let descriptor = open(path + ".written", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
                defer { close(descriptor) }
                let sink = DescriptorSink(descriptor)
                var writer = try StreamWriter(schema, options: options) { try sink.write($0) }
                for batch in batches { try writer.write(batch) }
                try writer.finish()
            }
            try FileManager.default.removeItem(atPath: path + ".written")
            print(
                """
                {"stream":"\(file)","bytes":\(bytes.count),"memory":\(memory),"descriptor":\(descriptor),\
                "encoding":\(encoding),"rows":\(batches.reduce(0) { $0 + $1.count }),"check":\(rows & 1)}
                """)
        }
    }

    /// The shortest of as many turns as fit into the time, and of five at least.
    private func best(_ body: () throws -> Void) throws -> Double {
        var best = Double.infinity
        let start = ContinuousClock.now
        var turns = 0
        while turns < 5 || start.duration(to: .now) < .seconds(seconds) {
            let time = try ContinuousClock().measure(body)
            best = min(best, Double(time.components.attoseconds) / 1e18 + Double(time.components.seconds))
            turns += 1
        }
        return best
    }
}
