import TestThreads
import Testing

@Suite("What a query needs", .ownThreads)
struct QueryGraphTests {
    private static let queries = [
        "WITH raw AS (SELECT 1 AS a) SELECT * FROM raw": "",
        "WITH raw AS (SELECT * FROM raw WHERE a > 1) SELECT * FROM raw": "raw",
        "WITH x AS (FROM raw) SELECT a, (SELECT max(a) FROM other) AS m FROM x WHERE a IN (SELECT a FROM more)":
            "more other raw",
        "SELECT a FROM raw UNION ALL SELECT a FROM other EXCEPT SELECT 7": "other raw",
        "FROM raw r, LATERAL (SELECT r.a + 1 AS c)": "raw",
        "SELECT r.range FROM range(3) r": "",
        "SELECT raw.a FROM \"raw\" AS raw JOIN other AS \"o x\" USING (a)": "other raw",
        "SELECT other.a FROM raw AS other": "raw",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n, raw": "raw",
        "FROM (PIVOT raw ON b IN ('x', 'y') USING sum(a))": "raw",
        "SELECT * FROM RAW": "raw",
        "SELECT 1 AS one WHERE EXISTS (FROM raw)": "raw",
        "VALUES (1, 'a')": "",
        "SELECT raw FROM raw -- FROM other": "raw",
        "SELECT 'FROM other' AS text, a FROM raw /* JOIN other */": "raw",
    ]

    @Test("the tables that its SQL names, and no others")
    func needs() throws {
        let queries = Self.queries.sorted { $0.key < $1.key }
        var datasets = ["raw", "other", "more"].map { "\($0): { ingest: { files: in.csv } }" }.joined(separator: "\n")
        for (index, query) in queries.enumerated() { datasets += "\nq\(index):\n  sql: |\n    \(query.key)" }
        let sandbox = try Sandbox(datasets: datasets, ["in.csv": "a,b\n1,x\n2,y\n"])
        let checked = try sandbox.json("check")["datasets"].array
        for (index, query) in queries.enumerated() {
            let inputs = checked.first { $0["name"].text == "q\(index)" }?["inputs"].array.map(\.text).sorted()
            #expect(inputs?.joined(separator: " ") == query.value, "\(query.key)")
        }
        try sandbox.run()
    }

    @Test("a dataset that only a check names is needed, too")
    func needsOfChecks() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: in.csv } }
                codes: { sql: SELECT 1 AS a }
                t:
                  sql: SELECT a FROM raw WHERE a = 1
                  checks:
                    - references: { column: a, dataset: codes }
                    - sql: SELECT t.a FROM t JOIN more ON t.a = more.a WHERE more.a > 1
                more: { sql: SELECT a FROM raw }
                """, ["in.csv": "a\n1\n2\n"])
        #expect(try sandbox.selected("+t") == ["codes", "more", "raw", "t"])
        try sandbox.run()
    }

    @Test("a step reads datasets only: files and their functions are refused with what to do")
    func files() throws {
        for source in ["'in.csv'", "read_csv('in.csv')", "read_parquet('x.parquet')"] {
            let sandbox = try Sandbox(datasets: "t:\n  sql: SELECT * FROM \(source)", ["in.csv": "a\n1\n"])
            let result = try sandbox.millrace("check")
            #expect(result.status == 2)
            #expect(result.errors.contains("a step reads datasets, not files"), "\(result.errors)")
            #expect(result.errors.contains("hint: "))
        }
    }

    @Test("columns may have odd names")
    func oddColumns() throws {
        let sandbox = try Sandbox(
            datasets: #"""
                t:
                  sql: SELECT i AS "a.b", 2 AS "sel ect", 3 AS "qu""ote", 4 AS "ünï", 'x' AS "order" FROM range(3) AS r(i)
                  checks:
                    - range: { column: a.b, max: 1, on_fail: quarantine }
                    - range: { column: 'qu"ote', max: 9 }
                    - unique: [a.b, sel ect]
                  splits: { by: ünï, train: 1, test: 1 }
                """#)
        try sandbox.run()
        let refused = try sandbox.json("query", "SELECT * FROM t__quarantine").array
        #expect(refused.map { $0["qu\"ote"].int } == [3])
        if Checkout.hasJudges { try Judge.compareTables(of: sandbox) }
    }

    @Test("two columns of one name are refused with a position")
    func duplicateColumns() throws {
        let sandbox = try Sandbox(datasets: "t: { sql: \"SELECT 1 AS a, 2 AS A\" }\nu: { sql: SELECT nothing }")
        let result = try sandbox.millrace("check")
        #expect(result.status == 2)
        #expect(result.errors.contains("millrace.yaml:3:"), "\(result.errors)")
        #expect(result.errors.contains("millrace.yaml:4:"), "\(result.errors)")
    }

    @Test("a query that fails while it runs tells its place in the file, and nothing is published")
    func runtimeError() throws {
        let sandbox = try Sandbox(
            datasets: "raw: { ingest: { files: in.csv } }\nt: { sql: \"SELECT CAST(b AS INTEGER) AS i FROM raw\" }",
            ["in.csv": "a,b\n1,1\n2,2\n"])
        try sandbox.write("a,b\n1,x\n", to: "in.csv")
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("millrace.yaml:4:"))
        #expect(run.text.contains("Could not convert string 'x' to INT32"))
        #expect(run.text.contains("TRY_CAST"))
        #expect(try sandbox.versions() == ["raw": 0])
    }
}
