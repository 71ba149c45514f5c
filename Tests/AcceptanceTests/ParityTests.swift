import Foundation
import Servers
import TestThreads
import Testing

/// With embedded engines alone: what has nothing to do with Spark.
@Suite("Parity of two engines", .ownThreads)
struct ParityTests {
    static let head = """
        project: p
        engines:
          local: { type: duckdb, threads: 1 }
          other: { type: duckdb, threads: 1 }
        """

    private func sandbox(_ datasets: String, _ files: [String: String] = [:]) throws -> Sandbox {
        let sandbox = try Sandbox(files)
        try sandbox.datasets(datasets, head: Self.head)
        return sandbox
    }

    private static let measures = """
        raw: { sql: "SELECT range AS id, range % 7 AS g, range / 7 AS x, 'n' || range % 3 AS t FROM range(2000)" }
        kept:
          sql: "SELECT id, g, x * 1.1 AS y, t FROM raw"
          key: [id]
          checks: [ { range: { column: g, max: 5 }, on_fail: quarantine }, { unique: [id] }, { rows: { min: 5000 }, on_fail: warn } ]
          splits: { by: t, seed: 3, train: 80, test: 20 }
        sums: { sql: "SELECT g, sum(y) AS s, avg(y) AS m, list(id ORDER BY id) AS ids FROM kept GROUP BY g" }
        """

    @Test("equal results are told with their counts; nothing is published and no file stays behind")
    func equal() throws {
        let sandbox = try sandbox(Self.measures)
        try sandbox.run()
        let before = sandbox.files(in: "store")
        let versions = try sandbox.versions()
        let found = try sandbox.millrace("parity", "--engines", "local,other")
        #expect(found.status == 0, "\(found.text)")
        #expect(found.output.hasPrefix("local and other  floats within 1e-09 of each other\n"))
        #expect(found.output.contains(/kept +equal: 1,715 rows, 285 quarantined/))
        #expect(found.output.contains("\n3 equal of 3 datasets\n"), "\(found.output)")
        #expect(sandbox.files(in: "store") == before)
        #expect(try sandbox.versions() == versions)

        let json = try sandbox.json("parity", "kept", "--engines", "local,other", "--sample", "500", "--seed", "4")
        #expect(json["equal"].isTrue && json["sample"]["rows"].int == 500 && json["tolerance"].number == 1e-9)
        #expect(json["engines"].array.map(\.text) == ["local", "other"])
        let kept = json["datasets"][0]
        #expect(kept["outcome"].text == "equal" && kept["first"]["account"]["read"].int == 500)
        #expect(kept["rows"]["equal"].int == kept["first"]["account"]["published"].int)
        #expect(kept["quarantine"]["equal"].int == kept["first"]["account"]["quarantined"].int)
        let again = try sandbox.json("parity", "kept", "--engines", "local,other", "--sample", "500", "--seed", "4")
        let accounts = [kept, again["datasets"][0]].map { $0["first"]["account"].object.mapValues(\.int) }
        #expect(accounts[0] == accounts[1])
        #expect(sandbox.files(in: "store") == before)
    }

