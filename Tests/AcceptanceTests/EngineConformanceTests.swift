import Foundation
import Servers
import TestThreads
import Testing

/// What a step makes, and what people are told about it, does not depend on the engine.
@Suite("The same on Spark as on the embedded engine", .ownThreads, .enabled(if: SparkServer.isExpected))
struct EngineConformanceTests {
    private static func orders(_ ids: ClosedRange<Int>) -> String {
        let lines = ids.map { id in
            let kind = ["a", "b", "c", "d", ""][(id * 7 + id / 11) % 5]
            let amount = id % 13 == 0 ? "" : id % 10 == 0 ? "7" : "\((id * 37) % 61)"
            return "\(id),\(kind),\(amount),2024-01-0\(1 + id % 4)"
        }
        return "id,kind,amount,day\n" + lines.joined(separator: "\n") + "\n"
    }

    private static let raw = """
        raw:
          ingest: { files: "in/*.csv", format: csv }
          mode: append
        """

    @Test("every kind of check, refused rows with their reasons, examples, and splits")
    func checks() async throws {
        let both = try BothEngines(
            on: await .shared(),
            datasets: Self.raw + "\n" + """
                kinds:
                  sql: SELECT * FROM (VALUES ('a'), ('b'), (NULL)) t(kind)
                checked:
                  sql: |
                    SELECT id, kind, amount, day, [amount, NULL] AS list, {'a': id, 'b': kind} AS pair,
                           CASE WHEN id % 2 = 0 THEN 'é''\\' ELSE '' END AS odd
                    FROM raw
                  key: [id]
                  checks:
                    - { not_null: [kind], on_fail: quarantine }
                    - { accepted: { column: kind, values: [a, b, c] }, on_fail: quarantine }
                    - { range: { column: amount, min: 0, max: 50 }, on_fail: warn }
                    - { range: { column: id, max: 95 }, on_fail: quarantine }
                    - { pattern: { column: kind, regex: "^[a-c]$" }, mostly: 0.1, on_fail: warn }
                    - { length: { column: kind, min: 1, max: 1 } }
                    - { length: { column: list, max: 1 }, on_fail: warn }
                    - { unique: [kind, amount], on_fail: quarantine }
                    - { unique: [kind], on_fail: warn }
                    - { references: { column: kind, dataset: kinds }, on_fail: warn }
                    - { references: { column: kind, dataset: kinds }, on_fail: quarantine, where: id < 5 }
                    - { sql: "SELECT * FROM checked WHERE split = 'test' AND amount > 40", on_fail: warn }
                    - { metric: { column: amount, mean: { min: 0 }, quantile: { q: 0.5, max: 1 } }, on_fail: warn }
                    - { metric: { column: amount, distinct_share: { min: 0.99 } }, on_fail: warn }
                    - { rows: { min: 1 } }
                    - { rows: { min: 100 }, where: kind = 'a', on_fail: warn }
                  splits: { by: kind, seed: 7, train: 80, validation: 10, test: 10 }
                """, ["in/1.csv": Self.orders(1...99)])
        let said = try both.run().text
        #expect(said.contains("unique(kind, amount)  quarantined"))
        try both.expectSame(tables: "checked", "checked__quarantine")
        // The record of the version has the same account as well.
        let counts = try [both.local, both.cluster].map { sandbox in
            try sandbox.json("show", "checked")["checks"].array.map {
                "\($0["name"].text) \($0["status"].text) \($0["failing"].int ?? -1) \($0["looked"].int ?? -1)"
            }
        }
        #expect(counts[0] == counts[1])
    }

