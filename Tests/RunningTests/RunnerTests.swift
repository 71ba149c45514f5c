import Foundation
import Planning
import Project
import Synchronization
import TestThreads
import Testing

@testable import Running

@Suite("Runs as they are performed", .onTime)
struct RunnerTests {
    /// Does for each step what a test says.
    private struct Performer: StepPerformer {
        let body: @Sendable (String) async throws -> Void

        func perform(
            _ step: Plan.Step, run: RunID, report: @escaping @Sendable (RunEvent) -> Void
        ) async throws -> StepResult {
            try await body(step.dataset.text)
            return Samples.result(step, run)
        }
    }

    /// Keeps what happens, in a word.
    private final class Log: RunRecorder {
        private let lines = Mutex<[String]>([])

        func record(_ event: RunEvent, at milliseconds: Int) {
            let line: String? =
                switch event {
                case .stepStarted(let start): "start \(start.dataset) \(start.attempt)"
                case .stepRetrying(let retry): "retry \(retry.dataset) \(retry.failure.cause)"
                case .stepFinished(let result): "done \(result.dataset)"
                case .stepFailed(let failure): "failed \(failure.dataset) \(failure.cause)"
                case .stepSkipped(let dataset, _): "skipped \(dataset)"
                case .runFinished(let summary): "\(summary.outcome)"
                default: nil
                }
            if let line { lines.withLock { $0.append(line) } }
        }

        var all: [String] { lines.withLock { $0 } }
    }

    private func runner(
        _ limits: [String: StepLimits], pools: [String: Int] = [:], places: any PoolPlaces = MemoryPlaces(), _ log: Log,
        _ body: @escaping @Sendable (String) async throws -> Void
    ) throws -> Runner {
        Runner(
            project: try Samples.project(limits, pools: pools), performer: Performer(body: body), places: places,
            recorders: [log], now: { Int(Date().timeIntervalSince1970 * 1000) })
    }

    /// How many places are in use.
    private final class Usage: Sendable {
        private let places = Mutex((now: 0, most: 0))

        func add(_ count: Int) {
            places.withLock { places in
                places.now += count
                places.most = max(places.most, places.now)
            }
        }

        var most: Int { places.withLock { $0.most } }
    }

    private static let trouble = Diagnostic.error("not yet")

    @Test("a step that fails twice and then succeeds is told as such")
    func retries() async throws {
        let log = Log()
        let calls = Mutex(0)
        let runner = try runner(["a": StepLimits(retries: Samples.retries(3, delay: 1)), "b": StepLimits()], log) {
            name in
            guard name == "a" else { return }
            if calls.withLock({ calls in
                calls += 1; return calls
            }) < 3 {
                throw Self.trouble
            }
        }
        let summary = await runner.run(
            try Samples.plan(["a": [], "b": ["a"]]), id: RunID("r"), jobs: 2, keepsGoing: false)
        #expect(summary.outcome == .done && summary.done == 2)
        #expect(
            log.all == [
                "start a 1", "retry a step", "start a 2", "retry a step", "start a 3", "done a", "start b 1", "done b",
                "done",
            ])
    }

    @Test("an attempt that takes too long is cancelled and counts as failed")
    func timeouts() async throws {
        let log = Log()
        let wasCancelled = Mutex(0)
        let runner = try runner(
            ["a": StepLimits(retries: Samples.retries(1, delay: 1), timeout: 20), "b": StepLimits()], log
        ) { name in
            guard name == "a" else { return }
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                wasCancelled.withLock { $0 += 1 }
                throw error
            }
        }
        let summary = await runner.run(
            try Samples.plan(["a": [], "b": ["a"]]), id: RunID("r"), jobs: 2, keepsGoing: false)
        #expect(summary.outcome == .failed && summary.failed == 1 && summary.skipped == 1)
        #expect(wasCancelled.withLock { $0 } == 2)
        #expect(
            log.all == ["start a 1", "retry a timeout", "start a 2", "failed a timeout", "skipped b", "failed"])
    }

    @Test("an attempt that ends in time is not touched by its timeout")
    func inTime() async throws {
        let log = Log()
        let runner = try runner(["a": StepLimits(timeout: 60_000)], log) { _ in }
        let summary = await runner.run(try Samples.plan(["a": []]), id: RunID("r"), jobs: 2, keepsGoing: false)
        #expect(summary.outcome == .done)
    }

    @Test("cancelling a run while a step waits for its next attempt ends it at once")
    func cancelled() async throws {
        let log = Log()
        let runner = try runner(["a": StepLimits(retries: Samples.retries(3, delay: 60_000))], log) { _ in
            throw Self.trouble
        }
        let plan = try Samples.plan(["a": [], "b": ["a"]])
        let summary = await withTaskGroup(of: RunSummary?.self) { group in
            group.addTask { await runner.run(plan, id: RunID("r"), jobs: 2, keepsGoing: false) }
            while !log.all.contains("retry a step") { await Task.yield() }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(summary?.outcome == .cancelled)
        #expect(log.all == ["start a 1", "retry a step", "failed a step", "skipped b", "cancelled"])
    }

    @Test("two runs that share a pool never have more of its places than there are, and both get through")
    func sharedPool() async throws {
        let places = MemoryPlaces()
        let used = Usage()
        let names = (1...12).map { "s\($0)" }
        let limits = Dictionary(
            uniqueKeysWithValues: names.enumerated().map {
                ($1, StepLimits(pool: Samples.pool("db", weight: $0 % 3 + 1)))
            })
        let steps = try names.map { name in
            try Samples.plan([name: []]).steps
        }.flatMap { $0 }
        await withThrowingTaskGroup(of: RunSummary.self) { group in
            for process in 1...2 {
                group.addTask {
                    let runner = try runner(limits, pools: ["db": 3], places: places.sharing(), Log()) { name in
                        let weight = (Int(name.dropFirst()) ?? 1) - 1
                        used.add(weight % 3 + 1)
                        await Task.yield()
                        used.add(-(weight % 3 + 1))
                    }
                    return await runner.run(
                        Plan(steps: steps), id: RunID("r\(process)"), jobs: 3, keepsGoing: false)
                }
            }
            while let summary = await group.nextResult() {
                #expect((try? summary.get().done) == 12)
            }
        }
        #expect(used.most <= 3)
        #expect(places.take(3, of: "db", size: 3) != nil)
    }
}
