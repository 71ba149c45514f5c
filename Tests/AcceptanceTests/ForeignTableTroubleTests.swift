import Foundation
import TestThreads
import Testing

@Suite("Trouble in Delta tables", .ownThreads, .enabled(if: Checkout.hasJudges, "needs scripts/bootstrap --test"))
struct ForeignTableTroubleTests {
    // MARK: Logs

    /// What is wrong with a table's log.
    enum LogTrouble: String, CaseIterable {
        case unknownFeature, gap, missingFirstCommit, damagedCheckpoint, missingCheckpoint, tornAction, emptyCommit
        case noAction, noMetadata, unknownType, leavingPath, encodedPath, hiddenPath, otherMachine

        var table: String {
            switch self {
            case .damagedCheckpoint, .missingCheckpoint: "expired"
            default: "plain"
            }
        }

        /// Does it to the table at a path, and says what messages have to name.
        func inflict(on table: String, in sandbox: Sandbox) throws -> [String] {
            let newest = sandbox.commit(3, of: table)
            switch self {
            case .unknownFeature:
                try sandbox.write(
                    #"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["timeMachine"],"#
                        + #""writerFeatures":["timeMachine"]}}"# + "\n", to: newest)
                return ["feature timeMachine", table, "Use a newer Millrace"]
            case .gap:
                try sandbox.remove(sandbox.commit(1, of: table))
                return ["the commit of version 1 is missing", sandbox.commit(1, of: table)]
            case .missingFirstCommit:
                try sandbox.remove(sandbox.commit(0, of: table))
                return ["the commit of version 0 is missing", sandbox.commit(0, of: table)]
            case .damagedCheckpoint:
                let file = table + "/_delta_log/00000000000000000002.checkpoint.parquet"
                try sandbox.write(
                    Data(try Data(contentsOf: URL(filePath: sandbox.path + "/" + file)).prefix(500)), to: file)
                return ["the checkpoint of version 2 cannot be read", file]
            case .missingCheckpoint:
                try sandbox.remove(table + "/_delta_log/00000000000000000002.checkpoint.parquet")
                return ["the commit of version 0 is missing", sandbox.commit(0, of: table)]
            case .tornAction:
                let file = sandbox.commit(2, of: table)
                try sandbox.write(String(try sandbox.read(file).dropLast(40)), to: file)
                return ["is no JSON", file + ", line "]
            case .emptyCommit:
                try sandbox.write("", to: newest)
                return ["the commit is empty", newest]
            case .noAction:
                try sandbox.write("[1, 2, 3]\n", to: newest)
                return ["an action must be a JSON object", newest + ", line 1"]
            case .noMetadata:
                let lines = try sandbox.lines(0, of: table).filter { !$0.contains("\"metaData\"") }
                try sandbox.write(lines.joined(separator: "\n") + "\n", to: sandbox.commit(0, of: table))
                return ["no metaData action", table + "/_delta_log"]
            case .unknownType:
                try sandbox.replace("\\\"long\\\"", with: "\\\"hyperlong\\\"", in: sandbox.commit(0, of: table))
                return ["column id has the type hyperlong", sandbox.commit(0, of: table)]
            case .leavingPath: return try name("../elsewhere.parquet", in: table, of: sandbox)
            case .encodedPath: return try name("%2E%2E/elsewhere.parquet", in: table, of: sandbox)
            case .hiddenPath: return try name("a/../../elsewhere.parquet", in: table, of: sandbox)
            case .otherMachine: return try name("https://example.com/elsewhere.parquet", in: table, of: sandbox)
            }
        }

        /// A commit that adds a file by this path; by the relative ones there is one.
        private func name(_ path: String, in table: String, of sandbox: Sandbox) throws -> [String] {
            let copy = URL(filePath: sandbox.path + "/" + table).deletingLastPathComponent()
            try FileManager.default.copyItem(
                at: URL(filePath: sandbox.path + "/" + sandbox.dataFile(of: table)),
                to: copy.appending(path: "elsewhere.parquet"))
            try sandbox.write(
                #"{"add":{"path":"\#(path)","partitionValues":{},"size":740,"modificationTime":1,"dataChange":true}}"#
                    + "\n", to: sandbox.commit(3, of: table))
            return ["outside of the table's folder", path, "which is not opened"]
        }
    }