    @Test("types of every kind, and what partitions a table")
    func types() async throws {
        let both = try BothEngines(
            on: await .shared(),
            datasets: """
                numbers:
                  sql: SELECT range AS id FROM range(40)
                typed:
                  sql: |
                    SELECT id, id::TINYINT AS tiny, id::SMALLINT AS small, id::INTEGER AS whole, id::UTINYINT AS natural,
                           sum(id) OVER (ORDER BY id) AS running, id::DECIMAL(10, 2) / 8 AS ratio, id::DECIMAL(18, 3) AS money,
                           (id / 7)::FLOAT AS single, id / 7 AS double, id % 3 = 0 AS flag,
                           DATE '1969-12-25' + id::INTEGER AS day, TIMESTAMP '2024-02-28 23:59:59.123456' + INTERVAL 1 DAY AS moment,
                           TIMESTAMPTZ '2024-03-31 01:30:00+01' AS instant, 'x' || id AS text, NULL::VARCHAR AS nothing,
                           encode('é' || id) AS bytes, [id, NULL, -id] AS list, {'a': id, 'b c': [{'d': id / 3}]} AS nested,
                           MAP {'k': id} AS map, CASE id % 4 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'a/b=c %é' ELSE 'z' END AS part
                    FROM numbers
                  partition_by: [part, day]
                again:
                  sql: SELECT * FROM typed WHERE part IS NOT NULL OR day > DATE '1970-01-01'
                none:
                  sql: SELECT * FROM typed WHERE id < 0
                  checks: [ { not_null: [id], on_fail: quarantine }, { unique: [id] } ]
                """)
        try both.run()
        try both.expectSame(tables: "typed", "again")
        try both.expectSame("SELECT count(*) FROM none")
        try both.expectSame("DESCRIBE none")
        // What files say about their values serves to skip them.
        try both.expectSame("SELECT count(*) FROM typed WHERE id > 38 AND day > DATE '1970-01-30'")
    }

    @Test("rows that were added, merged and deleted, and a full refresh")
    func incremental() async throws {
        let both = try BothEngines(
            on: await .shared(),
            datasets: Self.raw + "\n" + """
                added:
                  sql: SELECT id, kind, amount FROM raw WHERE amount IS NOT NULL
                  mode: append
                  incremental: raw
                  checks: [ { unique: [id], on_fail: warn } ]
                merged:
                  sql: SELECT kind, max(id) AS id, count(*) AS n FROM raw WHERE kind IS NOT NULL GROUP BY kind
                  mode: merge
                  key: [kind]
                  incremental: raw
                  delete_when: id % 7 = 0
                counted:
                  sql: SELECT count(*) AS n, sum(id) AS ids FROM merged
                """, ["in/1.csv": Self.orders(1...99)])
        try both.run()
        try both.expectSame(tables: "added", "merged", "counted")
        try both.write(Self.orders(90...140), to: "in/2.csv")
        let said = try both.run().text
        #expect(said.contains("unique(id)  warning"))
        try both.expectSame(tables: "added", "merged", "counted")
        try both.run("--full-refresh", "merged")
        try both.expectSame(tables: "merged")
    }

    @Test("merging by several columns: folders of odd names, wider types, NULL, rows of other tools")
    func merging() async throws {
        let both = try BothEngines(
            on: await .shared(),
            datasets: Self.raw + "\n" + """
                small:
                  sql: SELECT id::INTEGER AS id, coalesce(kind, 'a b/%é') AS kind, amount::INTEGER AS amount FROM raw
                  mode: merge
                  key: [id, kind]
                  incremental: raw
                  partition_by: [kind]
                  delete_when: small.amount % 7 = 0
                  schema: widen
                grown:
                  sql: SELECT id::INTEGER AS id, kind, amount::INTEGER AS amount FROM raw
                  mode: append
                  incremental: raw
                  schema: widen
                kinds:
                  sql: SELECT coalesce(kind, '-') AS kind, max(id) AS id, sum(amount)::BIGINT AS amount FROM raw GROUP BY ALL
                  mode: merge
                  key: [kind]
                  incremental: raw
                """, ["in/1.csv": Self.orders(1...99)])
        try both.run()
        try both.write(Self.orders(50...140), to: "in/2.csv")
        try both.run()
        try both.expectSame(tables: "small", "kinds", "grown")
        for sandbox in [both.local, both.cluster] {
            try sandbox.replace("id::INTEGER", with: "id::BIGINT", in: "millrace.yaml")
            try sandbox.replace("amount::INTEGER", with: "(amount + 1)::BIGINT", in: "millrace.yaml")
            // A row of another tool's without a value in the key is nobody's.
            _ = try Judge.ask(
                "append", sandbox.path + "/store/kinds", #"{"kind": [null, "zz"], "id": [5, 6], "amount": [7, 8]}"#)
        }
        try both.write(Self.orders(120...160), to: "in/3.csv")
        try both.run()
        try both.expectSame(tables: "small", "kinds", "grown")
        try both.expectSame("SELECT count(*) FROM small")
        try both.expectSame("SELECT * FROM kinds WHERE kind IS NULL OR kind = 'zz'")
        let figures = try [both.local, both.cluster].map { try $0.mergeFigures(of: "small", "kinds") }
        #expect(figures[0] == figures[1])
        #expect(figures[0].count == 4)
        // The executors wrote the rows that stayed as well.
        #expect(
            try both.cluster.rows(
                "SELECT DISTINCT split_part(created_by, ' ', 1) FROM parquet_file_metadata('store/*/part-*/**/*.parquet')"
            )
                == ["parquet-mr"])
    }

