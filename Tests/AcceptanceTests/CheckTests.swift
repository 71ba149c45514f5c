import Foundation
import TestThreads
import Testing

@Suite("Checks", .ownThreads)
struct CheckTests {
    /// Eight readings with something wrong in most of them.
    private static let readings = """
        id,v,c,w
        1,1,a,ab
        2,,b,ABC
        2,20,z,abcd
        4,4,,x
        5,4,a,abc
        6,1,a,abc
        7,99,zz,a1
        8,99,zz,a1

        """

    /// A project with the readings and the datasets that its checks look at; `t` is a copy of them.
    private func project(checks: String, _ readings: String = Self.readings, more: String = "") throws -> Sandbox {
        let indented = checks.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        return try Sandbox(
            datasets: """
                raw:
                  ingest:
                    files: landing/in.csv
                    types: { id: BIGINT, v: DOUBLE, c: VARCHAR, w: VARCHAR }
                ref:
                  ingest: { files: landing/ref.csv, format: csv }
                t:
                  sql: SELECT * FROM raw
                  checks:
                \(indented)
                \(more)
                """, ["landing/in.csv": readings, "landing/ref.csv": "code\na\nb\n"])
    }

    /// A kind of check that passes, and how it fails.
    struct Kind: CustomTestStringConvertible, Sendable {
        var name: String
        var passing: String
        var failing: String
        /// Rows that fail and rows that were looked at.
        var failed: Int?
        var looked: Int?
        var says: String

        var testDescription: String { name }
    }

    static let kinds: [Kind] = [
        Kind(
            name: "not_null(v)", passing: "not_null: [id]", failing: "not_null: [v]", failed: 1, looked: 8,
            says: "1 of 8 rows (12.5 %): no value"),
        Kind(
            name: "unique(id)", passing: "unique: [id, v]", failing: "unique: [id]", failed: 2, looked: 8,
            says: "2 of 8 rows (25 %): the same id as another row"),
        Kind(
            name: "accepted(c)", passing: "accepted: { column: c, values: [a, b, z, zz] }",
            failing: "accepted: { column: c, values: [a, b] }", failed: 3, looked: 8,
            says: "3 of 8 rows (37.5 %): not one of a, b"),
        Kind(
            name: "range(v)", passing: "range: { column: v, min: 1 }", failing: "range: { column: v, min: 0, max: 10 }",
            failed: 3, looked: 8, says: "3 of 8 rows (37.5 %): outside 0…10"),
        Kind(
            name: "pattern(w)", passing: "pattern: { column: w, regex: \"[a-zA-Z]\" }",
            failing: "pattern: { column: w, regex: \"^[a-z]+$\" }", failed: 3, looked: 8,
            says: "does not match ^[a-z]+$"),
        Kind(
            name: "length(w)", passing: "length: { column: w, max: 4 }",
            failing: "length: { column: w, min: 2, max: 3 }", failed: 2, looked: 8, says: "length outside 2…3"),
        Kind(
            name: "rows", passing: "rows: { min: 8, max: 8 }", failing: "rows: { min: 100 }",
            says: "8 rows is below 100"),
        Kind(name: "rows", passing: "rows: { max: 8 }", failing: "rows: { max: 2 }", says: "8 rows is above 2"),
        Kind(
            name: "references(c)", passing: "references: { column: c, dataset: raw }",
            failing: "references: { column: c, dataset: ref, to: code }", failed: 3, looked: 7,
            says: "3 of 7 rows (42.86 %): not in ref.code"),
        Kind(
            name: "sql", passing: "sql: SELECT * FROM t WHERE id > 8", failing: "sql: SELECT * FROM t WHERE id > 3",
            failed: 5, looked: 8, says: "5 of 8 rows (62.5 %): found by the query"),
        Kind(
            name: "mean(v)", passing: "metric: { column: v, mean: { min: 32, max: 33 } }",
            failing: "metric: { column: v, mean: { min: 1000 } }", says: "is below 1,000"),
        Kind(
            name: "sum(v)", passing: "metric: { column: v, sum: { min: 228, max: 228 } }",
            failing: "metric: { column: v, sum: { max: 1 } }", says: "228 is above 1"),
        Kind(
            name: "min(v)", passing: "metric: { column: v, min: { min: 1 } }",
            failing: "metric: { column: v, min: { min: 5 } }", says: "1 is below 5"),
        Kind(
            name: "max(v)", passing: "metric: { column: v, max: { max: 99 } }",
            failing: "metric: { column: v, max: { max: 5 } }", says: "99 is above 5"),
        Kind(
            name: "quantile 0.5(v)", passing: "metric: { column: v, quantile: { q: 0.5, min: 4, max: 4 } }",
            failing: "metric: { column: v, quantile: { q: 0.5, max: 1 } }", says: "4 is above 1"),
        Kind(
            name: "distinct_share(v)", passing: "metric: { column: v, distinct_share: { min: 0.5, max: 0.6 } }",
            failing: "metric: { column: v, distinct_share: { min: 1 } }", says: "is below 1"),
    ]