    @Test("a difference is found, shown side by side by the key, and exits with 1")
    func different() throws {
        // A function without a fixed answer is the same query with two results.
        let sandbox = try sandbox(
            """
            raw: { sql: "SELECT range AS id FROM range(50)" }
            t:
              sql: "SELECT id, 'same' AS t, CASE WHEN id = 7 THEN random() ELSE id / 3 END AS x, uuid()::VARCHAR AS u FROM raw WHERE id = 7 OR id > 45"
              key: [id]
            u: { sql: "SELECT id, CASE WHEN id = 7 THEN uuid()::VARCHAR ELSE 'same' END AS u FROM raw" }
            """)
        try sandbox.run()
        let before = sandbox.files(in: "store")
        let json = try sandbox.json("parity", "t", "u", "--engines", "local,other")
        #expect(!json["equal"].isTrue)
        let t = json["datasets"].array.first { $0["dataset"].text == "t" } ?? json["none"]
        #expect(t["outcome"].text == "different")
        #expect(t["rows"]["different"].int == 5 && t["rows"]["equal"].int == 0)
        #expect(t["rows"]["different_by_column"]["u"].int == 5 && t["rows"]["different_by_column"]["x"].int == 1)
        let first = t["rows"]["examples"]["different"][0]
        #expect(first["key"]["id"].text == "7")
        #expect(Set(first["fields"].object.keys) == ["x", "u"])
        #expect(first["fields"]["x"]["first"].text != first["fields"]["x"]["second"].text)
        let u = json["datasets"].array.first { $0["dataset"].text == "u" } ?? json["none"]
        #expect(u["rows"]["only_first"].int == 1 && u["rows"]["only_second"].int == 1 && u["rows"]["equal"].int == 49)

        let text = try sandbox.millrace("parity", "t", "u", "--engines", "local,other", "--rows", "2")
        #expect(text.status == 1)
        #expect(text.output.contains(/✗ t +different/), "\(text.output)")
        #expect(text.output.contains(/different +5 +u 5, x 1/), "\(text.output)")
        #expect(text.output.contains("… and 3 more"))
        #expect(text.output.contains("only on other"))
        #expect(text.output.contains("\n0 equal, 2 different of 2 datasets\n"))
        #expect(sandbox.files(in: "store") == before)
    }

    @Test("row counts, splits and verdicts that differ are named")
    func facts() throws {
        let sandbox = try sandbox(
            """
            raw: { sql: "SELECT range AS id FROM range(1000)" }
            t:
              sql: "SELECT id, CASE WHEN random() < 0.5 THEN 1 ELSE 9 END AS v FROM raw WHERE random() < 0.9"
              checks: [ { range: { column: v, max: 5 }, on_fail: quarantine }, { metric: { column: id, mean: { min: 0 } } } ]
              splits: { by: id, train: 80, test: 20 }
            """)
        try sandbox.run("raw")
        let json = try sandbox.json("parity", "t", "--engines", "local,other")
        let named = json["datasets"][0]["differences"].array.map { $0["what"].text }
        #expect(named.contains("rows published") && named.contains("rows quarantined"), "\(named)")
        #expect(named.contains("split train") && named.contains { $0.hasPrefix("check range(v)") }, "\(named)")
        #expect(json["datasets"][0]["quarantine"]["only_first"].int ?? 0 > 0)
        #expect(!sandbox.exists("store/t/_delta_log/00000000000000000000.json"))
        #expect(sandbox.files(in: "store/t", ending: ".parquet").isEmpty)
        #expect(sandbox.files(in: "store/t__quarantine", ending: ".parquet").isEmpty)
    }

    @Test("what is no SQL is left out; what needs a dataset without a version is told, and the others are compared")
    func leftOut() throws {
        let sandbox = try sandbox(
            """
            raw: { ingest: { files: in.csv, format: csv } }
            other_raw: { ingest: { files: in.csv, format: csv } }
            a: { sql: "SELECT * FROM raw" }
            b: { sql: "SELECT * FROM other_raw" }
            """, ["in.csv": "id,x\n1,0.5\n2,1.5\n"])
        try sandbox.run("raw")
        let found = try sandbox.millrace("parity", "--engines", "local,other")
        #expect(found.status == 1)
        #expect(found.output.contains(/✓ a +equal: 2 rows/), "\(found.output)")
        #expect(found.output.contains(/✗ b +failed/))
        #expect(found.output.contains("left out: other_raw (ingest), raw (ingest)"), "\(found.output)")
        #expect(found.errors.contains("'b' needs 'other_raw', which has no version yet"), "\(found.errors)")
        #expect(found.errors.contains("hint: millrace run +b"))
        let none = try sandbox.millrace("parity", "raw", "--engines", "local,other")
        #expect(none.status == 0)
        #expect(none.output.contains("nothing to compare: no SQL step is selected"))
    }