    private func expect(
        _ result: Program.Result, status: Int32, _ texts: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.status == status, "\(result.text)", sourceLocation: sourceLocation)
        for text in texts {
            #expect(result.text.contains(text), "\(text) in: \(result.text)", sourceLocation: sourceLocation)
        }
    }

    /// A project that reads `foreign/t` in both ways.
    private func readers() throws -> Sandbox {
        try Sandbox(
            datasets: """
                copy: { ingest: { delta: foreign/t } }
                total: { sql: "SELECT sum(id) AS s FROM delta_scan('foreign/t')" }
                """)
    }

    @Test(
        "a damaged or unknown log: query, check and run name the table, the file and the way out, and change nothing",
        arguments: LogTrouble.allCases)
    func log(trouble: LogTrouble) throws {
        let sandbox = try readers()
        try ForeignTables.copy(trouble.table, to: "foreign/t", in: sandbox)
        let texts = try trouble.inflict(on: "foreign/t", in: sandbox) + ["error: t: ", "foreign/t", "hint: "]
        let before = try sandbox.contents(of: "foreign")
        expect(try sandbox.millrace("query", "FROM delta_scan('foreign/t')"), status: 2, texts + ["query:1:6: "])
        expect(try sandbox.millrace("check"), status: 2, texts + ["millrace.yaml:3:28: ", "millrace.yaml:4:55: "])
        expect(try sandbox.millrace("run"), status: 2, texts)
        #expect(try sandbox.contents(of: "foreign") == before)
        #expect(sandbox.files(in: "store").isEmpty)
    }

    @Test(
        "a dataset's own table with a damaged log is neither read nor written",
        arguments: LogTrouble.allCases.filter { $0 != .otherMachine })
    func ownLog(trouble: LogTrouble) throws {
        let sandbox = try Sandbox(datasets: Self.appending)
        try ForeignTables.copy(trouble.table, to: "store/t", in: sandbox)
        let texts = try trouble.inflict(on: "store/t", in: sandbox) + ["error: t: ", "store/t", "hint: "]
        let before = try sandbox.contents(of: "store/t")
        expect(try sandbox.millrace("query", "FROM t"), status: 2, texts)
        expect(try sandbox.millrace("optimize", "t"), status: 2, texts)
        // What a log names outside of the table is no matter for a step that reads no rows of it.
        guard !["leavingPath", "encodedPath", "hiddenPath"].contains(trouble.rawValue) else { return }
        let run = try sandbox.millrace("run")
        expect(run, status: run.status == 2 ? 2 : 1, texts)
        #expect(try sandbox.contents(of: "store/t") == before)
    }

    @Test("a feature that only writers must know does not keep anybody from reading")
    func writerFeature() throws {
        let sandbox = try readers()
        try ForeignTables.copy("plain", to: "foreign/t", in: sandbox)
        try sandbox.write(
            #"{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["timeMachine"]}}"# + "\n",
            to: sandbox.commit(3, of: "foreign/t"))
        try sandbox.run()
        #expect(try sandbox.rows("SELECT (SELECT count(*) FROM copy), s FROM total") == ["6,21"])
    }

    @Test(
        "a damaged checkpoint is passed over as long as the commits tell the same",
        arguments: ["garbage", "torn", "empty", "missing", "pointer"])
    func checkpointWithCommits(damage: String) throws {
        let sandbox = try readers()
        try ForeignTables.copy("checkpointed", to: "foreign/t", in: sandbox)
        let file = "foreign/t/_delta_log/00000000000000000002.checkpoint.parquet"
        let data = try Data(contentsOf: URL(filePath: sandbox.path + "/" + file))
        switch damage {
        case "garbage": try sandbox.write(String(repeating: "PAR1 garbage ", count: 99), to: file)
        case "torn": try sandbox.write(Data(data.prefix(data.count / 2)), to: file)
        case "empty": try sandbox.write("", to: file)
        case "missing": try sandbox.remove(file)
        default: try sandbox.write("{\"version\":", to: "foreign/t/_delta_log/_last_checkpoint")
        }
        let before = try sandbox.contents(of: "foreign")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT (SELECT count(*) FROM copy), s FROM total") == ["8,36"])
        #expect(try sandbox.contents(of: "foreign") == before)
    }