    @Test("every kind of check passes, and is told by name in the version's record")
    func passing() throws {
        let checks = Self.kinds.map { "- " + $0.passing } + ["- type: { column: id, is: BIGINT }"]
        let sandbox = try project(checks: checks.joined(separator: "\n"))
        try sandbox.run()
        let outcomes = try sandbox.json("history", "t")[0]["checks"].array
        #expect(outcomes.count == Self.kinds.count + 1)
        #expect(outcomes.allSatisfy { $0["status"].text == "passed" }, "\(outcomes)")
    }

    @Test(
        "every kind of check refuses: exit 1, nothing published, the check, the count and the share named",
        arguments: kinds)
    func failing(kind: Kind) throws {
        let sandbox = try project(checks: "- " + kind.failing)
        let events = try sandbox.events()
        let failure = try #require(events.first { $0["event"].text == "step_failed" })
        #expect(failure["cause"].text == "check")
        let check = failure["checks"][0]
        #expect(check["name"].text == kind.name)
        #expect(check["status"].text == "failed")
        #expect(check["failing"].int == kind.failed)
        #expect(check["looked"].int == kind.looked)
        #expect(check["message"].text.contains(kind.says), "\(check["message"].text)")
        #expect(check["examples"].array.isEmpty == (kind.failed == nil))
        #expect(try sandbox.versions() == ["raw": 0, "ref": 0])
        #expect(sandbox.files(in: "store/t", ending: ".parquet").isEmpty)
        #expect(events.last?["outcome"].text == "failed")
    }

    @Test("a column of another type is found before anything runs; with on_fail: warn it is published and reported")
    func type() throws {
        let sandbox = try project(checks: "- type: { column: id, is: VARCHAR }")
        let run = try sandbox.millrace("run")
        #expect(run.status == 2)
        #expect(run.errors.contains("type(id): the column has type BIGINT, not VARCHAR"))
        #expect(!sandbox.exists("store/raw"))
        let warning = try project(checks: "- type: { column: id, is: VARCHAR, on_fail: warn }")
        let warned = try warning.run()
        #expect(warned.output.contains("! type(id)  warning: the column has type BIGINT, not VARCHAR"))
    }

