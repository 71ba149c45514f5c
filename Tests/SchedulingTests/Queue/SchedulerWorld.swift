import Project
import Scheduling
import Testing
import Timetable

/// A scheduler with its log, a clock, and processes that end when a test says so.
struct SchedulerWorld {
    var configuration: Scheduler.Configuration
    var scheduler: Scheduler
    var log: [LoggedEntry] = []
    var now: Int
    /// The attempts whose processes go on.
    var processes: [RunID: Int] = [:]
    var resumed: Set<RunID> = []
    var stopped: [RunID] = []
    var notices: [PendingNotice] = []

    /// 2026-03-04 00:00:00 UTC.
    static let start = 1_772_582_400_000

    init(
        triggers: [Trigger] = [], concurrency: Int = 2, timeout: Int? = nil, notifications: [Notification] = [],
        freshness: [String: Int] = [:]
    ) {
        configuration = Scheduler.Configuration(
            triggers: triggers, rules: RunRules(concurrency: concurrency, timeout: timeout),
            notifications: notifications,
            freshness: Dictionary(
                uniqueKeysWithValues: freshness.compactMap { key, value in
                    DatasetName(key).map { ($0, value) }
                }))
        now = Self.start
        scheduler = Scheduler(configuration, log: [], startedAt: now)
        take(scheduler.start(at: now))
    }

    mutating func take(_ decisions: Scheduler.Decisions) {
        log += decisions.entries.map { LoggedEntry(at: now, $0) }
        for effect in decisions.effects {
            switch effect {
            case .start(let run, _, let attempt, let resumes, _):
                #expect(processes[run] == nil, "\(run) is started twice at once")
                processes[run] = attempt
                if resumes { resumed.insert(run) }
            case .stop(let run): stopped.append(run)
            case .notify(let notice): notices.append(notice)
            }
        }
    }

    /// The process of the scheduler dies, and all others with it; another one begins.
    mutating func crash(keeping entries: Int? = nil) {
        if let entries { log = Array(log.prefix(entries)) }
        processes = [:]
        resumed = []
        scheduler = Scheduler(configuration, log: log, startedAt: now)
        take(scheduler.start(at: now))
    }

    @discardableResult
    mutating func ask(
        _ request: SchedulerRequest, partitions: PartitionAnswer? = nil
    ) throws -> SchedulerReply {
        let (decisions, result) = scheduler.carryOut(request, partitions: partitions, at: now)
        take(decisions)
        return try result.get()
    }

    mutating func order(_ selection: String = "", priority: Int = 0) throws -> RunID {
        try #require(try ask(.run(RunOrder(selection: selection, priority: priority))).run)
    }

    mutating func end(_ run: RunID, _ ending: ProcessEnding = .exited(status: 0)) {
        guard let attempt = processes.removeValue(forKey: run) else { return }
        take(scheduler.runEnded(run, attempt: attempt, ending, at: now))
    }

    mutating func pass(_ milliseconds: Int) {
        now += milliseconds
        take(scheduler.advance(to: now))
    }

    func phase(_ run: RunID) -> SchedulerSnapshot.RunState.Phase? { scheduler.snapshot(of: run)?.phase }

    func backfill(_ id: BackfillID) -> SchedulerSnapshot.BackfillState? {
        scheduler.snapshot(at: now).backfills.first { $0.id == id }
    }

    func runs(of trigger: String) -> [SchedulerSnapshot.RunState] {
        scheduler.snapshot(at: now).runs.filter { $0.cause.hasPrefix("trigger \(trigger):") }
    }

    static let span = SourceSpan.wholeFile("millrace.yaml")

    static func trigger(
        _ name: String, _ condition: TriggerCondition = .manual, overlap: Trigger.Overlap = .queue
    ) -> Trigger {
        Trigger(
            name: Located(name, at: span), condition: condition, selection: name, overlap: overlap, span: span)
    }

    static func days(_ range: ClosedRange<Int>) -> [PartitionKey] {
        range.map { PartitionKey("2026-01-" + ($0 < 10 ? "0" : "") + "\($0)") }
    }
}
