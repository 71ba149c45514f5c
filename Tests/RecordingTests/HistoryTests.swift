import Foundation
import Planning
import Project
import Synchronization
import Testing

@testable import Recording
@testable import Running

@Suite("Remembering runs")
final class HistoryTests {
    private let folder: String
    private let warnings = Warnings()

    init() throws {
        folder = NSTemporaryDirectory() + "millrace-history-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private var path: String { folder + "/.millrace/state.sqlite" }

    private func history() -> RunHistory {
        let warnings = warnings
        return RunHistory(path: path) { warnings.add($0) }
    }

    private func play(
        _ history: RunHistory, run: String = "r1", at start: Int = Samples.start, fails: Bool = false,
        ends: Bool = true
    ) throws {
        let recorder = HistoryRecorder(history, process: 1, rules: RunRules(), isRunning: { _ in false })
        let flights = try Samples.name("flights")
        recorder.record(
            .runStarted(RunStart(run: RunID(run), project: "p", plan: Plan(steps: []))), at: start)
        recorder.record(
            .stepStarted(StepStart(dataset: flights, kind: "sql", reasons: [.new], index: 1, count: 1)), at: start)
        // What a killed process left had come to the disk before.
        guard ends else { return recorder.commits.finish() }
        if fails {
            recorder.record(
                .stepFailed(
                    StepFailure(
                        dataset: flights, cause: .check, diagnostics: [], checks: [Samples.passed, Samples.refused],
                        live: nil, seconds: 1)), at: start + 10)
        } else {
            recorder.record(
                .stepFinished(
                    Samples.result(
                        flights, rows: RowAccount(read: 3, published: 2, quarantined: 1), checks: [Samples.passed])),
                at: start + 10)
        }
        var summary = Samples.summary(fails ? .failed : .done, done: fails ? 0 : 1, failed: fails ? 1 : 0)
        summary.run = RunID(run)
        recorder.record(.runFinished(summary), at: start + 20)
    }

    @Test("runs, steps, checks over time and last results are remembered")
    func remembers() throws {
        let flights = try Samples.name("flights")
        try play(history(), run: "r1", fails: true)
        let history = history()
        #expect(history.lastResults() == [flights: "failed"])
        try play(history, run: "r2", at: Samples.start + 1000)
        #expect(history.lastResults() == [flights: "done"])
        #expect(history.runs(limit: 5).map(\.run.text) == ["r2", "r1"])
        #expect(history.runs(limit: 5).map(\.outcome) == ["done", "failed"])
        #expect(
            history.steps(of: RunID("r1")).first?.message
                == "unique(flight_id): 7 of 330,233 rows (< 0.01 %): not unique")
        #expect(history.steps(of: flights, limit: 1).first?.rows == RowAccount(read: 3, published: 2, quarantined: 1))
        #expect(history.checks(of: flights, named: "rows", limit: 9).map(\.status) == ["passed", "passed"])
        #expect(warnings.all.isEmpty)
    }

    @Test("asking where nothing was recorded makes no file")
    func nothingRecorded() {
        #expect(history().lastResults().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a run whose process is gone counts as interrupted")
    func interrupted() throws {
        try play(history(), run: "r1", ends: false)
        try play(history(), run: "r2", at: Samples.start + 1000)
        #expect(history().runs(limit: 5).map(\.outcome) == ["done", "interrupted"])
    }

    @Test("a dataset that failed and is then found up to date has not failed any more")
    func upToDateAfterFailure() throws {
        let flights = try Samples.name("flights")
        let history = history()
        try play(history, fails: true)
        let recorder = HistoryRecorder(history, process: 1, rules: RunRules(), isRunning: { _ in false })
        recorder.record(
            .runStarted(RunStart(run: RunID("r2"), project: "p", plan: Plan(steps: []))), at: Samples.start + 50)
        recorder.record(.stepSkipped(flights, .upToDate), at: Samples.start + 50)
        recorder.record(.runFinished(Samples.summary(.nothingToDo, upToDate: 1)), at: Samples.start + 51)
        #expect(history.lastResults() == [flights: "done"])
    }

    @Test("a damaged file is set aside with one warning and history begins anew")
    func damaged() throws {
        try play(history())
        try Data(repeating: 7, count: 40_000).write(to: URL(fileURLWithPath: path))
        try play(history(), run: "r2")
        #expect(history().runs(limit: 5).map(\.run.text) == ["r2"])
        #expect(warnings.all.map(\.message) == ["the run history was damaged and begins anew"])
        #expect(FileManager.default.fileExists(atPath: path + ".damaged-1"))
    }

    @Test("history that cannot be used is told once and stops nothing")
    func unusable() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let history = history()
        try play(history, run: "r1")
        try play(history, run: "r2")
        #expect(warnings.all.map(\.message) == ["the run history cannot be used: its file cannot be opened"])
    }
}

final class Warnings: Sendable {
    private let diagnostics = Mutex<[Diagnostic]>([])

    func add(_ diagnostic: Diagnostic) { diagnostics.withLock { $0.append(diagnostic) } }
    var all: [Diagnostic] { diagnostics.withLock { $0 } }
}
