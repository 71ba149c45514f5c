import Foundation
import TestThreads
import Testing

@Suite("Splits", .ownThreads)
struct SplitTests {
    private static let rows = 4000

    /// Visits of customers, in this order.
    private static func visits(_ order: some Sequence<Int>) -> String {
        "id,customer\n" + order.map { "\($0),customer \($0 % 1013)\n" }.joined()
    }

    private func project(visits: String, threads: Int = 2, splits: String) throws -> Sandbox {
        let sandbox = try Sandbox(["landing/visits.csv": visits])
        try sandbox.datasets(
            """
            raw:
              ingest: { files: landing/visits.csv, format: csv }
            visits:
              sql: SELECT * FROM raw
              splits: \(splits)
            """, head: "project: p\nengines: { local: { type: duckdb, threads: \(threads) } }")
        try sandbox.run()
        return sandbox
    }

    @Test("rows in another order, and another number of threads, get the same splits")
    func sameForAnyOrder() throws {
        let splits = "{ by: customer, seed: 7, train: 80, validation: 10, test: 10 }"
        var order = Array(0..<Self.rows)
        let first = try project(visits: Self.visits(order), threads: 1, splits: splits)
        var random = SeededGenerator(seed: 1)
        order.shuffle(using: &random)
        let second = try project(visits: Self.visits(order), threads: 4, splits: splits)
        let query = "SELECT id, split FROM visits ORDER BY id"
        let rows = try first.rows(query)
        #expect(rows.count == Self.rows)
        #expect(try second.rows(query) == rows)
    }

    @Test("another seed deals otherwise")
    func seeds() throws {
        let query = "SELECT md5(string_agg(split, '' ORDER BY id)) FROM visits"
        let text = Self.visits(0..<Self.rows)
        let first = try project(visits: text, splits: "{ by: customer, seed: 1, train: 50, test: 50 }").rows(query)
        let second = try project(visits: text, splits: "{ by: customer, seed: 2, train: 50, test: 50 }").rows(query)
        #expect(first != second)
    }

    @Test("a group is in one split only, and shares of groups are near the weights")
    func shares() throws {
        let sandbox = try project(
            visits: Self.visits(0..<Self.rows), splits: "{ by: customer, seed: 7, train: 6, validation: 1, test: 3 }")
        #expect(
            try sandbox.rows(
                "SELECT count(*) FROM (SELECT customer FROM visits GROUP BY 1 HAVING count(DISTINCT split) > 1)")
                == ["0"])
        let counts = try sandbox.rows(
            "SELECT split, count(DISTINCT customer) FROM visits GROUP BY 1 ORDER BY 1")
        let shares = Dictionary(
            uniqueKeysWithValues: counts.map { line -> (String, Double) in
                let parts = line.split(separator: ",")
                return (String(parts[0]), (Double(parts[1]) ?? 0) / 1013)
            })
        for (name, weight) in ["train": 0.6, "validation": 0.1, "test": 0.3] {
            #expect(abs((shares[name] ?? 0) - weight) < 0.05, "\(name)")
        }
        let recorded = try sandbox.json("show", "visits")["splits"]
        #expect(recorded.object.values.reduce(0) { $0 + ($1.int ?? 0) } == Self.rows)
    }

    @Test(
        "the split follows the published rule: md5 of seed and value, modulo a million, against the weights' sums",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the judges"),
        arguments: ["customer", "id"])
    func rule(column: String) throws {
        let sandbox = try project(
            visits: Self.visits(0..<Self.rows),
            splits: "{ by: \(column), seed: 42, train: 80, validation: 15, test: 5 }")
        let decided = try Judge.ask(
            "splits", sandbox.path + "/store/visits", column, "42", "train=80", "validation=15", "test=5")
        #expect(decided["rows"].int == Self.rows)
        #expect(decided["wrong"].int == 0)
    }

    @Test("a group column that is missing is found by check, with the nearest one")
    func missingColumn() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: in.csv } }
                t:
                  sql: SELECT * FROM raw
                  splits: { by: custmer, seed: 7, train: 80, test: 20 }
                """, ["in.csv": "id,customer\n1,a\n"])
        for command in ["check", "run"] {
            let result = try sandbox.millrace(command)
            #expect(result.status == 2)
            #expect(result.errors.contains("millrace.yaml:6:19: error: 't' has no column 'custmer'"))
            #expect(result.errors.contains("hint: did you mean 'customer'?"))
        }
        #expect(!sandbox.exists("store"))
    }

    @Test("a group column without any value is refused, and nothing is published")
    func nullOnly() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: in.csv } }
                t:
                  sql: SELECT * FROM raw
                  splits: { by: customer, seed: 7, train: 80, test: 20 }
                """, ["in.csv": "id,customer\n1,\n2,\n"])
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("the column 'customer' that decides the split has no value in any row"))
        #expect(try sandbox.versions() == ["raw": 0])
    }

    @Test("a query with a column 'split' of its own cannot have splits")
    func ownColumn() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: in.csv } }
                t:
                  sql: SELECT *, 1 AS split FROM raw
                  splits: { by: id, seed: 7, train: 80, test: 20 }
                """, ["in.csv": "id,customer\n1,\n2,\n"])
        let result = try sandbox.millrace("check")
        #expect(result.status == 2)
        #expect(result.errors.contains("has a column 'split' of its own"))
    }
}
