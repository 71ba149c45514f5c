import Columnar
import DuckDB
import Foundation
import Testing

@Suite("Connection: Arrow's batches")
struct ConnectionBatchesTests {
    /// A query whose columns have all types that DuckDB hands to Arrow, with NULLs.
    private static let allTypes = """
        SELECT CASE WHEN i % 5 = 3 THEN NULL ELSE i % 2 = 0 END AS bool,
            (i % 100)::TINYINT AS tiny, i::SMALLINT AS small, i::INTEGER AS int, i::BIGINT AS big,
            (i % 100)::UTINYINT AS utiny, i::USMALLINT AS usmall, i::UINTEGER AS uint, i::UBIGINT AS ubig,
            (i - 2)::HUGEINT * 10::HUGEINT ** 25 AS huge,
            (i / 3)::FLOAT AS f, i / 7 AS d,
            (i % 100)::DECIMAL(4, 1) AS d4, i::DECIMAL(9, 2) AS d9, i::DECIMAL(18, 3) AS d18, i::DECIMAL(38, 10) AS d38,
            CASE WHEN i % 3 = 0 THEN NULL ELSE repeat('ä', i % 20) END AS text, encode('b' || i) AS blob,
            DATE '2024-02-28' + i::INTEGER AS day, TIME '00:00:01' + INTERVAL (i) SECOND AS clock,
            TIMESTAMP '2024-01-01' + INTERVAL (i) HOUR AS ts,
            (TIMESTAMP '2024-01-01' + INTERVAL (i) HOUR)::TIMESTAMPTZ AS tstz,
            TIMESTAMP_S '2024-01-01 00:00:01' AS ts_s, TIMESTAMP_MS '2024-01-01 00:00:01' AS ts_ms,
            TIMESTAMP_NS '2024-01-01 00:00:01' AS ts_ns,
            INTERVAL (i) MONTH + INTERVAL (i) SECOND AS span,
            CASE i % 3 WHEN 0 THEN 'sad' WHEN 1 THEN 'glad' END::ENUM('sad', 'glad') AS mood,
            CASE WHEN i % 4 = 1 THEN NULL ELSE range(i % 5) END AS list,
            [i, i + 1, NULL]::BIGINT[3] AS three,
            {'a': i, 'b': CASE WHEN i % 2 = 0 THEN 'x' END} AS struct,
            MAP {'k' || i: i, 'l': NULL} AS map,
            [[{'n': [i]}], NULL] AS nested,
            NULL AS nothing
        FROM range(ROWS) r(i)
        """

    private static func query(_ rows: Int) -> String { allTypes.replacing("ROWS", with: "\(rows)") }

    @Test(
        "a result comes as batches of the size asked for, and appended they make the same table",
        arguments: [0, 1, 5000])
    func roundTrip(_ rows: Int) throws {
        let connection = try Database(.init()).connect()
        try connection.execute(
            "SET TimeZone = 'UTC'; CREATE TABLE t AS \(Self.query(rows)); CREATE TABLE back AS FROM t LIMIT 0")
        let appender = try connection.appender(table: "back")
        var sizes: [Int] = []
        var batches: [RecordBatch] = []
        try connection.batches("FROM t", rows: 1500) { batch in
            sizes.append(batch.count)
            batches.append(batch)
        }
        #expect(sizes == (rows == 5000 ? [1500, 1500, 1500, 500] : [rows]))
        for batch in batches { try connection.append(batch, to: appender) }
        try appender.close()
        #expect(try connection.query("SELECT count(*) FROM back")[0][0] == .int(Int64(rows)))
        let differences =
            "SELECT count(*) FROM (FROM t EXCEPT ALL FROM back) UNION ALL SELECT count(*) FROM (FROM back EXCEPT ALL FROM t)"
        #expect(try connection.query(differences).map { $0[0] } == [0, 0])
    }

    @Test("types that Arrow does not have come back as they were once conversion is to lose nothing")
    func lossless() throws {
        let connection = try Database(.init()).connect()
        try connection.execute(
            """
            SET arrow_lossless_conversion = true;
            CREATE TABLE t AS SELECT '0a0b0c0d-0000-4000-8000-000000000001'::UUID AS id, '101'::BIT AS bits,
                '12:00:00+02'::TIMETZ AS clock, (2::UHUGEINT ** 127)::UHUGEINT AS large, -7::HUGEINT AS huge,
                union_value(n := 1) AS either, 1::BIGNUM AS big, '{"a": 1}'::JSON AS json;
            INSERT INTO t DEFAULT VALUES;
            CREATE TABLE back AS FROM t LIMIT 0
            """)
        let appender = try connection.appender(table: "back")
        var batches: [RecordBatch] = []
        try connection.batches("FROM t") { batches.append($0) }
        for batch in batches { try connection.append(batch, to: appender) }
        try appender.close()
        #expect(try connection.query("SELECT count(*) FROM (FROM t INTERSECT ALL FROM back)")[0][0] == 2)
    }

    @Test("values are what DuckDB says they are")
    func values() throws {
        let connection = try Database(.init()).connect()
        var found: RecordBatch?
        try connection.batches("SELECT 7::HUGEINT AS h, 1.5::DECIMAL(4, 1) AS d, 'é' AS t, [1, NULL] AS l") {
            found = $0
        }
        let batch = try #require(found)
        #expect(
            "\(batch)" == """
                h: decimal128(38, 0) | d: decimal128(4, 1) | t: utf8 | l: list<l: int32>
                7 | 15 | "é" | [1, null]
                """)
        #expect(batch.slice(0, 0).count == 0)
    }

    @Test("only the last statement's rows come, and an error in the middle of them is thrown")
    func errors() throws {
        let connection = try Database(.init()).connect()
        var rows = 0
        try connection.batches("CREATE TABLE t AS FROM range(10); SELECT 1; FROM t") { rows += $0.count }
        #expect(rows == 10)
        let error = #expect(throws: DuckDBError.self) {
            try connection.batches("SELECT CASE WHEN i = 9000 THEN error('no') ELSE i END FROM range(10000) r(i)") {
                _ in
            }
        }
        #expect(error?.message.contains("no") == true)
        let appender = try connection.appender(table: "t")
        let schema = Schema([Field("a", .int8), Field("b", .int8)])
        let batch = try RecordBatch(schema, [Vector.make(.int8, [.int(1)]), Vector.make(.int8, [.int(1)])])
        #expect(throws: DuckDBError.self) { try connection.append(batch, to: appender) }
    }

    @Test("a text that is not UTF-8 never gets into a table")
    func texts() throws {
        let connection = try Database(.init()).connect()
        try connection.execute("CREATE TABLE t (a VARCHAR)")
        let appender = try connection.appender(table: "t")
        let schema = Schema([Field("a", .utf8)])
        let batch = try RecordBatch(schema, [Vector.make(.utf8, [.bytes([0x61, 0xFF])])])
        #expect(throws: ColumnarError.self) { try connection.append(batch, to: appender) }
        try connection.append(RecordBatch(schema, [Vector.make(.utf8, [.text("ä")])]), to: appender)
        try appender.close()
        #expect(try connection.query("FROM t").map { $0[0] } == ["ä"])
    }
}
