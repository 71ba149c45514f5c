import Foundation
import Servers
import TestThreads
import Testing

@Suite(
    "A store in S3", .ownThreads,
    .enabled(if: SeaweedServer.isExpected && Checkout.hasJudges, "needs scripts/bootstrap --test"))
struct StoreInS3Tests {
    /// A project whose store is a prefix of its own in the server's bucket.
    private final class Place {
        let server: SeaweedServer
        let sandbox: Sandbox
        let prefix = "projects/" + UUID().uuidString.prefix(8)

        var url: String { "s3://\(server.bucket)/\(prefix)" }

        init(datasets: String, _ files: [String: String] = [:], endpoint: String? = nil) throws {
            server = try SeaweedServer.shared()
            sandbox = try Sandbox(files)
            try self.datasets(datasets, endpoint: endpoint)
            sandbox.environment = server.environment
            // The project names it.
            sandbox.environment["AWS_ENDPOINT_URL"] = ""
        }

        func datasets(_ text: String, endpoint: String? = nil, bucket: String? = nil) throws {
            let url = "s3://\(bucket ?? server.bucket)/\(prefix)"
            try sandbox.datasets(
                text,
                head: """
                    project: p
                    store: { url: "\(url)", endpoint: "\(endpoint ?? server.endpoint)", path_style: true }
                    """)
        }

        /// Holds tables, as deltalake reads them from the bucket, against what `millrace query` says.
        func compare(_ names: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
            for name in names {
                let table = "\(url)/\(name)"
                let seen = try Judge.ask(
                    "remote-tables", table, environment: server.environment, sourceLocation: sourceLocation)[table]
                let rows = try sandbox.rows(
                    "SELECT count(*), bit_xor(hash(t)), sum(hash(t)) FROM \(name) AS t", sourceLocation: sourceLocation)
                #expect(seen["rows"].text == rows.first, "\(name)", sourceLocation: sourceLocation)
            }
        }

        /// The names of the objects below the store, without its prefix; and those in which one of the texts stands.
        func objects(with texts: [String] = []) throws -> (all: [String], found: [String]) {
            let above = "\(server.bucket)/\(prefix)"
            let result = try Program(
                Checkout.python,
                [Checkout.root + "/Tests/AcceptanceTests/Judges/judge.py", "remote-objects", above] + texts,
                in: sandbox.path, environment: ProcessInfo.processInfo.environment.merging(server.environment) { $1 }
            ).wait()
            #expect(result.status == 0, "\(result.text)")
            let answer = try JSON(result.output)
            return (
                answer["sizes"].object.keys.map { String($0.dropFirst(above.count + 1)) }.sorted(),
                answer["found"].array.map(\.text)
            )
        }

        func dataFiles(of table: String) throws -> [String] {
            try objects().all.filter {
                $0.hasPrefix(table + "/") && $0.hasSuffix(".parquet") && !$0.contains("_delta_log")
            }
        }
    }

    private static let project = """
        events:
          ingest: { files: "landing/*.csv" }
          mode: append
          key: [id]
        clean:
          sql: SELECT id, day, amount, amount * 2 AS double FROM events
          key: id
          partition_by: [day]
          checks:
            - unique: [id]
            - range: { column: amount, max: 90 }
              on_fail: quarantine
          splits: { by: id, seed: 1, train: 50, test: 50 }
        people:
          sql: SELECT id, day AS name FROM events
          mode: merge
          key: id
          incremental: events
        """

    private func place() throws -> Place {
        try Place(
            datasets: Self.project, ["landing/1.csv": "id,day,amount\n1,mon day,10\n2,tü=%2F,20\n3,,30\n4,mon day,95\n"]
        )
    }

    // MARK: Making

    @Test(
        "a run makes all there is: files read once, checks, quarantine, splits, partitions; a second one does nothing")
    func run() throws {
        let place = try place()
        let sandbox = place.sandbox
        try sandbox.run()
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        #expect(
            try sandbox.rows("SELECT id, day, double FROM clean ORDER BY id") == [
                "1,mon day,20", "2,tü=%2F,40", "3,,60",
            ])
        #expect(try sandbox.rows("SELECT id, _reasons[1] FROM clean__quarantine") == ["4,range(amount): above 90"])
        #expect(try sandbox.rows("SELECT count(*) FROM clean WHERE split NOT IN ('train', 'test')") == ["0"])
        #expect(Set(try place.dataFiles(of: "clean").map { $0.split(separator: "/")[1] }).count == 3)
        try place.compare("events", "events__sources", "clean", "clean__quarantine", "people")