    @Test("partitions by day: those before the first, strays, and one made again")
    func partitions() async throws {
        let both = try BothEngines(
            on: await .shared(),
            datasets: Self.raw + "\n" + """
                daily:
                  sql: SELECT id, CASE WHEN id <> 17 THEN day END AS day, amount FROM raw
                  partitions: { by: day, column: day, start: 2024-01-02 }
                  checks: [ { range: { column: amount, max: 55 }, on_fail: quarantine } ]
                kinds:
                  sql: SELECT id, kind FROM raw
                  partitions: { column: kind, values: [a, b, c] }
                """, ["in/1.csv": Self.orders(1...99)])
        let said = try both.run("'+daily'", "'+kinds'").text
        #expect(said.contains("rows are left out: before the first partition"))
        #expect(said.contains("partition  quarantined"))
        try both.expectSame(tables: "daily", "daily__quarantine", "kinds", "kinds__quarantine")
        try both.write(Self.orders(100...120), to: "in/2.csv")
        try both.run("daily+", "'+kinds'")
        try both.expectSame(tables: "daily", "daily__quarantine", "kinds", "kinds__quarantine")
        try both.run("daily", "--partition", "2024-01-03")
        try both.expectSame(tables: "daily")
    }

    @Test("a check that fails refuses the version, and leaves no file behind")
    func refusal() async throws {
        let both = try BothEngines(
            on: await .shared(),
            datasets: Self.raw + "\n" + """
                strict:
                  sql: SELECT id, kind FROM raw
                  checks:
                    - unique: [kind]
                    - { not_null: [kind], on_fail: quarantine }
                    - sql: SELECT * FROM strict WHERE id = 3
                """, ["in/1.csv": Self.orders(1...99)])
        let result = try both.run()
        #expect(result.status == 1)
        #expect(result.text.contains("unique(kind)"))
        for sandbox in [both.local, both.cluster] {
            #expect(sandbox.files(in: "store/strict", ending: ".parquet") == [])
            #expect(sandbox.files(in: "store/strict__quarantine", ending: ".parquet") == [])
        }
        #expect(both.cluster.files(in: "store/strict").allSatisfy { $0.hasPrefix("_delta_log") })
    }

    @Test("steps of one run on several engines")
    func mixed() async throws {
        let server = try await SparkServer.shared()
        let sandbox = try Sandbox()
        try sandbox.datasets(
            """
            one: { sql: SELECT range AS id FROM range(1000) }
            two: { sql: "SELECT id, id // 10 AS tens FROM one", engine: cluster }
            three: { sql: "SELECT tens, count(*) AS n FROM two GROUP BY tens", engine: other }
            four: { sql: "SELECT sum(n) AS n FROM three" }
            """,
            head: """
                project: p
                telemetry: { lineage: { url: "file:lineage.jsonl" } }
                engine: cluster
                engines:
                  cluster: { type: spark, remote: "\(server.connectionString)", settings: { spark.sql.shuffle.partitions: "1" } }
                  other: { type: duckdb, threads: 1 }
                """)
        try sandbox.run()
        #expect(try sandbox.rows("SELECT n FROM four") == ["1000"])
        // Spark puts its files into a folder of the attempt.
        #expect(sandbox.files(in: "store/two", ending: ".parquet").allSatisfy { $0.contains("/") })
        #expect(sandbox.files(in: "store/three", ending: ".parquet").allSatisfy { !$0.contains("/") })
        #expect(sandbox.files(in: "store/four", ending: ".parquet").allSatisfy { $0.contains("/") })
        let software = try sandbox.madeBy("two", "three", "four")
        #expect(software == ["cluster Spark", "other DuckDB", "cluster Spark"])
        #expect(try sandbox.millrace("show", "two").output.contains("cluster (Spark 4"))
        #expect(try sandbox.toldEngines() == ["p.one Spark", "p.two Spark", "p.three DuckDB", "p.four Spark"])
        try sandbox.run("--engine", "local", "--full-refresh")
        #expect(try sandbox.madeBy("two", "three", "four") == Array(repeating: "local DuckDB", count: 3))
        #expect(try sandbox.rows("SELECT n FROM four") == ["1000"])
        #expect(try sandbox.millrace("vacuum", "--older-than", "0s", "--force").status == 0)
        #expect(sandbox.files(in: "store/two", ending: ".parquet").count == 1)
    }