    @Test("a step that fails on an engine is told with the engine's name, and leaves no file behind")
    func failing() throws {
        let sandbox = try sandbox(
            """
            raw: { sql: "SELECT range AS id FROM range(100)" }
            t: { sql: "SELECT id, CASE WHEN id = 99 THEN error('no such id') ELSE 'x' END AS v FROM raw" }
            """)
        try sandbox.run("raw")
        let found = try sandbox.millrace("parity", "t", "--engines", "local,other", "--sample", "100000")
        #expect(found.status == 1)
        #expect(found.output.contains(/✗ t +failed on local and other/), "\(found.output)")
        #expect(found.errors.contains("no such id"), "\(found.errors)")
        #expect(found.errors.contains("note: this was t on other"), "\(found.errors)")
        #expect(sandbox.files(in: "store/t", ending: ".parquet").isEmpty)
    }

    @Test("partitioned datasets are made as a whole, and appends and merges from all rows")
    func modes() throws {
        let sandbox = try sandbox(
            """
            raw: { sql: "SELECT range AS id, DATE '2024-01-01' + (range % 3)::INTEGER AS day, range % 2 = 0 AS gone FROM range(30)" }
            daily: { sql: "SELECT day, count(*) AS n FROM raw GROUP BY day", partitions: { by: day, column: day, start: 2024-01-01 } }
            grown: { sql: "SELECT * FROM raw", mode: append, incremental: raw }
            merged: { sql: "SELECT * FROM raw", mode: merge, key: [id], delete_when: gone }
            shared: { sql: "SELECT * FROM raw", partition_by: [day] }
            """)
        try sandbox.run()
        let before = sandbox.files(in: "store")
        let json = try sandbox.json("parity", "--engines", "local,other", "--exclude", "raw")
        let rows = Dictionary(
            uniqueKeysWithValues: json["datasets"].array.map { ($0["dataset"].text, $0["rows"]["equal"].int) })
        #expect(rows == ["daily": 3, "grown": 30, "merged": 15, "shared": 30], "\(json)")
        #expect(json["equal"].isTrue)
        #expect(sandbox.files(in: "store") == before)
    }

    @Test("engines that are not there, or not two, are refused")
    func engines() throws {
        let sandbox = try sandbox("raw: { sql: \"SELECT 1 AS a\" }")
        func refused(_ arguments: String...) throws -> String {
            let result = try sandbox.start(shell: "\(Checkout.millrace) parity \(arguments.joined(separator: " "))")
                .wait()
            #expect(result.status == 2, "\(result.text)")
            return result.errors
        }
        let unknown = try refused("--engines", "local,othr")
        #expect(unknown.contains("no engine 'othr' in this project") && unknown.contains("did you mean 'other'?"))
        #expect(try refused("--engines", "local").contains("two engines are compared, not 1"))
        let none = try refused()
        #expect(none.contains("there is no engine to compare 'local' with: the project has none of the type 'spark'"))
        #expect(none.contains("local, other"))
        #expect(try refused("--sample", "0").contains("--sample takes a number of rows from 1 on"))
        #expect(try refused("--tolerance", "2").contains("--tolerance takes a number from 0 to below 1"))
        try sandbox.datasets(
            "raw: { sql: \"SELECT 1 AS a\" }",
            head: """
                project: p
                engines:
                  one: { type: spark, remote: "sc://127.0.0.1:1" }
                  two: { type: spark, remote: "sc://127.0.0.1:2" }
                """)
        #expect(try refused().contains("the project has several engines to compare 'local' with: one, two"))
    }