    // MARK: Data files

    /// What is wrong with one of a table's data files.
    enum FileTrouble: String, CaseIterable {
        case missing, torn, empty, garbage, page, damagedFooter, damagedPages, damagedMiddle

        func inflict(on file: String, in sandbox: Sandbox) throws {
            var data = try Data(contentsOf: URL(filePath: sandbox.path + "/" + file))
            func overwrite(_ range: Range<Int>) {
                data.replaceSubrange(range, with: Data(repeating: 255, count: range.count))
            }
            switch self {
            case .missing: return try sandbox.remove(file)
            case .torn: data = Data(data.prefix(data.count / 2))
            case .empty: data = Data()
            case .garbage: data = Data(repeating: UInt8(ascii: "x"), count: data.count)
            case .page: data = Data("<!DOCTYPE html><title>502 Bad Gateway</title>\n".utf8)
            case .damagedFooter: overwrite(data.count - 60..<data.count - 10)
            case .damagedPages: overwrite(4..<60)
            case .damagedMiddle: overwrite(data.count / 3..<data.count / 2)
            }
            try sandbox.write(data, to: file)
        }
    }

    @Test(
        "a missing or damaged data file: query and run name the table, the file and the way out, and change nothing",
        arguments: FileTrouble.allCases)
    func dataFile(trouble: FileTrouble) throws {
        let sandbox = try readers()
        try ForeignTables.copy("plain", to: "foreign/t", in: sandbox)
        let file = sandbox.dataFile(of: "foreign/t")
        try trouble.inflict(on: file, in: sandbox)
        let before = try sandbox.contents(of: "foreign")
        let texts = ["t: ", file, "hint: "]
        let query = try sandbox.millrace("query", "SELECT sum(id), max(v) FROM delta_scan('foreign/t')")
        expect(query, status: 2, texts)
        // There is no step of the project that would make this table anew.
        #expect(!query.text.contains("millrace run"))
        expect(try sandbox.millrace("run"), status: 1, texts + ["nothing is published"])
        #expect(try sandbox.contents(of: "foreign") == before)
        #expect(sandbox.files(in: "store", ending: ".json").isEmpty)
    }

