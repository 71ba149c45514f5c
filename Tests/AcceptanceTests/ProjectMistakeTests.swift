import Foundation
import TestThreads
import Testing

@Suite("Mistakes in a project", .ownThreads)
struct ProjectMistakeTests {
    private static let landing = ["landing/in.csv": "a,b\n1,x\n2,y\n"]

    /// `check` and `run` must both tell it, exit 2, fit on a screen, and make nothing.
    private func expect(
        _ texts: [String], of sandbox: Sandbox, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for command in ["check", "run"] {
            let result = try sandbox.millrace(command)
            #expect(result.status == 2, "\(command): \(result.text)", sourceLocation: sourceLocation)
            for text in texts {
                #expect(
                    result.errors.contains(text), "\(command) says \(text): \(result.errors)",
                    sourceLocation: sourceLocation)
            }
            #expect(result.text.split(separator: "\n").count < 30, sourceLocation: sourceLocation)
        }
        #expect(!sandbox.exists("store"), sourceLocation: sourceLocation)
    }

    @Test("misspelt fields: position, line, caret, the nearest one, and all at once")
    func misspeltFields() throws {
        let sandbox = try Sandbox([
            "millrace.yaml": """
            project: p
            datasets:
              t:
                ingest: { fils: landing/in.csv, format: csv }
              u:
                sql: SELECT * FROM t
                cheks: [ not_null: a ]
            """
        ])
        try expect(
            [
                """
                millrace.yaml:4:15: error: unknown field 'fils'
                    4 |     ingest: { fils: landing/in.csv, format: csv }
                      |               ^~~~
                  hint: did you mean 'files'?
                """,
                """
                millrace.yaml:7:5: error: unknown field 'cheks'
                    7 |     cheks: [ not_null: a ]
                      |     ^~~~~
                  hint: did you mean 'checks'?
                """,
            ], of: sandbox)
    }

    @Test("values of the wrong type")
    func wrongTypes() throws {
        let sandbox = try Sandbox(
            datasets: """
                t:
                  ingest: { files: landing/in.csv, skip: one, header: maybe }
                  splits: { by: a, seed: seven, train: 80 }
                  mode: apend
                """, Self.landing)
        try expect(
            [
                "millrace.yaml:4:44: error: 'skip' takes a whole number of at least 0, not 'one'",
                "error: 'header' takes true or false, not 'maybe'",
                "error: 'seed' takes a whole number, not 'seven'",
                "millrace.yaml:6:11: error: 'mode' takes one of replace, append, merge, not 'apend'\n"
                    + "    6 |     mode: apend\n      |           ^~~~~\n  hint: did you mean 'append'?",
            ], of: sandbox)
    }

    @Test("YAML that is none: the position of what cannot be read")
    func brokenYAML() throws {
        let sandbox = try Sandbox(["millrace.yaml": "project: p\ndatasets:\n  t: { sql: SELECT 1\n  u: 3\n"])
        try expect(["millrace.yaml:", "error: "], of: sandbox)
    }

    @Test("a name that is written twice, in one file and in two")
    func duplicateNames() throws {
        let one = try Sandbox(datasets: "t: { sql: SELECT 1 AS a }\nt: { sql: SELECT 2 AS a }")
        try expect(["millrace.yaml:4:3: error: 't' is written twice here", "the first is on line 3"], of: one)
        let two = try Sandbox(["more.yaml": "datasets:\n  t: { sql: SELECT 1 AS a }\n"])
        try two.datasets("t: { sql: SELECT 2 AS a }", head: "project: p\ninclude: more.yaml")
        try expect(["more.yaml:2:3: error: the dataset 't' is defined twice", "millrace.yaml:4:3"], of: two)
    }

    @Test("two steps for one dataset: in one entry, and an entry beside a file")
    func twoSteps() throws {
        let entry = try Sandbox(
            datasets: "t:\n  ingest: { files: landing/in.csv }\n  sql: SELECT 1 AS a", Self.landing)
        try expect(["millrace.yaml:5:5: error: the dataset 't' has two steps: 'ingest' and 'sql'"], of: entry)
        let file = try Sandbox(
            datasets: "t:\n  ingest: { files: landing/in.csv }",
            Self.landing.merging(["datasets/t.sql": "SELECT 1 AS a"]) { $1 })
        try expect(["two steps make the dataset 't'", "datasets/t.sql"], of: file)
    }

    @Test("a cycle is told with its way")
    func cycle() throws {
        let sandbox = try Sandbox(
            datasets: "a: { sql: SELECT * FROM b }\nb: { sql: SELECT * FROM c }\nc: { sql: SELECT * FROM a }")
        try expect(["millrace.yaml:3:3: error: these datasets need each other: a ← b ← c ← a"], of: sandbox)
        let itself = try Sandbox(datasets: "a: { sql: SELECT * FROM a }")
        try expect(["a ← a"], of: itself)
    }

    @Test("files that are not there, globs that match nothing, and a folder in a file's place")
    func missingFiles() throws {
        let sandbox = try Sandbox(
            datasets: """
                a: { ingest: { files: landing/inn.csv } }
                b: { ingest: { files: "landing/x*.csv" } }
                c: { ingest: { files: "nowhere/*.csv" } }
                d: { ingest: { files: landing, format: csv } }
                """, Self.landing)
        try expect(
            [
                "millrace.yaml:3:25: error: there is no file 'landing/inn.csv'", "hint: did you mean 'in.csv'?",
                "millrace.yaml:4:25: error: no file matches 'landing/x*.csv'",
                "millrace.yaml:5:25: error: no file matches 'nowhere/*.csv'", "there is no folder",
                "millrace.yaml:6:25: error: 'landing' is a folder, not a file",
            ], of: sandbox)
        let sql = try Sandbox(datasets: "a: { sql: datasets/missing.sql }")
        try expect(["millrace.yaml:3:13: error: there is no file 'datasets/missing.sql'"], of: sql)
    }

    @Test("SQL syntax errors have their position in the YAML or SQL file")
    func syntaxErrors() throws {
        let sandbox = try Sandbox(
            datasets: """
                t:
                  ingest: { files: landing/in.csv }
                u:
                  sql: |
                    SELECT a,
                      b FRM t
                v: { sql: "SELECT a FROM t WHER b = 1" }
                """, Self.landing.merging(["datasets/w.sql": "-- hi\nSELECT a\nFROM t\nWHERE (b = 1\n"]) { $1 })
        try expect(
            [
                "millrace.yaml:8:15: error: syntax error at or near \"t\"\n    8 |         b FRM t\n      |               ^",
                "millrace.yaml:9:35: error: syntax error at or near \"b\"",
                "datasets/w.sql:4:13: error: syntax error at end of input",
            ], of: sandbox)
    }

    @Test("an unknown column, in SQL, in checks and in feeds, with its position and the nearest one")
    func unknownColumns() throws {
        let sandbox = try Sandbox(
            [
                "landing/in.csv": "amount,customer\n1,x\n",
                "datasets/w.sql": "-- hi\nSELECT amount\nFROM t\nWHERE amnt = 1\n",
                "millrace.yaml": """
                project: p
                datasets:
                  t:
                    ingest: { files: landing/in.csv }
                    checks: [ { not_null: custmer } ]
                  u:
                    sql: |
                      SELECT customer,
                        amont FROM t
                feeds:
                  f: { dataset: t, columns: [amount], label: lable }
                """,
            ])
        try expect(
            [
                "millrace.yaml:9:9: error: ", "\"amont\"", "hint: did you mean 'amount'",
                "millrace.yaml:5:27: error: 't' has no column 'custmer'\n"
                    + "    5 |     checks: [ { not_null: custmer } ]\n      |                           ^~~~~~~\n"
                    + "  hint: did you mean 'customer'?",
                "datasets/w.sql:4:7: error: ", "\"amnt\"",
            ], of: sandbox)
        #expect(try sandbox.millrace("check").errors.contains("millrace.yaml:11:46: error: 't' has no column 'lable'"))
    }

    @Test("an unknown dataset, in SQL, in a check and in a feed, with the nearest one")
    func unknownDatasets() throws {
        let sql = try Sandbox(
            datasets: "planes: { ingest: { files: landing/in.csv } }\nv: { sql: \"SELECT a FROM plans\" }", Self.landing
        )
        try expect(
            [
                "millrace.yaml:4:28: error: unknown dataset 'plans'\n"
                    + "    4 |   v: { sql: \"SELECT a FROM plans\" }\n      |                            ^~~~~\n"
                    + "  hint: did you mean 'planes'?"
            ], of: sql)
        let others = try Sandbox(
            Self.landing.merging([
                "millrace.yaml": """
                project: p
                datasets:
                  planes:
                    ingest: { files: landing/in.csv }
                    checks: [ { references: { column: a, dataset: plane } } ]
                feeds:
                  f: { dataset: plains }
                """
            ]) { $1 })
        try expect(
            [
                "millrace.yaml:5:51: error: there is no dataset 'plane'", "hint: did you mean 'planes'?",
                "millrace.yaml:7:17: error: there is no dataset 'plains'",
            ], of: others)
    }

    @Test("everything that is wrong is told at once")
    func allAtOnce() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: landing/in.csv } }
                missing: { ingest: { files: landing/out.csv } }
                syntax: { sql: SELEC 1 }
                dataset: { sql: SELECT * FROM row }
                column: { sql: SELECT c FROM raw }
                below: { sql: SELECT * FROM missing }
                """, Self.landing)
        let errors = try sandbox.millrace("check").errors
        for text in ["landing/out.csv", "syntax error", "unknown dataset 'row'", "\"c\""] {
            #expect(errors.contains(text), "\(text) in: \(errors)")
        }
        #expect(!errors.contains("below"))
    }

    @Test("a step that is no SELECT, or several statements")
    func notASelect() throws {
        try expect(
            ["only a SELECT can make a dataset"], of: try Sandbox(datasets: "t: { sql: DROP TABLE t }"))
        try expect(["error: "], of: try Sandbox(datasets: "t: { sql: SELECT 1 AS a; SELECT 2 AS a }"))
    }

    @Test("a promised type that the query does not give")
    func contract() throws {
        let sandbox = try Sandbox(
            datasets: "t:\n  sql: SELECT 'x' AS a\n  columns:\n    a: { type: bigint }")
        try expect(
            ["column 'a' is promised as bigint, but the query gives VARCHAR", "millrace.yaml:6:18"], of: sandbox)
    }

    @Test("an environment variable that is not set; one that is never shows")
    func environment() throws {
        let sandbox = try Sandbox(
            datasets: "t: { ingest: { files: \"${env:MILLRACE_LANDING}/in.csv\" } }", Self.landing)
        try expect(["MILLRACE_LANDING"], of: sandbox)
        sandbox.environment = ["MILLRACE_LANDING": "landing"]
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["2"])
    }

    @Test("mistakes on the command line: exit 2, and the nearest word")
    func commandLine() throws {
        let sandbox = try Sandbox(datasets: "orders: { sql: SELECT 1 AS a }")
        try sandbox.run()
        let cases: [([String], String)] = [
            (["shw", "orders"], "did you mean 'millrace show'?"), (["show", "ordrs"], "did you mean 'orders'?"),
            (["history", "ordrs"], "did you mean 'orders'?"), (["run", "ordrs"], "did you mean 'orders'?"),
            (["list", "tga:x"], "tag:"), (["export", "ordrs", "--output", "x"], "did you mean 'orders'?"),
            (["query", "SELECT b FROM orders"], "query:1:8: error: "), (["query", "SELEC 1"], "query:1:1: error: "),
            (["query", "SELECT * FROM orders@7"], "no version 7"),
            (["query", "SELECT * FROM ordrs"], "did you mean 'orders'?"),
            (["query", "DELETE FROM orders"], "only a SELECT"), (["run", "--job", "2"], "--jobs"),
        ]
        for (arguments, text) in cases {
            let result = try Program(
                Checkout.millrace, arguments, in: sandbox.path, environment: ProcessInfo.processInfo.environment
            ).wait()
            #expect(result.status == 2, "\(arguments): \(result.text)")
            #expect(result.errors.contains(text), "\(arguments): \(result.errors)")
        }
    }

    @Test("with --json mistakes are JSON with file, line, column, notes and hint")
    func asJSON() throws {
        let sandbox = try Sandbox(datasets: "t: { sqll: SELECT 1 }")
        let result = try sandbox.millrace("check", "--json")
        #expect(result.status == 2)
        let problem = try JSON(result.output)["diagnostics"].first("message", "unknown field 'sqll'")
        #expect(problem["file"].text == "millrace.yaml")
        #expect([problem["line"].int, problem["column"].int] == [3, 8])
        #expect(problem["severity"].text == "error")
        #expect(problem["hint"].text == "did you mean 'sql'?")
    }
}
