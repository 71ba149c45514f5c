import Foundation
import Planning
import Project
import Running
import Synchronization

/// Counts nanoseconds, and collects how long steps waited.
final class Stopwatch: Sendable {
    private let start = ContinuousClock.now
    private let waits = Mutex<[Int]>([])

    var now: Int {
        let passed = (ContinuousClock.now - start).components
        return Int(passed.seconds) * 1_000_000_000 + Int(passed.attoseconds / 1_000_000_000)
    }

    func add(_ more: [Int]) { waits.withLock { $0 += more } }

    func report(_ shape: Shape, steps: Int, seconds: Double) -> String {
        let sorted = waits.withLock { $0.sorted() }
        func milliseconds(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1e6
        }
        return """
            {"shape":"\(shape.rawValue)","steps":\(steps),"seconds":\(seconds),"median_ms":\(milliseconds(0.5)),\
            "p99_ms":\(milliseconds(0.99)),"max_ms":\(milliseconds(1))}
            """
    }
}

/// Takes the time between the moment when a step could start, because what it needs is there and one of the slots for
/// steps is free, and its start.
final class LatencyRecorder: RunRecorder {
    private struct State {
        /// When each step's last input ended.
        var ready: [DatasetName: Int] = [:]
        /// When the slots that are free became free, the earliest first.
        var free: [Int]
        var waits: [Int] = []
    }

    private let stopwatch: Stopwatch
    private let dependents: [DatasetName: [DatasetName]]
    private let begin: Int
    private let state: Mutex<State>

    init(_ stopwatch: Stopwatch, _ plan: Plan, slots: Int) {
        self.stopwatch = stopwatch
        var dependents: [DatasetName: [DatasetName]] = [:]
        for step in plan.steps { for input in step.inputs { dependents[input, default: []].append(step.dataset) } }
        self.dependents = dependents
        begin = stopwatch.now
        state = Mutex(State(free: Array(repeating: begin, count: slots)))
    }

    var waits: [Int] { state.withLock { $0.waits } }

    func record(_ event: RunEvent, at milliseconds: Int) {
        let now = stopwatch.now
        state.withLock { state in
            switch event {
            case .stepStarted(let start):
                let free = state.free.isEmpty ? now : state.free.removeFirst()
                state.waits.append(now - max(free, state.ready[start.dataset] ?? begin))
            case .stepFinished(let result):
                state.free.append(now)
                for dependent in dependents[result.dataset] ?? [] { state.ready[dependent] = now }
            default: break
            }
        }
    }
}
