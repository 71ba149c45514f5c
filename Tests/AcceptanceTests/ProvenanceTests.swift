import TestThreads
import Testing

@Suite("Where versions come from", .ownThreads)
struct ProvenanceTests {
    private func project() throws -> Sandbox {
        let sandbox = try Sandbox(
            datasets: """
                events: { ingest: { files: "landing/*.csv" }, mode: append, partition_by: [day] }
                places: { ingest: { files: places.csv } }
                joined: { sql: "SELECT * FROM events JOIN places USING (place)" }
                summary: { sql: "SELECT place, count(*) AS n FROM joined JOIN places USING (place) GROUP BY place" }
                """,
            [
                "landing/1.csv": "day,place\n1,a\n", "landing/2.csv": "day,place\n2,b\n", "places.csv": "place\na\nb\n",
            ])
        try sandbox.run()
        return sandbox
    }

    @Test("show --inputs walks back from a version to source files, each at the version that was read")
    func inputs() throws {
        let sandbox = try project()
        try sandbox.write("day,place\n3,b\n", to: "landing/3.csv")
        try sandbox.run()
        let old = try sandbox.json("show", "summary@0", "--inputs")
        #expect([old["name"].text, old["kind"].text, old["step"].text] == ["summary", "dataset", "sql"])
        #expect(old["inputs"].array.map { $0["name"].text } == ["joined", "places"])
        let joined = old["inputs"][0]
        #expect(joined["version"].int == 0)
        let events = joined["inputs"].first("name", "events")
        #expect(events["version"].int == 0)
        #expect(events["files"].array.map { $0["path"].text } == ["landing/1.csv", "landing/2.csv"])
        #expect(events["file_count"].int == 2)
        // What stands in the tree already is told once.
        #expect(old["inputs"][1]["repeated"].isTrue)

        let new = try sandbox.json("show", "summary", "--inputs")["inputs"][0]["inputs"].first("name", "events")
        #expect(new["version"].int == 1)
        #expect(new["files"].array.count == 3)
        #expect(new["files"][2]["run"].text == new["run"].text)
        #expect(new["files"][0]["run"].text != new["run"].text)
    }

    @Test("show --inputs as a tree for people; --files lists all of many files")
    func tree() throws {
        let sandbox = try project()
        try Snapshot.expect(try sandbox.millrace("show", "summary", "--inputs").output, "inputs", in: sandbox)
        for number in 10..<40 { try sandbox.write("day,place\n1,a\n", to: "landing/\(number).csv") }
        try sandbox.run("events")
        let some = try sandbox.millrace("show", "events", "--inputs").output
        #expect(some.contains("… and 12 more (--files lists them)"), "\(some)")
        let all = try sandbox.millrace("show", "events", "--inputs", "--files").lines
        #expect(all.count == 33)
    }

    @Test("a foreign Delta table is named with its path and the version that was read")
    func foreign() throws {
        let other = try Sandbox(datasets: "source: { sql: SELECT 1 AS a }")
        try other.run()
        try other.run("--full-refresh")
        let path = other.path + "/store/source"
        let sandbox = try Sandbox(
            datasets: """
                copied: { ingest: { delta: "\(path)", version: 0 } }
                scanned: { sql: "SELECT * FROM delta_scan('\(path)')" }
                """)
        try sandbox.run()
        for (dataset, version) in [("copied", 0), ("scanned", 1)] {
            let tree = try sandbox.json("show", dataset, "--inputs")
            #expect(tree["inputs"].array.count == 1, "\(tree)")
            #expect(tree["inputs"][0]["name"].text == path)
            #expect(tree["inputs"][0]["kind"].text == "delta")
            #expect(tree["inputs"][0]["version"].int == version)
        }
        #expect(try sandbox.rows("SELECT a FROM delta_scan('\(path)')") == ["1"])
    }

    @Test("the way back ends with a reason where a table is gone or was made again")
    func gone() throws {
        let sandbox = try project()
        try sandbox.shell("rm -r store/joined")
        let gone = try sandbox.json("show", "summary", "--inputs")["inputs"][0]
        #expect(gone["problem"].text == "the table is no longer in the store")
        try sandbox.run("joined")
        let again = try sandbox.millrace("show", "summary@0", "--inputs")
        #expect(again.status == 0)
        #expect(again.output.contains("the table was deleted and made again since"), "\(again.output)")
    }

    @Test("history tells upkeep from runs, with tags, fingerprints, inputs and accounts; --limit reads no more")
    func history() throws {
        let sandbox = try Sandbox(
            datasets: "raw: { ingest: { files: \"in/*.csv\" }, mode: append }\nt: { sql: SELECT * FROM raw, key: [v] }",
            ["in/1.csv": "v\n1\n"])
        try sandbox.run()
        try sandbox.write("v\n2\n", to: "in/2.csv")
        try sandbox.run()
        try sandbox.millrace("optimize", "raw")
        try sandbox.millrace("tag", "kept", "raw@1")
        try sandbox.millrace("delete", "raw", "--where", "v = 1")
        // None of it has made anything of the log unreadable to others.
        try Judge.compareTables(of: sandbox)
        try sandbox.millrace("restore", "raw@0")
        let items = try sandbox.json("history", "raw").array
        #expect(items.map { $0["version"].int } == [4, 3, 2, 1, 0])
        #expect(items.map { $0["upkeep"].text } == ["RESTORE", "DELETE", "OPTIMIZE", "", ""])
        #expect(items[3]["tags"].array.map(\.text) == ["kept"])
        #expect(items[3]["account"]["read"].int == 1)
        #expect(items[3]["fingerprint"].text.count == 64)
        #expect([items[2]["files"].int, items[2]["files_removed"].int] == [1, 2])
        #expect(try sandbox.json("history", "raw", "--limit", "2").array.count == 2)
        let text = try sandbox.millrace("history", "raw", "--limit", "2").output
        #expect(text.contains("… and older ones (--limit 10 shows more)"), "\(text)")
        #expect(try sandbox.json("history", "t")[0]["inputs"]["raw"].int == 1)
    }

    @Test("show tells mode, partitions, policy and the names of versions")
    func show() throws {
        let sandbox = try project()
        try sandbox.millrace("tag", "first", "events@0")
        let shown = try sandbox.json("show", "events")
        #expect(shown["mode"].text == "append")
        #expect(shown["partition_by"].array.map(\.text) == ["day"])
        #expect(shown["version_tags"]["first"].int == 0)
        let text = try sandbox.millrace("show", "events").output
        #expect(text.contains("  mode        append\n"))
        #expect(text.contains("  partitions  by day\n"))
        #expect(text.contains("  kept as     first (version 0)\n"))
        #expect(text.contains("  made from   2 files, "))
    }
}
