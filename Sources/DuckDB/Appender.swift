import CDuckDB
import Synchronization

/// Adds rows to a table, fast and in any order; several threads may use one appender, one after the other.
///
/// Rows are in the table once `flush` or `close` has returned. An appender that is let go without `close`, or after
/// an error, drops what it has not flushed. While an appender is in use its connection must not run anything else.
package final class Appender: Sendable {
    private let state: Mutex<State>

    /// `@unchecked Sendable` because DuckDB ties an appender to no thread, and the lock lets one use it at a time.
    private struct State: ~Copyable, @unchecked Sendable {
        var appender: duckdb_appender?

        deinit {
            var appender = appender
            // Destroying alone would write the remaining rows, and nobody would hear of an error.
            if appender != nil { duckdb_appender_clear(appender) }
            duckdb_appender_destroy(&appender)
        }
    }

    init(_ connection: duckdb_connection, catalog: String?, schema: String?, table: String) throws {
        var appender: duckdb_appender?
        guard duckdb_appender_create_ext(connection, catalog, schema, table, &appender) == DUCKDB_SUCCESS else {
            defer { duckdb_appender_destroy(&appender) }
            throw Self.error(of: appender)
        }
        state = Mutex(State(appender: appender))
    }

    /// Adds all rows of the chunk, whose columns must be the table's, in number and types.
    ///
    /// - Throws: `DuckDBError`: other columns, no memory left, or code `.closed`.
    package func append(_ chunk: borrowing Chunk) throws {
        try append(chunk.chunk)
    }

    func append(_ chunk: duckdb_data_chunk) throws {
        try perform { duckdb_append_data_chunk($0, chunk) }
    }

    /// Adds one row, whose values are cast to the types of the table's columns.
    ///
    /// - Throws: `DuckDBError`: a value cannot be cast, there are too many or too few, or code `.closed`.
    package func append(_ values: [Value]) throws {
        try state.withLock { state in
            guard let appender = state.appender else { throw Self.closed }
            for value in values {
                var bound = try Binding.value(value)
                defer { duckdb_destroy_value(&bound) }
                guard duckdb_append_value(appender, bound) == DUCKDB_SUCCESS else { throw Self.error(of: appender) }
            }
            guard duckdb_appender_end_row(appender) == DUCKDB_SUCCESS else { throw Self.error(of: appender) }
        }
    }

    /// Writes the rows so far into the table.
    package func flush() throws {
        try perform { duckdb_appender_flush($0) }
    }

    /// Writes the remaining rows into the table and closes the appender. A second call does nothing.
    package func close() throws {
        try state.withLock { state in
            guard state.appender != nil else { return }
            defer { duckdb_appender_destroy(&state.appender) }
            guard duckdb_appender_close(state.appender) == DUCKDB_SUCCESS else {
                throw Self.error(of: state.appender)
            }
        }
    }

    private func perform(_ body: (duckdb_appender) -> duckdb_state) throws {
        try state.withLock { state in
            guard let appender = state.appender else { throw Self.closed }
            guard body(appender) == DUCKDB_SUCCESS else { throw Self.error(of: appender) }
        }
    }

    private static let closed = DuckDBError(code: .closed, message: "The appender is closed.")

    private static func error(of appender: duckdb_appender?) -> DuckDBError {
        var error = duckdb_appender_error_data(appender)
        defer { duckdb_destroy_error_data(&error) }
        return DuckDBError.decode(error)
    }
}

extension Connection {
    /// An appender to a table. Without a schema and a catalog the table is looked for where the connection's SQL would
    /// find it: temporary tables first.
    ///
    /// - Throws: `DuckDBError` with code `.catalog` when there is no such table.
    package func appender(table: String, schema: String? = nil, catalog: String? = nil) throws -> Appender {
        try handle.run { try Appender($0, catalog: catalog, schema: schema, table: table) }
    }
}
