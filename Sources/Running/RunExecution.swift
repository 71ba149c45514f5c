import Planning
import Project

/// One run: does what its schedule says, and tells the schedule what came of it.
struct RunExecution {
    private let runner: Runner
    private let run: RunID
    private let count: Int
    private let events: EventStream
    private var schedule: RunSchedule
    /// The places of the steps that run, and what stops them when they take too long.
    private var holds: [DatasetName: PoolHold] = [:]
    private var stops: [DatasetName: StopSignal] = [:]
    /// Why the last attempt of a step failed that is to be tried again.
    private var failures: [DatasetName: StepFailure] = [:]
    /// When the next alarm goes off that was set.
    private var alarm: Int?
    private let origin = ContinuousClock.now

    /// How many milliseconds later a pool's places are asked for again that other processes hold.
    private static let placesInterval = 50

    private enum Happening: Sendable {
        case ended(StepAttempt.Outcome)
        case alarm(Int)
    }

    init(
        _ runner: Runner, _ plan: Plan, run: RunID, jobs: Int, keepsGoing: Bool, _ events: EventStream
    ) {
        self.runner = runner
        self.run = run
        self.events = events
        let steps = plan.toRun
        count = steps.count
        let limits = steps.compactMap { step in
            runner.project.dataset(step.dataset).map { (step.dataset, $0.limits) }
        }
        schedule = RunSchedule(
            plan,
            RunSchedule.Rules(
                limit: jobs, keepsGoing: keepsGoing,
                limits: Dictionary(limits, uniquingKeysWith: { first, _ in first }),
                pools: runner.project.pools, seed: run.text),
            at: 0)
    }

    /// Milliseconds since the run began, whatever happens to the clock on the wall.
    private var elapsed: Int {
        let passed = (ContinuousClock.now - origin).components
        return Int(passed.seconds) * 1000 + Int(passed.attoseconds / 1_000_000_000_000_000)
    }

    /// Runs until every step has ended.
    mutating func proceed(_ summary: inout RunSummary) async {
        await withTaskGroup(of: Happening.self) { group in
            start(in: &group, &summary)
            while !schedule.isOver, let happening = await group.next() {
                switch happening {
                case .ended(.done(let result)): finish(result, &summary)
                case .ended(.failed(let failure)): fail(failure, &summary)
                case .alarm(let time): if alarm == time { alarm = nil }
                }
                if Task.isCancelled { note(schedule.cancel(), &summary) }
                start(in: &group, &summary)
            }
            // Alarms may be left.
            group.cancelAll()
        }
        runner.places.leave()
    }

    // MARK: Starting

    private mutating func start(in group: inout TaskGroup<Happening>, _ summary: inout RunSummary) {
        var actions = schedule.next(at: elapsed)
        while !actions.isEmpty {
            for action in actions {
                switch action {
                case .stop(let dataset): stops[dataset]?.give()
                case .start(let start): begin(start, in: &group, &summary)
                }
            }
            // A step that found no place in its pool leaves its turn to others.
            actions = schedule.next(at: elapsed)
        }
        guard let wake = schedule.nextWake(), alarm.map({ wake < $0 }) ?? true else { return }
        alarm = wake
        let pause = max(1, wake - elapsed)
        group.addTask {
            try? await Task.sleep(for: .milliseconds(pause))
            return .alarm(wake)
        }
    }

    private mutating func begin(
        _ start: RunSchedule.Start, in group: inout TaskGroup<Happening>, _ summary: inout RunSummary
    ) {
        let dataset = runner.project.dataset(start.step.dataset)
        if let use = dataset?.limits.pool, let size = runner.project.pools[use.pool.value] {
            do {
                let count = min(max(1, use.weight), max(1, size))
                guard let hold = try runner.places.take(count, of: use.pool.value, size: max(1, size)) else {
                    return schedule.postponed(start.step.dataset, until: elapsed + Self.placesInterval)
                }
                holds[start.step.dataset] = hold
            } catch {
                return fail(StepFailure(error, of: start.step), &summary)
            }
        }
        let attempt = StepAttempt(
            start: start, kind: dataset?.step.kind ?? "sql", count: count, run: run, performer: runner.performer,
            events: events, now: runner.now)
        guard dataset?.limits.timeout != nil else {
            group.addTask { .ended(await attempt.perform()) }
            return
        }
        let stop = StopSignal()
        stops[start.step.dataset] = stop
        group.addTask { .ended(await attempt.perform(until: stop)) }
    }

    // MARK: What came of it

    private mutating func finish(_ result: StepResult, _ summary: inout RunSummary) {
        clear(result.dataset)
        failures[result.dataset] = nil
        schedule.finished(result.dataset, at: elapsed)
        summary.done += 1
        events.emit(.stepFinished(result))
    }

    private mutating func fail(_ failure: StepFailure, _ summary: inout RunSummary) {
        var failure = failure
        let dataset = failure.dataset
        clear(dataset)
        if failure.cause == .cancelled, !Task.isCancelled, schedule.isTimedOut(dataset) {
            failure.becomeTimeout(of: runner.project.dataset(dataset))
        }
        // A refused version would be refused again, and a fault of Millrace does not pass.
        let mayPass = failure.cause == .step || failure.cause == .timeout
        switch schedule.failed(dataset, mayPass: mayPass && !Task.isCancelled, at: elapsed) {
        case .retry(let delay, let attempt, let attempts):
            failures[dataset] = failure
            events.emit(
                .stepRetrying(StepRetry(failure: failure, attempt: attempt, attempts: attempts, delay: delay)))
        case .final(let endings):
            failures[dataset] = nil
            count(failure, &summary)
            note(endings, &summary)
            if failure.cause == .cancelled { note(schedule.cancel(), &summary) }
        }
    }

    private func count(_ failure: StepFailure, _ summary: inout RunSummary) {
        events.emit(.stepFailed(failure))
        if failure.cause == .cancelled { summary.stopped += 1 } else { summary.failed += 1 }
        summary.hasBug = summary.hasBug || failure.cause == .bug
    }

    private mutating func note(_ endings: [RunSchedule.Ending], _ summary: inout RunSummary) {
        guard !endings.isEmpty else { return }
        // Nobody may want any more what was kept aside.
        runner.places.leave()
        for ending in endings {
            switch ending.kind {
            case .skipped(let reason):
                events.emit(.stepSkipped(ending.dataset, reason))
                summary.skipped += 1
            case .notTriedAgain:
                if let failure = failures.removeValue(forKey: ending.dataset) { count(failure, &summary) }
            }
        }
    }

    private mutating func clear(_ dataset: DatasetName) {
        holds.removeValue(forKey: dataset)?.giveBack()
        stops[dataset] = nil
    }
}

extension StepFailure {
    /// The attempt was stopped because it took too long.
    fileprivate mutating func becomeTimeout(of dataset: Dataset?) {
        cause = .timeout
        let limit = dataset?.limits.timeout.map { Double($0) / 1000 } ?? 0
        let seconds = limit == limit.rounded() ? "\(Int(limit))" : "\(limit)"
        diagnostics = [
            .error(
                "'\(self.dataset)' took longer than its timeout of \(seconds) s", at: dataset?.span,
                hint: "raise 'timeout', or give the step less to do")
        ]
    }
}
