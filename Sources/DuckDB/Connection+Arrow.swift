import CArrow
import CDuckDB
package import Columnar
import Foundation

extension Connection {
    /// The rows of a query in Arrow's form, as they come: first their columns, then batches of up to 2,048 rows.
    package func streamBatches(
        _ sql: String, columns: (Schema) throws -> Void, _ body: (RecordBatch) throws -> Void
    ) throws {
        try run(sql, [], streaming: true) { cursor, isLast in
            guard isLast else {
                while try cursor.next() != nil { try self.handle.checkInterruption() }
                return
            }
            let form = cursor.arrowForm()
            let schema = try form.schema()
            try columns(schema)
            while let chunk = try cursor.next() {
                try body(form.batch(chunk, schema))
                try self.handle.checkInterruption()
            }
        }
    }

    /// Makes a view of a stream, for all connections, that one query can read, on all threads. `next` of the source is
    /// called by one of DuckDB's threads at a time, and may wait. The source must outlive the view.
    package func createView(_ name: String, over source: ArrowSource) throws {
        let state = try handle.run { duckdb_arrow_scan($0, name, UnsafeMutableRawPointer(source.stream)) }
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
        CInterface.export(schema, to: stream, next: next)
    }

    deinit {
        stream.pointee.release?(stream)
        stream.deallocate()
    }
}

/// How the columns of a result are written in Arrow's form.
struct ArrowForm: ~Copyable {
    private let options: duckdb_arrow_options?
    private let names: [String]
    private let types: [duckdb_logical_type?]

    init(of result: inout duckdb_result, names: [String]) {
        options = duckdb_result_get_arrow_options(&result)
        self.names = names
        var types: [duckdb_logical_type?] = []
        for index in names.indices { types.append(duckdb_column_logical_type(&result, idx_t(index))) }
        self.types = types
    }

    deinit {
        for type in types {
            var type = type
            duckdb_destroy_logical_type(&type)
        }
        var options = options
        duckdb_destroy_arrow_options(&options)
    }

    func schema() throws -> Schema {
        var schema = ArrowSchema()
        let texts = names.map { strdup($0) }
        defer { for text in texts { free(text) } }
        var types = types
        var pointers = texts.map { UnsafePointer<CChar>($0) }
        try Self.check(duckdb_to_arrow_schema(options, &types, &pointers, idx_t(names.count), &schema))
        return try CInterface.importSchema(&schema)
    }

    func batch(_ chunk: borrowing Chunk, _ schema: Schema) throws -> RecordBatch {
        var array = ArrowArray()
        try Self.check(duckdb_data_chunk_to_arrow(options, chunk.chunk, &array))
        return try CInterface.importBatch(&array, schema)
    }

    private static func check(_ error: duckdb_error_data?) throws {
        var error = error
        defer { duckdb_destroy_error_data(&error) }
        guard let error, duckdb_error_data_has_error(error) else { return }
        throw DuckDBError.invalidInput(String(cString: duckdb_error_data_message(error)))
    }
}
