import Foundation
import TestThreads
import Testing

@Suite(
    "Tables as others read them", .ownThreads,
    .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the judges"))
struct DeltaTableTests {
    @Test("values of many types are read alike by deltalake and DuckDB's delta extension, also in the quarantine")
    func types() throws {
        let sandbox = try Sandbox(
            datasets: """
                zoo:
                  sql: |
                    SELECT i AS id, i::TINYINT AS tiny, i::SMALLINT AS small, i::INTEGER AS int, i * 10000000000 AS big,
                      i / 7 AS double, (i / 7)::FLOAT AS single, (i * 1.25)::DECIMAL(12, 3) AS dec,
                      (i * 1.25)::DECIMAL(30, 3) AS wide, i % 2 = 0 AS yes, 'text ' || i AS text, 'ü€' AS "Größe in €",
                      DATE '2026-01-01' + i::INTEGER AS day, TIMESTAMP '2026-01-01 12:00:00.123456' + to_days(i::INTEGER) AS at_local,
                      (TIMESTAMPTZ '2026-01-01 12:00:00+00' + to_days(i::INTEGER)) AS at_utc, encode('bytes' || i) AS bytes,
                      [i, NULL, i + 1] AS list, {'a': i, 'b': [{'c': 'x'}]} AS struct, MAP {'k' || i: i} AS map,
                      CASE WHEN i % 3 = 0 THEN i END AS sometimes, 'NaN'::DOUBLE AS nan
                    FROM range(50) AS t(i)
                  checks:
                    - range: { column: id, max: 40, on_fail: quarantine }
                  splits: { by: text, seed: 1, train: 1, test: 1 }
                """)
        try sandbox.run()
        try Judge.compareTables(of: sandbox)
        let table = try Judge.ask("table", sandbox.path + "/store/zoo__quarantine")
        #expect(table["rows"].int == 9)
        #expect(table["columns"][0].text == "_reasons")
    }

    @Test("partition columns: folders, metadata, nulls, odd characters and older versions")
    func partitions() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: in.csv, types: { year: INTEGER, city: VARCHAR, note: VARCHAR } } }
                t:
                  sql: SELECT * FROM raw
                  partition_by: [year, city]
                """,
            ["in.csv": "id,year,city,note\n1,2025,São Paulo,a\n2,2025,a/b=c,b\n3,,x y,c\n4,2026,,d\n5,2026,100%,e\n"])
        try sandbox.run()
        try Judge.compareTables(of: sandbox)
        let table = try Judge.ask("table", sandbox.path + "/store/t")
        #expect(table["partition_columns"].array.map(\.text) == ["year", "city"])
        #expect(table["files"].int == 5)
        #expect(sandbox.files(in: "store/t").contains { $0.hasPrefix("year=2025/") })
        #expect(try sandbox.rows("SELECT id FROM t WHERE city = 'a/b=c'") == ["2"])
        try sandbox.write("id,year,city,note\n9,2027,y,z\n", to: "in.csv")
        try sandbox.run()
        try Judge.compareTables(of: sandbox)
        let old = try Judge.ask("table", sandbox.path + "/store/t", "0")
        #expect(old["rows"].int == 5)
    }

    @Test("splits and partitions together")
    func partitionBySplit() throws {
        let sandbox = try Sandbox(
            datasets: """
                t:
                  sql: SELECT i AS id FROM range(100) AS r(i)
                  splits: { by: id, seed: 1, train: 50, test: 50 }
                  partition_by: split
                """)
        try sandbox.run()
        try Judge.compareTables(of: sandbox)
        #expect(try Judge.ask("table", sandbox.path + "/store/t")["partition_columns"].array.map(\.text) == ["split"])
    }

    @Test("mode: append adds each run's rows, and its checks look at what is added")
    func append() throws {
        let sandbox = try Sandbox(
            datasets: """
                day: { ingest: { files: day.csv } }
                log:
                  sql: SELECT * FROM day
                  mode: append
                  checks:
                    - not_null: [id]
                    - range: { column: v, max: 100, on_fail: quarantine }
                """, ["day.csv": "id,v\n1,10\n2,500\n"])
        try sandbox.run()
        try sandbox.write("id,v\n3,30\n", to: "day.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id FROM log ORDER BY id") == ["1", "3"])
        #expect(try sandbox.rows("SELECT id FROM log@0") == ["1"])
        #expect(try sandbox.rows("SELECT id FROM log__quarantine") == ["2"])
        try sandbox.write("id,v\n,30\n", to: "day.csv")
        #expect(try sandbox.millrace("run").status == 1)
        #expect(try sandbox.rows("SELECT id FROM log ORDER BY id") == ["1", "3"])
        #expect(try sandbox.run("day").output.hasPrefix("nothing to do"))
        try Judge.compareTables(of: sandbox)
        let newest = try sandbox.json("history", "log")[0]
        #expect([newest["rows_added"].int, newest["rows_removed"].int] == [1, 0])
        #expect(newest["account"]["read"].int == 1)
    }

    @Test("a key that must be unique is unique across what is there and what is added")
    func appendUnique() throws {
        let sandbox = try Sandbox(
            datasets: """
                day: { ingest: { files: day.csv } }
                log: { sql: SELECT * FROM day, mode: append, checks: [ { unique: id } ] }
                """, ["day.csv": "id\n1\n2\n"])
        try sandbox.run()
        try sandbox.write("id\n2\n3\n", to: "day.csv")
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("unique(id)"))
        #expect(try sandbox.rows("SELECT count(*) FROM log") == ["2"])
    }

    @Test("after more than ten versions there is a checkpoint, which the others read; old versions stay readable")
    func checkpoints() throws {
        let sandbox = try Sandbox(
            datasets: """
                day: { ingest: { files: day.csv } }
                log:
                  sql: SELECT *, id % 2 AS odd FROM day
                  mode: append
                  partition_by: odd
                  checks: [ { range: { column: id, min: 1, on_fail: quarantine } } ]
                """)
        for number in 0..<13 {
            try sandbox.write("id\n\(number)\n\(number + 100)\n", to: "day.csv")
            try sandbox.run("--quiet")
        }
        #expect(sandbox.exists("store/log/_delta_log/00000000000000000010.checkpoint.parquet"))
        #expect(sandbox.exists("store/log/_delta_log/_last_checkpoint"))
        #expect(sandbox.exists("store/day/_delta_log/00000000000000000010.checkpoint.parquet"))
        try Judge.compareTables(of: sandbox)
        let log = try Judge.ask("table", sandbox.path + "/store/log")
        #expect([log["version"].int, log["rows"].int, log["files"].int] == [12, 25, 13])
        #expect(try Judge.ask("table", sandbox.path + "/store/log", "4")["rows"].int == 9)
        #expect(try Judge.ask("table", sandbox.path + "/store/day")["rows"].int == 2)

        // The checkpoint alone carries the table, when older log files are gone.
        try sandbox.shell("rm store/log/_delta_log/0000000000000000000?.json")
        #expect(try sandbox.rows("SELECT count(*) FROM log") == ["25"])
        try sandbox.write("id\n77\n", to: "day.csv")
        try sandbox.run()
        try Judge.compareTables(of: sandbox)
    }

    @Test("what another tool appends is seen by query, and makes what is below stale")
    func otherWriters() throws {
        let sandbox = try Sandbox(
            datasets: "raw: { ingest: { files: in.csv } }\nt: { sql: SELECT sum(id) AS n FROM raw }",
            ["in.csv": "id\n1\n2\n"])
        try sandbox.run()
        _ = try Judge.ask("append", sandbox.path + "/store/raw", "{\"id\": [10]}")
        #expect(try sandbox.rows("SELECT sum(id) FROM raw") == ["13"])
        #expect(try sandbox.plan()["t"] == ["input raw 0 → 1"])
    }
}
