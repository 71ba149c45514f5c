package import Planning
package import Project

/// Decides which step of a plan may start when, and what a failure means for the others. It does nothing itself: its
/// methods say what to do next.
package struct RunSchedule: Sendable {
    private enum State: Equatable {
        case waiting, running, done, failed, skipped
    }

    private let steps: [Plan.Step]
    private let keepsGoing: Bool
    private let limit: Int
    private var states: [DatasetName: State]
    private var firstFailure: DatasetName?
    private var isCancelled = false

    /// - Parameters:
    ///   - limit: how many steps may run at once; at least one.
    ///   - keepsGoing: after a failure, start what does not depend on it.
    package init(_ plan: Plan, limit: Int, keepsGoing: Bool) {
        steps = plan.toRun
        self.limit = max(1, limit)
        self.keepsGoing = keepsGoing
        states = Dictionary(steps.map { ($0.dataset, .waiting) }, uniquingKeysWith: { first, _ in first })
    }

    package struct Skip: Equatable, Sendable {
        package var dataset: DatasetName
        package var reason: SkipReason
    }

    /// The steps to start now; they count as running from here on.
    package mutating func start() -> [Plan.Step] {
        guard !isCancelled, firstFailure == nil || keepsGoing else { return [] }
        var free = limit - states.values.count { $0 == .running }
        var starting: [Plan.Step] = []
        for step in steps where free > 0 && states[step.dataset] == .waiting {
            let isReady = step.inputs.allSatisfy { states[$0] == nil || states[$0] == .done }
            guard isReady else { continue }
            states[step.dataset] = .running
            starting.append(step)
            free -= 1
        }
        return starting
    }

    package mutating func finished(_ dataset: DatasetName) { states[dataset] = .done }

    /// A step failed.
    /// - Returns: the steps that can never start now, in order.
    package mutating func failed(_ dataset: DatasetName) -> [Skip] {
        states[dataset] = .failed
        firstFailure = firstFailure ?? dataset
        var skips: [Skip] = []
        var blocked: [DatasetName: DatasetName] = [dataset: dataset]
        for step in steps where states[step.dataset] == .waiting {
            if let culprit = step.inputs.lazy.compactMap({ blocked[$0] }).first {
                blocked[step.dataset] = culprit
                states[step.dataset] = .skipped
                skips.append(Skip(dataset: step.dataset, reason: .upstreamFailed(culprit)))
            }
        }
        if !keepsGoing {
            for step in steps where states[step.dataset] == .waiting {
                states[step.dataset] = .skipped
                skips.append(Skip(dataset: step.dataset, reason: .stopped(after: dataset)))
            }
        }
        return skips
    }

    /// The run is to end: nothing starts any more.
    /// - Returns: the steps that had not started, in order.
    package mutating func cancel() -> [Skip] {
        isCancelled = true
        var skips: [Skip] = []
        for step in steps where states[step.dataset] == .waiting {
            states[step.dataset] = .skipped
            skips.append(Skip(dataset: step.dataset, reason: .cancelled))
        }
        return skips
    }
}
