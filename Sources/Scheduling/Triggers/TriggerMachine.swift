package import Project
package import Timetable

/// Says which trigger fires when. Does nothing by itself: whoever owns it tells it the time and what happened, starts
/// what it answers, and keeps its memory.
///
/// - **Times** that were missed, because nobody asked while they were due, fire once, for the newest of them, if that
///   is no longer ago than `catchUp`; within `grace` a time counts as on time.
/// - **`and`** fires when each of its conditions has fired since its last time, **`or`** when one of them does.
/// - **Debounce**: what comes while a firing is held back takes its place, and holds it back anew; for no longer than
///   `longestDebounce` times in all, so that what never rests fires, too.
/// - **Jitter** holds a firing back for a time that a hash of the trigger's name and the firing's time decides; what
///   comes meanwhile joins it.
/// - A **paused** trigger forgets what was held back or half fulfilled, and what comes meanwhile counts for nothing.
package struct TriggerMachine: Sendable {
    /// How late a time may be noticed and still count as on time, in milliseconds: a busy machine is no outage.
    package static let grace = 60_000

    /// How many times its length a debounce may hold something back.
    package static let longestDebounce = 10

    package private(set) var memory: TriggerMemory
    private var watched: [Watched]
    private let places: [String: Int]

    private struct Watched: Sendable {
        let trigger: Trigger
        var timed: [Timed]
    }

    /// A condition with times of its own.
    private struct Timed: Sendable {
        /// Its place in the trigger's condition: the numbers of the parts that lead to it.
        let path: [Int]
        let schedule: TriggerSchedule
        /// Its first time that is not dealt with.
        var next: Int?
    }

    /// - Parameters:
    ///   - memory: of what was before; what it says about triggers that are no more is dropped.
    ///   - startedAt: from when times count for a trigger that `memory` does not know, or knows with another condition.
    package init(
        _ triggers: [Trigger], memory: TriggerMemory = TriggerMemory(), startedAt: Int,
        zones: ZoneDatabase = .ofThisMachine
    ) {
        self.memory = TriggerMemory()
        watched = triggers.map { trigger in
            Watched(
                trigger: trigger,
                timed: Self.places(of: trigger.condition).compactMap { path, leaf in
                    TriggerSchedule(leaf, zones: zones).map { Timed(path: path, schedule: $0, next: nil) }
                })
        }
        places = Dictionary(
            triggers.enumerated().map { ($1.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        for trigger in triggers {
            self.memory.triggers[trigger.name.value] = Self.entry(
                for: trigger, remembered: memory.triggers[trigger.name.value], startedAt: startedAt)
        }
        for index in watched.indices { findNext(index) }
    }

    private static func entry(
        for trigger: Trigger, remembered: TriggerMemory.Entry?, startedAt: Int
    ) -> TriggerMemory.Entry {
        let condition = trigger.condition.description
        var entry =
            remembered
            ?? TriggerMemory.Entry(condition: condition, evaluatedUpTo: startedAt)
        if entry.condition != condition {
            entry.condition = condition
            entry.evaluatedUpTo = startedAt
            entry.halves = [:]
            entry.pending = nil
        }
        // A clock that was wrong once must not silence a trigger until that time comes.
        if entry.evaluatedUpTo > startedAt + 3_600_000 { entry.evaluatedUpTo = startedAt }
        if entry.isPaused == trigger.isPaused { entry.isPaused = nil }
        return entry
    }

    // MARK: Time

    /// The firings that are due up to a time: times, and what a debounce or jitter held back.
    package mutating func advance(to now: Int) -> [Firing] {
        var firings: [Firing] = []
        for index in watched.indices where !isPaused(at: index) {
            if let late = overdue(index, now: now) { firings.append(late) }
            guard let first = watched[index].timed.compactMap(\.next).min(), first <= now else { continue }
            let window = max(Self.grace, (watched[index].trigger.catchUp ?? 0) * 1000)
            var pulses: [(at: Int, timed: Timed)] = []
            for timed in watched[index].timed {
                guard let next = timed.next, next <= now else { continue }
                let after = max(next - 1, now - window - 1)
                if let at = timed.schedule.newest(after: after, through: now) { pulses.append((at, timed)) }
            }
            var newest: TriggerMemory.Half?
            for (at, timed) in pulses.sorted(by: { $0.at < $1.at }) {
                let half = TriggerMemory.Half(at: at, cause: timed.schedule.cause)
                newest = rise(index, from: timed.path, half) ?? newest
            }
            update(index) { $0.evaluatedUpTo = max($0.evaluatedUpTo, now) }
            findNext(index)
            if let newest, let firing = hold(index, newest, now: now) { firings.append(firing) }
        }
        return firings
    }

    /// When `advance` must be called next; nil when only events can fire anything.
    package func nextWake() -> Int? {
        var wake: Int?
        for index in watched.indices where !isPaused(at: index) {
            let times = watched[index].timed.compactMap(\.next) + [entry(index)?.pending?.due].compactMap(\.self)
            guard let first = times.min() else { continue }
            wake = min(wake ?? first, first)
        }
        return wake
    }

    /// The next time after a moment at which a trigger will fire by the time alone; nil when that depends on events, and
    /// for a trigger that is paused or unknown.
    package func next(_ trigger: String, after moment: Int) -> Int? {
        guard let index = places[trigger], !isPaused(at: index) else { return nil }
        let next = next(watched[index].trigger.condition, at: [], of: index, after: moment)
            .map { $0 + watched[index].trigger.debounce * 1000 }
        guard let pending = entry(index)?.pending, pending.due > moment else { return next }
        return min(pending.due, next ?? pending.due)
    }

    private func next(_ condition: TriggerCondition, at path: [Int], of index: Int, after moment: Int) -> Int? {
        func next(part: Int, _ condition: TriggerCondition) -> Int? {
            self.next(condition, at: path + [part], of: index, after: moment)
        }
        switch condition {
        case .or(let parts): return parts.enumerated().compactMap { next(part: $0, $1) }.min()
        case .and(let parts):
            let fired = entry(index)?.halves[Self.key(path)] ?? [:]
            var latest: Int?
            for (part, condition) in parts.enumerated() where fired[part] == nil {
                guard let time = next(part: part, condition) else { return nil }
                latest = max(latest ?? time, time)
            }
            return latest
        default: return watched[index].timed.first { $0.path == path }?.schedule.next(after: moment)
        }
    }

    private mutating func findNext(_ index: Int) {
        let after = entry(index)?.evaluatedUpTo ?? 0
        for place in watched[index].timed.indices {
            watched[index].timed[place].next = watched[index].timed[place].schedule.next(after: after)
        }
    }

    // MARK: Events

    /// The firings that an event causes at once. One that a debounce or jitter holds back comes from `advance`.
    package mutating func observe(_ event: TriggerEvent, at now: Int) -> [Firing] {
        if case .manual(let trigger) = event {
            guard let index = places[trigger] else { return [] }
            update(index) { $0.lastFired = now }
            return [Firing(trigger: trigger, at: now, cause: "by hand")]
        }
        var firings: [Firing] = []
        for index in watched.indices where !isPaused(at: index) {
            let trigger = watched[index].trigger
            var newest: TriggerMemory.Half?
            for (path, leaf) in Self.places(of: trigger.condition) {
                guard let cause = Self.cause(leaf, event, of: trigger.name.value) else { continue }
                newest = rise(index, from: path, TriggerMemory.Half(at: now, cause: cause)) ?? newest
            }
            guard let newest else { continue }
            if let late = overdue(index, now: now) { firings.append(late) }
            if let firing = hold(index, newest, now: now) { firings.append(firing) }
        }
        return firings
    }

    /// In words what an event means for a condition; nil when it means nothing.
    private static func cause(_ leaf: TriggerCondition, _ event: TriggerEvent, of trigger: String) -> String? {
        switch (leaf, event) {
        case (.files, .filesChanged(trigger)): "new files"
        case (.webhook, .webhook(trigger)): "webhook"
        case (.dataset(let wanted), .datasetPublished(let name, let version)) where wanted.value.folded == name.folded:
            "\(name) version \(version)"
        case (.after(let other), .runEnded(let name, isDone: true)) where other.value == name: "after \(name)"
        default: nil
        }
    }

    // MARK: Pausing

    package mutating func pause(_ trigger: String, at now: Int) { setPaused(trigger, true, at: now) }

    package mutating func resume(_ trigger: String, at now: Int) { setPaused(trigger, false, at: now) }

    package func isPaused(_ trigger: String) -> Bool { places[trigger].map(isPaused(at:)) ?? false }

    private func isPaused(at index: Int) -> Bool { entry(index)?.isPaused ?? watched[index].trigger.isPaused }

    private mutating func setPaused(_ trigger: String, _ isPaused: Bool, at now: Int) {
        guard let index = places[trigger], self.isPaused(at: index) != isPaused else { return }
        let asWritten = watched[index].trigger.isPaused
        update(index) { entry in
            entry.isPaused = isPaused == asWritten ? nil : isPaused
            entry.evaluatedUpTo = max(entry.evaluatedUpTo, now)
            entry.halves = [:]
            entry.pending = nil
        }
        findNext(index)
    }

    // MARK: From a condition to a firing

    /// A part of a condition has fired: what that means for the whole. Nil when an `and` still waits.
    private mutating func rise(_ index: Int, from path: [Int], _ half: TriggerMemory.Half) -> TriggerMemory.Half? {
        var path = path
        var risen = half
        while let part = path.popLast() {
            guard case .and(let parts) = Self.condition(watched[index].trigger.condition, at: path) else { continue }
            let key = Self.key(path)
            var fired = entry(index)?.halves[key] ?? [:]
            fired[part] = risen
            guard fired.count == parts.count else {
                update(index) { $0.halves[key] = fired }
                return nil
            }
            update(index) { $0.halves[key] = nil }
            let all = parts.indices.compactMap { fired[$0] }
            risen = TriggerMemory.Half(
                at: all.map(\.at).max() ?? risen.at, cause: all.map(\.cause).joined(separator: " and "))
        }
        return risen
    }

    /// Holds a firing back where debounce or jitter want that; else sends it.
    private mutating func hold(_ index: Int, _ half: TriggerMemory.Half, now: Int) -> Firing? {
        let trigger = watched[index].trigger
        let debounce = trigger.debounce * 1000
        let since = entry(index)?.pending?.since ?? half.at
        let at = debounce > 0 ? min(half.at + debounce, since + Self.longestDebounce * debounce) : half.at
        var due = at + delay(trigger, at: at)
        if trigger.debounce == 0, let pending = entry(index)?.pending { due = min(due, pending.due) }
        guard due > now else { return send(index, at: at, cause: half.cause) }
        update(index) { $0.pending = TriggerMemory.Pending(due: due, at: at, cause: half.cause, since: since) }
        return nil
    }

    /// What was held back and is due now.
    private mutating func overdue(_ index: Int, now: Int) -> Firing? {
        guard let pending = entry(index)?.pending, pending.due <= now else { return nil }
        return send(index, at: pending.at, cause: pending.cause)
    }

    private mutating func send(_ index: Int, at: Int, cause: String) -> Firing {
        update(index) { entry in
            entry.lastFired = at
            entry.pending = nil
        }
        return Firing(trigger: watched[index].trigger.name.value, at: at, cause: cause)
    }

    /// Milliseconds that a jitter adds: a hash of name and time (FNV-1a), so that it is the same whenever it is asked.
    private func delay(_ trigger: Trigger, at: Int) -> Int {
        guard trigger.jitter > 0 else { return 0 }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(trigger.name.value) \(at)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // The last letters reach only the low bits of the hash.
        hash ^= hash >> 32
        return Int(hash % UInt64(trigger.jitter * 1000 + 1))
    }

    private func entry(_ index: Int) -> TriggerMemory.Entry? { memory.triggers[watched[index].trigger.name.value] }

    private mutating func update(_ index: Int, _ change: (inout TriggerMemory.Entry) -> Void) {
        let name = watched[index].trigger.name.value
        guard var entry = memory.triggers[name] else { return }
        change(&entry)
        memory.triggers[name] = entry
    }

    // MARK: Places in a condition

    /// The conditions that combine no others, with their places.
    private static func places(of condition: TriggerCondition, below path: [Int] = []) -> [([Int], TriggerCondition)] {
        let parts = condition.parts
        guard !parts.isEmpty else { return [(path, condition)] }
        return parts.enumerated().flatMap { places(of: $1, below: path + [$0]) }
    }

    private static func condition(_ condition: TriggerCondition, at path: [Int]) -> TriggerCondition {
        path.reduce(condition) { condition, part in
            let parts = condition.parts
            return parts.indices.contains(part) ? parts[part] : condition
        }
    }

    private static func key(_ path: [Int]) -> String { path.map(String.init).joined(separator: ".") }
}
