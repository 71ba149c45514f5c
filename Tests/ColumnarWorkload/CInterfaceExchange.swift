import CArrow
import Columnar
import ColumnarSamples
import Foundation
import Synchronization

/// Hands random batches to pyarrow and takes them back, through the C data and C stream interfaces.
struct CInterfaceExchange {
    let python: Python

    func run(cases: UInt64) throws {
        try python.run("import canonical, gc, pyarrow as pa; start = pa.total_allocated_bytes()")
        var batches = 0
        for seed in 0..<cases {
            let sample = try Sample(seed: seed)
            do {
                for batch in sample.batches { try exchange(batch) }
                try exchange(sample)
            } catch {
                throw Trouble("case \(seed): \(error)\n\(sample.schema)")
            }
            batches += sample.batches.count
        }
        try failures()
        try leaks()
        try python.run("gc.collect(); assert pa.total_allocated_bytes() == start, pa.total_allocated_bytes()")
        print("{\"batches\":\(batches)}")
    }

    private func exchange(_ batch: RecordBatch) throws {
        var (schema, array) = (ArrowSchema(), ArrowArray())
        var (schemaBack, arrayBack) = (ArrowSchema(), ArrowArray())
        CInterface.export(batch.schema, to: &schema)
        try CInterface.export(batch, to: &array)
        let expected = Canonical.text([batch]).utf8.map { String(format: "%02x", $0) }.joined()
        try withUnsafeMutablePointer(to: &schema) { schema in
            try withUnsafeMutablePointer(to: &array) { array in
                try withUnsafeMutablePointer(to: &schemaBack) { schemaBack in
                    try withUnsafeMutablePointer(to: &arrayBack) { arrayBack in
                        try python.run(
                            """
                            batch = pa.RecordBatch._import_from_c(\(UInt(bitPattern: array)), \(UInt(bitPattern: schema)))
                            batch.validate(full=True)
                            found = canonical.text([batch])
                            difference = canonical.difference(found, bytes.fromhex('\(expected)').decode())
                            assert not difference, difference
                            batch._export_to_c(\(UInt(bitPattern: arrayBack)), \(UInt(bitPattern: schemaBack)))
                            del batch
                            """)
                    }
                }
            }
        }
        guard schema.release == nil, array.release == nil else { throw Trouble("pyarrow did not take the batch over") }
        let schemaFound = try CInterface.importSchema(&schemaBack)
        guard schemaFound == batch.schema else { throw Trouble("another schema came back:\n\(schemaFound)") }
        let found = try CInterface.importBatch(&arrayBack, schemaFound)
        guard found == batch else { throw Trouble("another batch came back:\n\(found)\nfor\n\(batch)") }
    }

    /// All batches of a sample as one stream, there and back.
    private func exchange(_ sample: Sample) throws {
        var (there, back) = (ArrowArrayStream(), ArrowArrayStream())
        let rest = Mutex(sample.batches)
        CInterface.export(sample.schema, to: &there) {
            rest.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
        try withUnsafeMutablePointer(to: &there) { there in
            try withUnsafeMutablePointer(to: &back) { back in
                try python.run(
                    """
                    reader = pa.RecordBatchReader._import_from_c(\(UInt(bitPattern: there)))
                    reader._export_to_c(\(UInt(bitPattern: back)))
                    del reader
                    """)
            }
        }
        let stream = try ForeignStream(moving: &back)
        guard stream.schema == sample.schema else { throw Trouble("another schema came back:\n\(stream.schema)") }
        var found: [RecordBatch] = []
        while let batch = try stream.next() { found.append(batch) }
        guard found == sample.batches else { throw Trouble("the stream came back with other batches") }
    }

    /// Errors go through in both directions, with their words.
    private func failures() throws {
        let schema = Schema([Field("a", .int32)])
        var there = ArrowArrayStream()
        CInterface.export(schema, to: &there) { throw ColumnarError(.io, "the well is dry", number: EIO) }
        try withUnsafeMutablePointer(to: &there) { there in
            try python.run(
                """
                reader = pa.RecordBatchReader._import_from_c(\(UInt(bitPattern: there)))
                try:
                    reader.read_next_batch()
                    assert False, "no error"
                except OSError as error:
                    assert "the well is dry" in str(error), error
                del reader
                """)
        }
        var back = ArrowArrayStream()
        try withUnsafeMutablePointer(to: &back) { back in
            try python.run(
                """
                def broken():
                    yield pa.record_batch([pa.array([1], pa.int32())], names=["a"])
                    raise ValueError("the second is bad")
                reader = pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int32())]), broken())
                reader._export_to_c(\(UInt(bitPattern: back)))
                del reader
                """)
        }
        let stream = try ForeignStream(moving: &back)
        guard try stream.next()?.count == 1 else { throw Trouble("the first batch did not come") }
        do {
            _ = try stream.next()
            throw Trouble("no error came")
        } catch let error as ColumnarError where error.code == .foreign {
            guard error.message.contains("the second is bad"), error.number ?? 0 != 0 else { throw error }
        }
    }

    /// What pyarrow held is free again once it lets go.
    private func leaks() throws {
        weak var vector: Vector?
        try {
            let made = try Vector.make(.list(of: .utf8), [.list([.text("a"), .text("b")])])
            vector = made
            let batch = try RecordBatch(Schema([Field("a", made.type)]), [made])
            try exchange(batch)
            var (schema, array) = (ArrowSchema(), ArrowArray())
            CInterface.export(batch.schema, to: &schema)
            try CInterface.export(batch, to: &array)
            try withUnsafeMutablePointer(to: &schema) { schema in
                try withUnsafeMutablePointer(to: &array) { array in
                    try python.run(
                        """
                        batch = pa.RecordBatch._import_from_c(\(UInt(bitPattern: array)), \(UInt(bitPattern: schema)))
                        column = batch.column(0)
                        del batch
                        """)
                }
            }
        }()
        guard vector != nil else { throw Trouble("freed while pyarrow still uses it") }
        try python.run("del column; gc.collect()")
        guard vector == nil else { throw Trouble("never freed") }
    }
}
