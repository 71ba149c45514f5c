import Foundation
import Planning
import Project
import Recording
import Running

/// Measures what a run costs beside its steps: real runs with a real history, of steps that do nothing.
///
///     StepsWorkload FOLDER [SHAPE…]
///
/// Prints one JSON object a shape: the steps, the seconds until all was durable, and how long a step that could start
/// took until it did. The history is written below the folder.
@main
struct StepsWorkload {
    static func main() async {
        do {
            try await run(CommandLine.arguments.dropFirst())
        } catch {
            FileHandle.standardError.write(Data("StepsWorkload: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: ArraySlice<String>) async throws {
        guard let folder = arguments.first else { throw Trouble("usage: StepsWorkload FOLDER [SHAPE…]") }
        let wanted = arguments.dropFirst()
        for shape in Shape.allCases where wanted.isEmpty || wanted.contains(shape.rawValue) {
            let project = "\(folder)/\(shape.rawValue)"
            try? FileManager.default.removeItem(atPath: project)
            try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
            print(try await measure(shape, in: project))
        }
    }

    private static func measure(_ shape: Shape, in folder: String) async throws -> String {
        let history = RunHistory(path: "\(folder)/.millrace/state.sqlite") { diagnostic in
            FileHandle.standardError.write(Data("\(diagnostic.message)\n".utf8))
        }
        let plan = try shape.plan()
        let stopwatch = Stopwatch()
        let jobs = min(4, ProcessInfo.processInfo.activeProcessorCount)
        var begin = stopwatch.now
        // The first run makes the history's file, which is not to be measured.
        for repetition in 0...shape.repetitions {
            if repetition == 1 { begin = stopwatch.now }
            let run = RunID("\(shape.rawValue)-\(repetition)")
            let latency = LatencyRecorder(stopwatch, plan, slots: jobs)
            let recorder = HistoryRecorder(
                history, process: Int(getpid()), rules: RunRules(), isRunning: { _ in false })
            let runner = Runner(
                project: try shape.project(), performer: IdleSteps(), places: MemoryPlaces(),
                recorders: [latency, recorder], now: { Int(Date().timeIntervalSince1970 * 1000) })
            let summary = await runner.run(plan, id: run, jobs: jobs, keepsGoing: false)
            guard summary.done == plan.steps.count else { throw Trouble("\(summary.done) steps were done") }
            if repetition > 0 { stopwatch.add(latency.waits) }
        }
        let seconds = Double(stopwatch.now - begin) / 1e9
        try check(history, shape, plan)
        return stopwatch.report(shape, steps: plan.steps.count * shape.repetitions, seconds: seconds)
    }

    /// What was measured must also be there.
    private static func check(_ history: RunHistory, _ shape: Shape, _ plan: Plan) throws {
        for repetition in 1...shape.repetitions {
            let steps = history.steps(of: RunID("\(shape.rawValue)-\(repetition)"))
            guard steps.count == plan.steps.count, steps.allSatisfy({ $0.result == "done" }) else {
                throw Trouble("the history has \(steps.count) steps")
            }
        }
    }
}

/// Makes nothing.
struct IdleSteps: StepPerformer {
    func perform(
        _ step: Plan.Step, run: RunID, report: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> StepResult {
        StepResult(
            dataset: step.dataset, published: PinnedVersion(version: step.next, table: "t"),
            record: VersionRecord(
                run: run, fingerprint: step.fingerprint, rows: RowAccount(read: 0, published: 0, quarantined: 0),
                checks: [], millrace: "0"),
            bytes: 0, files: 0, seconds: 0)
    }
}

struct Trouble: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