    @Test("a project's tables are read by others wherever they were made")
    func readers() async throws {
        let both = try BothEngines(
            on: await .shared(),
            datasets: """
                made:
                  sql: SELECT range AS id, range % 3 AS part, 'é' || range AS text FROM range(100)
                  partition_by: [part]
                  checks: [ { range: { column: id, max: 90 }, on_fail: quarantine } ]
                """)
        try both.run()
        try both.expectSame(tables: "made", "made__quarantine")
        try Judge.compareTables(of: both.cluster)
    }

    @Test(
        "tables of other tools: values that only their log knows, deleted rows, other names in files",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the judges"))
    func foreign() async throws {
        let both = try BothEngines(
            on: await .shared(),
            datasets: """
                partitioned: { sql: "SELECT * FROM delta_scan('foreign/partitioned')" }
                deleted: { sql: "SELECT id, v FROM delta_scan('foreign/deleted')" }
                mapped: { sql: "SELECT *, pair['b c'] AS name FROM delta_scan('foreign/mapped')" }
                joined:
                  sql: |
                    SELECT p.id, p.part, d.v, m.pair.a AS a
                    FROM delta_scan('foreign/partitioned') AS p
                    LEFT JOIN delta_scan('foreign/deleted') AS d USING (id)
                    LEFT JOIN delta_scan('foreign/mapped') AS m USING (id)
                """)
        for sandbox in [both.local, both.cluster] {
            for table in ["partitioned", "deleted", "mapped"] {
                try ForeignTables.copy(table, to: "foreign/\(table)", in: sandbox)
            }
        }
        try both.run()
        try both.expectSame(tables: "partitioned", "deleted", "mapped", "joined")
        #expect(try both.cluster.rows("SELECT count(*), count(part) FROM partitioned") == ["60,45"])
        #expect(try both.cluster.rows("SELECT count(*), sum(id) FROM deleted") == ["57,\(59 * 30 - 57)"])
        #expect(try both.cluster.rows("SELECT count(*), max(name) FROM mapped WHERE later IS NULL") == ["10,x9"])
    }

    @Test(
        "all queries of TPC-H, as datasets of one project",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the judges"))
    func tpch() async throws {
        let server = try await SparkServer.shared()
        let sandbox = try Sandbox()
        let tables = try Judge.ask("tpch", sandbox.path)["tables"].array.map(\.text)
        try #require(tables.count == 8)
        try sandbox.datasets(
            tables.map { "\($0): { ingest: { files: landing/\($0).parquet, format: parquet } }" }
                .joined(separator: "\n"),
            head: "project: p\nengines: { cluster: { type: spark, remote: \"\(server.connectionString)\" } }")
        let checked = try sandbox.millrace("check", "--engine", "cluster")
        #expect(checked.status == 0, "\(checked.text)")
        try sandbox.run("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier")
        let parity = try sandbox.millrace("parity", "q*")
        #expect(parity.status == 0, "\(parity.text)")
        let equal = parity.lines.count { $0.contains("q") && $0.contains("equal") }
        #expect(equal >= 22, "\(parity.text)")
    }
}

extension Sandbox {
    /// What the live versions of datasets say of the engine that made them.
    fileprivate func madeBy(_ names: String...) throws -> [String] {
        try names.map { name in
            let engine = try json("show", name)["engine"]
            #expect(!engine["version"].text.isEmpty)
            return engine["name"].text + " " + engine["software"].text
        }
    }

    /// What OpenLineage is told of the engines of steps that are complete, in the order in which they were.
    fileprivate func toldEngines() throws -> [String] {
        try read("lineage.jsonl").split(separator: "\n").compactMap { line in
            let event = try JSON(String(line))
            let job = event["job"]["name"].text
            guard event["eventType"].text == "COMPLETE", job != "p" else { return nil }
            return job + " " + event["run"]["facets"]["processing_engine"]["name"].text
        }
    }

    /// What the log says about the rows of each merge.
    fileprivate func mergeFigures(of tables: String...) throws -> [[String: String]] {
        try tables.flatMap { table in
            try files(in: "store/\(table)/_delta_log", ending: ".json").compactMap { file -> [String: String]? in
                let first = try read("store/\(table)/_delta_log/\(file)").split(separator: "\n").first ?? ""
                let info = try JSON(String(first))["commitInfo"]
                guard info["operation"].text == "MERGE" else { return nil }
                return info["operationMetrics"].object.filter { $0.key.contains("Rows") }.mapValues(\.text)
            }
        }
    }
}
