import CDuckDB

/// The result of a statement, read chunk by chunk.
struct ResultCursor: ~Copyable {
    private var result: duckdb_result
    let columns: [Column]
    private let types: ColumnTypes

    /// Takes the result over.
    init(_ result: duckdb_result) {
        var result = result
        var columns: [Column] = []
        var types: [LogicalType] = []
        for index in 0..<duckdb_column_count(&result) {
            let type = LogicalType(consuming: duckdb_column_logical_type(&result, index))
            let name = duckdb_column_name(&result, index).map { String(cString: $0) } ?? ""
            columns.append(Column(name: name, type: type.name))
            types.append(type)
        }
        self.result = result
        self.columns = columns
        self.types = ColumnTypes(types)
    }

    deinit {
        var result = result
        duckdb_destroy_result(&result)
    }

    /// Refuses results with a type that cannot be read.
    func checkReadable() throws {
        for (index, column) in columns.enumerated() where types[index].containsVariant {
            throw DuckDBError(
                code: .notImplemented,
                message:
                    "Column \(SQL.quoted(column.name)) has type \(column.type); cast it to JSON or VARCHAR to read it.",
                name: column.name
            )
        }
    }

    /// Turns the chunks of this result into Arrow's batches.
    mutating func arrowConversion() throws -> ArrowConversion {
        try ArrowConversion(&result)
    }

    /// The next rows, or nil when there are no more.
    mutating func next() throws -> Chunk? {
        guard let chunk = duckdb_fetch_chunk(result) else {
            if let reason = duckdb_result_error(&result) { throw DuckDBError.decode(reason) }
            return nil
        }
        return Chunk(chunk, types: types, isOwned: true)
    }
}