        try sandbox.write("id,day,amount\n2,wed,40\n5,wed,50\n", to: "landing/2.csv")
        #expect(try sandbox.plan().keys.sorted() == ["clean", "events", "people"])
        let run = try sandbox.millrace("run")
        // The same id twice: refused, and everything else is made.
        #expect(run.status == 1)
        #expect(run.text.contains("unique(id)") && run.text.contains("version 0 stays live"), "\(run.text)")
        #expect(try sandbox.versions() == ["events": 1, "clean": 0, "people": 1])
        #expect(
            try sandbox.rows("SELECT id, name FROM people ORDER BY id") == [
                "1,mon day", "2,wed", "3,", "4,mon day", "5,wed",
            ])
        #expect(try sandbox.json("history", "people")[0]["account"]["read"].int == 2)
        #expect(
            try sandbox.rows("SELECT id, name, _change_type FROM people@changes(1, 1) ORDER BY ALL") == [
                "2,tü=%2F,update_preimage", "2,wed,update_postimage", "5,wed,insert",
            ])
        // Nothing that was refused stays in the bucket.
        #expect(try place.dataFiles(of: "clean").count == 3)
        try place.compare("events", "events__sources", "clean", "people")
    }

    @Test("show, history, list, lineage of inputs and doctor name the places in the bucket")
    func looking() throws {
        let place = try place()
        let sandbox = place.sandbox
        try sandbox.run()
        let show = try sandbox.json("show", "clean")
        #expect(show["location"].text == place.url + "/clean")
        #expect(try sandbox.millrace("show", "clean").output.contains(place.url + "/clean__quarantine"))
        #expect(try sandbox.json("history", "clean").array.map { $0["operation"].text } == ["WRITE"])
        #expect(try sandbox.json("list").array.map { $0["rows"].int } == [3, 4, 4])
        #expect(try sandbox.json("show", "clean", "--inputs")["inputs"][0]["files"][0]["path"].text == "landing/1.csv")
        let doctor = try sandbox.millrace("doctor")
        #expect(doctor.status == 0, "\(doctor.text)")
        #expect(doctor.output.contains("✓ store      \(place.url), 5 tables"), "\(doctor.text)")
        let stats = try sandbox.millrace("query", "SELECT count(*) FROM clean WHERE day = 'mon day'", "--stats")
        #expect(stats.text.contains("1 of 3 files"), "\(stats.text)")
        #expect(!sandbox.exists("store") && !sandbox.exists("s3:"))
    }

    @Test("a table that another tool wrote in the bucket is a source, and is read in any SQL")
    func foreignTable() throws {
        let place = try Place(datasets: "x: { sql: SELECT 1 AS a }")
        let table = place.url + "/foreign-t"
        let environment = place.server.environment
        _ = try Judge.ask("remote-append", table, "{\"id\": [1, 2]}", environment: environment)
        try place.datasets(
            """
            copy: { ingest: { delta: "\(table)" }, mode: append }
            total: { sql: "SELECT sum(id) AS s FROM delta_scan('\(table)')" }
            """)
        try place.sandbox.run()
        #expect(try place.sandbox.run().output.hasPrefix("nothing to do"))
        _ = try Judge.ask("remote-append", table, "{\"id\": [10]}", environment: environment)
        try place.sandbox.run()
        #expect(try place.sandbox.rows("SELECT (SELECT count(*) FROM copy), s FROM total") == ["3,13"])
        let missing = try place.sandbox.millrace("query", "FROM delta_scan('\(place.url)/none')")
        #expect(missing.status == 2)
        #expect(missing.text.contains("there is no Delta table") && missing.text.contains(place.url + "/none"))
    }

    // MARK: Looking after it

    @Test("optimize, tag, diff, restore, delete and vacuum do in a bucket what they do in a folder")
    func upkeep() throws {
        let place = try Place(
            datasets: "events: { ingest: { files: \"landing/*.csv\" }, mode: append, key: [id] }",
            ["landing/0.csv": "id,v\n0,a\n1,b\n"])
        let sandbox = place.sandbox
        try sandbox.run()
        for number in 1..<4 {
            try sandbox.write("id,v\n\(number * 2),a\n\(number * 2 + 1),b\n", to: "landing/\(number).csv")
            try sandbox.run()
        }
        let optimized = try sandbox.json("optimize", "events")[0]
        #expect([optimized["version"].int, optimized["files_before"].int, optimized["files_after"].int] == [4, 4, 1])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        #expect(try sandbox.millrace("tag", "first", "events@1").status == 0)
        #expect(try sandbox.millrace("tag", "--list", "events").output.contains("first"))
        #expect(try sandbox.rows("SELECT count(*) FROM events@first") == ["4"])
        let diff = try sandbox.json("diff", "events@first", "events@4")
        #expect(diff["added"].int == 4, "\(diff)")

        let files = try place.dataFiles(of: "events")
        #expect(files.count == 5)
        let dry = try sandbox.millrace("vacuum", "events", "--older-than", "0s", "--force", "--dry-run")
        #expect(dry.status == 0, "\(dry.text)")
        #expect(try place.dataFiles(of: "events") == files)
        let vacuum = try sandbox.millrace("vacuum", "events", "--older-than", "0s", "--force")
        #expect(vacuum.status == 0, "\(vacuum.text)")
        // The live version's, and the two of the tagged one.
        #expect(try place.dataFiles(of: "events").count == 3)
        #expect(try sandbox.rows("SELECT count(*) FROM events@first") == ["4"])
        let gone = try sandbox.millrace("restore", "events@2")
        #expect(gone.status == 2)
        #expect(gone.text.contains("version 2 cannot be restored") && gone.text.contains(place.url), "\(gone.text)")

        #expect(try sandbox.millrace("restore", "events@first").status == 0)
        #expect(try sandbox.rows("SELECT count(*) FROM events") == ["4"])
        #expect(try sandbox.millrace("delete", "events", "--where", "id = 0").status == 0)
        #expect(try sandbox.rows("SELECT id FROM events ORDER BY id") == ["1", "2", "3"])
        try place.compare("events")
    }

    // MARK: Ends before their time

    @Test("kill -9 at any moment: the tables equal a committed state, and in the end every file was read exactly once")
    func killed() throws {
        let place = try Place(
            datasets: """
                events: { ingest: { files: "landing/*.csv" }, mode: append }
                people: { sql: "SELECT id, n FROM events", mode: merge, key: id, incremental: events }
                """, ["landing/0.csv": "id,n\n0,0\n"])
        let sandbox = place.sandbox
        let start = ContinuousClock.now
        try sandbox.run("--quiet")
        let usual = (ContinuousClock.now - start) / .microseconds(1)
        var random = SeededGenerator(seed: 3)
        var killed = 0
        for number in 1...8 {
            let rows = (0..<20).map { "\(number * 100 + $0),\(number)" }.joined(separator: "\n")
            try sandbox.write("id,n\n\(rows)\n", to: "landing/\(number).csv")
            let run = try sandbox.start("run", "--quiet")
            usleep(UInt32(Double.random(in: 0.1...1.0, using: &random) * usual))
            run.signal(SIGKILL)
            if run.wait().status == 128 + SIGKILL { killed += 1 }
            // Files are read as a whole or not at all, and nothing is read twice.
            #expect(
                try sandbox.rows(
                    """
                    SELECT (SELECT count(*) - count(DISTINCT id) FROM events), (SELECT count(*) % 20 FROM events),
                    (SELECT count(*) - count(DISTINCT id) FROM people), (SELECT count(*) % 20 FROM people)
                    """) == ["0,1,0,1"])
        }
        try sandbox.run()
        #expect(killed > 1)
        #expect(try sandbox.rows("SELECT count(*), count(DISTINCT id) FROM events") == ["161,161"])
        #expect(try sandbox.rows("SELECT count(*), count(DISTINCT id) FROM people") == ["161,161"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        try place.compare("events", "people")
    }

    @Test("a first run that was killed or failed leaves nothing that stands in the way of the next")
    func failedFirstRun() throws {
        let place = try Place(
            datasets: "t: { ingest: { files: in.csv }, checks: [ { unique: [id] } ] }", ["in.csv": "id\n1\n1\n"])
        let sandbox = place.sandbox
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(run.text.contains("unique(id)") && run.text.contains("nothing is published"), "\(run.text)")
        #expect(try place.dataFiles(of: "t").isEmpty)
        #expect(try sandbox.json("list")[0]["version"].isNull)
        try sandbox.write("id\n1\n2\n", to: "in.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM t") == ["2"])
    }

    @Test("the answer to a commit gets lost: the version is there once")
    func lostAnswer() throws {
        let server = try SeaweedServer.shared()
        let (port, lost) = (server.port, Lost())
        let proxy = try ScriptedServer { request in
            let isCommit = request.method == "PUT" && request.target.contains("/_delta_log/0")
            return isCommit && lost.isFirst(request.target) ? .forwardAndHangUp(port: port) : .forward(port: port)
        }
        let place = try Place(
            datasets: "t: { ingest: { files: \"landing/*.csv\" }, mode: append }", ["landing/1.csv": "id\n1\n2\n"],
            endpoint: proxy.endpoint)
        try place.sandbox.run()
        try place.sandbox.write("id\n3\n", to: "landing/2.csv")
        try place.sandbox.run()
        #expect(lost.count >= 4)
        #expect(try place.sandbox.json("history", "t").array.map { $0["version"].int } == [1, 0])
        #expect(try place.sandbox.rows("SELECT count(*), count(DISTINCT id) FROM t") == ["3,3"])
        try place.compare("t", "t__sources")
    }

    /// The targets of requests that were lost once.
    private final class Lost: @unchecked Sendable {
        // Only touched under the lock.
        private var targets: Set<String> = []
        private let lock = NSLock()

        func isFirst(_ target: String) -> Bool { lock.withLock { targets.insert(target).inserted } }
        var count: Int { lock.withLock { targets.count } }
    }

    @Test("datasets made part by part: just the partitions asked for, and processes that make different ones at once")
    func partitions() throws {
        let place = try Place(
            datasets: """
                daily:
                  sql: |
                    SELECT DATE '2024-01-01' + i::INTEGER AS day, x AS n
                    FROM range(20) AS a(i), range(3) AS b(x) WHERE i <> 7 OR x > 0
                  partitions: { by: day, column: day, start: 2024-01-01 }
                  checks: [{ range: { column: n, max: 1 }, on_fail: quarantine }]
                """)
        let sandbox = place.sandbox
        try sandbox.run("daily", "--partition", "2024-01-02..2024-01-04")
        func live() throws -> Set<String> { Set(try sandbox.json("show", "daily")["files"].array.map(\.text)) }
        let (files, objects) = (try live(), Set(try place.dataFiles(of: "daily")))
        try sandbox.run("daily", "--partition", "2024-01-03")
        #expect(Set(try place.dataFiles(of: "daily")).subtracting(objects).count == 1)
        #expect(try live().count == 3 && files.intersection(try live()).count == 2)
        #expect(try sandbox.rows("SELECT day, count(*) FROM daily GROUP BY ALL ORDER BY ALL").count == 3)
        #expect(try sandbox.rows("SELECT count(*) FROM daily__quarantine") == ["3"])

        let days = (5...8).map { "2024-01-0\($0)" }
        let programs = try days.map { try sandbox.start("run", "daily", "--partition", $0) }
        for program in programs {
            let result = program.wait()
            #expect(result.status == 0, "\(result.text)")
        }
        #expect(
            try sandbox.rows("SELECT day, count(*) FROM daily GROUP BY ALL ORDER BY ALL")
                == (2...8).map { "2024-01-0\($0),\($0 == 8 ? 1 : 2)" })
        let listed = try #require(try sandbox.json("list").array.first)
        #expect(listed["partitions"]["made"].int == 7)
        try place.compare("daily", "daily__quarantine")
    }

    // MARK: Trouble

    /// Why a store cannot be reached, what is to be read then, and the way out.
    enum Trouble: CaseIterable {
        case wrongSecret, unknownKey, noCredentials, noBucket, unreachable, noExtension, badAddress
    }

    @Test(
        "a store that cannot be reached: the message names the bucket and the way out; nothing is written",
        arguments: Trouble.allCases)
    func trouble(_ trouble: Trouble) throws {
        let place = try place()
        let (sandbox, bucket) = (place.sandbox, place.server.bucket)
        var prefix = ""
        var texts = ["error: ", "hint: "]
        switch trouble {
        case .wrongSecret:
            sandbox.environment["AWS_SECRET_ACCESS_KEY"] = "wrong-secret"
            texts += ["bucket \"\(bucket)\"", "the secret key does not belong to the key ID", "AWS_SECRET_ACCESS_KEY"]
        case .unknownKey:
            sandbox.environment["AWS_ACCESS_KEY_ID"] = "nobody"
            texts += ["bucket \"\(bucket)\"", "does not know the credentials", "AWS_ACCESS_KEY_ID"]
        case .noCredentials:
            prefix = "env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_PROFILE HOME='\(sandbox.path)' "
            texts += ["no credentials for bucket \"\(bucket)\"", "AWS_ACCESS_KEY_ID", "~/.aws/credentials"]
        case .noBucket:
            try place.datasets(Self.project, bucket: "no-such-bucket")
            texts += ["there is no bucket \"no-such-bucket\"", "Make the bucket"]
        case .unreachable:
            try place.datasets(Self.project, endpoint: "http://127.0.0.1:1")
            texts += ["no connection to http://127.0.0.1:1", "bucket \"\(bucket)\"", "endpoint"]
        case .noExtension:
            sandbox.environment["MILLRACE_HTTPFS"] = "/nonexistent"
            texts = ["error: ", "MILLRACE_HTTPFS", "/nonexistent", "scripts/bootstrap"]
        case .badAddress:
            try sandbox.replace("s3://\(bucket)/", with: "s3:///", in: "millrace.yaml")
            texts += ["millrace.yaml:2:", "bucket"]
        }
        for command in ["run", "check", "list", "query 'FROM clean'"] {
            let result = try sandbox.shell("\(prefix)'\(Checkout.millrace)' \(command)")
            #expect(result.status == 2, "\(command): \(result.text)")
            for text in texts { #expect(result.text.contains(text), "\(command): \(text) in: \(result.text)") }
            #expect(result.text.split(separator: "\n").count < 25)
            #expect(!result.text.contains("wrong-secret") && !result.text.contains(place.server.secret))
        }
        let doctor = try sandbox.shell("\(prefix)'\(Checkout.millrace)' doctor")
        #expect(doctor.status == 1, "\(doctor.text)")
        #expect(doctor.text.contains("✗ "), "\(doctor.text)")
        #expect(try place.objects().all.isEmpty)
        #expect(!sandbox.exists("store"))
    }

    @Test("a server that fails while a run writes: the step fails with the bucket's words, and the last version stays")
    func failingWrites() throws {
        let server = try SeaweedServer.shared()
        let (port, gate) = (server.port, Gate())
        let proxy = try ScriptedServer { request in
            gate.isShut && request.method != "GET" && request.method != "HEAD"
                ? .answer(
                    403,
                    body: "<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>")
                : .forward(port: port)
        }
        let place = try Place(
            datasets: "t: { ingest: { files: in.csv } }", ["in.csv": "id\n1\n"], endpoint: proxy.endpoint)
        try place.sandbox.run()
        gate.shut()
        try place.sandbox.write("id\n1\n2\n", to: "in.csv")
        let run = try place.sandbox.millrace("run")
        #expect(run.status == 1, "\(run.text)")
        #expect(run.text.contains("version 0 stays live"), "\(run.text)")
        #expect(run.text.contains(place.url), "\(run.text)")
        #expect(run.text.contains("hint: "), "\(run.text)")
        #expect(try place.sandbox.rows("SELECT count(*) FROM t") == ["1"])
    }

    private final class Gate: @unchecked Sendable {
        // Only touched under the lock.
        private var value = false
        private let lock = NSLock()

        var isShut: Bool { lock.withLock { value } }
        func shut() { lock.withLock { value = true } }
    }

    // MARK: Secrets

    @Test("the secret key is in no output, in no file of the project, and in no object of the store")
    func secrets() throws {
        let place = try place()
        let sandbox = place.sandbox
        let secret = place.server.secret
        try sandbox.run()
        let commands = [
            "run --json --full-refresh", "plan --json", "check --json", "list --json", "show clean --json",
            "history clean --json", "history --json", "doctor --json", "optimize --json", "vacuum --dry-run --json",
            "query 'SELECT * FROM duckdb_secrets()'", "query 'FROM duckdb_settings()'",
            "query \"SELECT getenv('AWS_SECRET_ACCESS_KEY')\"", "query 'SELECT * FROM nowhere'",
            "query \"FROM read_parquet('\(place.url)/nothing.parquet')\"",
        ]
        for command in commands {
            let result = try sandbox.shell("'\(Checkout.millrace)' \(command)")
            #expect(!result.text.contains(secret), "\(command)")
        }
        try sandbox.shell("rm -rf landing/1.csv && mkdir landing/1.csv")
        #expect(try !sandbox.millrace("run").text.contains(secret))
        let found = try sandbox.shell("grep -rlF '\(secret)' . ; true")
        #expect(found.output.isEmpty, "\(found.output)")
        let objects = try place.objects(with: [secret, place.server.keyID])
        #expect(objects.all.count > 10)
        #expect(objects.found.isEmpty, "\(objects.found)")
    }
}
