import Foundation
import Servers
import TestThreads
import Testing

/// What goes wrong with an engine elsewhere: the message names the step, the cause and the user's line; nothing is
/// published, and the next run is as good as ever.
@Suite("Spark that fails", .ownThreads, .enabled(if: SparkServer.isExpected))
struct EngineFaultTests {
    private func project(_ datasets: String, remote: String, store: String = "store") throws -> Sandbox {
        let sandbox = try Sandbox()
        try sandbox.datasets(
            datasets, head: "project: p\nstore: \(store)\nengines: { cluster: { type: spark, remote: \"\(remote)\" } }")
        return sandbox
    }

    private func expectNothing(
        of dataset: String, in sandbox: Sandbox, sourceLocation: SourceLocation = #_sourceLocation
    )
        throws
    {
        #expect(try sandbox.versions()[dataset] == nil, sourceLocation: sourceLocation)
        #expect(sandbox.files(in: "store/\(dataset)", ending: ".parquet") == [], sourceLocation: sourceLocation)
    }

    @Test("nobody answers")
    func absent() throws {
        let port = try FreePorts.take(1)[0]
        let sandbox = try project("a: { sql: SELECT 1 AS x }", remote: "sc://127.0.0.1:\(port)")
        let result = try sandbox.millrace("run", "--engine", "cluster")
        #expect(result.status == 1)
        #expect(result.text.contains("millrace.yaml:3:"), "\(result.text)")
        #expect(
            result.text.contains(
                "the engine 'cluster' cannot be used: no Spark Connect server answers at 127.0.0.1:\(port)"))
        #expect(result.text.contains("--engine"))
        try expectNothing(of: "a", in: sandbox)
        // What is not asked for is not in the way.
        try sandbox.run()
    }

    @Test("a token that is wrong, and one that is right and nowhere shown")
    func token() async throws {
        let server = try await SparkServer.start(token: "open sesame")
        let sandbox = try project(
            "a: { sql: SELECT 1 AS x }", remote: "sc://127.0.0.1:\(server.port)/;token=${env:TOKEN}")
        sandbox.environment["TOKEN"] = "guessed"
        let refused = try sandbox.millrace("run", "--engine", "cluster")
        #expect(refused.status == 1)
        #expect(refused.text.contains("refuses the token"), "\(refused.text)")
        #expect(refused.text.contains("millrace.yaml:3:"))
        #expect(!refused.text.contains("guessed"))
        try expectNothing(of: "a", in: sandbox)
        sandbox.environment["TOKEN"] = "open%20sesame"
        try sandbox.run("--engine", "cluster")
        #expect(try sandbox.rows("SELECT * FROM a") == ["1"])
    }

    @Test("a string that is no address, a setting that is Millrace's, and an engine without one")
    func mistakes() throws {
        let wrong = try project("a: { sql: SELECT 1 AS x }", remote: "spark://host")
        let result = try wrong.millrace("check")
        #expect(result.status == 2)
        #expect(result.text.contains("millrace.yaml:3:"), "\(result.text)")
        #expect(result.text.contains("begins with sc://"))
        let settings = try Sandbox()
        try settings.datasets(
            "a: { sql: SELECT 1 AS x }",
            head: """
                project: p
                engines:
                  cluster: { type: spark, remote: "sc://h", settings: { spark.sql.ansi.enabled: "false" } }
                  other: { type: spark }
                  third: { type: spark, remote: "sc://h", memory: 4GB }
                """)
        let said = try settings.millrace("check").text
        #expect(said.contains("the engine 'other' does not say where Spark is"), "\(said)")
        #expect(said.contains("'memory' is not for engines of the type 'spark'"))
        try settings.replace("  other: { type: spark }\n", with: "", in: "millrace.yaml")
        try settings.replace(", memory: 4GB", with: "", in: "millrace.yaml")
        let later = try settings.millrace("check")
        #expect(later.status == 2)
        #expect(
            later.text.contains("the setting 'spark.sql.ansi.enabled' of the engine 'cluster' is Millrace's own"),
            "\(later.text)")
    }

    @Test("an engine for a step that is no SQL")
    func notSQL() throws {
        let sandbox = try project(
            "a: { ingest: { files: a.csv, format: csv }, engine: cluster }", remote: "sc://127.0.0.1:1")
        try sandbox.write("x\n1\n", to: "a.csv")
        let result = try sandbox.millrace("check")
        #expect(result.status == 2)
        #expect(
            result.text.contains("'a' is made by an ingest, which runs on this machine and not on 'cluster'"),
            "\(result.text)")
    }

    @Test("what cannot be translated is told by check, where it stands, without a server")
    func untranslatable() throws {
        let sandbox = try project(
            """
            a: { sql: "SELECT range AS id FROM range(10)" }
            b:
              sql: |
                SELECT id,
                       strptime(id::VARCHAR, '%Y') AS t
                FROM a
              checks:
                - { sql: "SELECT * FROM b LIMIT 3", on_fail: warn }
            """, remote: "sc://127.0.0.1:1")
        let local = try sandbox.millrace("check")
        #expect(local.status == 0, "\(local.text)")
        let result = try sandbox.millrace("check", "--engine", "cluster")
        #expect(result.status == 2)
        #expect(result.text.contains("millrace.yaml:9:"), "\(result.text)")
        #expect(result.text.contains("millrace.yaml:12:"))
        #expect(result.text.contains("sql: LIMIT without ORDER BY"))
        #expect(result.text.contains("(on the engine 'cluster')"))
        // A run does not begin with what it cannot end.
        let run = try sandbox.millrace("run", "--engine", "cluster")
        #expect(run.status == 2)
        try expectNothing(of: "a", in: sandbox)
    }

    @Test("a value that fails in the middle of a step")
    func failure() async throws {
        let sandbox = try project(
            """
            a: { sql: SELECT range AS id FROM range(1000) }
            b:
              sql: |
                SELECT id,
                       (CASE WHEN id = 700 THEN 'oops' ELSE id::VARCHAR END)::INTEGER AS n
                FROM a
            """, remote: await SparkServer.shared().connectionString)
        let result = try sandbox.millrace("run", "--engine", "cluster")
        #expect(result.status == 1)
        #expect(result.text.contains("millrace.yaml:9:"), "\(result.text)")
        #expect(result.text.contains("oops"))
        #expect(result.text.contains("on the engine 'cluster'"))
        #expect(result.text.contains("TRY_CAST"))
        try expectNothing(of: "b", in: sandbox)
        #expect(try sandbox.rows("SELECT count(*) FROM a") == ["1000"])
    }

    @Test("a store that the cluster does not see is told apart from an empty one")
    func unreachable() async throws {
        // Of each process its own folder: the same path, and two places.
        let sandbox = try project(
            """
            landed: { ingest: { files: a.csv, format: csv } }
            empty: { ingest: { files: b.csv, format: csv, types: { x: BIGINT } } }
            of_none: { sql: SELECT * FROM empty }
            of_some: { sql: SELECT * FROM landed }
            made: { sql: SELECT range AS id FROM range(10) }
            """, remote: await SparkServer.shared().connectionString, store: "/proc/self/cwd/store")
        try sandbox.write("x\n1\n", to: "a.csv")
        try sandbox.write("x\n", to: "b.csv")
        try sandbox.run("landed", "empty")
        let read = try sandbox.millrace("run", "of_some", "--engine", "cluster")
        #expect(read.status == 1)
        #expect(read.text.contains("cannot find a file that this machine sees"), "\(read.text)")
        #expect(read.text.contains("shared folder or in a bucket"))
        let written = try sandbox.millrace("run", "made", "--engine", "cluster")
        #expect(written.status == 1)
        #expect(
            written.text.contains("wrote 10 rows to /proc/self/cwd/store/made, but this machine finds"),
            "\(written.text)")
        try sandbox.run("of_none", "--engine", "cluster")
        #expect(try sandbox.rows("SELECT count(*) FROM of_none") == ["0"])
        #expect(try sandbox.versions().keys.sorted() == ["empty", "landed", "of_none"])
    }

    @Test("doctor sees whether the server answers, and whether it sees the store")
    func doctor() async throws {
        let server = try await SparkServer.shared().connectionString
        let seen = try project("a: { sql: SELECT 1 AS x }", remote: server)
        try seen.run()
        let well = try seen.millrace("doctor").text
        #expect(well.contains("Spark 4"), "\(well)")
        let hidden = try project("a: { sql: SELECT 1 AS x }", remote: server, store: "/proc/self/cwd/elsewhere")
        try hidden.run()
        let blind = try hidden.millrace("doctor").text
        #expect(blind.contains("does not see /proc/self/cwd/elsewhere/a/_delta_log in the store"), "\(blind)")
        let port = try FreePorts.take(1)[0]
        let absent = try project("a: { sql: SELECT 1 AS x }", remote: "sc://127.0.0.1:\(port)").millrace("doctor")
        #expect(absent.text.contains("no Spark Connect server answers at 127.0.0.1:\(port)"), "\(absent.text)")
    }

    /// A step that takes a while.
    private static let slow = """
        slow:
          sql: |
            SELECT a.range % 10 AS k, sum(CASE WHEN md5((a.range * b.range)::VARCHAR) < '8' THEN 1 ELSE 0 END)::BIGINT AS n
            FROM range(200000) AS a CROSS JOIN range(20000) AS b GROUP BY ALL
        """

    @Test("the server is killed in the middle of a step, and comes back")
    func killed() async throws {
        let server = try await SparkServer.start()
        let sandbox = try project(Self.slow, remote: server.connectionString)
        let run = try sandbox.start("run", "--engine", "cluster")
        try await server.eventually(says: "Running task")
        server.end()
        let result = run.wait()
        #expect(result.status == 1, "\(result.text)")
        #expect(result.text.contains("slow"))
        #expect(result.text.contains("the engine 'cluster'"))
        try expectNothing(of: "slow", in: sandbox)

        let next = try await SparkServer.start()
        try sandbox.replace(server.connectionString, with: next.connectionString, in: "millrace.yaml")
        try sandbox.replace("range(200000)", with: "range(20)", in: "millrace.yaml")
        try sandbox.run("--engine", "cluster")
        #expect(try sandbox.rows("SELECT count(*) FROM slow") == ["10"])
    }

    /// A table of many rows, made here, and a few rows that a merge on the cluster brings.
    private static let merging = """
        numbers: { ingest: { files: "in/*.csv", types: { text: VARCHAR } }, mode: append }
        merged:
          sql: SELECT n + range AS n, text FROM numbers CROSS JOIN range(5000000 * first)
          mode: merge
          key: [n]
          incremental: numbers
          delete_when: "CAST(text AS INTEGER) = 0"
        """

    @Test("the server is killed while rows are merged")
    func killedMerge() async throws {
        let server = try await SparkServer.start()
        let sandbox = try project(Self.merging, remote: server.connectionString)
        try sandbox.write("n,text,first\n0,1,2\n", to: "in/1.csv")
        try sandbox.run()
        let before = sandbox.files(in: "store/merged", ending: ".parquet")
        try sandbox.replace("range(5000000 * first)", with: "range(1)", in: "millrace.yaml")
        try sandbox.write("n,text,first\n5,2,1\n-3,1,1\n", to: "in/2.csv")
        let run = try sandbox.start("run", "--engine", "cluster")
        // The rows that stay go into a folder that has no run's name.
        sandbox.wait(for: "part-[0-9a-f]{8}-[^/]*", in: "store/merged")
        server.end()
        let result = run.wait()
        #expect(result.status == 1, "\(result.text)")
        #expect(result.text.contains("the engine 'cluster'"))
        #expect(try sandbox.versions()["merged"] == 0)
        #expect(sandbox.files(in: "store/merged", ending: ".parquet") == before)

        let next = try await SparkServer.start()
        try sandbox.replace(server.connectionString, with: next.connectionString, in: "millrace.yaml")
        try sandbox.run("--engine", "cluster")
        #expect(
            try sandbox.rows("SELECT count(*), min(n), max(n), sum(n) FROM merged") == [
                "10000001,-3,9999999,49999994999997"
            ])
    }

    @Test("a condition that fails on a row of a merge names its place, on both engines")
    func wrongCondition() async throws {
        let server = try await SparkServer.shared()
        let sandbox = try project(Self.merging, remote: server.connectionString)
        try sandbox.replace("range(5000000 * first)", with: "range(1)", in: "millrace.yaml")
        try sandbox.write("n,text,first\n0,1,1\n", to: "in/1.csv")
        try sandbox.run()
        try sandbox.write("n,text,first\n1,one,1\n", to: "in/2.csv")
        try sandbox.run("numbers")
        let before = sandbox.files(in: "store/merged", ending: ".parquet")
        for engine in ["local", "cluster"] {
            let result = try sandbox.millrace("run", "--engine", engine)
            #expect(result.status == 1)
            #expect(result.text.contains("millrace.yaml:11:19: error"), "\(result.text)")
            #expect(result.text.contains("one"), "\(result.text)")
            #expect(sandbox.files(in: "store/merged", ending: ".parquet") == before)
        }
    }

    @Test("Ctrl-C reaches the cluster")
    func interrupted() async throws {
        let server = try await SparkServer.start()
        let sandbox = try project(Self.slow, remote: server.connectionString)
        let run = try sandbox.start("run", "--engine", "cluster")
        try await server.eventually(says: "Running task")
        run.signal(SIGINT)
        let result = run.wait()
        #expect(result.status != 0, "\(result.text)")
        try await server.eventually(says: "cancelled")
        try expectNothing(of: "slow", in: sandbox)
    }
}

extension Sandbox {
    /// Waits for something in a folder, and keeps its thread meanwhile: what is waited for does not stay for long.
    fileprivate func wait(for pattern: String, in folder: String) {
        for _ in 0..<24_000 {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []
            if names.contains(where: { $0.range(of: "^\(pattern)$", options: .regularExpression) != nil }) { return }
            Thread.sleep(forTimeInterval: 0.005)
        }
        Issue.record("nothing in \(folder) is named like \(pattern)")
    }
}

extension SparkServer {
    /// Waits for words in what the server says about itself.
    fileprivate func eventually(says words: String) async throws {
        for _ in 0..<1_200 {
            let log = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
            if log.contains(words) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the server does not say: \(words)")
    }
}
