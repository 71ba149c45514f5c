import DuckDB
import Testing

@Suite("Connection")
struct ConnectionTests {
    let database: Database

    init() throws {
        database = try Database(.init(threads: 2))
    }

    @Test("a query returns rows with names, types and values")
    func queryReturnsRows() throws {
        let rows = try database.withConnection { try $0.query("SELECT 42 AS answer, 'it''s' AS text, NULL AS nothing") }
        #expect(rows.count == 1)
        #expect(rows[0].columns.map(\.name) == ["answer", "text", "nothing"])
        #expect(rows[0]["answer"] == 42)
        #expect(rows[0][1] == "it's")
        #expect(rows[0]["nothing"].isNull)
        #expect(rows[0]["no such column"].isNull)
    }

    @Test("every statement of a text runs, in order, and the last one's rows are returned")
    func severalStatements() throws {
        let connection = try database.connect()
        let rows = try connection.query("CREATE TEMP TABLE t (a INT); INSERT INTO t VALUES (1), (2); FROM t;")
        #expect(rows.map { $0["a"] } == [1, 2])
        try connection.execute("-- nothing but a comment")
        #expect(try connection.query("").isEmpty)
    }

    @Test("what an execution selects is computed to the end, and dropped")
    func executeRunsToTheEnd() throws {
        let connection = try database.connect()
        #expect(throws: DuckDBError.self) {
            try connection.execute(
                "SELECT CASE WHEN i = 900000 THEN error('late') ELSE i END FROM range(1000000) r(i)")
        }
    }

    @Test("values of all kinds are bound")
    func bindings() throws {
        let values: [Value] = [
            .null, true, -7, .uint(.max), 1.5, "ä 'quoted'", .bytes([0, 255]), .list([1, .null, 3]), .list([]),
            .list([1, 2.5]), .map([.init(key: "k", value: .list(["v"]))]),
            .structure([
                .init(name: "a b", value: 1), .init(name: "nested", value: .structure([.init(name: "c", value: "d")])),
            ]),
        ]
        let connection = try database.connect()
        let placeholders = values.map { _ in "?" }.joined(separator: ", ")
        let row = try #require(try connection.query("SELECT \(placeholders)", values).first)
        var expected = values
        expected[9] = .list([1.0, 2.5])
        #expect(row.values == expected)
        let large = Value.text(String(repeating: "x", count: 100_000) + "\0y")
        #expect(try connection.query("SELECT ?", [large])[0][0] == large)
    }

    @Test("empty values are bound")
    func emptyBindings() throws {
        let connection = try database.connect()
        let values: [Value] = ["", .bytes([]), .map([]), .list([.list([])]), .structure([])]
        #expect(try connection.query("SELECT ?, ?, ?, ?, ?", values)[0].values == values)
    }

    @Test("text is bound where a date, a decimal or a timestamp is wanted")
    func boundTextIsCast() throws {
        let connection = try database.connect()
        try connection.execute("CREATE TEMP TABLE t (d DATE, n DECIMAL(9,2), s TIMESTAMPTZ)")
        try connection.execute(
            "INSERT INTO t VALUES (?, ?, ?)",
            [.other("2024-02-29"), .other("12.30"), .other("2024-01-01 10:00:00+02")]
        )
        let row = try #require(try connection.query("FROM t WHERE d = ?", [.other("2024-02-29")]).first)
        #expect(row.values == [.other("2024-02-29"), .other("12.30"), .other("2024-01-01 08:00:00+00")])
    }

    @Test("bound values that do not fit are refused")
    func wrongBindings() throws {
        let connection = try database.connect()
        #expect(throws: DuckDBError.self) { try connection.query("SELECT ?") }
        #expect(throws: DuckDBError.self) { try connection.query("SELECT 1", [1]) }
        #expect(throws: DuckDBError.self) { try connection.query("SELECT ?; SELECT ?", [1, 2]) }
        #expect(throws: DuckDBError.self) { try connection.query("SELECT ?", [.list([1, "two"])]) }
    }

    @Test("columns are known without running the statement")
    func columnsAreBound() throws {
        let connection = try database.connect()
        let sql = "SELECT error('never') AS e, 1::DECIMAL(18,3) AS d, {'a': 1, 'b c': ['x']} AS s"
        #expect(
            try connection.columns(of: sql) == [
                Column(name: "e", type: "INTEGER"), Column(name: "d", type: "DECIMAL(18,3)"),
                Column(name: "s", type: "STRUCT(a INTEGER, \"b c\" VARCHAR[])"),
            ]
        )
        #expect(throws: DuckDBError.self) { try connection.columns(of: "SELECT 1; SELECT 2") }
        #expect(throws: DuckDBError.self) { try connection.columns(of: "") }
    }

    @Test("types are named as DESCRIBE names them")
    func typeNames() throws {
        let columns = [
            "true", "1::TINYINT", "1::SMALLINT", "1", "1::BIGINT", "1::HUGEINT", "1::UTINYINT", "1::USMALLINT",
            "1::UINTEGER", "1::UBIGINT", "1::UHUGEINT", "1::BIGNUM", "1::FLOAT", "1::DOUBLE", "1::DECIMAL(38,10)",
            "'x'", "'x'::BLOB", "'1'::BIT", "uuid()", "DATE '2024-01-01'", "TIME '10:00'", "'10:00+01'::TIMETZ",
            "'10:00'::TIME_NS", "now()", "now()::TIMESTAMP", "now()::TIMESTAMP::TIMESTAMP_S",
            "now()::TIMESTAMP::TIMESTAMP_MS", "now()::TIMESTAMP::TIMESTAMP_NS", "INTERVAL 1 DAY", "'1'::JSON",
            "'a'::ENUM('a', 'it''s')", "[[1]]", "[1, 2]::INT[2]", "map {'a': [1]}", "row(1, 'x')",
            "{'select': 1, 'year': 2, 'Abc': 3, 'ä': 4, '1a': 5, 'q\"q': 6, 'plain_1': 7}",
            "union_value(k := 1)::UNION(k INT, s VARCHAR)", "'1'::VARIANT",
        ]
        let connection = try database.connect()
        let sql = "SELECT " + columns.joined(separator: ", ")
        let described = try connection.query("DESCRIBE \(sql)").map { $0["column_type"].text }
        #expect(try connection.columns(of: sql).map(\.type) == described)
        let keywords = try connection.query("SELECT keyword_name FROM duckdb_keywords()").compactMap(\.[0].text)
        #expect(keywords.allSatisfy { SQL.identifier($0) == "\"\($0)\"" })
    }

    @Test("statements are counted and told apart without binding them")
    func parsing() throws {
        let connection = try database.connect()
        #expect(try connection.statementCount("SELECT * FROM nowhere; DROP TABLE nothing") == 2)
        #expect(try connection.statementCount("/* none */") == 0)
        #expect(try connection.isSelect("WITH a AS (SELECT 1) SELECT * FROM a, nowhere -- comment"))
        #expect(try connection.isSelect("FROM nowhere;"))
        #expect(try !connection.isSelect("SELECT 1; SELECT 2"))
        #expect(try !connection.isSelect("CREATE TABLE t AS SELECT 1"))
        #expect(try !connection.isSelect(""))
        #expect(throws: DuckDBError.self) { try connection.isSelect("SELCT 1") }
    }

    @Test("the parse tree of a SELECT is to be had")
    func parseTree() throws {
        let connection = try database.connect()
        let tree = try connection.query("SELECT json_serialize_sql(?::VARCHAR)", ["SELECT a FROM b"])[0][0].text
        #expect(try #require(tree).contains(#""table_name":"b""#))
    }

    @Test("a stream hands out all rows in order")
    func streaming() throws {
        let connection = try database.connect()
        var next: Int64 = 0
        try connection.stream("SELECT i, 'row ' || i AS t FROM range(?) r(i)", [100_000]) { chunk in
            for row in 0..<chunk.rowCount {
                guard chunk.value(0, row) == .int(next), chunk.text(1, row) == "row \(next)" else {
                    throw DuckDBError(code: .other, message: "wrong row \(next)")
                }
                next += 1
            }
        }
        #expect(next == 100_000)
    }

    @Test("ten million rows are streamed in flat memory")
    func streamingIsBounded() throws {
        // Half a gigabyte of rows, of which no more than this fits anywhere: nothing can be spilled.
        let database = try Database(.init(memoryLimit: 64_000_000, threads: 2))
        let connection = try database.connect()
        let sql = "SELECT i::UBIGINT AS i, 'some text that is not inlined ' || i AS t FROM range(10000000) r(i)"
        var sum: UInt64 = 0
        var rows = 0
        try connection.stream(sql) { chunk in
            rows += chunk.rowCount
            chunk.withElements(of: 0, as: UInt64.self) { for value in $0 { sum += value } }
        }
        #expect(rows == 10_000_000)
        #expect(sum == 49_999_995_000_000)
        #expect {
            try connection.execute("CREATE TEMP TABLE kept AS \(sql)")
        } throws: { error in
            (error as? DuckDBError)?.code == .outOfMemory
        }
    }

    @Test("a stream that is given up leaves the connection usable")
    func abandonedStream() throws {
        struct Enough: Error {}
        let connection = try database.connect()
        #expect(throws: Enough.self) {
            try connection.stream("FROM range(10000000)") { _ in throw Enough() }
        }
        #expect(try connection.query("SELECT 1")[0][0] == 1)
    }

    @Test("an error in the middle of a stream is thrown")
    func streamError() throws {
        let connection = try database.connect()
        let error = #expect(throws: DuckDBError.self) {
            try connection.stream(
                "SELECT CASE WHEN i < 500000 THEN i ELSE error('boom') END FROM range(1000000) r(i)"
            ) { _ in }
        }
        #expect(error?.code == .invalidInput)
        #expect(error?.message == "boom")
    }

    @Test("connections of one database share its tables, not its temporary ones, and work at the same time")
    func severalConnections() async throws {
        try database.withConnection { try $0.execute("CREATE TABLE shared AS SELECT i FROM range(1000) r(i)") }
        let database = database
        try await withThrowingTaskGroup(of: Int64?.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let connection = try database.connect()
                    try connection.execute("CREATE TEMP TABLE mine AS SELECT \(index) AS i")
                    return try connection.query(
                        "SELECT sum(s.i) + any_value(m.i) - \(index) FROM shared s, mine m")[0][0].int
                }
            }
            for try await sum in group { #expect(sum == 499_500) }
        }
    }

    @Test("a connection in UTC shows timestamps in UTC")
    func timeZone() throws {
        let connection = try database.connect()
        #expect(
            try connection.query("SELECT TIMESTAMPTZ '2024-07-01 12:00:00+02'::VARCHAR")[0][0]
                == "2024-07-01 10:00:00+00")
    }

    @Test("a connection that escaped its scope is closed")
    func closedConnection() throws {
        var escaped: Connection?
        try database.withConnection { escaped = $0 }
        let connection = try #require(escaped)
        let error = #expect(throws: DuckDBError.self) { try connection.execute("SELECT 1") }
        #expect(error?.code == .closed)
        connection.interrupter.interrupt()
        #expect(connection.progress.read() == nil)
    }
}
