import Foundation
import TestThreads
import Testing

@Suite("Looking after the store", .ownThreads)
struct UpkeepTests {
    /// A dataset `events` of so many small files, one a run, and `daily` that is made from it.
    private func events(files: Int = 6) throws -> Sandbox {
        let sandbox = try Sandbox(
            datasets: """
                events:
                  ingest: { files: "landing/*.csv" }
                  mode: append
                  key: [id]
                daily: { sql: "SELECT day, count(*) AS n FROM events GROUP BY day" }
                """)
        for number in 0..<files {
            let rows = (0..<10).map { "\(number * 10 + $0),\($0 % 3),v\(number)\n" }.joined()
            try sandbox.write("id,day,v\n\(rows)", to: "landing/\(number).csv")
            try sandbox.run("events")
        }
        try sandbox.run()
        return sandbox
    }

    private func dataFiles(_ sandbox: Sandbox, _ table: String = "events") -> [String] {
        sandbox.files(in: "store/\(table)", ending: ".parquet").filter { !$0.contains("_delta_log") }
    }

    // MARK: optimize

    @Test("optimize puts small files together, changes no row, and makes nothing stale")
    func optimize() throws {
        let sandbox = try events()
        let before = try sandbox.rows("SELECT * FROM events ORDER BY id")
        let done = try sandbox.json("optimize", "events")[0]
        #expect(done["table"].text == "events")
        #expect([done["version"].int, done["files_before"].int, done["files_after"].int] == [6, 6, 1])
        #expect(try sandbox.rows("SELECT * FROM events ORDER BY id") == before)
        #expect(try sandbox.json("show", "events")["files"].array.count == 1)
        #expect(try sandbox.rows("SELECT count(*) FROM events@5") == ["60"])
        #expect(try sandbox.plan().isEmpty)
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        try Judge.compareTables(of: sandbox)
    }

    @Test("optimize says when there is nothing to do, and which tables it did")
    func optimizeText() throws {
        let sandbox = try events(files: 3)
        let first = try sandbox.millrace("optimize")
        #expect(first.status == 0, "\(first.text)")
        #expect(first.output.contains("✓ events  version 3  3 files → 1  "))
        #expect(first.output.hasSuffix("1 table optimized, nothing to do in 1\n"))
        let second = try sandbox.millrace("optimize")
        #expect(second.output == "nothing to do: the files of 2 tables are as they should be\n")
        #expect(try sandbox.versions()["events"] == 3)
    }

    @Test("files that are large enough are left alone", arguments: ["600", "0.6kB"])
    func targetSize(size: String) throws {
        let sandbox = try events(files: 2)
        let done = try sandbox.json("optimize", "events", "--target-size", size)[0]
        #expect(done["version"].isNull)
    }

    @Test("an order lets queries open fewer files", arguments: ["--sort", "--z-order"])
    func order(option: String) throws {
        let sandbox = try Sandbox(
            datasets: """
                t: { sql: "SELECT hash(range) % 1000 AS a, range AS b, repeat(md5(range::VARCHAR), 4) AS c FROM range(60000)" }
                """)
        try sandbox.run()
        let before = try sandbox.rows("SELECT count(*), sum(b) FROM t")
        let done = try sandbox.millrace("optimize", "t", option, "a", "--target-size", "500kB")
        #expect(done.status == 0, "\(done.text)")
        #expect(try sandbox.rows("SELECT count(*), sum(b) FROM t") == before)
        let asked = try sandbox.millrace("query", "SELECT count(*) FROM t WHERE a = 7", "--stats", "--format", "csv")
        let numbers = asked.errors.split { !$0.isNumber }.compactMap { Int($0) }
        // "t (version 1): 1 of 9 files opened"
        #expect(numbers.count == 3, "\(asked.errors)")
        #expect(numbers[2] > 2, "\(asked.errors)")
        #expect(numbers[1] <= 2, "\(asked.errors)")
    }

    @Test("an order by a column that is not there is refused before anything is written")
    func wrongOrder() throws {
        let sandbox = try events(files: 2)
        let result = try sandbox.millrace("optimize", "events", "--sort", "dya")
        #expect(result.status == 2)
        #expect(result.errors == "error: 'events' has no column 'dya'\n  hint: did you mean 'day'?\n")
        #expect(try sandbox.versions()["events"] == 1)
    }

    // MARK: vacuum

    @Test("vacuum deletes what no version needs, after saying so in a dry run, and keeps tagged versions")
    func vacuum() throws {
        let sandbox = try events()
        try sandbox.millrace("tag", "early", "events@1")
        try sandbox.millrace("optimize", "events")
        let files = dataFiles(sandbox)
        #expect(files.count == 7)

        let dry = try sandbox.json("vacuum", "events", "--older-than", "0s", "--force", "--dry-run")
        #expect(dry["dry_run"].isTrue)
        #expect(dry["tables"].first("table", "events")["files"].int == 4)
        #expect(dataFiles(sandbox) == files)

        let done = try sandbox.json("vacuum", "events", "--older-than", "0s", "--force")
        #expect(done["tables"].first("table", "events")["files"].int == 4)
        #expect(dataFiles(sandbox).count == 3)
        #expect(try sandbox.rows("SELECT count(*) FROM events") == ["60"])
        #expect(try sandbox.rows("SELECT count(*) FROM events@early") == ["20"])
        let gone = try sandbox.millrace("query", "SELECT count(*) FROM events@4")
        #expect(gone.status == 2)
        #expect(gone.errors.contains("missing") || gone.errors.contains("vacuum"), "\(gone.errors)")
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        try Judge.compareTables(of: sandbox)
    }

