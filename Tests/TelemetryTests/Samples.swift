import Planning
import Project
import Queries
import Synchronization
import Testing

@testable import Running
@testable import Telemetry

/// A project and the events of its runs.
enum Samples {
    static let run = RunID("20260304T050607-1a2b3c")
    static let start = 1_772_600_767_000

    static func name(_ text: String) throws -> DatasetName { try #require(DatasetName(text)) }

    static func project(_ datasets: [String], telemetry: TelemetryRules = TelemetryRules()) throws -> Project {
        let span = SourceSpan.wholeFile("millrace.yaml")
        var project = Project(
            name: "shop", root: "/shop", store: .folder("/shop/store"), engine: "local", engines: [:],
            datasets: try datasets.map { text in
                Dataset(name: try name(text), step: .sql(SQLText("SELECT 1 AS n", in: span.file)), span: span)
            }, feeds: [])
        project.telemetry = telemetry
        return project
    }

    static func plan(_ datasets: [String]) throws -> Plan {
        Plan(
            steps: try datasets.map { text in
                Plan.Step(
                    dataset: try name(text), action: .run, reasons: [.new],
                    fingerprint: Fingerprint.Builder().finish(), inputs: [], current: nil, next: Version(0))
            })
    }

    static func started(_ text: String, attempt: Int = 1) throws -> RunEvent {
        .stepStarted(
            StepStart(dataset: try name(text), kind: "sql", reasons: [.new], index: 1, count: 1, attempt: attempt))
    }

    static func progressed(_ text: String, _ phase: StepProgress.Phase) throws -> RunEvent {
        .stepProgressed(StepProgress(dataset: try name(text), phase: phase))
    }

    static func finished(_ text: String) throws -> RunEvent {
        var result = StepResult(
            dataset: try name(text), published: PinnedVersion(version: Version(3), table: "t"),
            record: VersionRecord(
                run: run, fingerprint: Fingerprint.Builder().finish(),
                rows: RowAccount(read: 5, published: 4, quarantined: 1), millrace: "0"),
            bytes: 100, files: 1, seconds: 1)
        result.columns = [QueryColumn(name: "n", type: "INTEGER")]
        return .stepFinished(result)
    }

    static func failure(_ text: String, _ cause: StepFailure.Cause = .step) throws -> StepFailure {
        StepFailure(
            dataset: try name(text), cause: cause, diagnostics: [.error("it broke")], checks: [], live: nil, seconds: 1)
    }

    static func summary(_ outcome: RunSummary.Outcome, failed: Int = 0) -> RunEvent {
        .runFinished(
            RunSummary(
                run: run, outcome: outcome, hasBug: false, done: 1, failed: failed, skipped: 0, upToDate: 0, seconds: 1)
        )
    }

    static func runStarted(_ datasets: [String]) throws -> RunEvent {
        .runStarted(RunStart(run: run, project: "shop", plan: try plan(datasets), cause: "trigger nightly"))
    }
}

/// A receiver that answers as a test says, and keeps what it got.
final class ScriptedTransport: LetterTransport {
    private let script: @Sendable (Int) -> DeliveryOutcome
    private let bodies = Mutex<[[UInt8]]>([])
    private let arrived = Mutex<[String]>([])

    /// - Parameter script: gets the number of the request, from 1.
    init(_ script: @escaping @Sendable (Int) -> DeliveryOutcome) { self.script = script }

    func send(_ body: [UInt8], within time: Duration) async -> DeliveryOutcome {
        let number = bodies.withLock { bodies in
            bodies.append(body)
            return bodies.count
        }
        let outcome = script(number)
        if outcome == .delivered { arrived.withLock { $0.append(String(decoding: body, as: UTF8.self)) } }
        return outcome
    }

    /// How many requests there were.
    var count: Int { bodies.withLock(\.count) }
    /// What was delivered, in the order in which it was.
    var delivered: [String] { arrived.withLock { $0 } }
}
