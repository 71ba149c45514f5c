import Foundation
import GRDB
import Planning
import Project
import Testing

@testable import Recording
@testable import Running

@Suite("A long history")
final class HistoryAtLengthTests {
    private let folder = NSTemporaryDirectory() + "millrace-history-" + UUID().uuidString
    private let history: RunHistory

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        history = RunHistory(path: folder + "/.millrace/state.sqlite") { Issue.record("\($0.message)") }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// So many runs, one a minute, each with three steps and a check.
    private func fill(_ count: Int) {
        history.write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
                    INSERT INTO runs (id, project, started_ms, finished_ms, outcome, process, trigger_name)
                    SELECT printf('r%06d', i), 'p', i * 60000, i * 60000 + 1000,
                           CASE WHEN i % 10 = 3 THEN 'failed' ELSE 'done' END, 1, 't' || (i % 5)
                    FROM n
                    """, arguments: ["count": count])
            try database.execute(
                sql: """
                    INSERT INTO steps (run, dataset, kind, started_ms, finished_ms, result)
                    SELECT id, d.name, 'sql', started_ms, finished_ms, 'done'
                    FROM runs, (SELECT 'a' AS name UNION ALL SELECT 'b' UNION ALL SELECT 'c') AS d
                    """)
            try database.execute(
                sql: """
                    INSERT INTO checks (run, dataset, place, name, status, at_ms)
                    SELECT id, 'a', 0, 'rows', 'passed', started_ms FROM runs
                    """)
        }
    }

    private func play(_ run: String, at start: Int, _ rules: RunRules = RunRules(), process: Int = 1) throws {
        let recorder = HistoryRecorder(history, process: process, rules: rules, isRunning: { _ in false })
        let a = try Samples.name("a")
        recorder.record(
            .runStarted(
                RunStart(
                    run: RunID(run), project: "p", plan: Plan(steps: []), cause: "trigger nightly", queuedAt: start - 7)
            ),
            at: start)
        recorder.record(
            .stepStarted(StepStart(dataset: a, kind: "sql", reasons: [.new], index: 1, count: 1, waited: 5)), at: start)
        recorder.record(
            .stepFinished(Samples.result(a, rows: RowAccount(read: 1, published: 1, quarantined: 0))), at: start + 1)
        var summary = Samples.summary(.done, done: 1)
        summary.run = RunID(run)
        recorder.record(.runFinished(summary), at: start + 2)
    }

    @Test("with a hundred thousand runs each page is there within ten milliseconds")
    func pages() throws {
        fill(100_000)
        let a = try Samples.name("a")
        func best(_ body: () -> Void) -> Duration {
            (0..<7).map { _ in ContinuousClock().measure(body) }.min() ?? .seconds(1)
        }
        let middle = RunCursor(startedAt: 50_000 * 60_000, run: RunID("r050000"))
        let queries: [(String, () -> Int)] = [
            ("newest", { self.history.runs(RunFilter(), limit: 50).runs.count }),
            ("from the middle", { self.history.runs(RunFilter(), from: middle, limit: 50).runs.count }),
            ("failed", { self.history.runs(RunFilter(outcome: .ended("failed")), from: middle, limit: 50).runs.count }),
            ("of a trigger", { self.history.runs(RunFilter(trigger: "t2"), from: middle, limit: 50).runs.count }),
            ("one run's steps", { self.history.steps(of: RunID("r050000")).count + 47 }),
            ("a dataset's steps", { self.history.steps(of: a, limit: 50).count }),
            ("a dataset's checks", { self.history.checks(of: a, limit: 50).count }),
            ("a check over time", { self.history.checks(of: a, named: "rows", limit: 50).count }),
        ]
        for (name, query) in queries {
            #expect(query() == 50, "\(name)")
            let time = best { _ = query() }
            #expect(time < .milliseconds(10), "\(name): \(time)")
        }
        #expect(history.runs(RunFilter(outcome: .running), limit: 50).runs.isEmpty)
        #expect(best { _ = history.countRuns() } < .milliseconds(10))
        let time = try ContinuousClock().measure { try play("new", at: 100_000 * 60_000) }
        #expect(time < .milliseconds(500), "recording a run takes \(time)")
    }

    @Test("pages follow each other without a gap, also while runs are added")
    func cursors() throws {
        fill(25)
        let first = history.runs(RunFilter(), limit: 10)
        try play("new", at: 1_000_000_000)
        let second = history.runs(RunFilter(), from: first.next, limit: 10)
        let third = history.runs(RunFilter(), from: second.next, limit: 10)
        let all = (first.runs + second.runs + third.runs).map(\.run.text)
        #expect(all == (0..<25).reversed().map { String(format: "r%06d", $0) })
        #expect(third.next == nil)
        #expect(RunCursor(try #require(first.next).description) == first.next)
        #expect(RunCursor("x") == nil && RunCursor("1'; DROP") == nil)
    }

    @Test("no more runs are kept than the rules say, and none that ended before")
    func retention() throws {
        fill(50)
        try play("new", at: 50 * 60_000, RunRules(keptCount: 20))
        #expect(history.countRuns() == 20)
        #expect(history.runs(limit: 100).last?.run.text == "r000031")
        #expect(history.steps(of: RunID("r000001")).isEmpty && history.checks(of: RunID("r000001")).isEmpty)
        try play("newer", at: 51 * 60_000, RunRules(keptAge: 600))
        #expect(history.runs(limit: 100).map(\.startedAt).allSatisfy { $0 >= 41 * 60_000 - 1000 })
    }

    @Test("a run tells what started it and how long it and its steps waited")
    func causes() throws {
        try play("r", at: 1000)
        let run = try #require(history.run(RunID("r")))
        #expect(run.cause == "trigger nightly" && run.trigger == "nightly" && run.queuedAt == 993)
        #expect(history.steps(of: RunID("r")).map(\.waited) == [5])
        #expect(history.runs(RunFilter(trigger: "nightly"), limit: 9).runs.map(\.run.text) == ["r"])
    }

    @Test("failed attempts are remembered beside the step that they belong to")
    func attempts() throws {
        let recorder = HistoryRecorder(history, process: 1, rules: RunRules(), isRunning: { _ in false })
        let a = try Samples.name("a")
        recorder.record(.runStarted(RunStart(run: RunID("r"), project: "p", plan: Plan(steps: []))), at: 0)
        let failure = StepFailure(
            dataset: a, cause: .timeout, diagnostics: [.error("too slow")], checks: [], live: nil, seconds: 2)
        for attempt in 1...2 {
            recorder.record(
                .stepStarted(
                    StepStart(
                        dataset: a, kind: "sql", reasons: [.new], index: 1, count: 1, attempt: attempt, waited: 3)),
                at: attempt * 10)
            recorder.record(
                .stepRetrying(StepRetry(failure: failure, attempt: attempt, attempts: 3, delay: 500)),
                at: attempt * 10 + 5)
        }
        recorder.record(
            .stepStarted(StepStart(dataset: a, kind: "sql", reasons: [.new], index: 1, count: 1, attempt: 3)), at: 30)
        recorder.record(.stepFailed(failure), at: 35)
        recorder.record(.runFinished(Samples.summary(.failed, failed: 1)), at: 40)
        let step = try #require(history.steps(of: RunID("r")).first)
        #expect(step.attempts == 3 && step.startedAt == 10 && step.finishedAt == 35 && step.waited == 6)
        #expect(step.result == "failed" && step.cause == "timeout" && step.message == "too slow")
        let retries = history.retries(of: RunID("r"))
        #expect(retries.map(\.attempt) == [1, 2] && retries.map(\.failedAt) == [15, 25])
        #expect(retries.allSatisfy { $0.delay == 500 && $0.cause == "timeout" && $0.message == "too slow" })
    }

    @Test("a run that is taken up again stays one run with all of its steps")
    func resumed() throws {
        let recorder = HistoryRecorder(history, process: 1, rules: RunRules(), isRunning: { _ in false })
        let (a, b) = (try Samples.name("a"), try Samples.name("b"))
        let start = RunStart(run: RunID("r"), project: "p", plan: Plan(steps: []), cause: "backfill x")
        recorder.record(.runStarted(start), at: 0)
        recorder.record(
            .stepStarted(StepStart(dataset: a, kind: "sql", reasons: [.new], index: 1, count: 2)), at: 1)
        recorder.record(
            .stepFinished(Samples.result(a, rows: RowAccount(read: 1, published: 1, quarantined: 0))), at: 2)
        // The process is killed here.
        recorder.commits.finish()
        let second = HistoryRecorder(history, process: 2, rules: RunRules(), isRunning: { _ in false })
        second.record(.runStarted(RunStart(run: RunID("r"), project: "p", plan: Plan(steps: []))), at: 10)
        second.record(.stepSkipped(a, .madeByThisRun), at: 10)
        second.record(
            .stepStarted(StepStart(dataset: b, kind: "sql", reasons: [.new], index: 1, count: 1)), at: 11)
        second.record(
            .stepFinished(Samples.result(b, rows: RowAccount(read: 1, published: 1, quarantined: 0))), at: 12)
        var summary = Samples.summary(.done, done: 1, upToDate: 1)
        summary.run = RunID("r")
        second.record(.runFinished(summary), at: 13)
        let run = try #require(history.run(RunID("r")))
        #expect(run.startedAt == 0 && run.finishedAt == 13 && run.processes == 2 && run.outcome == "done")
        #expect(run.done == 2 && run.upToDate == 0 && run.cause == "backfill x")
        #expect(history.steps(of: RunID("r")).map(\.dataset) == ["a", "b"])
    }

    @Test("recording waits for nobody, and the end of a run until everything is on the disk")
    func neverWaits() throws {
        try play("first", at: 0)
        let other = try DatabaseQueue(path: history.path)
        let recorder = HistoryRecorder(history, process: 1, rules: RunRules(), isRunning: { _ in false })
        let names = try (0..<500).map { try Samples.name("d\($0)") }
        var blocked = Duration.zero
        try other.inTransaction(.exclusive) { _ in
            blocked = ContinuousClock().measure {
                recorder.record(.runStarted(RunStart(run: RunID("r"), project: "p", plan: Plan(steps: []))), at: 10)
                for name in names {
                    recorder.record(
                        .stepStarted(StepStart(dataset: name, kind: "sql", reasons: [.new], index: 1, count: 1)), at: 10
                    )
                }
            }
            // Let the writer come upon the lock before it is gone.
            usleep(100_000)
            return .commit
        }
        #expect(blocked < .milliseconds(50))
        recorder.record(.runFinished(Samples.summary(.done)), at: 20)
        #expect(history.steps(of: RunID("r")).count == 500)
    }

    @Test("when the disk takes up nothing, recording ends and says so once, and nobody waits")
    func overflow() throws {
        try play("first", at: 0)
        let warnings = Warnings()
        let history = RunHistory(path: history.path) { warnings.add($0) }
        let commits = GroupCommit(history, mostWaiting: 10)
        let other = try DatabaseQueue(path: history.path)
        try other.inTransaction(.exclusive) { _ in
            for _ in 0..<50 { commits.add { try $0.execute(sql: "UPDATE runs SET done = done + 1") } }
            return .commit
        }
        commits.finish()
        #expect(
            warnings.all.map(\.message) == ["the run history cannot be used: its disk does not take up what is written"]
        )
    }

    @Test("others may keep tables of their own in the same file")
    func neighbours() throws {
        try play("first", at: 0)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("scheduler 1") { try $0.execute(sql: "CREATE TABLE entries (i INTEGER)") }
        let queue = try DatabaseQueue(path: history.path)
        try migrator.migrate(queue)
        try queue.close()
        try play("second", at: 10)
        #expect(history.countRuns() == 2)
    }

    @Test("a history of the first version of its tables is taken over")
    func migrated() throws {
        try FileManager.default.createDirectory(atPath: folder + "/.millrace", withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: history.path)
        try HistorySchema.migrator.migrate(queue, upTo: "1 runs, steps, checks, results")
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO runs (id, project, started_ms, process, outcome) VALUES ('old', 'p', 5, 1, 'done');
                    INSERT INTO steps (run, dataset, started_ms, result) VALUES ('old', 'a', 5, 'done');
                    INSERT INTO checks (run, dataset, place, name, status) VALUES ('old', 'a', 0, 'rows', 'passed');
                    """)
        }
        try queue.close()
        #expect(history.runs(limit: 5).map(\.run.text) == ["old"])
        #expect(history.checks(of: try Samples.name("a"), limit: 5).map(\.at) == [5])
        try play("new", at: 10)
        #expect(history.runs(limit: 5).map(\.run.text) == ["new", "old"])
    }
}