    @Test("vacuum refuses a shorter retention than the table's, and says what it would endanger")
    func retention() throws {
        let sandbox = try events(files: 3)
        try sandbox.millrace("optimize", "events")
        let files = dataFiles(sandbox)
        let refused = try sandbox.millrace("vacuum", "events", "--older-than", "1h")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("--force"), "\(refused.errors)")
        #expect(refused.errors.contains("7 days"), "\(refused.errors)")
        #expect(dataFiles(sandbox) == files)
        let usual = try sandbox.millrace("vacuum", "events")
        #expect(usual.status == 0)
        #expect(usual.output.hasPrefix("nothing to do"), "\(usual.output)")
    }

    @Test("vacuum takes files that a killed run left, and goes to companions too")
    func orphans() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: in.csv } }
                t: { sql: SELECT * FROM raw, checks: [ { range: { column: v, max: 5 }, on_fail: quarantine } ] }
                """, ["in.csv": "v\n1\n9\n"])
        try sandbox.run()
        for round in 0..<3 {
            try sandbox.write("v\n1\n\(10 + round)\n", to: "in.csv")
            try sandbox.run()
        }
        try sandbox.write("left", to: "store/t/part-of-nothing.parquet")
        try sandbox.shell("touch -d '2020-01-01' store/t/part-of-nothing.parquet")
        let done = try sandbox.millrace("vacuum", "--older-than", "0s", "--force")
        #expect(done.status == 0, "\(done.text)")
        #expect(!sandbox.exists("store/t/part-of-nothing.parquet"))
        #expect(dataFiles(sandbox, "t__quarantine").count == 1)
        #expect(dataFiles(sandbox, "t").count == 1)
        #expect(try sandbox.rows("SELECT v FROM t__quarantine") == ["12"])
        #expect(try sandbox.rows("SELECT v FROM t") == ["1"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
    }

    // MARK: restore

    @Test("restore makes an old version live again, and says what the next run would do")
    func restore() throws {
        let sandbox = try Sandbox(datasets: "a: { sql: SELECT 1 AS x }\nb: { sql: SELECT x FROM a }")
        try sandbox.run()
        try sandbox.datasets("a: { sql: \"SELECT unnest([2, 3]) AS x\" }\nb: { sql: SELECT x FROM a }")
        try sandbox.run()
        let done = try sandbox.millrace("restore", "a@0")
        #expect(done.status == 0, "\(done.text)")
        #expect(done.output.hasPrefix("✓ a  version 2 is version 0 again: 1 row\n"), "\(done.output)")
        #expect(done.output.contains("version 1 with 2 rows was live before: millrace restore a@1"))
        #expect(done.errors.hasPrefix("warning: the next 'run' makes 'a' anew: definition changed\n"))
        #expect(try sandbox.rows("SELECT x FROM a") == ["1"])
        #expect(try sandbox.plan()["b"] == ["input a 1 → 2"] || sandbox.plan()["b"] == ["input a 1 → 3"])

        try sandbox.datasets("a: { sql: SELECT 1 AS x }\nb: { sql: SELECT x FROM a }")
        #expect(try sandbox.plan()["a"] == nil)
        let again = try sandbox.json("restore", "a@1")
        #expect([again["version"].int, again["restored"].int, again["before"].int, again["rows"].int] == [3, 1, 2, 2])
        try Judge.compareTables(of: sandbox)
    }

    @Test("restoring the live version does nothing; a version that never was is named")
    func restoreNothing() throws {
        let sandbox = try Sandbox(datasets: "a: { sql: SELECT 1 AS x }")
        try sandbox.run()
        #expect(try sandbox.millrace("restore", "a@0").output == "nothing to do: version 0 of a is live\n")
        #expect(try sandbox.versions()["a"] == 0)
        let wrong = try sandbox.millrace("restore", "a@7")
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("7"))
        let vague = try sandbox.millrace("restore", "a")
        #expect(vague.status == 2)
        #expect(vague.errors.contains("millrace restore flights@3"))
    }

    @Test("after a restore the quarantine is that of the restored version")
    func restoreQuarantine() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: in.csv } }
                t: { sql: SELECT * FROM raw, checks: [ { range: { column: v, max: 5 }, on_fail: quarantine } ] }
                """, ["in.csv": "v\n1\n9\n"])
        try sandbox.run()
        try sandbox.write("v\n2\n77\n78\n", to: "in.csv")
        try sandbox.run()
        try sandbox.millrace("restore", "t@0")
        #expect(try sandbox.rows("SELECT v FROM t") == ["1"])
        #expect(try sandbox.rows("SELECT v FROM t__quarantine") == ["9"])
        #expect(try sandbox.json("show", "t")["quarantine"]["rows"].int == 1)
    }

    // MARK: delete

    @Test("delete makes a version without the rows, touches only their files, and says what comes back")
    func delete() throws {
        let sandbox = try events(files: 3)
        let dry = try sandbox.millrace("delete", "events", "--where", "v = 'v1' OR id = 0", "--dry-run")
        #expect(dry.status == 0, "\(dry.text)")
        #expect(
            dry.output == "11 rows of events would be deleted; 1 file to write anew, 1 file to take out\n",
            "\(dry.output)")
        #expect(try sandbox.versions()["events"] == 2)
        let done = try sandbox.millrace("delete", "events", "--where", "v = 'v1' OR id = 0")
        #expect(
            done.output == "✓ events  version 3: 11 rows deleted; 1 file written anew, 1 file taken out\n",
            "\(done.text)")
        #expect(done.errors.isEmpty)
        #expect(try sandbox.rows("SELECT count(*), min(id) FROM events") == ["19,1"])
        #expect(try sandbox.rows("SELECT count(*) FROM events@2") == ["30"])
        #expect(try sandbox.plan()["daily"] == ["input events 2 → 3"])
        #expect(try sandbox.plan()["events"] == nil)
        try sandbox.run()
        let derived = try sandbox.millrace("delete", "daily", "--where", "day = 0")
        #expect(derived.errors.hasPrefix("warning: the rows come back when a run makes 'daily' anew\n"))
        let none = try sandbox.json("delete", "events", "--where", "id > 1000")
        #expect(none["version"].isNull)
        #expect(none["rows"].int == 0)
        try Judge.compareTables(of: sandbox)
    }

    @Test("rows for which the condition is NULL stay")
    func deleteNull() throws {
        let sandbox = try Sandbox(datasets: "t: { sql: \"SELECT unnest([1, 2, NULL]) AS a\" }")
        try sandbox.run()
        try sandbox.millrace("delete", "t", "--where", "a > 1")
        #expect(try sandbox.rows("SELECT a FROM t ORDER BY a NULLS LAST") == ["1", "\"\""])
    }

    @Test("a condition that is wrong is told, and nothing is deleted", arguments: ["nope > 1", "id >", "count(*) > 1"])
    func wrongCondition(condition: String) throws {
        let sandbox = try events(files: 1)
        let result = try sandbox.millrace("delete", "events", "--where", condition)
        #expect(result.status == 2, "\(result.text)")
        #expect(result.errors.hasPrefix("error: ") || result.errors.contains(": error: "), "\(result.errors)")
        #expect(try sandbox.versions()["events"] == 0)
    }

    // MARK: tag

    @Test("a tag names a version in every command, can be moved on request, and be taken away")
    func tag() throws {
        let sandbox = try events(files: 3)
        #expect(try sandbox.millrace("tag", "v1.0-first", "events@0").output.contains("is version 0, and is kept"))
        #expect(try sandbox.json("tag", "now", "events")["version"].int == 2)
        #expect(try sandbox.rows("SELECT count(*) FROM events@v1.0-first") == ["10"])
        #expect(try sandbox.json("show", "events@v1.0-first")["version"].int == 0)
        #expect(
            try sandbox.json("show", "events")["version_tags"].object.mapValues(\.int) == ["v1.0-first": 0, "now": 2])
        #expect(
            try sandbox.json("history", "events").array.map { $0["tags"].array.map(\.text) } == [
                ["now"], [], ["v1.0-first"],
            ])
        let taken = try sandbox.millrace("tag", "now", "events@1")
        #expect(taken.status == 2)
        #expect(taken.errors.contains("'events' has a tag 'now' already: version 2"))
        #expect(try sandbox.millrace("tag", "now", "events@1", "--force").status == 0)
        #expect(try sandbox.json("tag", "--list").array.map { $0["version"].int } == [0, 1])
        #expect(try sandbox.millrace("tag", "--delete", "now", "events").status == 0)
        #expect(try sandbox.json("tag", "--list", "events").array.map { $0["tag"].text } == ["v1.0-first"])
        let unknown = try sandbox.millrace("query", "SELECT * FROM events@now")
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("now"))
        #expect(try sandbox.millrace("tag", "7", "events").status == 2)
        #expect(try sandbox.millrace("tag", "x", "events@9").status == 2)
    }

    @Test("two upkeeps at once both succeed, and no row is lost")
    func together() throws {
        let sandbox = try events()
        let first = try sandbox.start("optimize", "events")
        let second = try sandbox.start("delete", "events", "--where", "id = 3")
        let (one, two) = (first.wait(), second.wait())
        // Whoever loses computes again, or says that it lost; nothing is done half.
        #expect(two.status == 0 || two.errors.hasPrefix("error: "), "\(two.text)")
        #expect(one.status == 0 || one.errors.hasPrefix("error: "), "\(one.text)")
        #expect(try sandbox.rows("SELECT count(*) FROM events") == [two.status == 0 ? "59" : "60"])
    }
}
