import Foundation
import TestThreads
import Testing

@Suite("Ingest", .ownThreads)
struct IngestTests {
    /// A project with one dataset `t`, made from files.
    private func project(_ ingest: String, _ files: [String: String] = [:]) throws -> Sandbox {
        try Sandbox(datasets: "t:\n  ingest: \(ingest)", files)
    }

    // MARK: What can be read

    @Test("CSV: plain, gzip and zstd together, by a glob")
    func compressed() throws {
        let sandbox = try project("{ files: \"landing/*.csv*\", format: csv }", ["landing/1.csv": "a,b\n1,x\n"])
        try sandbox.write("a,b\n2,y\n", to: "2.csv")
        try sandbox.write("a,b\n3,z\n", to: "3.csv")
        try #require(
            try sandbox.shell("gzip -c 2.csv > landing/2.csv.gz && zstd -q -o landing/3.csv.zst 3.csv").status == 0)
        try sandbox.run()
        #expect(try sandbox.rows("FROM t ORDER BY a") == ["1,x", "2,y", "3,z"])
    }

    @Test("globs: several patterns, folders at any depth, and each file once")
    func globs() throws {
        let sandbox = try project(
            "{ files: [\"in/**/x?.csv\", \"in/one/*.csv\", \"in/[yz].csv\"], format: csv }",
            [
                "in/one/x1.csv": "a\n1\n", "in/two/deep/x2.csv": "a\n2\n", "in/y.csv": "a\n3\n",
                "in/one/other.csv": "a\n4\n", "in/two/no.csv": "a\n5\n", "in/one/.hidden.csv": "a\n6\n",
            ])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT a FROM t ORDER BY a") == ["1", "2", "3", "4"])
    }

    @Test("JSON lines: nested values, a field that comes late, gzip")
    func jsonLines() throws {
        let sandbox = try project(
            "{ files: \"landing/*\", format: jsonl }",
            ["landing/1.jsonl": "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"c\":{\"d\":[1,2]}}\n"])
        try sandbox.shell("printf '{\"a\":3}\\n' | gzip -c > landing/2.jsonl.gz")
        try sandbox.run()
        let rows = try sandbox.json("query", "SELECT * FROM t ORDER BY a").array
        #expect(rows.map { $0["a"].int } == [1, 2, 3])
        #expect(rows[1]["c"]["d"].array.map(\.int) == [1, 2])
        #expect(rows[2]["b"].isNull)
    }

    @Test("JSON lines: declared types hold")
    func jsonTypes() throws {
        let sandbox = try project(
            "{ files: in.jsonl, types: { a: VARCHAR, b: DATE } }",
            ["in.jsonl": "{\"a\":1,\"b\":\"2026-01-02\"}\n{\"a\":2,\"b\":null}\n"])
        try sandbox.run()
        #expect(
            try sandbox.rows("SELECT typeof(a), typeof(b), a, b FROM t ORDER BY a")[0] == "VARCHAR,DATE,1,2026-01-02")
    }

    @Test(
        "Parquet: files with different columns are united by name",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs what writes the files"))
    func parquet() throws {
        let sandbox = try project("{ files: \"landing/*.parquet\" }", ["landing/.keep": ""])
        _ = try Judge.ask(
            "write-parquet", sandbox.path + "/landing/1.parquet", "{\"a\": [1, 2], \"b\": [\"x\", \"y\"]}")
        _ = try Judge.ask("write-parquet", sandbox.path + "/landing/2.parquet", "{\"c\": [1.5], \"a\": [3]}")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT a, b, c FROM t ORDER BY a") == ["1,x,", "2,y,", "3,,1.5"])
    }

    @Test("CSV: null words, dialect, dates, decimal commas, encoding and declared types")
    func dialect() throws {
        let sandbox = try project(
            """

                files: landing/odd.txt
                format: csv
                delimiter: ";"
                quote: "'"
                decimal: ","
                skip: 1
                comment: "#"
                date_format: "%d.%m.%Y"
                timestamp_format: "%d.%m.%Y %H:%M"
                nulls: ["-", "NA"]
                types: { day: DATE, zip: VARCHAR, moment: TIMESTAMP }
                encoding: latin-1
            """)
        let text = """
            a title that is no header
            x;day;zip;moment;note
            # not a row
            1,5;24.12.2025;00700;01.02.2026 13:45;'one;two'
            -;NA;08;;caf\u{e9}

            """
        try sandbox.write(text.data(using: .isoLatin1) ?? Data(), to: "landing/odd.txt")
        try sandbox.run()
        #expect(
            try sandbox.rows("SELECT x, day, zip, moment, note FROM t ORDER BY zip") == [
                "1.5,2025-12-24,00700,2026-02-01 13:45:00,one;two", ",,08,,café",
            ])
    }

    @Test("CSV: the empty field is a null beside the user's words; a quoted one is an empty text")
    func nulls() throws {
        let sandbox = try project("{ files: in.csv, nulls: [\"NA\"] }", ["in.csv": "a,b\n,x\nNA,y\nz,NA\n"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FILTER (a IS NULL), count(*) FILTER (b IS NULL) FROM t") == ["2,1"])
    }

    @Test("CSV without a header, with tabs, and rows that are too short")
    func shortRows() throws {
        let sandbox = try project(
            "{ files: in.tsv, format: csv, header: false, null_padding: true }", ["in.tsv": "1\tx\n2\n"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT * FROM t ORDER BY 1") == ["1,x", "2,"])
    }

    @Test("CSV files whose columns stand in another order are read by name")
    func columnOrder() throws {
        let sandbox = try project("{ files: \"*.csv\" }", ["1.csv": "a,b\n1,x\n", "2.csv": "b,a\ny,2\n"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT a, b FROM t ORDER BY a") == ["1,x", "2,y"])
    }

    @Test("a header without rows is an empty table with its columns")
    func headerOnly() throws {
        let sandbox = try project("{ files: in.csv }", ["in.csv": "a,b\n"])
        try sandbox.run()
        #expect(try sandbox.json("show", "t")["columns"].array.map { $0["name"].text } == ["a", "b"])
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["0"])
        if Checkout.hasJudges {
            let table = try Judge.ask("table", sandbox.path + "/store/t")
            #expect(table["columns"].array.map(\.text) == ["a", "b"])
        }
    }

    // MARK: What cannot

    /// Runs a project whose `t` had two rows before, and expects that the run fails and that they stay.
    private func refused(
        _ sandbox: Sandbox, says texts: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let run = try sandbox.millrace("run")
        // 2 where it is found before anything runs.
        #expect([1, 2].contains(run.status), "\(run.text)", sourceLocation: sourceLocation)
        for text in texts {
            #expect(run.text.contains(text), "\(text) in: \(run.text)", sourceLocation: sourceLocation)
        }
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["2"], sourceLocation: sourceLocation)
        #expect(try sandbox.versions() == ["t": 0], sourceLocation: sourceLocation)
        #expect(
            run.text.split(separator: "\n").count < 25, "a message fits on a screen", sourceLocation: sourceLocation)
    }

    private func published(_ ingest: String, _ files: [String: String]) throws -> Sandbox {
        let sandbox = try project(ingest, files)
        try sandbox.run()
        return sandbox
    }

    @Test("a value of the wrong type: file, line, raw text, column and a way out are told; the last version stays")
    func wrongType() throws {
        let sandbox = try published(
            "{ files: \"landing/*.csv\", types: { a: INTEGER } }", ["landing/1.csv": "a,b\n1,x\n2,y\n"])
        try sandbox.write("a,b\n1,x\n2,y\noops,z\n4,w\n", to: "landing/1.csv")
        try refused(
            sandbox,
            says: [
                "millrace.yaml:4:22: error: a line cannot be read", "landing/1.csv:4: ", "column \"a\"",
                "Could not convert string \"oops\" to 'INTEGER'", "oops,z", "'on_error: quarantine'",
            ])
    }

    @Test("a type that was guessed and does not hold until the end of a long file")
    func lateWrongType() throws {
        let sandbox = try published("{ files: in.csv }", ["in.csv": "a,b\n1,x\n2,y\n"])
        try sandbox.write("a,b\n" + (1...30_000).map { "\($0),x\n" }.joined() + "late,y\n", to: "in.csv")
        try refused(sandbox, says: ["in.csv:30002: ", "late,y"])
    }

    @Test("rows that are too long or too short are named with line and text")
    func ragged() throws {
        let sandbox = try published("{ files: in.csv }", ["in.csv": "a,b\n1,x\n2,y\n"])
        try sandbox.write("a,b\n1,x\n2,y,extra\n3\n4,w\n", to: "in.csv")
        try refused(
            sandbox,
            says: ["2 lines cannot be read", "in.csv:3: ", "2,y,extra", "in.csv:4: ", "Found: 1", "hint: "])
    }

    @Test("bytes that are not UTF-8 are named with their line")
    func encoding() throws {
        let sandbox = try published("{ files: in.csv }", ["in.csv": "a,b\n1,x\n2,y\n"])
        try sandbox.write(Data("a,b\n1,x\n2,caf".utf8) + Data([0xE9, 0x0A]), to: "in.csv")
        try refused(sandbox, says: ["in.csv:3: ", "not utf-8 encoded"])
    }

    @Test("with on_error: quarantine unreadable lines are kept with file, line and text, and the rest is published")
    func quarantinedLines() throws {
        let sandbox = try project(
            "{ files: \"landing/*.csv\", types: { a: INTEGER }, on_error: quarantine }",
            ["landing/1.csv": "a,b\n1,x\n2,y\noops,z\n4,w\n", "landing/2.csv": "a,b\n1,x,7\n2\n3,k\n"])
        let run = try sandbox.run()
        #expect(run.output.contains("quarantine  t  3 of 7 rows (42.86 %), kept in t__quarantine"))
        #expect(try sandbox.rows("SELECT a FROM t ORDER BY a") == ["1", "2", "3", "4"])
        let refused = try sandbox.json("query", "SELECT * FROM t__quarantine ORDER BY _file, _line").array
        #expect(
            refused.map {
                [URL(filePath: $0["_file"].text).lastPathComponent, "\($0["_line"].int ?? 0)", $0["_raw"].text]
            }
                == [["1.csv", "4", "oops,z"], ["2.csv", "2", "1,x,7"], ["2.csv", "3", "2"]])
        #expect(refused.allSatisfy { $0["_reasons"][0].text.hasPrefix("unreadable: ") })
        let account = try sandbox.json("history", "t")[0]["account"]
        #expect([account["read"].int, account["published"].int, account["quarantined"].int] == [7, 4, 3])
    }

    @Test("unreadable lines and rows that a check refuses meet in one quarantine")
    func quarantinedLinesAndRows() throws {
        let sandbox = try Sandbox(
            datasets: """
                t:
                  ingest: { files: in.csv, types: { a: INTEGER }, on_error: quarantine }
                  checks: [ { range: { column: a, max: 10, on_fail: quarantine } } ]
                """, ["in.csv": "a,b\n1,x\noops,y\n20,z\n"])
        try sandbox.run()
        let refused = try sandbox.json("query", "SELECT * FROM t__quarantine ORDER BY a NULLS FIRST").array
        #expect(refused.map { $0["_raw"].text } == ["oops,y", ""])
        #expect(refused.map { $0["a"].int } == [nil, 20])
        // A row that could be read tells its file, too.
        #expect(refused.allSatisfy { $0["_file"].text.hasSuffix("/in.csv") })
        #expect(try sandbox.rows("SELECT a FROM t") == ["1"])
    }

    @Test("a broken JSON line: file, line and raw text are told; the last version stays")
    func brokenJSON() throws {
        let sandbox = try published("{ files: in.jsonl }", ["in.jsonl": "{\"a\":1}\n{\"a\":2}\n"])
        try sandbox.write("{\"a\":1}\nnot json\n{\"a\":2}\n", to: "in.jsonl")
        try refused(sandbox, says: ["in.jsonl:2", "not json"])
    }

    @Test("with on_error: quarantine a broken JSON line is kept with file, line and text")
    func quarantinedJSON() throws {
        let sandbox = try project(
            "{ files: in.jsonl, on_error: quarantine }", ["in.jsonl": "{\"a\":1}\nnot json\n{\"a\":2}\n"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT a FROM t ORDER BY a") == ["1", "2"])
        let refused = try sandbox.json("query", "SELECT * FROM t__quarantine").array
        #expect(refused.map { $0["_line"].int } == [2])
        #expect(refused.map { $0["_raw"].text } == ["not json"])
    }

    @Test("a JSON value that does not fit its declared type is an error, not a text")
    func wrongJSONType() throws {
        let sandbox = try published(
            "{ files: in.jsonl, types: { a: INTEGER } }", ["in.jsonl": "{\"a\":1}\n{\"a\":2}\n"])
        try sandbox.write("{\"a\":1}\n{\"a\":\"two\"}\n", to: "in.jsonl")
        try refused(sandbox, says: ["in.jsonl", "two"])
    }

    @Test("truncated files are refused, whatever their compression", arguments: ["gz", "zst"])
    func truncated(ending: String) throws {
        let sandbox = try published("{ files: \"landing/*\", format: csv }", ["landing/1.csv": "a,b\n1,x\n2,y\n"])
        try sandbox.write("a,b\n" + (1...20_000).map { "\($0),\($0 &* 7_919 % 10_007)\n" }.joined(), to: "long.csv")
        let pack = ending == "gz" ? "gzip -c long.csv > packed" : "zstd -q -o packed long.csv"
        let half = "head -c $(($(stat -c %s packed) / 2)) packed > landing/2.csv.\(ending)"
        try #require(try sandbox.shell("\(pack) && \(half)").status == 0)
        try refused(sandbox, says: ["landing/2.csv.\(ending)' is truncated", "copy or download the file again"])
    }

    @Test("a file that is not compressed at all, whatever its name says", arguments: ["gz", "zst"])
    func notCompressed(ending: String) throws {
        let sandbox = try project("{ files: in.csv.\(ending) }", ["in.csv.\(ending)": "a,b\n1,x\n"])
        let run = try sandbox.millrace("run")
        #expect([1, 2].contains(run.status))
        #expect(run.text.contains("in.csv.\(ending)"))
        #expect(run.text.contains("compression: none"))
        #expect(try sandbox.versions() == [:])
    }

    @Test(
        "a truncated Parquet file", .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs what writes it")
    )
    func truncatedParquet() throws {
        let sandbox = try project("{ files: in.parquet }")
        _ = try Judge.ask("write-parquet", sandbox.path + "/in.parquet", "{\"a\": [1, 2]}")
        try sandbox.run()
        try sandbox.shell("head -c 100 in.parquet > torn && mv torn in.parquet")
        let run = try sandbox.millrace("run")
        #expect([1, 2].contains(run.status))
        #expect(run.text.contains("in.parquet"))
        #expect(run.text.contains("hint: "))
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["2"])
    }

    @Test("files of one ingest with different columns are refused, and the difference is told")
    func differentColumns() throws {
        let sandbox = try published("{ files: \"landing/*.csv\" }", ["landing/1.csv": "a,b\n1,x\n2,y\n"])
        try sandbox.write("a,c\n1,x\n", to: "landing/2.csv")
        try refused(
            sandbox,
            says: ["do not have the same columns", "landing/2.csv': c", "landing/1.csv': b", "UNION ALL BY NAME"])
    }

    @Test("an empty CSV file is refused by name: it has not even a header")
    func emptyFile() throws {
        let sandbox = try published("{ files: in.csv }", ["in.csv": "a,b\n1,x\n2,y\n"])
        try sandbox.write("", to: "in.csv")
        try refused(sandbox, says: ["in.csv", "empty"])
    }

    @Test("an empty CSV file among others is refused by name")
    func emptyFileAmongOthers() throws {
        let sandbox = try published("{ files: \"landing/*.csv\" }", ["landing/1.csv": "a,b\n1,x\n2,y\n"])
        try sandbox.write("", to: "landing/2.csv")
        try refused(sandbox, says: ["landing/2.csv", "empty"])
    }

    @Test("a type for a column that no file has is a mistake in the project")
    func typeOfMissingColumn() throws {
        let sandbox = try project("{ files: in.csv, types: { amont: DOUBLE } }", ["in.csv": "id,amount\n1,2\n"])
        let checked = try sandbox.millrace("check")
        #expect(checked.status == 2)
        #expect(checked.errors.contains("amont"))
        #expect(checked.errors.contains("did you mean 'amount'?"))
    }
}
