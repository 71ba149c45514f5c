import CDuckDB

/// A connection to a database: one transaction, one running query, its own temporary tables and settings.
///
/// All calls block. A connection is for one thread at a time; `interrupter` and `progress` are for any thread.
package final class Connection {
    let handle: ConnectionHandle
    /// Kept open for as long as the connection; those who only interrupt it or read its progress do not keep it.
    private let database: DatabaseHandle

    init(_ database: DatabaseHandle) throws {
        self.database = database
        handle = try ConnectionHandle(database)
    }

    deinit {
        handle.close()
    }

    /// Closes the connection; its temporary tables are gone. Later calls throw an error of code `.closed`.
    package func close() {
        handle.close()
    }

    package var interrupter: Interrupter { Interrupter(handle: handle) }
    package var progress: ProgressReader { ProgressReader(handle: handle) }

    /// Runs every statement of the text, one after the other, and drops the results. `values` are for the parameters
    /// (`?` or `$1`) of a text of one statement.
    ///
    /// - Throws: `DuckDBError`. What statements before the failing one did stays, unless a transaction is open.
    package func execute(_ sql: String, _ values: [Value] = []) throws {
        try run(sql, values, streaming: true) { cursor, _ in
            while try cursor.next() != nil { try self.handle.checkInterruption() }
        }
    }

    /// Runs every statement of the text and returns the rows of the last one. For small results: they are all held
    /// in memory. `values` are for the parameters (`?` or `$1`) of a text of one statement.
    package func query(_ sql: String, _ values: [Value] = []) throws -> [Row] {
        var rows: [Row] = []
        try run(sql, values, streaming: false) { cursor, isLast in
            guard isLast else { return }
            try cursor.checkReadable()
            let header = Row.Header(cursor.columns)
            while let chunk = try cursor.next() {
                rows.reserveCapacity(rows.count + chunk.rowCount)
                for row in 0..<chunk.rowCount {
                    rows.append(Row((0..<chunk.columnCount).map { chunk.value($0, row) }, header: header))
                }
            }
        }
        return rows
    }

    /// Runs every statement of the text and hands the rows of the last one to `body`, a chunk at a time, while
    /// DuckDB computes them: memory stays bounded however many there are. When `body` throws, the query is given up.
    /// Do not use the connection inside `body`: that ends the stream. `values` are for the parameters (`?` or `$1`) of
    /// a text of one statement.
    package func stream(
        _ sql: String,
        _ values: [Value] = [],
        _ body: (borrowing Chunk) throws -> Void
    ) throws {
        try run(sql, values, streaming: true) { cursor, isLast in
            if isLast { try cursor.checkReadable() }
            while let chunk = try cursor.next() {
                if isLast { try body(chunk) }
                try self.handle.checkInterruption()
            }
        }
    }

    /// The result's columns of the only statement in the text. The statement is bound, not run.
    package func columns(of sql: String) throws -> [Column] {
        try handle.run { connection in
            let statements = try Statements(sql, on: connection)
            guard statements.count == 1 else { throw Self.notOneStatement(statements.count) }
            return try statements.prepare(0, on: connection).columns
        }
    }

    /// How many statements the text has. Only parsed: names may be unknown.
    ///
    /// - Throws: `DuckDBError` with code `.parser` and the position when the text is not SQL.
    package func statementCount(_ sql: String) throws -> Int {
        try handle.run { connection in try Statements(sql, on: connection).count }
    }

    /// Whether the text is one statement that gives rows without changing anything: `SELECT`, `WITH`, `FROM`, `VALUES`.
    /// Only parsed: names may be unknown.
    ///
    /// - Throws: `DuckDBError` with code `.parser` and the position when the text is not SQL.
    package func isSelect(_ sql: String) throws -> Bool {
        try handle.run { connection in
            guard try Statements(sql, on: connection).count == 1 else { return false }
            // DuckDB tells a statement's type only once it is bound; this function refuses all but SELECTs.
            let rows = try query("SELECT json_serialize_sql(?::VARCHAR, skip_null := true) AS tree", [.text(sql)])
            return rows.first?["tree"].text?.hasPrefix(#"{"error":false"#) ?? false
        }
    }

    /// Runs the statements of the text, each prepared when those before it have run.
    func run(
        _ sql: String,
        _ values: [Value],
        streaming: Bool,
        _ consume: (inout ResultCursor, _ isLast: Bool) throws -> Void
    ) throws {
        try handle.run { connection in
            let statements = try Statements(sql, on: connection)
            guard values.isEmpty || statements.count == 1 else { throw Self.notOneStatement(statements.count) }
            for index in 0..<statements.count {
                try handle.checkInterruption()
                let statement = try statements.prepare(index, on: connection)
                try statement.bind(values)
                var cursor = try statement.run(streaming: streaming && statement.isSelect, on: handle)
                try consume(&cursor, index == statements.count - 1)
            }
        }
    }

    private static func notOneStatement(_ count: Int) -> DuckDBError {
        .invalidInput("One statement is needed here, but the text has \(count).")
    }
}
