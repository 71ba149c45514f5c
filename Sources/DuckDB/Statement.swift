import CDuckDB

/// The statements of a SQL text, parsed.
struct Statements: ~Copyable {
    private var extracted: duckdb_extracted_statements?
    let count: Int

    init(_ sql: String, on connection: duckdb_connection) throws {
        // DuckDB reads a C string: it would take what stands before a NUL for all of the text.
        guard !sql.utf8.contains(0) else {
            throw DuckDBError(code: .parser, message: "The SQL contains a NUL character.", position: Self.nul(in: sql))
        }
        var extracted: duckdb_extracted_statements?
        let count = duckdb_extract_statements(connection, sql, &extracted)
        if count == 0, let reason = duckdb_extract_statements_error(extracted) {
            let error = DuckDBError.decode(reason)
            duckdb_destroy_extracted(&extracted)
            throw error
        }
        self.extracted = extracted
        self.count = Int(count)
    }

    deinit {
        var extracted = extracted
        duckdb_destroy_extracted(&extracted)
    }

    /// Binds the statement's names and types, which may read the headers of files.
    func prepare(_ index: Int, on connection: duckdb_connection) throws -> Statement {
        var statement: duckdb_prepared_statement?
        let state = duckdb_prepare_extracted_statement(connection, extracted, idx_t(index), &statement)
        guard state == DUCKDB_SUCCESS, let prepared = statement else {
            defer { duckdb_destroy_prepare(&statement) }
            throw DuckDBError.decode(duckdb_prepare_error(statement))
        }
        return Statement(prepared)
    }

    private static func nul(in sql: String) -> Int? {
        sql.utf8.enumerated().first { $0.element == 0 }?.offset
    }
}

/// A prepared statement.
struct Statement: ~Copyable {
    private let prepared: duckdb_prepared_statement

    init(_ prepared: duckdb_prepared_statement) {
        self.prepared = prepared
    }

    deinit {
        var prepared: duckdb_prepared_statement? = prepared
        duckdb_destroy_prepare(&prepared)
    }

    var parameterCount: Int { Int(duckdb_nparams(prepared)) }

    var isSelect: Bool { duckdb_prepared_statement_type(prepared) == DUCKDB_STATEMENT_TYPE_SELECT }

    var columns: [Column] {
        (0..<duckdb_prepared_statement_column_count(prepared)).map { index in
            // A copy for the caller to free, although it is declared constant.
            let name = duckdb_prepared_statement_column_name(prepared, index)
            defer { duckdb_free(UnsafeMutableRawPointer(mutating: name)) }
            let type = LogicalType(consuming: duckdb_prepared_statement_column_logical_type(prepared, index))
            return Column(name: name.map { String(cString: $0) } ?? "", type: type.name)
        }
    }

    /// The caller destroys the type.
    func logicalType(ofColumn index: Int) -> duckdb_logical_type? {
        duckdb_prepared_statement_column_logical_type(prepared, idx_t(index))
    }

    func bind(_ values: [Value]) throws {
        guard values.count == parameterCount else {
            throw DuckDBError.invalidInput(
                "The statement has \(parameterCount) parameters, but \(values.count) values were given."
            )
        }
        for (index, value) in values.enumerated() {
            var bound = try Binding.value(value)
            defer { duckdb_destroy_value(&bound) }
            guard duckdb_bind_value(prepared, idx_t(index + 1), bound) == DUCKDB_SUCCESS else {
                throw DuckDBError.decode(duckdb_prepare_error(prepared))
            }
        }
    }

    /// Runs the statement: to its end, or when `streaming`, to its first rows.
    func run(streaming: Bool, on handle: ConnectionHandle) throws -> ResultCursor {
        var pending: duckdb_pending_result?
        defer { duckdb_destroy_pending(&pending) }
        let state =
            streaming
            ? duckdb_pending_prepared_streaming(prepared, &pending) : duckdb_pending_prepared(prepared, &pending)
        guard state == DUCKDB_SUCCESS else { throw DuckDBError.decode(duckdb_pending_error(pending)) }
        // An interruption before this point is forgotten by DuckDB, one after it is not.
        try handle.checkInterruption()
        var result = duckdb_result()
        guard duckdb_execute_pending(pending, &result) == DUCKDB_SUCCESS else {
            defer { duckdb_destroy_result(&result) }
            throw DuckDBError.decode(duckdb_result_error(&result))
        }
        return ResultCursor(result)
    }
}