    @Test("in words: what is different, in tables")
    func text() throws {
        let sandbox = try Sandbox()
        try sandbox.datasets(
            """
            raw: { sql: "SELECT range AS id, range / 4 AS x FROM range(4)" }
            a: { sql: "SELECT id, x FROM raw", key: [id] }
            b: { sql: "SELECT id, CASE WHEN id = 2 THEN current_setting('threads')::INTEGER ELSE 0 END AS n FROM raw", key: [id] }
            c: { sql: "SELECT id FROM raw WHERE id < current_setting('threads')::INTEGER" }
            """,
            head: Self.head.replacing(
                "other: { type: duckdb, threads: 1 }", with: "other: { type: duckdb, threads: 2 }"))
        try sandbox.run()
        let found = try sandbox.millrace("parity", "--engines", "local,other")
        #expect(found.status == 1, "\(found.text)")
        try Snapshot.expect(found.output, "parity", in: sandbox)
    }
}

@Suite("Parity of DuckDB and Spark", .ownThreads, .enabled(if: SparkServer.isExpected))
struct SparkParityTests {
    private func sandbox(_ datasets: String) async throws -> Sandbox {
        let server = try await SparkServer.shared()
        let sandbox = try Sandbox()
        try sandbox.datasets(
            datasets,
            head: """
                project: p
                engines:
                  cluster: { type: spark, remote: "\(server.connectionString)" }
                """)
        return sandbox
    }

    @Test("floats, splits, refused rows and nested values are the same on both")
    func equal() async throws {
        let sandbox = try await sandbox(
            """
            raw: { sql: "SELECT range AS id, range % 7 AS g, range / 7 AS x, 'n' || range % 3 AS t FROM range(3000)" }
            kept:
              sql: "SELECT id, g, x * 1.1 AS y, (x / 3)::FLOAT AS f, t, [x, NULL] AS l, {'a': x, 'b': t} AS s FROM raw"
              key: [id]
              checks: [ { range: { column: g, max: 5 }, on_fail: quarantine }, { unique: [id] }, { metric: { column: y, mean: { min: 0 } } } ]
              splits: { by: t, seed: 3, train: 80, test: 20 }
            sums: { sql: "SELECT g, sum(y) AS s, avg(f) AS m FROM kept GROUP BY g" }
            """)
        try sandbox.run()
        let before = sandbox.files(in: "store")
        let found = try sandbox.millrace("parity", "kept", "sums")
        #expect(found.status == 0, "\(found.text)")
        #expect(found.output.hasPrefix("local and cluster  "))
        #expect(found.output.contains("\n2 equal of 2 datasets\n"), "\(found.output)")
        #expect(sandbox.files(in: "store") == before)

        let sample = try sandbox.json("parity", "kept", "--sample", "200", "--seed", "5")
        #expect(sample["equal"].isTrue, "\(sample)")
        #expect(sample["datasets"][0]["second"]["account"]["read"].int == 200)
        #expect(sandbox.files(in: "store") == before)
    }

    @Test("a query that Spark cannot answer fails there alone, one that is wrong on both; no file stays behind")
    func failing() async throws {
        let sandbox = try await sandbox(
            """
            raw: { sql: "SELECT range AS id, range % 7 AS g FROM range(3000)" }
            t: { sql: "SELECT g, random() AS x FROM raw GROUP BY g", key: [g] }
            u: { sql: "SELECT id, CAST(CASE WHEN id = 9 THEN 'nine' ELSE '1' END AS INTEGER) AS n FROM raw" }
            """)
        try sandbox.run("raw")
        let found = try sandbox.millrace("parity", "t", "u")
        #expect(found.status == 1, "\(found.text)")
        #expect(found.output.contains(/✗ t +failed on cluster/), "\(found.output)")
        #expect(found.output.contains(/✗ u +failed on local and cluster/), "\(found.output)")
        #expect(found.errors.contains("note: this was u on cluster"), "\(found.errors)")
        #expect(found.errors.contains("note: this was t on cluster"), "\(found.errors)")
        let left = sandbox.files(in: "store").filter { $0.contains("part-parity") }
        #expect(left.isEmpty, "\(left)")
        #expect(sandbox.files(in: "store", ending: ".parquet").allSatisfy { $0.hasPrefix("raw/") })
    }
}
