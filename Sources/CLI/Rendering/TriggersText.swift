import Project
import Recording
import Scheduling
import Timetable

/// Triggers as people and programs read them.
struct TriggersText {
    let root: String
    /// From when times are told.
    let now: Int
    /// How many times.
    let count: Int
    /// What the scheduler remembers of them.
    let states: [String: SchedulerSnapshot.TriggerState]

    func lines(_ trigger: Trigger, _ style: TextStyle) -> [String] {
        var lines = [
            style.bold(trigger.name.value) + "  " + TextWidth.harmless(trigger.condition.described(in: root))
        ]
        func add(_ title: String, _ text: String) {
            lines.append("  " + style.faint(TextWidth.padded(title, to: 8)) + "  " + text)
        }
        add("makes", Self.selection(of: trigger))
        let options = Self.options(of: trigger)
        if !options.isEmpty { add("with", options.joined(separator: ", ")) }
        if isPaused(trigger) {
            let reason = trigger.isPaused ? "by the project file" : "by a person"
            add("paused", style.yellow("\(reason): starts nothing until somebody resumes it"))
        } else if trigger.isPaused {
            add("resumed", "by a person, although the project file pauses it")
        }
        if let fired = states[trigger.name.value]?.lastFired {
            let run = states[trigger.name.value]?.lastRun.map { ", run \($0)" } ?? ""
            add("last", MomentText.text(fired, in: zone(of: trigger)) + style.faint(run))
        }
        let zone = zone(of: trigger)
        for (index, time) in times(of: trigger).enumerated() {
            let remark = time.remark.map { ": " + $0 } ?? ""
            add(
                index == 0 ? "next" : "",
                MomentText.text(time.at, in: zone) + "  " + style.faint(distance(time.at) + "  " + time.cause + remark))
        }
        if let waits = Self.events(trigger.condition, root: root) {
            add(times(of: trigger).isEmpty ? "next" : "or", waits)
        }
        return lines
    }

    func json(_ trigger: Trigger) -> JSON {
        let zone = zone(of: trigger)
        let isTimed = trigger.condition.zone(from: .ofThisMachine) != nil
        return .object([
            ("name", .string(trigger.name.value)), ("condition", .string(trigger.condition.described(in: root))),
            ("timezone", .optional(isTimed ? zone.name : nil)), ("selection", .string(trigger.selection)),
            ("overlap", .string(trigger.overlap.rawValue)), ("catch_up", .optional(trigger.catchUp)),
            ("jitter", .int(trigger.jitter)), ("debounce", .int(trigger.debounce)),
            ("priority", .int(trigger.priority)), ("full_refresh", .bool(trigger.isFullRefresh)),
            ("paused", .bool(isPaused(trigger))),
            (
                "last_fired",
                .optional((states[trigger.name.value]?.lastFired).map { MomentText.text($0, in: zone) })
            ),
            ("last_run", .optional(states[trigger.name.value]?.lastRun?.text)),
            ("waits_for", .optional(Self.events(trigger.condition, root: root))),
            (
                "next",
                .array(
                    times(of: trigger).map { time in
                        .object([
                            ("at", .string(MomentText.text(time.at, in: zone))), ("milliseconds", .int(time.at)),
                            ("cause", .string(time.cause)), ("remark", .optional(time.remark)),
                        ])
                    })
            ),
        ])
    }

    private func isPaused(_ trigger: Trigger) -> Bool { states[trigger.name.value]?.isPaused ?? trigger.isPaused }

    private func times(of trigger: Trigger) -> [TriggerOutlook.Time] {
        TriggerOutlook.times(of: trigger, after: now, count: count)
    }

    private func zone(of trigger: Trigger) -> ZoneRules { trigger.condition.zone(from: .ofThisMachine) ?? .utc }

    private func distance(_ moment: Int) -> String {
        let minutes = max(0, (moment - now) / 60_000)
        switch minutes {
        case ..<1: return "in less than a minute"
        case ..<60: return "in \(minutes) min"
        case ..<1440: return "in \(minutes / 60) h" + (minutes % 60 > 0 ? " \(minutes % 60) min" : "")
        default: return "in \(Quantity.count(minutes / 1440, "day"))"
        }
    }

    static func selection(of trigger: Trigger) -> String {
        (trigger.selection.isEmpty ? "all datasets" : TextWidth.harmless(trigger.selection))
            + (trigger.isFullRefresh ? ", from all rows" : "")
    }

    private static func options(of trigger: Trigger) -> [String] {
        var options: [String] = []
        if trigger.overlap != .queue { options.append("overlap \(trigger.overlap.rawValue)") }
        if let catchUp = trigger.catchUp { options.append("catch-up \(DurationText.text(seconds: catchUp))") }
        if trigger.jitter > 0 { options.append("jitter up to \(DurationText.text(seconds: trigger.jitter))") }
        if trigger.debounce > 0 { options.append("debounce \(DurationText.text(seconds: trigger.debounce))") }
        if trigger.priority != 0 { options.append("priority \(trigger.priority)") }
        return options
    }

    /// The events that it waits for; nil when the time alone decides.
    private static func events(_ condition: TriggerCondition, root: String) -> String? {
        switch condition {
        case .cron, .interval: return nil
        case .manual: return "when a person says so"
        case .or(let parts):
            let waiting = parts.compactMap { events($0, root: root) }
            return waiting.isEmpty ? nil : waiting.joined(separator: ", or ")
        case .and(let parts):
            guard parts.contains(where: { events($0, root: root) != nil }) else { return nil }
            return "when there was each of: "
                + TextWidth.harmless(parts.map { $0.described(in: root) }.joined(separator: ", "))
        default: return TextWidth.harmless(condition.described(in: root))
        }
    }
}
