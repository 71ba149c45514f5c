package import Project

/// Decides which run starts when, without doing anything itself: it takes what happened, and answers with the entries
/// that its log must have before anything else is done, and with what is then to be done.
///
/// Its state follows from its log alone, so a new scheduler goes on where the last one was when its process ended.
/// It knows no clock: every time comes in, in milliseconds since 1970.
package struct Scheduler: Sendable {
    package struct Configuration: Sendable {
        package var triggers: [Trigger]
        package var rules: RunRules
        package var notifications: [Notification]
        /// How old datasets may be, in seconds.
        package var freshness: [DatasetName: Int]
        /// Only backfills go on: no trigger fires, and other runs wait.
        package var isForBackfills = false

        package init(
            triggers: [Trigger] = [], rules: RunRules = RunRules(), notifications: [Notification] = [],
            freshness: [DatasetName: Int] = [:]
        ) {
            self.triggers = triggers
            self.rules = rules
            self.notifications = notifications
            self.freshness = freshness
        }

        package init(_ project: Project) {
            let limits = project.datasets.compactMap { dataset in dataset.freshness.map { (dataset.name, $0.within) } }
            self.init(
                triggers: project.triggers, rules: project.runs, notifications: project.notifications,
                freshness: Dictionary(limits, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// Something to do, once the entries are in the log.
    package enum Effect: Sendable, Equatable {
        /// Start the process of a run; `resumes` when an earlier process of it may have done a part.
        case start(RunID, RunOrder, attempt: Int, resumes: Bool, cause: String)
        /// End the process of a run, and all that it started.
        case stop(RunID)
        case notify(PendingNotice)
    }

    package struct Decisions: Sendable, Equatable {
        package internal(set) var entries: [LogEntry] = []
        package internal(set) var effects: [Effect] = []

        package init() {}

        package var isEmpty: Bool { entries.isEmpty && effects.isEmpty }

        package mutating func add(_ other: Decisions) {
            entries += other.entries
            effects += other.effects
        }
    }

    package private(set) var configuration: Configuration
    package internal(set) var state = SchedulerState()
    var machine: TriggerMachine
    var decisions = Decisions()

    /// Takes up a log.
    package init(_ configuration: Configuration, log: some Sequence<LoggedEntry>, startedAt now: Int) {
        self.configuration = configuration
        for line in log { state.apply(line.entry, at: line.at) }
        machine = TriggerMachine(
            configuration.triggers, memory: state.memory ?? TriggerMemory(), startedAt: now)
    }

    // MARK: What happened

    /// The process of the scheduler has started. To be called first.
    package mutating func start(at now: Int) -> Decisions {
        for run in liveRuns where run.phase == .running {
            if let reason = run.stopping {
                end(run, reason == .timedOut ? .failed : .cancelled, nil, at: now)
            } else {
                let interruption = RunInterruption(
                    isCrash: false, message: "the scheduler's process ended", notBefore: now)
                record(.runInterrupted(run.run, interruption), at: now)
            }
        }
        for notice in state.notices { decisions.effects.append(.notify(notice)) }
        return settle(at: now)
    }

    /// The project has changed. What triggers of the same name and condition remember stays.
    package mutating func take(_ configuration: Configuration, at now: Int) -> Decisions {
        self.configuration = configuration
        machine = TriggerMachine(configuration.triggers, memory: machine.memory, startedAt: now)
        return settle(at: now)
    }

    /// Time has passed.
    package mutating func advance(to now: Int) -> Decisions { settle(at: now) }

    /// An entry that another process wrote into the log.
    package mutating func take(_ line: LoggedEntry) { state.apply(line.entry, at: line.at) }

    /// Where the log may begin anew: the whole state as one entry.
    package var snapshotEntry: LogEntry { .snapshot(state) }

    /// When `advance` must be called next; nil when only something that happens can change anything.
    package func nextWake(after now: Int) -> Int? {
        var times: [Int] = []
        if !configuration.isForBackfills, let next = machine.nextWake() { times.append(next) }
        for run in state.live.values {
            if run.phase == .queued {
                if run.notBefore > now { times.append(run.notBefore) }
            } else if run.stopping == nil {
                times += [timeout(of: run)].compactMap(\.self)
                times += lateness(of: run).map(\.at)
            }
        }
        times += configuration.freshness.compactMap { dataset, within in
            configuration.isForBackfills || state.lapsed.contains(dataset) ? nil : expiry(of: dataset, within: within)
        }
        return times.min().map { max($0, now + 1) }
    }

    // MARK: Parts

    /// Writes an entry: the state changes now, the log before anything is done.
    mutating func record(_ entry: LogEntry, at now: Int) {
        state.apply(entry, at: now)
        decisions.entries.append(entry)
    }

    /// Does what follows from all that happened, and gives out the decisions.
    mutating func settle(at now: Int) -> Decisions {
        if !configuration.isForBackfills {
            take(machine.advance(to: now), at: now)
            tellStale(at: now)
        }
        stopOverdue(at: now)
        tellLate(at: now)
        feedBackfills(at: now)
        startRuns(at: now)
        // Whatever the triggers must not forget.
        if machine.memory != state.memory { record(.triggers(machine.memory), at: now) }
        defer { decisions = Decisions() }
        return decisions
    }

    /// Live runs in the order in which they came.
    var liveRuns: [ScheduledRun] { state.live.values.sorted { $0.number < $1.number } }

    func trigger(_ name: String) -> Trigger? { configuration.triggers.first { $0.name.value == name } }
}
