import Foundation
import TestThreads
import Testing

@Suite("Commands", .ownThreads)
struct CommandTests {
    /// The project of the usual template, run once.
    private func deliveries() throws -> Sandbox {
        let sandbox = try Sandbox()
        #expect(try sandbox.millrace("init").status == 0)
        try sandbox.run("--jobs", "1")
        return sandbox
    }

    @Test("init makes projects that run, and can be read by others", arguments: ["csv", "jsonl", "minimal"])
    func initialise(template: String) throws {
        let sandbox = try Sandbox()
        let made = try sandbox.millrace("init", "mine", "--template", template)
        #expect(made.status == 0, "\(made.text)")
        #expect(sandbox.exists("mine/millrace.yaml"))
        #expect(sandbox.exists("mine/README.md"))
        let checked = try sandbox.millrace("check", "-C", "mine")
        #expect(checked.status == 0, "\(checked.text)")
        try sandbox.run("-C", "mine")
        #expect(try sandbox.run("-C", "mine").output.hasPrefix("nothing to do"))
        if Checkout.hasJudges {
            let tables = try Judge.ask("tables", sandbox.path + "/mine/store")
            #expect(tables.object.count >= 3)
        }
    }

    @Test("init refuses a folder that has a project, and an unknown template")
    func initialiseRefuses() throws {
        let sandbox = try Sandbox(["millrace.yaml": "project: mine\n"])
        #expect(try sandbox.millrace("init").status == 2)
        #expect(try sandbox.read("millrace.yaml") == "project: mine\n")
        let unknown = try sandbox.millrace("init", "other", "--template", "cvs")
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("csv"))
        #expect(!sandbox.exists("other/millrace.yaml"))
    }

    @Test("a project is found from a folder inside it")
    func walksUp() throws {
        let sandbox = try deliveries()
        let inside = try sandbox.shell("cd landing && '\(Checkout.millrace)' list --names")
        #expect(inside.lines == ["couriers_raw", "deliveries", "deliveries_raw", "late_by_city"])
    }

    @Test("run, list, show, plan and check tell what a person wants to know")
    func texts() throws {
        let sandbox = try Sandbox()
        try sandbox.millrace("init")
        try Snapshot.expect(try sandbox.millrace("check").output, "check", in: sandbox)
        try Snapshot.expect(try sandbox.run("--jobs", "1").output, "run", in: sandbox)
        try Snapshot.expect(try sandbox.millrace("list").output, "list", in: sandbox)
        try Snapshot.expect(try sandbox.millrace("show", "deliveries").output, "show", in: sandbox)
        try Snapshot.expect(try sandbox.millrace("history", "deliveries").output, "history", in: sandbox)
    }

    @Test("list and show, as JSON: versions, rows, columns, checks, splits, files")
    func looking() throws {
        let sandbox = try deliveries()
        let listed = try sandbox.json("list").array
        #expect(listed.map { $0["name"].text } == ["couriers_raw", "deliveries", "deliveries_raw", "late_by_city"])
        let one = listed[1]
        #expect([one["version"].int, one["rows"].int, one["quarantined"].int] == [0, 21, 2])
        let shown = try sandbox.json("show", "deliveries")
        #expect(shown["columns"].array.map { $0["name"].text }.suffix(2) == ["late", "split"])
        #expect(shown["columns"][0]["type"].text == "BIGINT")
        #expect(shown["columns"][0]["description"].text == "given by the app")
        #expect(shown["checks"].array.count == 8)
        #expect(shown["splits"].object.values.reduce(0) { $0 + ($1.int ?? 0) } == 21)
        #expect(shown["needs"].array.map(\.text).sorted() == ["couriers_raw", "deliveries_raw"])
        #expect(shown["quarantine"]["rows"].int == 2)
        #expect(shown["files"].array.allSatisfy { FileManager.default.fileExists(atPath: $0.text) })
        #expect(try sandbox.json("show", "deliveries@0")["version"].int == 0)
        #expect(try sandbox.millrace("show", "deliveries@5").status == 2)
    }

    @Test("history tells versions, newest first, with account, checks and inputs; and the project's runs")
    func history() throws {
        let sandbox = try deliveries()
        try sandbox.run("--full-refresh", "deliveries")
        let versions = try sandbox.json("history", "deliveries").array
        #expect(versions.map { $0["version"].int } == [1, 0])
        #expect(versions[0]["rows_removed"].int == 21)
        #expect(versions[0]["inputs"]["deliveries_raw"].int == 0)
        #expect(versions[0]["account"]["quarantined"].int == 2)
        #expect(versions[0]["run"].text != versions[1]["run"].text)
        #expect(try sandbox.json("history", "deliveries", "--limit", "1").array.count == 1)
        try sandbox.run()
        try sandbox.run()
        let runs = try sandbox.json("history").array
        #expect(runs.map { $0["outcome"].text } == ["nothing_to_do", "done", "done", "done"])
        #expect(runs.map { $0["done"].int } == [0, 1, 1, 4])
    }

    @Test("query: tables, CSV, JSON, JSON lines; quarantines, older versions, standard input")
    func query() throws {
        let sandbox = try deliveries()
        let sql = "SELECT city, deliveries FROM late_by_city ORDER BY city LIMIT 2"
        #expect(
            try sandbox.millrace("query", sql).output
                == "city   deliveries\n─────  ──────────\nLyon            9\nPorto           6\n2 rows\n")
        #expect(try sandbox.millrace("query", sql, "--format", "csv").output == "city,deliveries\nLyon,9\nPorto,6\n")
        #expect(
            try sandbox.millrace("query", sql, "--format", "jsonl").output
                == "{\"city\":\"Lyon\",\"deliveries\":9}\n{\"city\":\"Porto\",\"deliveries\":6}\n")
        let array = try JSON(try sandbox.millrace("query", sql, "--format", "json").output).array
        #expect(array.map { $0["deliveries"].int } == [9, 6])
        #expect(try JSON(try sandbox.millrace("query", sql, "--json").output).array.count == 2)
        let piped = try sandbox.millrace("query", "-", "--format", "csv", input: sql)
        #expect(piped.output == "city,deliveries\nLyon,9\nPorto,6\n")
        #expect(try sandbox.rows("SELECT count(*) FROM deliveries__quarantine") == ["2"])

        try sandbox.replace("> 45", with: "> 1", in: "datasets/deliveries.sql")
        try sandbox.run()
        #expect(
            try sandbox.rows(
                "SELECT (SELECT count(*) FROM deliveries WHERE late), (SELECT count(*) FROM deliveries@0 WHERE late)")
                == ["21,7"])
        #expect(try sandbox.rows("SELECT * FROM range(3)") == ["0", "1", "2"])
        #expect(try sandbox.millrace("query", "SELECT * FROM range(5000)").lines.count == 1003)
        #expect(try sandbox.millrace("query", "SELECT * FROM range(5000)", "--limit", "2").lines.count == 5)
        #expect(try sandbox.rows("SELECT * FROM range(5000)").count == 5000)
    }

    @Test("CSV output is quoted where it must be")
    func quoting() throws {
        let sandbox = try Sandbox(datasets: "t: { sql: SELECT 1 AS a }")
        let result = try sandbox.millrace(
            "query", "SELECT 'a,b' AS \"x,y\", 'say \"hi\"' AS q, NULL AS n, '' AS e, 'two' || chr(10) || 'lines' AS l",
            "--format", "csv")
        #expect(result.output == "\"x,y\",q,n,e,l\n\"a,b\",\"say \"\"hi\"\"\",,\"\",\"two\nlines\"\n")
    }

    @Test("a reader that goes away early ends query quietly")
    func brokenPipe() throws {
        let sandbox = try Sandbox(datasets: "t: { sql: SELECT 1 AS a }")
        let result = try sandbox.shell(
            "'\(Checkout.millrace)' query 'SELECT * FROM range(10000000)' --format csv | head -n 2")
        #expect(result.output == "range\n0\n")
        #expect(result.errors.isEmpty)
    }

    @Test("doctor finds everything, also as JSON, and a project's mistakes")
    func doctor() throws {
        let sandbox = try deliveries()
        let result = try sandbox.millrace("doctor")
        #expect(result.status == 0, "\(result.text)")
        let findings = try sandbox.json("doctor")
        #expect(findings["ok"].isTrue)
        #expect(findings["findings"].first("name", "duckdb")["state"].text == "ok")
        try sandbox.write("projct: p\n", to: "millrace.yaml")
        let broken = try sandbox.millrace("doctor")
        #expect(broken.status == 1)
        #expect(broken.output.contains("✗ project"))
        #expect(broken.output.contains("millrace check"))
    }

    @Test("schema is a JSON Schema that knows the fields; --reference is Markdown")
    func schema() throws {
        let sandbox = try Sandbox()
        let schema = try JSON(try sandbox.millrace("schema").output)
        #expect(schema["$schema"].text.contains("json-schema.org"))
        #expect(!schema["properties"]["datasets"].isNull)
        let reference = try sandbox.millrace("schema", "--reference").output
        for field in ["`partition_by`", "`on_error`", "`distinct_share`", "`mostly`"] {
            #expect(reference.contains(field))
        }
    }

    @Test("completions are scripts that their shells accept", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) throws {
        let sandbox = try Sandbox()
        let script = try sandbox.millrace("completions", shell)
        #expect(script.status == 0)
        #expect(script.output.contains("full-refresh"))
        try sandbox.write(script.output, to: "script")
        let accepted = try sandbox.shell("! command -v \(shell) > /dev/null || \(shell) -n script")
        #expect(accepted.status == 0, "\(accepted.text)")
    }

    @Test("every command that looks or makes speaks JSON")
    func json() throws {
        let sandbox = try Sandbox()
        #expect(try sandbox.json("init")["template"].text == "csv")
        #expect(try sandbox.json("check")["datasets"].array.count == 4)
        #expect(try sandbox.json("plan")["to_run"].int == 4)
        let events = try sandbox.events()
        #expect(events.first?["event"].text == "run_started")
        #expect(events.last?["done"].int == 4)
        #expect(events.count { $0["event"].text == "step_finished" } == 4)
        for command in [
            ["list"], ["show", "deliveries"], ["history"], ["history", "deliveries"], ["doctor"], ["schema"],
        ] {
            let result = try Program(
                Checkout.millrace, command + ["--json"], in: sandbox.path,
                environment: ProcessInfo.processInfo.environment
            ).wait()
            #expect(result.status == 0, "\(command)")
            #expect(throws: Never.self, "\(command)") { try JSON(result.output) }
            #expect(result.errors.isEmpty, "\(command)")
        }
        #expect(try sandbox.json("export", "late", "--output", "late.parquet")["rows"].int == 16)
    }

    @Test("--quiet says only what is wrong, and NO_COLOR and pipes have no colours")
    func quiet() throws {
        let sandbox = try Sandbox()
        try sandbox.millrace("init")
        let run = try sandbox.run("--quiet")
        #expect(run.text.isEmpty)
        #expect(!(try sandbox.millrace("list").output.contains("\u{1B}")))
    }
}
