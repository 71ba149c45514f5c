import Foundation
import TestThreads
import Testing

@Suite("Datasets that grow", .ownThreads)
struct IncrementalTests {
    // MARK: Files

    private func landing(_ ingest: String = "", mode: String = "append", more: String = "") throws -> Sandbox {
        try Sandbox(
            datasets: """
                events:
                  ingest: { files: "landing/*.csv"\(ingest.isEmpty ? "" : ", " + ingest) }
                  mode: \(mode)
                \(more)
                """, ["landing/1.csv": "id,v\n1,10\n2,20\n", "landing/2.csv": "id,v\n3,30\n"])
    }

    @Test("an ingest that appends reads each file once: the new ones only")
    func newFiles() throws {
        let sandbox = try landing()
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id FROM events ORDER BY id") == ["1", "2", "3"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))

        try sandbox.write("id,v\n4,40\n5,50\n", to: "landing/3.csv")
        #expect(try sandbox.plan() == ["events": ["1 new file"]])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id FROM events ORDER BY id") == ["1", "2", "3", "4", "5"])
        let newest = try sandbox.json("history", "events")[0]
        #expect([newest["rows_added"].int, newest["account"]["read"].int] == [2, 2])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        #expect(
            try sandbox.rows("SELECT path, size FROM events__sources ORDER BY path") == [
                "landing/1.csv,15", "landing/2.csv,10", "landing/3.csv,15",
            ])
        try Judge.compareTables(of: sandbox)
    }

    @Test("a file that was touched, or copied anew with the same contents, is no new file")
    func touched() throws {
        let sandbox = try landing()
        try sandbox.run()
        try sandbox.shell("touch -d 2020-01-01 landing/1.csv")
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
    }

    @Test("a file that changed after it was read fails the step, and both ways out are named")
    func changed() throws {
        let sandbox = try landing()
        try sandbox.run()
        try sandbox.write("id,v\n1,11\n2,20\n", to: "landing/1.csv")
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("'landing/1.csv' changed after 'events' had read it"))
        #expect(run.text.contains("millrace.yaml:4:22"))
        #expect(run.text.contains("changed: reingest"))
        #expect(run.text.contains("--full-refresh events"))
        #expect(try sandbox.rows("SELECT sum(v) FROM events") == ["60"])
        try sandbox.run("--full-refresh", "events")
        #expect(try sandbox.rows("SELECT sum(v), count(*) FROM events") == ["61,3"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
    }

    @Test("changed: ignore keeps the rows that were read; changed: reingest adds the new file's rows")
    func changedByPolicy() throws {
        let ignoring = try landing("changed: ignore")
        try ignoring.run()
        try ignoring.write("id,v\n1,11\n2,20\n", to: "landing/1.csv")
        #expect(try ignoring.run().output.hasPrefix("nothing to do"))

        let reading = try landing("changed: reingest")
        try reading.run()
        try reading.write("id,v\n1,11\n2,20\n", to: "landing/1.csv")
        try reading.run()
        #expect(try reading.rows("SELECT count(*), sum(v) FROM events") == ["5,91"])
        #expect(try reading.run().output.hasPrefix("nothing to do"))
    }

    @Test("a file that is gone keeps its rows, unless it must not go")
    func vanished() throws {
        let sandbox = try landing()
        try sandbox.run()
        try sandbox.remove("landing/1.csv")
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        try sandbox.write("id,v\n9,90\n", to: "landing/9.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM events") == ["4"])

        let strict = try landing("vanished: fail")
        try strict.run()
        try strict.remove("landing/1.csv")
        let run = try strict.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("'landing/1.csv' is gone since 'events' read it"))
        #expect(run.text.contains("vanished: ignore"))
    }

    @Test("later files are read with the table's types; a value that does not fit is an error with its line")
    func establishedTypes() throws {
        let sandbox = try landing()
        try sandbox.run()
        try sandbox.write("id,v\n7,\n", to: "landing/3.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*), count(v) FROM events") == ["4,3"])
        try sandbox.write("id,v\n8,many\n", to: "landing/4.csv")
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("landing/4.csv"))
        #expect(run.text.contains("many"))
        #expect(try sandbox.rows("SELECT count(*) FROM events") == ["4"])
    }

    @Test("schema: fixed refuses a new column by name; add_columns takes it; widen takes a wider type")
    func schemaPolicies() throws {
        let sandbox = try landing(more: "  schema: fixed")
        try sandbox.run()
        try sandbox.write("id,v,w\n4,40,x\n", to: "landing/3.csv")
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("w"))
        #expect(run.text.contains("add_columns"))
        #expect(try sandbox.rows("SELECT count(*) FROM events") == ["3"])
        try sandbox.replace("schema: fixed", with: "schema: add_columns", in: "millrace.yaml")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id, w FROM events ORDER BY id") == ["1,", "2,", "3,", "4,x"])
    }

    @Test("schema: widen takes a wider type, and older versions keep theirs")
    func widen() throws {
        let sandbox = try landing("types: { v: INTEGER }")
        try sandbox.run()
        try sandbox.replace("INTEGER", with: "BIGINT", in: "millrace.yaml")
        try sandbox.write("id,v\n4,5000000000\n", to: "landing/3.csv")
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("v is INTEGER in the table and BIGINT"))
        #expect(run.text.contains("widen does"))
        try sandbox.replace("mode: append", with: "mode: append\n    schema: widen", in: "millrace.yaml")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT sum(v), max(typeof(v)) FROM events") == ["5000000060,BIGINT"])
        #expect(try sandbox.rows("SELECT sum(v), max(typeof(v)) FROM events@0") == ["60,INTEGER"])
        try Judge.compareTables(of: sandbox)
    }

    @Test("kill -9 at any moment: every file is read exactly once")
    func exactlyOnce() throws {
        let sandbox = try landing()
        var random = SeededGenerator(seed: 7)
        let first = ContinuousClock.now
        try sandbox.run("--quiet")
        let usual = ContinuousClock.now - first
        var killed = 0
        for number in 3..<23 {
            let rows = (0..<50).map { "\(number * 1000 + $0),1" }.joined(separator: "\n")
            try sandbox.write("id,v\n\(rows)\n", to: "landing/\(number).csv")
            let run = try sandbox.start("run", "--quiet")
            usleep(UInt32(Double.random(in: 0.1...1.0, using: &random) * Double(usual.microseconds)))
            run.signal(SIGKILL)
            if run.wait().status == 128 + SIGKILL { killed += 1 }
        }
        try sandbox.run()
        #expect(killed > 3)
        #expect(try sandbox.rows("SELECT count(*), count(DISTINCT id) FROM events") == ["1003,1003"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        // A ledger's newest version may be an orphan of a killed run, of which only Millrace knows.
        #expect(try sandbox.rows("SELECT count(*), count(DISTINCT path) FROM events__sources") == ["22,22"])
    }

    // MARK: Inputs

    private func chain(_ downstream: String, ingest: String = "mode: append") throws -> Sandbox {
        try Sandbox(
            datasets: """
                events:
                  ingest: { files: "landing/*.csv" }
                  \(ingest)
                daily:
                  sql: SELECT id, v * 2 AS double FROM events
                \(downstream)
                """, ["landing/1.csv": "id,v\n1,10\n2,20\n"])
    }

    @Test("an incremental step sees the rows that were added since its last version, also after an optimize")
    func incremental() throws {
        let sandbox = try chain("  mode: append\n  incremental: events")
        try sandbox.run()
        for number in 2..<5 {
            try sandbox.write("id,v\n\(number + 1),\(number * 10)\n", to: "landing/\(number).csv")
            try sandbox.run("events")
        }
        #expect(try sandbox.millrace("optimize", "events").status == 0)
        #expect(try sandbox.plan().keys.sorted() == ["daily"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id FROM daily ORDER BY id") == ["1", "2", "3", "4", "5"])
        #expect(try sandbox.json("history", "daily")[0]["account"]["read"].int == 3)
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        // An optimize alone makes nothing stale.
        #expect(try sandbox.millrace("optimize", "events", "--sort", "id").status == 0)
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
    }

    @Test("when the input was replaced, an incremental step says so, or makes itself anew if it may")
    func replacedInput() throws {
        let sandbox = try chain("  mode: append\n  incremental: events", ingest: "mode: replace")
        try sandbox.run()
        try sandbox.write("id,v\n7,70\n", to: "landing/1.csv")
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("rows of 'events' were changed or taken out in its version 1"))
        #expect(run.text.contains("on_replace: full_refresh"))
        #expect(try sandbox.rows("SELECT count(*) FROM daily") == ["2"])
        try sandbox.run("--full-refresh", "daily")
        #expect(try sandbox.rows("SELECT id FROM daily") == ["7"])

        let free = try chain(
            "  mode: append\n  incremental: events\n  on_replace: full_refresh", ingest: "mode: replace")
        try free.run()
        try free.write("id,v\n7,70\n", to: "landing/1.csv")
        try free.run()
        #expect(try free.rows("SELECT id FROM daily") == ["7"])
    }

    @Test("merge by key: new rows are inserted, known ones updated, marked ones deleted")
    func merge() throws {
        let sandbox = try Sandbox(
            datasets: """
                changes: { ingest: { files: "landing/*.csv" }, mode: append }
                people:
                  sql: SELECT id, name, op FROM changes
                  mode: merge
                  key: id
                  incremental: changes
                  delete_when: op = 'D'
                """, ["landing/1.csv": "id,name,op\n1,ann,I\n2,bob,I\n3,cat,I\n4,dan,D\n"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id, name FROM people ORDER BY id") == ["1,ann", "2,bob", "3,cat"])
        try sandbox.write("id,name,op\n2,bert,U\n3,cat,D\n5,eve,I\n", to: "landing/2.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id, name FROM people ORDER BY id") == ["1,ann", "2,bert", "5,eve"])
        #expect(
            try sandbox.rows(
                "SELECT id, name, _change_type FROM people@changes(1,1) ORDER BY id, _change_type")
                == [
                    "2,bob,update_preimage", "2,bert,update_postimage", "3,cat,delete", "5,eve,insert",
                ].sorted())
        try Judge.compareTables(of: sandbox)
    }

    @Test("a merge whose rows have the same key twice, or none, is refused and names them")
    func mergeKeys() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: raw.csv } }
                people: { sql: SELECT * FROM raw, mode: merge, key: id }
                """, ["raw.csv": "id,name\n1,ann\n2,bob\n"])
        try sandbox.run()
        try sandbox.write("id,name\n3,cat\n3,kit\n", to: "raw.csv")
        var run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("unique(id)"))
        #expect(run.text.contains("id  _rows\n        3   2"))
        try sandbox.write("id,name\n,cat\n", to: "raw.csv")
        run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("not_null(id)"))
        #expect(try sandbox.rows("SELECT count(*) FROM people") == ["2"])

        try sandbox.datasets("people: { sql: SELECT 1 AS id, mode: merge }")
        run = try sandbox.millrace("check")
        #expect(run.status == 2)
        #expect(run.text.contains("millrace.yaml:3:"))
        #expect(run.text.contains("key"))
    }

    @Test("a merge downstream of a merge gets the rows that changed, not those that moved with them")
    func mergeChain() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: raw.csv } }
                people: { sql: SELECT * FROM raw, mode: merge, key: id }
                upper:
                  sql: SELECT id, upper(name) AS name FROM people
                  mode: merge
                  key: id
                  incremental: people
                """, ["raw.csv": "id,name\n1,ann\n2,bob\n"])
        try sandbox.run()
        try sandbox.write("id,name\n2,bert\n3,cat\n", to: "raw.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id, name FROM upper ORDER BY id") == ["1,ANN", "2,BERT", "3,CAT"])
        #expect(try sandbox.json("history", "upper")[0]["account"]["read"].int == 2)
    }

    @Test("rows that another tool wrote stay when a dataset that adds or merges takes over its table")
    func takesOver() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: raw.csv } }
                people: { sql: "SELECT id::BIGINT AS id, name FROM raw", mode: merge, key: id }
                log: { sql: "SELECT id::BIGINT AS id, name FROM raw", mode: append }
                landed: { ingest: { files: raw.csv, types: { id: BIGINT } }, mode: append }
                """, ["raw.csv": "id,name\n2,bert\n3,cat\n"])
        for name in ["people", "log", "landed"] {
            _ = try Judge.ask(
                "append", sandbox.path + "/store/" + name, #"{"id": [1, 2], "name": ["ann", "bob"]}"#)
        }
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id, name FROM people ORDER BY id") == ["1,ann", "2,bert", "3,cat"])
        for name in ["log", "landed"] {
            #expect(
                try sandbox.rows("SELECT id, name FROM \(name) ORDER BY ALL")
                    == ["1,ann", "2,bert", "2,bob", "3,cat"])
        }
        #expect(try sandbox.millrace("run").text.contains("nothing to do"))
        try sandbox.run("--full-refresh")
        #expect(try sandbox.rows("SELECT id FROM log ORDER BY ALL") == ["2", "3"])
    }

    // MARK: Other people's tables

    @Test("a Delta table of another tool is a source, and can be read in any SQL; its versions make steps stale")
    func foreignTables() throws {
        let sandbox = try Sandbox(
            datasets: """
                copy: { ingest: { delta: foreign/t }, mode: append }
                first: { ingest: { delta: foreign/t, version: 0 } }
                total: { sql: "SELECT sum(id) AS s FROM delta_scan('foreign/t')" }
                """)
        _ = try Judge.ask("append", sandbox.path + "/foreign/t", "{\"id\": [1, 2]}")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT (SELECT count(*) FROM copy), s FROM total") == ["2,3"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        _ = try Judge.ask("append", sandbox.path + "/foreign/t", "{\"id\": [10]}")
        #expect(try sandbox.plan().keys.sorted() == ["copy", "total"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id FROM copy ORDER BY id") == ["1", "2", "10"])
        #expect(try sandbox.rows("SELECT id FROM first ORDER BY id") == ["1", "2"])
        #expect(try sandbox.json("history", "copy")[0]["account"]["read"].int == 1)
        #expect(try sandbox.rows("SELECT max(id) FROM delta_scan('foreign/t')") == ["10"])
        let run = try sandbox.millrace("query", "SELECT * FROM delta_scan('foreign/none')")
        #expect(run.status == 2)
        #expect(run.text.contains("foreign/none"))
    }
}
