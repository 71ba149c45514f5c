import DuckDB
import Synchronization
import Testing

/// How a run writes the rows that pass and sets aside those that do not, in one pass over the data.
@Suite("Splitting rows in one pass")
struct SplittingTests {
    static let source = """
        SELECT i, 'text number ' || (i % 1000) AS t, CASE WHEN i % 5 = 0 THEN NULL ELSE [i, NULL, i % 3] END AS l,
            {'a': i, 'b': ['x' || (i % 10)], 'c': NULL::DATE} AS s, (i / 7.0)::DECIMAL(18,3) AS d,
            (i * 12345)::DECIMAL(38,2) AS w, map {'k' || (i % 3): i} AS m, ('e' || (i % 2))::ENUM('e0', 'e1') AS e,
            make_timestamp(i * 1000000) AS ts, i::VARCHAR::BLOB AS b, CASE WHEN i % 2 = 0 THEN NULL ELSE i / 2 END AS n
        FROM range(1000000) r(i)
        """
    static let columns = ["i", "t", "l", "s", "d", "w", "m", "e", "ts", "b", "n"]
    static let mask = "CASE WHEN i % 10 = 3 THEN 1 ELSE 0 END + CASE WHEN i % 1000 = 500 THEN 2 ELSE 0 END"

    @Test("rows kept and rows refused are the rows read, none twice, all columns unharmed")
    func splits() throws {
        try withTemporaryFolder { folder in
            let database = try Database(.init(threads: 3))
            let refusing = try database.connect()
            let names = Self.columns.joined(separator: ", ")
            try refusing.execute(
                "CREATE TEMP TABLE refused AS SELECT 0::UBIGINT AS mask, * FROM (\(Self.source)) LIMIT 0")
            let appender = try refusing.appender(table: "refused")
            let seen = Mutex(0)
            let statistics = try database.withConnection { connection in
                try connection.register(
                    ScalarFunction(
                        name: "refuse", parameters: ["UBIGINT"], isVariadic: true, returns: "BOOLEAN",
                        isVolatile: true, handlesNulls: true
                    ) { arguments, results in
                        try appender.append(arguments)
                        seen.withLock { $0 += arguments.rowCount }
                        try results.fill(false)
                    }
                )
                return try connection.query(
                    """
                    COPY (
                        SELECT \(names) FROM (SELECT *, (\(Self.mask))::UBIGINT AS mask FROM (\(Self.source)))
                        WHERE CASE WHEN mask = 0 THEN true ELSE refuse(mask, \(names)) END
                    ) TO '\(folder)/kept.parquet' (FORMAT parquet, COMPRESSION zstd, RETURN_STATS)
                    """
                )
            }
            try appender.close()
            try refusing.execute("COPY refused TO '\(folder)/refused.parquet' (FORMAT parquet)")

            let kept = try #require(statistics.first)
            #expect(statistics.count == 1)
            #expect(kept["filename"].text == folder + "/kept.parquet")
            #expect(kept["count"].int == 899_000)
            #expect(try #require(kept["file_size_bytes"].int) > 0)
            #expect(kept["partition_keys"].map ?? [] == [])
            #expect(kept["column_statistics"]["\"i\""]["min"] == "0")
            #expect(kept["column_statistics"]["\"i\""]["max"] == "999999")
            #expect(kept["column_statistics"]["\"s\".\"a\""]["null_count"] == "0")
            #expect(seen.withLock { $0 } == 101_000)

            let connection = try database.connect()
            let account = try connection.query(
                """
                SELECT (SELECT count(*) FROM '\(folder)/refused.parquet') AS refused,
                    (SELECT count(DISTINCT i) FROM (SELECT i FROM '\(folder)/refused.parquet'
                        UNION ALL SELECT i FROM '\(folder)/kept.parquet')) AS ids,
                    (SELECT count(*) FROM '\(folder)/refused.parquet' WHERE mask <> (\(Self.mask))) AS wrong_masks
                """
            )[0]
            #expect(account.values == [101_000, 1_000_000, 0])
            // ENUM columns are text in Parquet.
            let differences = try connection.query(
                """
                SELECT count(*) FROM (
                    (SELECT \(names) FROM '\(folder)/refused.parquet' UNION ALL FROM '\(folder)/kept.parquet')
                    EXCEPT ALL (SELECT * REPLACE (e::VARCHAR AS e) FROM (\(Self.source)))
                )
                """
            )
            #expect(differences[0][0] == 0)
        }
    }
}
