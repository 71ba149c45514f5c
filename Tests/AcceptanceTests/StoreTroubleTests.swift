import Foundation
import TestThreads
import Testing

@Suite("Trouble with the store and the machine", .ownThreads)
struct StoreTroubleTests {
    /// Two datasets, of two rows each.
    private func project(store: String = "store") throws -> Sandbox {
        let sandbox = try Sandbox(["landing/in.csv": "a,b\n1,x\n2,y\n"])
        try sandbox.datasets(
            "t: { ingest: { files: \"landing/*.csv\" } }\nu: { sql: SELECT * FROM t }",
            head: "project: p\nstore: \(store)")
        return sandbox
    }

    /// Makes the landing files too large for a small disk, whatever the compression.
    private func land(many rows: Int, in sandbox: Sandbox) throws {
        var random = SeededGenerator(seed: 5)
        var text = "a,b\n"
        for _ in 0..<rows { text += "\(random.next()),\(random.next())\n" }
        try sandbox.write(text, to: "landing/in.csv")
    }

    private func expect(
        _ result: Program.Result, status: Set<Int32>, _ texts: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(status.contains(result.status), "\(result.text)", sourceLocation: sourceLocation)
        for text in texts {
            #expect(result.text.contains(text), "\(text) in: \(result.text)", sourceLocation: sourceLocation)
        }
        #expect(result.text.split(separator: "\n").count < 25, sourceLocation: sourceLocation)
    }

    // MARK: Folders that are no tables of ours

    @Test("a folder that is no Delta table is left alone")
    func noTable() throws {
        let sandbox = try project()
        try sandbox.write("mine\n", to: "store/t/notes.txt")
        expect(
            try sandbox.millrace("run"), status: [1, 2],
            [
                "t: the folder holds files, such as notes.txt, but is no Delta table", "store/t",
                "hint: Move the folder away",
            ])
        #expect(sandbox.files(in: "store").allSatisfy { !$0.hasSuffix(".json") && !$0.hasSuffix(".parquet") })
        #expect(try sandbox.read("store/t/notes.txt") == "mine\n")
    }

    @Test("a file in the place of the store or of a table", arguments: ["store", "store/t"])
    func fileInPlace(path: String) throws {
        let sandbox = try project()
        try sandbox.write("mine\n", to: path)
        expect(try sandbox.millrace("run"), status: [1, 2], ["Not a directory", path, "hint: "])
        #expect(try sandbox.read(path) == "mine\n")
    }

    private static let metadata =
        #"{"metaData":{"id":"5fba94ed-9794-4965-ba6e-6ee3c0d22af9","format":{"provider":"parquet","options":{}},"#
        + #""schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\",\"nullable\":true,"#
        + #"\"metadata\":{}}]}","partitionColumns":[],"configuration":{},"createdTime":1587968585495}}"#

    @Test(
        "a table of a newer protocol, or with unknown features, is neither read nor written",
        arguments: [
            (#"{"protocol":{"minReaderVersion":99,"minWriterVersion":99}}"#, "99"),
            (
                #"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["timeMachine"],"#
                    + #""writerFeatures":["timeMachine"]}}"#, "timeMachine"
            ),
        ])
    func newerProtocol(line: String, names: String) throws {
        let sandbox = try project()
        let log = "store/t/_delta_log/00000000000000000000.json"
        try sandbox.write(line + "\n" + Self.metadata + "\n", to: log)
        expect(try sandbox.millrace("run"), status: [1], ["needs the feature", names, "store/t", "hint: "])
        expect(try sandbox.millrace("query", "FROM t"), status: [1, 2], [names])
        #expect(sandbox.files(in: "store/t", ending: ".parquet").isEmpty)
        #expect(sandbox.files(in: "store/t/_delta_log").count == 1)
        #expect(!sandbox.exists("store/u"))
    }

    @Test("a table that only newer writers may write is still read")
    func newerWriter() throws {
        let sandbox = try project()
        try sandbox.run()
        try sandbox.write(
            #"{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["timeMachine"]}}"# + "\n",
            to: "store/t/_delta_log/00000000000000000001.json")
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["2"])
        expect(
            try sandbox.millrace("run", "--full-refresh", "t"), status: [1], ["timeMachine", "version 1 stays live"])
        #expect(sandbox.files(in: "store/t/_delta_log", ending: ".json").count == 2)
    }

    @Test("a torn file in a table's log is named with its line")
    func tornLog() throws {
        let sandbox = try project()
        try sandbox.run()
        try sandbox.write("{\"commitInfo\":{\"ti", to: "store/t/_delta_log/00000000000000000001.json")
        expect(
            try sandbox.millrace("run"), status: [1, 2],
            ["store/t/_delta_log/00000000000000000001.json, line 1", "hint: "])
    }

    @Test("a log with a gap is not taken for a table")
    func gap() throws {
        let sandbox = try project()
        for number in 1...3 {
            try sandbox.write("a,b\n\(number),x\n", to: "landing/in.csv")
            try sandbox.run()
        }
        try sandbox.remove("store/t/_delta_log/00000000000000000001.json")
        expect(try sandbox.millrace("query", "FROM t"), status: [1, 2], ["error: t: ", "_delta_log"])
    }

    @Test("a data file that somebody removed is named, with what to do")
    func missingDataFile() throws {
        let sandbox = try project()
        try sandbox.run()
        try sandbox.shell("rm store/t/*.parquet")
        expect(try sandbox.millrace("query", "FROM t"), status: [1, 2], ["store/t/part-", "hint: "])
    }