    @Test("a refused version leaves the last one live and says what failed, how much, and five rows of it")
    func refused() throws {
        let sandbox = try project(checks: "- range: { column: v, max: 1000 }")
        try sandbox.run()
        let lines = (1...40).map { "\($0),\($0 % 4 == 0 ? 5000 : 1),a,ab" }
        try sandbox.write("id,v,c,w\n" + lines.joined(separator: "\n") + "\n", to: "landing/in.csv")
        let run = try sandbox.millrace("run", "--jobs", "1")
        #expect(run.status == 1)
        #expect(run.output.contains("✗ t"))
        #expect(run.output.contains("refused by 1 check, version 0 stays live"))
        #expect(run.text.contains("✗ range(v)  failed: 10 of 40 rows (25 %): above 1000"), "\(run.text)")
        #expect(run.text.split(separator: "\n").count { $0.contains("5000.0") } == 5)
        #expect(run.text.contains("… and 5 more"))
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["8"])
        #expect(try sandbox.versions() == ["raw": 1, "ref": 0, "t": 0])
        #expect(try sandbox.selected("result:failed") == ["t"])
        // The files of the refused version are gone.
        #expect(sandbox.files(in: "store/t", ending: ".parquet").count == 1)
        try Snapshot.expect(run.output + run.errors, "refused", in: sandbox)
    }

    @Test("on_fail: warn publishes and reports")
    func warn() throws {
        let sandbox = try project(checks: "- range: { column: v, max: 10, on_fail: warn }")
        let run = try sandbox.run()
        #expect(run.output.contains("! range(v)  warning: 3 of 8 rows (37.5 %)"))
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["8"])
        #expect(try sandbox.json("history", "t")[0]["checks"][0]["status"].text == "warned")
    }

    @Test("quarantined rows carry all their reasons, and rows read = published + quarantined")
    func quarantine() throws {
        let sandbox = try project(
            checks: """
                - not_null: [v]
                  on_fail: quarantine
                - accepted: { column: c, values: [a, b], on_fail: quarantine }
                - { pattern: { column: w, regex: "^[a-z]+$" }, name: lower case, on_fail: quarantine }
                """)
        let run = try sandbox.run()
        #expect(run.output.contains("quarantine  t  4 of 8 rows (50 %), kept in t__quarantine"))
        let refused = try sandbox.json("query", "SELECT * FROM t__quarantine ORDER BY id, v").array
        #expect(refused.count == 4)
        #expect(
            refused.map { $0["_reasons"].array.map(\.text) } == [
                ["accepted(c): not one of a, b"],
                ["not_null(v): no value", "lower case: does not match ^[a-z]+$"],
                ["accepted(c): not one of a, b", "lower case: does not match ^[a-z]+$"],
                ["accepted(c): not one of a, b", "lower case: does not match ^[a-z]+$"],
            ])
        #expect(refused[1]["w"].text == "ABC")
        let account = try sandbox.json("history", "t")[0]["account"]
        #expect([account["read"].int, account["published"].int, account["quarantined"].int] == [8, 4, 4])
        #expect(try sandbox.rows("SELECT id FROM t ORDER BY id") == ["1", "4", "5", "6"])
    }

    @Test("after a replacement the quarantine holds what the current version refused")
    func quarantineOfCurrentVersion() throws {
        let sandbox = try project(checks: "- range: { column: v, max: 50, on_fail: quarantine }")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM t__quarantine") == ["2"])
        try sandbox.write("id,v,c,w\n1,1,a,ab\n2,70,a,ab\n", to: "landing/in.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id FROM t__quarantine") == ["2"])
        try sandbox.write("id,v,c,w\n1,1,a,ab\n", to: "landing/in.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM t__quarantine") == ["0"])
    }

    @Test("a check of all rows sees what is left after the quarantine")
    func checksAfterQuarantine() throws {
        let sandbox = try project(
            checks: """
                - range: { column: v, max: 10, on_fail: quarantine }
                - unique: [id]
                - rows: { max: 5 }
                """)
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["5"])
    }

    @Test("duplicates can be quarantined")
    func quarantinedDuplicates() throws {
        let sandbox = try project(checks: "- unique: [id]\n  on_fail: quarantine")
        let checked = try sandbox.millrace("check")
        #expect(checked.status == 0, "\(checked.text)")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) - count(DISTINCT id) FROM t") == ["0"])
        #expect(try sandbox.rows("SELECT count(*) > 0 FROM t__quarantine") == ["true"])
    }

    @Test("'mostly' tolerates a share of failing rows, and no more")
    func mostly() throws {
        let tolerant = try project(checks: "- accepted: { column: c, values: [a, b], mostly: 0.6 }")
        try tolerant.run()
        #expect(try tolerant.rows("SELECT count(*) FROM t") == ["8"])
        let strict = try project(checks: "- accepted: { column: c, values: [a, b], mostly: 0.7 }")
        let run = try strict.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("at least 70 % must pass"))
    }

    @Test("with 'mostly' rows go to the quarantine as long as enough are left")
    func mostlyWithQuarantine() throws {
        let tolerant = try project(
            checks: "- accepted: { column: c, values: [a, b], mostly: 0.6, on_fail: quarantine }")
        try tolerant.run()
        #expect(try tolerant.rows("SELECT count(*) FROM t") == ["5"])
        let strict = try project(checks: "- accepted: { column: c, values: [a, b], mostly: 0.7, on_fail: quarantine }")
        #expect(try strict.millrace("run").status == 1)
        #expect(try strict.versions()["t"] == nil)
    }

    @Test("'where' looks at some of the rows only")
    func condition() throws {
        let sandbox = try project(
            checks: """
                - range: { column: v, max: 10, where: "c = 'a'" }
                - unique: { columns: [id], where: "v < 10" }
                - metric: { column: v, mean: { min: 2, max: 2 }, where: "c = 'a'" }
                - references: { column: c, dataset: ref, to: code, where: "id <> 2 AND id < 7" }
                """)
        try sandbox.run()
        let outcomes = try sandbox.json("history", "t")[0]["checks"].array
        #expect(outcomes.first { $0["name"].text == "range(v)" }?["looked"].int == 3)
        #expect(outcomes.first { $0["name"].text == "unique(id)" }?["looked"].int == 4)
    }

    @Test("'where' of a row count counts some of the rows only")
    func rowsWithCondition() throws {
        let sandbox = try project(checks: "- rows: { min: 3, max: 3, where: \"c = 'a'\" }")
        try sandbox.run()
        #expect(try project(checks: "- rows: { max: 2, where: \"c = 'a'\" }").millrace("run").status == 1)
    }

    @Test("a failed dataset stops what needs it; --keep-going makes the rest")
    func keepGoing() throws {
        let more = """
            below:
              sql: SELECT * FROM t
            beside:
              sql: SELECT count(*) AS n FROM raw
            """
        let checks = "- not_null: [v]"
        let going = try project(checks: checks, more: more)
        let run = try going.millrace("run", "--keep-going")
        #expect(run.status == 1)
        #expect(try going.versions() == ["raw": 0, "ref": 0, "beside": 0])
        #expect(try going.selected("result:skipped") == ["below"])
        let events = try project(checks: checks, more: more).events("--jobs", "1")
        #expect(events.contains { $0["event"].text == "step_skipped" && $0["dataset"].text == "below" })
    }
}
