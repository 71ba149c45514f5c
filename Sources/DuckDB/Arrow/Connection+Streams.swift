import CArrow
import CDuckDB
package import Columnar

extension Connection {
    /// The rows of a query as Arrow's batches, as they come: first their columns, then batches of up to 2,048 rows, which
    /// are not put together.
    package func streamBatches(
        _ sql: String, columns: (Schema) throws -> Void, _ body: (RecordBatch) throws -> Void
    ) throws {
        try run(sql, [], streaming: true) { cursor, isLast in
            guard isLast else {
                while try cursor.next() != nil { try self.handle.checkInterruption() }
                return
            }
            let conversion = try cursor.arrowConversion()
            try columns(conversion.schema)
            while let chunk = try cursor.next() {
                try body(conversion.batch(chunk))
                try self.handle.checkInterruption()
            }
        }
    }

    /// Makes a view of a stream, for all connections, that one query can read, on all threads. `next` of the source is
    /// called by one of DuckDB's threads at a time, and may wait. The source must outlive the view.
    package func createView(_ name: String, over source: ArrowSource) throws {
        let state = try handle.run { duckdb_arrow_scan($0, name, source.stream) }
        guard state == DUCKDB_SUCCESS else {
            let columns = source.schema.fields.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
            throw DuckDBError.invalidInput("DuckDB cannot read these columns: \(columns).")
        }
    }
}

/// Batches that DuckDB reads.
package final class ArrowSource {
    package let schema: Schema
    fileprivate let stream: UnsafeMutablePointer<ArrowArrayStream>

    package init(_ schema: Schema, next: @escaping @Sendable () throws -> RecordBatch?) {
        self.schema = schema
        stream = .allocate(capacity: 1)
        // DuckDB asks for it several times, and releases none.
        CInterface.export(schema, to: stream, keepsSchema: true, next: next)
    }

    deinit {
        stream.pointee.release?(stream)
        stream.deallocate()
    }
}