    // MARK: Disks

    @Test("no space for what a step writes: nothing is published, and the last version stays")
    func fileTooLarge() throws {
        let sandbox = try project()
        try sandbox.run()
        try land(many: 60_000, in: sandbox)
        let run = try sandbox.shell("ulimit -f 400; exec '\(Checkout.millrace)' run")
        expect(run, status: [1], ["store/t/part-", "version 0 stays live"])
        #expect(try sandbox.versions() == ["t": 0, "u": 0])
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["2"])
        #expect(sandbox.files(in: "store/t", ending: ".parquet").count == 1)
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM u") == ["60000"])
    }

    /// True where this process may mount a file system.
    private static let canMount: Bool = {
        guard let sandbox = try? Sandbox(["mnt/x": ""]) else { return false }
        let result = try? sandbox.shell("unshare -m sh -c 'mount -t tmpfs -o size=100k tmpfs mnt'")
        return result?.status == 0
    }()

    @Test("a full disk is told with what to do", .enabled(if: canMount, "needs the right to mount a small file system"))
    func fullDisk() throws {
        let sandbox = try project(store: "mnt/store")
        try sandbox.write("", to: "mnt/.keep")
        try land(many: 60_000, in: sandbox)
        // The file system is gone with the shell that mounted it.
        let run = try sandbox.shell(
            "unshare -m sh -c \"mount -t tmpfs -o size=300k tmpfs mnt && '\(Checkout.millrace)' run; "
                + "echo status \\$?; find mnt -name '*.parquet' -o -name '*.json'\"")
        expect(
            run, status: [0], ["No space left on device", "hint: free some space", "nothing is published", "status 1"])
        #expect(!run.output.contains(".json\n") && !run.output.contains(".parquet\n"), "\(run.output)")
    }

    @Test("a file system that cannot be written", .enabled(if: canMount, "needs the right to mount a file system"))
    func readOnly() throws {
        let sandbox = try project(store: "mnt/store")
        try sandbox.write("", to: "mnt/.keep")
        let run = try sandbox.shell(
            "unshare -m sh -c \"mount -t tmpfs -o ro tmpfs mnt && '\(Checkout.millrace)' run; echo status \\$?\"")
        expect(run, status: [0], ["Read-only file system", "mnt/store", "hint: ", "status 1"])
    }

    // MARK: Permissions

    /// A prefix for commands under which folders' permissions hold, also for root; nil where there is none.
    private static let bounded: String? = {
        let drop = "setpriv --bounding-set -dac_override,-dac_read_search,-fowner"
        for prefix in ["", drop] {
            guard let sandbox = try? Sandbox(["secret": ""]) else { return nil }
            let result = try? sandbox.shell("chmod 000 secret; \(prefix) true && ! \(prefix) cat secret 2> /dev/null")
            if result?.status == 0 { return prefix }
        }
        return nil
    }()

    @Test(
        "no permission to write the store: said with the folder and what to do, and doctor says it too",
        .enabled(if: bounded != nil, "permissions do not hold for this user"))
    func noPermissionToWrite() throws {
        let prefix = try #require(Self.bounded)
        let sandbox = try project()
        try sandbox.shell("mkdir store && chmod 555 store")
        defer { _ = try? sandbox.shell("chmod 755 store") }
        expect(
            try sandbox.shell("\(prefix) '\(Checkout.millrace)' run"), status: [1],
            ["Permission denied", "store/t", "hint: ", "nothing is published"])
        expect(
            try sandbox.shell("\(prefix) '\(Checkout.millrace)' doctor"), status: [1],
            ["✗ store", "Permission denied", "chmod u+rwx"])
        #expect(sandbox.files(in: "store").isEmpty)
    }

    @Test(
        "no permission to read a landing file: said with the file and what to do",
        .enabled(if: bounded != nil, "permissions do not hold for this user"))
    func noPermissionToRead() throws {
        let prefix = try #require(Self.bounded)
        let sandbox = try project()
        try sandbox.shell("chmod 000 landing/in.csv")
        expect(
            try sandbox.shell("\(prefix) '\(Checkout.millrace)' run"), status: [1, 2],
            ["no permission to read", "landing/in.csv", "hint: chmod u+r"])
        #expect(!sandbox.exists("store"))
    }

    // MARK: The engine

    @Test("DuckDB missing: every command that needs it says how to get it; the others work")
    func noEngine() throws {
        let sandbox = try project()
        sandbox.environment = ["MILLRACE_DUCKDB": "/nonexistent"]
        for command in [["run"], ["check"], ["query", "SELECT 1"]] {
            let result = try Program(
                Checkout.millrace, command, in: sandbox.path,
                environment: ProcessInfo.processInfo.environment.merging(sandbox.environment) { $1 }
            ).wait()
            expect(result, status: [2], ["MILLRACE_DUCKDB", "/nonexistent", "scripts/bootstrap"])
        }
        expect(try sandbox.millrace("doctor"), status: [1], ["✗ duckdb", "/nonexistent", "scripts/bootstrap"])
        expect(try sandbox.millrace("--version"), status: [0], ["millrace "])
        #expect(try sandbox.millrace("schema").status == 0)
        #expect(!sandbox.exists("store"))
    }

    @Test("a history file that is no database is moved aside, with a warning; the run goes on")
    func brokenHistory() throws {
        let sandbox = try project()
        try sandbox.write(String(repeating: "no database at all\n", count: 500), to: ".millrace/state.sqlite")
        try sandbox.run()
        #expect(try sandbox.versions() == ["t": 0, "u": 0])
    }
}
