package import Planning
package import Project

/// Decides which step of a plan may start when, and what a failure means for the others. It does nothing itself: its
/// methods say what to do next. Times are milliseconds from any beginning.
///
/// Each method takes time in the logarithm of the number of steps, but for a failure, which looks at what depends on it.
package struct RunSchedule: Sendable {
    package struct Rules: Sendable {
        /// How many steps may run at once; at least one.
        package var limit: Int
        /// After a failure, start what does not depend on it.
        package var keepsGoing: Bool
        /// How steps are executed; those that are not named have no limits.
        package var limits: [DatasetName: StepLimits]
        /// The places that each pool has.
        package var pools: [String: Int]
        /// What chance depends on: the run's name.
        package var seed: String

        package init(
            limit: Int, keepsGoing: Bool, limits: [DatasetName: StepLimits] = [:], pools: [String: Int] = [:],
            seed: String = ""
        ) {
            self.limit = limit
            self.keepsGoing = keepsGoing
            self.limits = limits
            self.pools = pools
            self.seed = seed
        }
    }

    package enum Action: Sendable, Equatable {
        case start(Start)
        /// The attempt takes longer than it may: it is to be cancelled, and then ends as any other.
        case stop(DatasetName)
    }

    /// An attempt to make a step. It counts as running from here on.
    package struct Start: Sendable, Equatable {
        package var step: Plan.Step
        /// From 1.
        package var attempt: Int
        /// How long ago the step could have started, had nothing else been in the way.
        package var waited: Int
        /// The step's place among those that run, from 1.
        package var index: Int
    }

    /// What becomes of a failed attempt.
    package enum Verdict: Sendable, Equatable {
        /// It is tried again after so many milliseconds; `attempt` is the one that failed, of at most `attempts`.
        case retry(delay: Int, attempt: Int, attempts: Int)
        /// The step has failed, and these, in the plan's order, can never start now.
        case final([Ending])
    }

    /// A step that ends without being made.
    package struct Ending: Equatable, Sendable {
        package enum Kind: Equatable, Sendable {
            case skipped(SkipReason)
            /// It had failed and was to be tried again; now it is not.
            case notTriedAgain
        }

        package var dataset: DatasetName
        package var kind: Kind

        package static func skip(_ dataset: DatasetName, _ reason: SkipReason) -> Ending {
            Ending(dataset: dataset, kind: .skipped(reason))
        }
    }

    private enum State: Equatable {
        /// It needs steps that are not done yet.
        case waiting
        case ready, running, stopping
        /// It failed and is tried again later.
        case backingOff
        case done, failed, skipped
    }

    private struct Node {
        var step: Plan.Step
        var limits: StepLimits
        var queue: Int
        var dependents: [Int] = []
        /// The steps that it needs and that are not done.
        var missing = 0
        /// The steps on the longest way from here to the end of the plan.
        var stepsAhead = 1
        var state = State.waiting
        var attempt = 0
        var readyAt = 0
        var index: Int?
        /// Tells alarms of this attempt from those of former ones.
        var epoch = 0
        var weight: Int { limits.pool?.weight ?? 1 }
    }

    private struct Alarm: Comparable {
        var time: Int
        var step: Int
        var epoch: Int

        static func < (left: Alarm, right: Alarm) -> Bool { (left.time, left.step) < (right.time, right.step) }
    }

    private let rules: Rules
    private var nodes: [Node]
    private var places: [DatasetName: Int]
    /// The first is that of the steps without a pool.
    private var queues: [ReadyQueue]
    private var alarms = PriorityHeap<Alarm>()
    private var running = 0
    /// Steps that have not ended.
    private var left: Int
    private var started = 0
    private var isEnding = false

    /// - Parameter now: when the run begins.
    package init(_ plan: Plan, _ rules: Rules, at now: Int) {
        self.rules = rules
        let names = rules.pools.keys.sorted()
        let poolIndex = Dictionary(uniqueKeysWithValues: zip(names, 1...))
        queues = [ReadyQueue(size: nil)] + names.map { ReadyQueue(size: rules.pools[$0]) }
        nodes = plan.toRun.map { step in
            let limits = rules.limits[step.dataset] ?? StepLimits()
            return Node(step: step, limits: limits, queue: limits.pool.flatMap { poolIndex[$0.pool.value] } ?? 0)
        }
        left = nodes.count
        places = Dictionary(
            nodes.enumerated().map { ($1.step.dataset, $0) }, uniquingKeysWith: { first, _ in first })
        for (index, node) in nodes.enumerated() {
            for input in Set(node.step.inputs) {
                guard let other = places[input], other < index else { continue }
                nodes[other].dependents.append(index)
                nodes[index].missing += 1
            }
        }
        for index in nodes.indices.reversed() {
            nodes[index].stepsAhead = 1 + (nodes[index].dependents.map { nodes[$0].stepsAhead }.max() ?? 0)
        }
        for index in nodes.indices where nodes[index].missing == 0 { becomeReady(index, at: now) }
    }

    /// True when every step has ended.
    package var isOver: Bool { left == 0 }

    // MARK: What to do

    /// What is to be done now. To be called after everything that happened, and at `nextWake`.
    package mutating func next(at now: Int) -> [Action] {
        var actions = ring(at: now)
        guard !isEnding else { return actions }
        while running < max(1, rules.limit), let (turn, queue) = nextTurn(at: now) {
            let index = turn.step
            queues[queue].remove(turn, weight: nodes[index].weight)
            queues[queue].take(nodes[index].weight)
            actions.append(.start(start(index, at: now)))
        }
        return actions
    }

    /// When `next` must be called although nothing happened; nil when only events matter.
    package mutating func nextWake() -> Int? {
        while let alarm = alarms.first, nodes[alarm.step].epoch != alarm.epoch { alarms.removeFirst() }
        var wake = alarms.first?.time
        guard !isEnding, running < max(1, rules.limit) else { return wake }
        for index in queues.indices {
            guard let time = queues[index].closedUntil, isWaiting(index) else { continue }
            wake = min(wake ?? time, time)
        }
        return wake
    }

    private mutating func isWaiting(_ queue: Int) -> Bool {
        let nodes = nodes
        return queues[queue].isWaiting { nodes[$0].state == .ready }
    }

    private mutating func nextTurn(at now: Int) -> (turn: ReadyQueue.Turn, queue: Int)? {
        let nodes = nodes
        var best: (turn: ReadyQueue.Turn, queue: Int)?
        for index in queues.indices {
            guard let turn = queues[index].next(at: now, { nodes[$0].state == .ready }) else { continue }
            if let found = best, found.turn < turn { continue }
            best = (turn, index)
        }
        return best
    }

    private mutating func ring(at now: Int) -> [Action] {
        var actions: [Action] = []
        while let alarm = alarms.first, alarm.time <= now {
            alarms.removeFirst()
            guard nodes[alarm.step].epoch == alarm.epoch else { continue }
            switch nodes[alarm.step].state {
            case .backingOff: becomeReady(alarm.step, at: alarm.time)
            case .running:
                nodes[alarm.step].state = .stopping
                actions.append(.stop(nodes[alarm.step].step.dataset))
            default: break
            }
        }
        return actions
    }

    private mutating func becomeReady(_ index: Int, at now: Int) {
        nodes[index].state = .ready
        nodes[index].readyAt = now
        nodes[index].epoch += 1
        enqueue(index)
    }

    private mutating func enqueue(_ index: Int) {
        let node = nodes[index]
        queues[node.queue].insert(
            ReadyQueue.Turn(priority: node.limits.priority, stepsAhead: node.stepsAhead, step: index),
            weight: node.weight)
    }

    private mutating func start(_ index: Int, at now: Int) -> Start {
        running += 1
        nodes[index].state = .running
        nodes[index].attempt += 1
        nodes[index].epoch += 1
        if let timeout = nodes[index].limits.timeout {
            alarms.insert(Alarm(time: now + timeout, step: index, epoch: nodes[index].epoch))
        }
        if nodes[index].index == nil {
            started += 1
            nodes[index].index = started
        }
        let node = nodes[index]
        return Start(
            step: node.step, attempt: node.attempt, waited: max(0, now - node.readyAt), index: node.index ?? started)
    }

    // MARK: What happened

    /// The step could not start after all, because other processes hold the places of its pool; `start` is taken back.
    /// - Parameter time: when to try again.
    package mutating func postponed(_ dataset: DatasetName, until time: Int) {
        guard let index = places[dataset], nodes[index].state == .running else { return }
        leave(index)
        nodes[index].state = .ready
        nodes[index].attempt -= 1
        queues[nodes[index].queue].closedUntil = time
        enqueue(index)
    }

    package mutating func finished(_ dataset: DatasetName, at now: Int) {
        guard let index = places[dataset] else { return }
        leave(index)
        end(index, .done)
        for dependent in nodes[index].dependents where nodes[dependent].state == .waiting {
            nodes[dependent].missing -= 1
            if nodes[dependent].missing == 0 { becomeReady(dependent, at: now) }
        }
    }

    /// True when the attempt was to be cancelled because it took too long.
    package func isTimedOut(_ dataset: DatasetName) -> Bool {
        places[dataset].map { nodes[$0].state == .stopping } ?? false
    }

    /// An attempt failed.
    /// - Parameter mayPass: whether another attempt may fare better.
    package mutating func failed(_ dataset: DatasetName, mayPass: Bool, at now: Int) -> Verdict {
        guard let index = places[dataset] else { return .final([]) }
        leave(index)
        let (attempt, retries) = (nodes[index].attempt, nodes[index].limits.retries)
        if mayPass, !isEnding, attempt <= retries.count {
            let delay = retries.delay(after: attempt, chance: Chance.of(rules.seed, dataset.text, String(attempt)))
            nodes[index].state = .backingOff
            alarms.insert(Alarm(time: now + delay, step: index, epoch: nodes[index].epoch))
            return .retry(delay: delay, attempt: attempt, attempts: retries.count + 1)
        }
        end(index, .failed)
        var endings = skipDependents(of: index)
        if !rules.keepsGoing { endings += endTheRest(.stopped(after: dataset)) }
        return .final(endings)
    }

    /// The run is to end: nothing starts any more.
    /// - Returns: the steps that had not started or were to be tried again, in the plan's order.
    package mutating func cancel() -> [Ending] { endTheRest(.cancelled) }

    private mutating func leave(_ index: Int) {
        running -= 1
        nodes[index].epoch += 1
        queues[nodes[index].queue].giveBack(nodes[index].weight)
    }

    private mutating func end(_ index: Int, _ state: State) {
        nodes[index].state = state
        nodes[index].epoch += 1
        left -= 1
    }

    private mutating func skipDependents(of failed: Int) -> [Ending] {
        var reached: Set<Int> = []
        var frontier = nodes[failed].dependents
        while let index = frontier.popLast() {
            guard nodes[index].state == .waiting, reached.insert(index).inserted else { continue }
            frontier += nodes[index].dependents
        }
        return reached.sorted().map { index in
            end(index, .skipped)
            return .skip(nodes[index].step.dataset, .upstreamFailed(nodes[failed].step.dataset))
        }
    }

    private mutating func endTheRest(_ reason: SkipReason) -> [Ending] {
        isEnding = true
        var endings: [Ending] = []
        for index in nodes.indices {
            let dataset = nodes[index].step.dataset
            switch nodes[index].state {
            case .waiting, .ready:
                // What failed an attempt before was not skipped.
                let kind: Ending.Kind = nodes[index].attempt > 0 ? .notTriedAgain : .skipped(reason)
                endings.append(Ending(dataset: dataset, kind: kind))
                end(index, .skipped)
            case .backingOff:
                endings.append(Ending(dataset: dataset, kind: .notTriedAgain))
                end(index, .failed)
            default: break
            }
        }
        return endings
    }
}
