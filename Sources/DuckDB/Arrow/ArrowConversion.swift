import CArrow
import CDuckDB
import Columnar

/// Turns the chunks of one result into Arrow's batches.
struct ArrowConversion: ~Copyable {
    let schema: Schema
    private let options: duckdb_arrow_options?

    init(_ result: inout duckdb_result) throws {
        let count = duckdb_column_count(&result)
        var types = (0..<count).map { duckdb_column_logical_type(&result, $0) }
        var names = (0..<count).map { duckdb_column_name(&result, $0) }
        var options = duckdb_result_get_arrow_options(&result)
        defer { for index in types.indices { duckdb_destroy_logical_type(&types[index]) } }
        var schema = ArrowSchema()
        do {
            try DuckDBError.check(duckdb_to_arrow_schema(options, &types, &names, count, &schema))
            self.schema = try CInterface.importSchema(&schema)
        } catch {
            duckdb_destroy_arrow_options(&options)
            throw error
        }
        self.options = options
    }

    deinit {
        var options = options
        duckdb_destroy_arrow_options(&options)
    }

    func batch(_ chunk: borrowing Chunk) throws -> RecordBatch {
        var array = ArrowArray()
        try DuckDBError.check(duckdb_data_chunk_to_arrow(options, chunk.chunk, &array))
        return try CInterface.importBatch(&array, schema)
    }
}

extension DuckDBError {
    /// Throws what a function says went wrong, if anything did.
    static func check(_ error: duckdb_error_data?) throws {
        guard error != nil else { return }
        var error = error
        defer { duckdb_destroy_error_data(&error) }
        if duckdb_error_data_has_error(error) { throw decode(error) }
    }
}
