import Foundation
import TestThreads
import Testing

@Suite("How the steps of a run are executed", .ownThreads)
struct ExecutionTests {
    /// An ingest that fails as long as its file is not the `ready` one.
    private static let whenReady = "ingest: { files: landing/a.csv, format: csv, types: { n: BIGINT } }"
    private static let (unready, ready) = ("n\nnot yet\n", "n\n1\n")

    /// Runs for longer than any test.
    private static let endless = "SELECT count(*) AS n FROM range(100000000000) t(i) WHERE i % 7 = random()"

    private func wait(for what: String, _ condition: () throws -> Bool) throws {
        let end = ContinuousClock.now + .seconds(60)
        while try !condition() {
            try #require(ContinuousClock.now < end, "waited in vain for \(what)")
            usleep(20_000)
        }
    }

    private func count(_ event: String, in program: Program) -> Int {
        program.outputSoFar.components(separatedBy: #""event":"\#(event)""#).count - 1
    }

    @Test("a step that fails twice is tried again and publishes one version, and the history has its attempts")
    func retries() throws {
        let sandbox = try Sandbox(["landing/a.csv": Self.unready])
        try sandbox.datasets(
            """
            flaky:
              \(Self.whenReady)
              retries: { count: 1000, delay: 200ms, factor: 1 }
            next:
              sql: SELECT n + 1 AS n FROM flaky
            """)
        let program = try sandbox.start("run", "--json")
        try wait(for: "two failures") { count("step_retrying", in: program) >= 2 }
        try sandbox.write(Self.ready, to: "landing/a.csv")
        let result = program.wait()
        #expect(result.status == 0, "\(result.text)")
        let events = try result.lines.map { try JSON($0) }
        let retries = events.filter { $0["event"].text == "step_retrying" }
        #expect(retries.first?["attempt"].int == 1 && retries.first?["attempts"].int == 1001)
        #expect(retries.first?["cause"].text == "step")
        #expect(retries.first?["diagnostics"].array.first?["message"].text.contains("a line cannot be read") == true)
        let starts = events.filter { $0["event"].text == "step_started" && $0["dataset"].text == "flaky" }
        #expect(starts.map { $0["attempt"].int } == Array(1...(retries.count + 1)))
        #expect(try sandbox.versions() == ["flaky": 0, "next": 0])
        #expect(try sandbox.rows("SELECT n FROM next") == ["2"])
        #expect(
            try sandbox.shell("ls store/flaky/*.parquet | wc -l").output.trimmingCharacters(in: .whitespacesAndNewlines)
                == "1")
    }

    @Test("retry does the rest of a run of the command line, with what it was asked")
    func retriedByHand() throws {
        let sandbox = try Sandbox(["landing/a.csv": Self.unready])
        try sandbox.datasets(
            """
            good:
              sql: SELECT 1 AS n
            flaky:
              \(Self.whenReady)
            next:
              sql: SELECT n + 1 AS n FROM flaky
            other:
              sql: SELECT 2 AS n
            """)
        #expect(try sandbox.millrace("run", "--full-refresh", "--keep-going", "--exclude", "other").status == 1)
        let runs = try sandbox.json("runs").array
        #expect(runs.map { $0["selection"].text } == ["--exclude other"])
        let first = try #require(runs.first?["run"].text)
        try sandbox.write(Self.ready, to: "landing/a.csv")
        let result = try sandbox.millrace("retry", first)
        #expect(result.status == 0, "\(result.text)")
        // Nothing that was made anew is made again, and nothing that was left out is made.
        #expect(try sandbox.versions() == ["good": 0, "flaky": 0, "next": 0])
        let again = try sandbox.json("runs").array
        #expect(again.first?["cause"].text == "retry of \(first)")
        #expect(again.first?["selection"].text == "flaky next --exclude other")
        let done = try #require(again.first?["run"].text)
        let refused = try sandbox.millrace("retry", done)
        #expect(refused.status == 2 && refused.text.contains("is done; there is nothing to do again in it"))
    }

    @Test("a refused version is not tried again")
    func refused() throws {
        let sandbox = try Sandbox(
            datasets: """
                a:
                  sql: SELECT 1 AS n
                  checks: [{ range: { column: n, min: 2 } }]
                  retries: { count: 3, delay: 10ms }
                """)
        let events = try sandbox.events()
        #expect(events.filter { $0["event"].text == "step_started" }.count == 1)
        #expect(events.contains { $0["event"].text == "step_failed" && $0["cause"].text == "check" })
    }

    @Test("a step that takes longer than its timeout is stopped, and leaves nothing behind")
    func timeout() throws {
        let sandbox = try Sandbox(
            datasets: """
                slow:
                  sql: \(Self.endless)
                  timeout: 500ms
                after:
                  sql: SELECT n FROM slow
                quick:
                  sql: SELECT 1 AS n
                """)
        let begin = ContinuousClock.now
        let result = try sandbox.millrace("run", "--keep-going")
        #expect(ContinuousClock.now - begin < .seconds(30))
        #expect(result.status == 1)
        #expect(result.text.contains("'slow' took longer than its timeout of 0.5 s"), "\(result.text)")
        #expect(try sandbox.versions() == ["quick": 0])
        #expect(sandbox.files(in: "store/slow", ending: ".parquet").isEmpty)
    }

