import Project
import Synchronization

@testable import Planning
@testable import Recording
@testable import Running

/// A run in pieces, from which tests put their own together.
enum Samples {
    static let run = RunID("20260304T050607-1a2b3c")
    /// 2026-03-04 05:06:07 UTC.
    static let start = 1_772_600_767_000

    static func name(_ text: String) throws -> DatasetName { try requireName(text) }

    static func planStep(_ name: DatasetName, _ action: Plan.Action, _ reason: Plan.Reason) -> Plan.Step {
        Plan.Step(
            dataset: name, action: action, reasons: [reason], fingerprint: Fingerprint.Builder().finish(), inputs: [],
            current: nil, next: Version(0))
    }

    static func result(
        _ name: DatasetName, version: Int = 3, rows: RowAccount, checks: [CheckOutcome] = [],
        splits: [String: Int]? = nil
    ) -> StepResult {
        StepResult(
            dataset: name, published: PinnedVersion(version: Version(version), table: "t"),
            record: VersionRecord(
                run: run, fingerprint: Fingerprint.Builder().finish(), rows: rows, checks: checks, splits: splits,
                millrace: "0.1.0"),
            bytes: 18_234_567, files: 2, seconds: 1.23)
    }

    static let quarantined = CheckOutcome(
        name: "range(air_time)", status: .quarantined, looked: 330_233, failing: 412,
        message: "412 of 330,233 rows (0.12 %): outside 10 … 1000",
        examples: [[ExampleField(column: "air_time", value: "5")]])

    static let refused = CheckOutcome(
        name: "unique(flight_id)", status: .failed, looked: 330_233, failing: 7,
        message: "7 of 330,233 rows (< 0.01 %): not unique",
        examples: [
            [ExampleField(column: "flight_id", value: "UA-1"), ExampleField(column: "dest", value: nil)],
            [ExampleField(column: "flight_id", value: "AA-22"), ExampleField(column: "dest", value: "J\u{1B}[31mFK")],
        ])

    static let passed = CheckOutcome(name: "rows", status: .passed, value: 329_821)

    static func summary(
        _ outcome: RunSummary.Outcome, done: Int = 0, failed: Int = 0, skipped: Int = 0, upToDate: Int = 0
    ) -> RunSummary {
        RunSummary(
            run: run, outcome: outcome, hasBug: false, done: done, failed: failed, skipped: skipped,
            upToDate: upToDate, seconds: 2.4)
    }

    private static func requireName(_ text: String) throws -> DatasetName {
        guard let name = DatasetName(text) else { throw BadName(text: text) }
        return name
    }

    struct BadName: Error {
        var text: String
    }
}

/// Collects what a recorder writes.
final class Sink: Sendable {
    private let texts = Mutex((report: "", diagnostics: ""))

    func write(_ text: String, _ channel: TerminalRecorder.Channel) {
        texts.withLock { texts in
            switch channel {
            case .report: texts.report += text
            case .diagnostics: texts.diagnostics += text
            }
        }
    }

    var report: String { texts.withLock { $0.report } }
    var diagnostics: String { texts.withLock { $0.diagnostics } }
}