    @Test(
        "a merge, an optimize and a delete over a missing or damaged file change nothing",
        arguments: FileTrouble.allCases)
    func ownDataFile(trouble: FileTrouble) throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: raw.csv } }
                t: { sql: SELECT * FROM raw, mode: merge, key: id }
                """, ["raw.csv": "id,v\n1,a\n2,b\n"])
        try sandbox.run()
        let file = sandbox.dataFile(of: "store/t")
        try trouble.inflict(on: file, in: sandbox)
        let before = try sandbox.contents(of: "store/t")
        try sandbox.write("id,v\n1,c\n3,d\n", to: "raw.csv")
        let texts = ["t: ", file, "hint: "]
        expect(try sandbox.millrace("run"), status: 1, texts + ["version 0 stays live"])
        expect(try sandbox.millrace("optimize", "t", "--sort", "id"), status: 2, texts)
        expect(try sandbox.millrace("delete", "t", "--where", "id = 1"), status: 2, texts)
        expect(try sandbox.millrace("query", "SELECT sum(id), max(v) FROM t"), status: 2, texts)
        #expect(try sandbox.contents(of: "store/t") == before)
    }

    @Test(
        "of many files every command names the one that is missing or damaged, and the table can be made anew",
        arguments: FileTrouble.allCases)
    func oneOfMany(trouble: FileTrouble) throws {
        let sandbox = try Sandbox(
            datasets: """
                t: { ingest: { files: "landing/*.csv" }, mode: append }
                u: { sql: SELECT id || v AS w FROM t }
                """)
        for file in 0..<6 {
            let rows = (0..<(file == 4 ? 2_000 : 1)).map { "\(file * 10_000 + $0),\($0 * 7_919_993 % 1_000_003)x\n" }
            try sandbox.write("id,v\n" + rows.joined(), to: "landing/\(file).csv")
            try sandbox.run("t")
        }
        let largest = try sandbox.shell("ls -S store/t/*.parquet | head -1").output
        let file = largest.trimmingCharacters(in: .newlines)
        try trouble.inflict(on: file, in: sandbox)
        let before = try sandbox.contents(of: "store/t")
        let texts = ["t: ", file, "hint: Restore the file from a copy", "millrace run --full-refresh t"]
        var commands = [
            ["query", "SELECT max(id), max(v) FROM t"], ["diff", "t@0", "t"], ["export", "t", "--output", "t.jsonl"],
            ["optimize", "t"], ["delete", "t", "--where", "v || id = 'x'"],
        ]
        // Of changes a missing file is told before anything is read.
        if trouble != .missing { commands.append(["query", "FROM t@changes(3, 4)"]) }
        for command in commands {
            let result = try Program(
                Checkout.millrace, command, in: sandbox.path, environment: ProcessInfo.processInfo.environment
            ).wait()
            expect(result, status: 2, texts)
        }
        expect(try sandbox.millrace("run"), status: 1, texts + ["nothing is published"])
        #expect(try sandbox.contents(of: "store/t") == before)
        #expect(!sandbox.exists("t.jsonl"))
        try sandbox.run("--full-refresh", "t")
        #expect(try sandbox.rows("SELECT count(v) FROM t") == ["2005"])
    }

    // MARK: Versions

    /// A dataset whose table the test brings.
    private static let appending = "t: { sql: \"SELECT 9::BIGINT AS id, 'z' AS v\", mode: append }"

    @Test("a version that has expired, or never was: said with the versions that there are")
    func expired() throws {
        let sandbox = try Sandbox(datasets: "copy: { ingest: { delta: foreign/t, version: 1 } }")
        try ForeignTables.copy("expired", to: "foreign/t", in: sandbox)
        let before = try sandbox.contents(of: "foreign")
        let texts = ["t: version 1 has expired: the log begins with version 2", "foreign/t/_delta_log", "hint: "]
        expect(try sandbox.millrace("check"), status: 2, texts + ["millrace.yaml:3:28: "])
        expect(try sandbox.millrace("run"), status: 2, texts)
        try sandbox.replace("version: 1", with: "version: 9", in: "millrace.yaml")
        expect(try sandbox.millrace("run"), status: 2, ["t: there is no version 9; the newest is 3", "foreign/t"])
        try sandbox.replace("version: 9", with: "version: 2", in: "millrace.yaml")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM copy") == ["6"])
        #expect(try sandbox.contents(of: "foreign") == before)
    }

    @Test("an expired version of a dataset: query, show, diff, restore and tag say so, and change nothing")
    func ownExpired() throws {
        let sandbox = try Sandbox(datasets: Self.appending)
        try ForeignTables.copy("expired", to: "store/t", in: sandbox)
        let before = try sandbox.contents(of: "store/t")
        let texts = ["t: version 1 has expired: the log begins with version 2", "store/t/_delta_log", "hint: "]
        for command in [
            ["query", "FROM t@1"], ["show", "t@1"], ["diff", "t@1", "t"], ["restore", "t@1"], ["tag", "old", "t@1"],
        ] {
            let result = try Program(
                Checkout.millrace, command, in: sandbox.path, environment: ProcessInfo.processInfo.environment
            ).wait()
            expect(result, status: 2, texts)
        }
        expect(
            try sandbox.millrace("query", "FROM t@changes(1, 3)"), status: 2,
            ["t: what version 1 changed is no longer known", "cleaned up", "hint: "])
        #expect(try sandbox.rows("SELECT count(*) FROM t@2") == ["6"])
        #expect(try sandbox.contents(of: "store/t") == before)
    }

    // MARK: Merges

    @Test("a merge without a key, or by a key that the rows do not have, is told by check before anything runs")
    func mergeWithoutKeys() throws {
        let sandbox = try Sandbox(datasets: "t: { sql: \"SELECT 9::BIGINT AS id, 'z' AS v\", mode: merge }")
        try ForeignTables.copy("plain", to: "store/t", in: sandbox)
        let before = try sandbox.contents(of: "store/t")
        for command in ["check", "run"] {
            expect(
                try sandbox.millrace(command), status: 2,
                ["millrace.yaml:3:", "'mode: merge' needs 'key'", "hint: add 'key: [COLUMN, …]'"])
        }
        try sandbox.datasets("t: { sql: \"SELECT 9::BIGINT AS id, 'z' AS v\", mode: merge, key: number }")
        for command in ["check", "run"] {
            expect(try sandbox.millrace(command), status: 2, ["millrace.yaml:3:", "number"])
        }
        #expect(try sandbox.contents(of: "store/t") == before)
    }

    @Test("rows that another tool wrote into a dataset's table stay when the first run merges into them")
    func mergeIntoOthers() throws {
        let sandbox = try Sandbox(
            datasets: "t: { sql: \"SELECT unnest([6, 9])::BIGINT AS id, 'z' AS v\", mode: merge, key: id }")
        try ForeignTables.copy("plain", to: "store/t", in: sandbox)
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*), sum(id), count(*) FILTER (v = 'z') FROM t") == ["7,30,2"])
        try Judge.compareTables(of: sandbox)
        try sandbox.run("--full-refresh")
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["2"])
    }

    // MARK: Clocks

    /// Sets what a commit says of its time, and its file's time, in seconds since 1970.
    private func set(_ seconds: Int, of version: Int, in table: String, _ sandbox: Sandbox) throws {
        let file = sandbox.commit(version, of: table)
        let text = try sandbox.read(file).replacing(/"timestamp":\d+/, with: "\"timestamp\":\(seconds)000")
        try sandbox.write(text, to: file)
        try sandbox.shell("touch -d @\(seconds) '\(file)'")
    }

    @Test("commits whose times go backwards: the table is read at every version, and history tells all of them")
    func foreignClocks() throws {
        let sandbox = try readers()
        try ForeignTables.copy("plain", to: "foreign/t", in: sandbox)
        for (version, seconds) in [3_000_000_000, 2_000_000_000, 1_000_000_000].enumerated() {
            try set(seconds, of: version, in: "foreign/t", sandbox)
        }
        let before = try sandbox.contents(of: "foreign")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT (SELECT count(*) FROM copy), s FROM total") == ["6,21"])
        #expect(try sandbox.contents(of: "foreign") == before)

        let own = try Sandbox(datasets: Self.appending)
        try own.shell("mkdir store && cp -rp '\(sandbox.path)/foreign/t' store/t")
        #expect(
            try own.rows("SELECT (SELECT count(*) FROM t@0), (SELECT count(*) FROM t@1), count(*) FROM t") == ["2,4,6"])
        #expect(try own.json("history", "t").array.map { $0["version"].int } == [2, 1, 0])
        #expect(try own.millrace("restore", "t@1").status == 0)
        #expect(try own.rows("SELECT count(*) FROM t") == ["4"])
    }

    @Test("a clock that was set back: publishing and upkeep go on, and no version is older than the one before it")
    func clockSetBack() throws {
        let sandbox = try Sandbox(
            datasets: """
                t: { ingest: { files: "landing/*.csv" }, mode: append }
                u: { sql: SELECT * FROM t, incremental: t, mode: merge, key: id }
                """, ["landing/1.csv": "id,v\n1,a\n"])
        try sandbox.run()
        for table in ["t", "u", "t__sources"] { try set(3_000_000_000, of: 0, in: "store/\(table)", sandbox) }
        try sandbox.write("id,v\n2,b\n", to: "landing/2.csv")
        try sandbox.run()
        #expect(try sandbox.millrace("optimize", "t").status == 0)
        #expect(try sandbox.millrace("delete", "u", "--where", "id = 1").status == 0)
        #expect(try sandbox.millrace("restore", "u@1").status == 0)
        try sandbox.write("id,v\n3,c\n", to: "landing/3.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)") == ["3,3"])
        for name in ["t", "u"] {
            let times = try sandbox.json("history", name).array.map { $0["published"].text }
            #expect(times.count >= 4)
            #expect(times == times.sorted(by: >), "\(times)")
            #expect(times.allSatisfy { $0 >= "2065-01-24T05:20:00" }, "\(times)")
        }
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        // Nothing that a version needs goes, whatever the clock says.
        #expect(try sandbox.millrace("vacuum").status == 0)
        #expect(try sandbox.rows("SELECT (SELECT count(*) FROM t@0), (SELECT count(*) FROM u@1)") == ["1,2"])
        try Judge.compareTables(of: sandbox)
    }
}
