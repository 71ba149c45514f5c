package import Project
package import Timetable

/// What triggers would do between two moments, without doing it.
///
/// Every run is assumed to take the same time and to end well. While the server is down nothing happens, and the runs
/// that it interrupted go on afterwards with what was left of them.
package struct TriggerForecast: Sendable {
    package struct Options: Sendable {
        /// Milliseconds since 1970; a time that is `from` itself counts, one that is `to` does not.
        package var from: Int
        package var to: Int
        /// When the server is down, in any order.
        package var outages: [Range<Int>]
        /// How long a run takes, in milliseconds.
        package var runTakes: Int
        /// How many runs may go on at once.
        package var concurrency: Int
        /// The datasets that a run of each trigger gives a new version.
        package var publishes: [String: [DatasetName]]

        package init(
            from: Int, to: Int, outages: [Range<Int>] = [], runTakes: Int = 0, concurrency: Int = .max,
            publishes: [String: [DatasetName]] = [:]
        ) {
            self.concurrency = max(1, concurrency)
            self.from = from
            self.to = to
            self.outages = outages
            self.runTakes = runTakes
            self.publishes = publishes
        }
    }

    package enum Decision: Sendable, Equatable {
        case starts
        /// The missed time of an outage, made up for.
        case catchesUp
        /// Waits for the trigger's run that started at `behind`.
        case waits(behind: Int)
        /// Waits for one of the places that `runs.concurrency` gives.
        case waitsForPlace
        /// A run that started, or waits since, `behind` has not ended, and `overlap: skip`.
        case skipped(behind: Int)
        /// A run waits since `behind` already.
        case dropped(behind: Int)
        /// Cancels the run that started, or waits since, `running`.
        case cancels(running: Int)
        /// The server was down. So many times were missed, the last at `last`.
        case missed(count: Int, last: Int)
    }

    package struct Entry: Sendable, Equatable {
        package var trigger: String
        /// The time that was due; of several missed ones the first.
        package var due: Int
        /// When it was decided upon.
        package var at: Int
        package var cause: String
        package var decision: Decision
        /// When its run starts; nil when none does, as far as the forecast reaches.
        package var startsAt: Int?
        /// What clocks did to the time.
        package var remark: String?
    }

    private struct Run {
        var trigger: String
        var start: Int
        var end: Int
        /// The datasets whose new versions led to it: it finds them fresh, and makes them no second time.
        var origin: Set<DatasetName>
    }

    private struct Waiting {
        var trigger: String
        /// The place of its entry.
        var entry: Int
        var since: Int
        var priority: Int
        var origin: Set<DatasetName>
    }

    private let triggers: [String: Trigger]
    private let options: Options
    private let zones: ZoneDatabase
    private var machine: TriggerMachine
    private var running: [Run] = []
    /// In the order in which they came.
    private var waiting: [Waiting] = []
    private var found: [Entry] = []

    /// More entries than anybody reads: triggers that start each other end here.
    private static let limit = 200_000

    /// The forecast for triggers as the project file has them: those that a person paused are forecast, too, unless
    /// the file pauses them.
    package static func entries(
        of triggers: [Trigger], _ options: Options, zones: ZoneDatabase = .ofThisMachine
    ) -> [Entry] {
        var forecast = TriggerForecast(triggers, options, zones)
        forecast.run()
        return forecast.found
    }

    private init(_ triggers: [Trigger], _ options: Options, _ zones: ZoneDatabase) {
        self.triggers = Dictionary(triggers.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        self.options = options
        self.zones = zones
        machine = TriggerMachine(triggers, startedAt: options.from - 1, zones: zones)
    }

    // MARK: The course of time

    private mutating func run() {
        var outages = Self.joined(options.outages)[...]
        while found.count < Self.limit {
            let next = [machine.nextWake(), running.map(\.end).min()].compactMap(\.self).min()
            if let outage = outages.first, outage.lowerBound <= next ?? .max {
                guard outage.lowerBound < options.to else { return }
                outages.removeFirst()
                pass(outage)
                continue
            }
            guard let next, next < options.to else { return }
            endRuns(at: next)
            for firing in machine.advance(to: next) { take(firing, at: next) }
        }
    }

    private static func joined(_ outages: [Range<Int>]) -> [Range<Int>] {
        outages.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { result, outage in
            if let last = result.last, last.upperBound >= outage.lowerBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, outage.upperBound)
            } else {
                result.append(outage)
            }
        }
    }

    private mutating func pass(_ outage: Range<Int>) {
        // What would have fired, had the server been there.
        var dreamed = machine
        var missed: [Firing] = []
        while let wake = dreamed.nextWake(), wake < min(outage.upperBound, options.to) {
            missed += dreamed.advance(to: wake)
        }
        for index in running.indices { running[index].end += outage.count }
        let end = outage.upperBound
        var caughtUp: [Firing] = []
        if end < options.to { caughtUp = machine.advance(to: end) }
        let lost = Dictionary(grouping: missed.filter { !caughtUp.contains($0) }, by: \.trigger).values
        for times in lost.sorted(by: { ($0[0].at, $0[0].trigger) < ($1[0].at, $1[0].trigger) }) {
            add(times[0], at: outage.lowerBound, .missed(count: times.count, last: times[times.count - 1].at))
        }
        for firing in caughtUp { take(firing, at: end, isLate: firing.at < end) }
    }

    // MARK: Runs

    private mutating func endRuns(at now: Int) {
        let ended = running.filter { $0.end <= now }
        running.removeAll { $0.end <= now }
        startWaiting(at: now)
        for run in ended {
            report(.runEnded(trigger: run.trigger, isDone: true), at: now, origin: run.origin)
            for dataset in options.publishes[run.trigger] ?? [] where !run.origin.contains(dataset) {
                report(.datasetPublished(dataset, Version(0)), at: now, origin: run.origin.union([dataset]))
            }
        }
    }

    private mutating func report(_ event: TriggerEvent, at now: Int, origin: Set<DatasetName>) {
        for firing in machine.observe(event, at: now) {
            take(firing, at: now, origin: origin)
        }
    }

    /// Starts what may: of those that wait the ones with more priority first, then those that came first.
    private mutating func startWaiting(at now: Int) {
        let order = waiting.indices.sorted { (-waiting[$0].priority, $0) < (-waiting[$1].priority, $1) }
        var started: Set<Int> = []
        for place in order where mayStart(waiting[place].trigger) {
            let run = waiting[place]
            started.insert(place)
            found[run.entry].startsAt = now
            running.append(
                Run(trigger: run.trigger, start: now, end: now + max(0, options.runTakes), origin: run.origin))
        }
        guard !started.isEmpty else { return }
        waiting = waiting.indices.filter { !started.contains($0) }.map { waiting[$0] }
        // A run that takes no time has ended before anything else happens.
        if options.runTakes <= 0 { endRuns(at: now) }
    }

    private func mayStart(_ trigger: String) -> Bool {
        running.count < options.concurrency
            && (triggers[trigger]?.overlap == .allow || !running.contains { $0.trigger == trigger })
    }

    private mutating func take(_ firing: Firing, at now: Int, isLate: Bool = false, origin: Set<DatasetName> = []) {
        guard let trigger = triggers[firing.trigger] else { return }
        let current = running.last { $0.trigger == firing.trigger }?.start
        let next = waiting.last { $0.trigger == firing.trigger }?.since
        var decision = isLate ? Decision.catchesUp : .starts
        switch trigger.overlap {
        case .skip:
            if let unfinished = current ?? next { return add(firing, at: now, .skipped(behind: unfinished)) }
        case .queue:
            if let next { return add(firing, at: now, .dropped(behind: next)) }
            if let current { decision = .waits(behind: current) }
        case .cancelOld:
            if let unfinished = current ?? next { decision = .cancels(running: unfinished) }
            running.removeAll { $0.trigger == firing.trigger }
            waiting.removeAll { $0.trigger == firing.trigger }
        case .allow: break
        }
        if running.count >= options.concurrency, decision == .starts { decision = .waitsForPlace }
        waiting.append(
            Waiting(
                trigger: firing.trigger, entry: found.count, since: now, priority: trigger.priority, origin: origin))
        add(firing, at: now, decision)
        startWaiting(at: now)
    }

    private mutating func add(_ firing: Firing, at now: Int, _ decision: Decision) {
        // Which number a version will have is not known.
        let cause = firing.cause.replacing(" version 0", with: " published")
        found.append(
            Entry(
                trigger: firing.trigger, due: firing.at, at: now, cause: cause, decision: decision,
                startsAt: nil, remark: triggers[firing.trigger]?.condition.remark(at: firing.at, from: zones)))
    }
}