    @Test("a run that was killed goes on where it was: what it had made is not made again")
    func resumed() throws {
        let sandbox = try Sandbox(["landing/a.csv": Self.unready])
        try sandbox.datasets(
            """
            first:
              sql: SELECT 1 AS n
            second:
              \(Self.whenReady)
              retries: { count: 1000, delay: 100ms, factor: 1 }
            third:
              sql: SELECT n FROM first NATURAL JOIN second
            """)
        let program = try sandbox.start(
            "run", "--json", "--full-refresh", "--run-id", "r-1", "--cause", "trigger nightly")
        try wait(for: "a failure after a success") {
            count("step_retrying", in: program) >= 1 && count("step_finished", in: program) == 1
        }
        program.signal(SIGKILL)
        #expect(program.wait().status == 128 + SIGKILL)
        #expect(try sandbox.versions() == ["first": 0])

        try sandbox.write(Self.ready, to: "landing/a.csv")
        let events = try sandbox.events("--full-refresh", "--run-id", "r-1", "--resume")
        #expect(
            events.filter { $0["event"].text == "step_finished" }.map { $0["dataset"].text } == ["second", "third"])
        #expect(
            events.contains { $0["event"].text == "step_skipped" && $0["reason"].text == "made_by_this_run" })
        #expect(try sandbox.versions() == ["first": 0, "second": 0, "third": 0])
        let runs = try sandbox.json("history").array
        #expect(runs.map { $0["run"].text } == ["r-1"])
        #expect(runs.first?["outcome"].text == "done" && runs.first?["done"].int == 3)

        // Taken up once more there is nothing left; another run makes all of it again.
        try sandbox.run("--full-refresh", "--run-id", "r-1", "--resume")
        #expect(try sandbox.versions() == ["first": 0, "second": 0, "third": 0])
        try sandbox.run("--full-refresh", "--run-id", "r-2")
        #expect(try sandbox.versions() == ["first": 1, "second": 1, "third": 1])
    }

    @Test("two processes that share a pool with one place never run its steps at the same time")
    func sharedPool() throws {
        let sandbox = try Sandbox()
        let work = "SELECT count(DISTINCT hash(i) % 1000) AS n FROM range(60000000) t(i)"
        try sandbox.datasets(
            (1...4).map { "s\($0):\n  sql: \(work)\n  pool: database" }.joined(separator: "\n"),
            head: "project: p\npools: { database: 1 }")
        let programs = try [
            sandbox.start("run", "--json", "s1", "s2"), sandbox.start("run", "--json", "s3", "s4"),
        ]
        var times: [(begin: String, end: String)] = []
        for program in programs {
            let result = program.wait()
            #expect(result.status == 0, "\(result.text)")
            let events = try result.lines.map { try JSON($0) }
            for end in events.filter({ $0["event"].text == "step_finished" }) {
                let begin = try #require(
                    events.first { $0["event"].text == "step_started" && $0["dataset"].text == end["dataset"].text })
                times.append((begin["at"].text, end["at"].text))
            }
        }
        times.sort { $0.begin < $1.begin }
        #expect(times.count == 4)
        for (one, next) in zip(times, times.dropFirst()) { #expect(one.end <= next.begin) }
    }

    @Test("a process that dies gives its places back")
    func deadProcess() throws {
        let sandbox = try Sandbox()
        try sandbox.datasets(
            """
            slow: { sql: "\(Self.endless)", pool: database }
            quick: { sql: SELECT 1 AS n, pool: database }
            """, head: "project: p\npools: { database: 1 }")
        let slow = try sandbox.start("run", "--json", "slow")
        try wait(for: "the slow step") { count("step_started", in: slow) == 1 }
        let quick = try sandbox.start("run", "--json", "quick")
        try wait(for: "the other run") { count("run_started", in: quick) == 1 }
        usleep(200_000)
        #expect(count("step_started", in: quick) == 0)
        slow.signal(SIGKILL)
        _ = slow.wait()
        let result = quick.wait()
        #expect(result.status == 0, "\(result.text)")
    }

    @Test("a run that is bound to its parent dies with it")
    func dieWithParent() throws {
        let sandbox = try Sandbox(datasets: "slow:\n  sql: \(Self.endless)")
        let parent = try sandbox.start(
            shell: "'\(Checkout.millrace)' run --json --die-with-parent > out.txt & echo $! > pid.txt; wait")
        try wait(for: "the run") { (try? sandbox.read("out.txt").contains("step_started")) ?? false }
        let child = try sandbox.read("pid.txt").trimmingCharacters(in: .whitespacesAndNewlines)
        parent.signal(SIGKILL)
        _ = parent.wait()
        try wait(for: "the end of the run") {
            guard let status = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8) else { return true }
            // Nobody may be there to bury it.
            return status.components(separatedBy: ") ").last?.hasPrefix("Z") ?? true
        }
        #expect(try sandbox.versions() == [:])
    }
}
