import Project
import Recording
import Scheduling
import Timetable

/// A forecast of triggers as people and programs read it.
struct ForecastText {
    let times: ScheduleTimes
    let triggers: [Trigger]

    func lines(_ entries: [TriggerForecast.Entry], console: Console) -> [String] {
        guard !entries.isEmpty else { return ["nothing: no trigger fires by the time alone"] }
        var table = TextTable([
            .init("time (\(times.zone.name))", isFirm: true), .init("trigger"), .init("what"), .init("why"),
        ])
        for entry in entries {
            table.add([
                .init(times.text(entry.at)), .init(entry.trigger, entry.decision.isRun ? .bold : .faint),
                .init(what(entry), paint(entry.decision)), .init(why(entry), .faint),
            ])
        }
        return table.lines(width: console.width, style: console.style) + ["", summary(entries)]
    }

    func json(_ entry: TriggerForecast.Entry) -> JSON {
        var fields: [(String, JSON)] = [
            ("trigger", .string(entry.trigger)), ("at", .string(times.text(entry.at))),
            ("due", .string(times.text(entry.due))), ("decision", .string(word(entry.decision))),
            ("starts_at", .optional(entry.startsAt.map(times.text))), ("cause", .string(entry.cause)),
            ("why", .string(why(entry))),
        ]
        if case .missed(let count, let last) = entry.decision {
            fields += [("count", .int(count)), ("last", .string(times.text(last)))]
        }
        return .object(fields)
    }

    private func word(_ decision: TriggerForecast.Decision) -> String {
        switch decision {
        case .starts: "starts"
        case .catchesUp: "catches up"
        case .waits, .waitsForPlace: "waits"
        case .skipped: "skipped"
        case .dropped: "dropped"
        case .cancels: "cancels and starts"
        case .missed: "missed"
        }
    }

    private func what(_ entry: TriggerForecast.Entry) -> String {
        if case .missed(let count, _) = entry.decision, count > 1 { return "missed \(Quantity.grouped(count)) times" }
        return word(entry.decision)
    }

    private func why(_ entry: TriggerForecast.Entry) -> String {
        var reasons = [entry.cause]
        switch entry.decision {
        case .starts: break
        case .catchesUp: reasons.append("the server was down at \(times.text(entry.due))")
        case .waits(let behind):
            let start = entry.startsAt.map { ", starts \(times.text($0))" } ?? ""
            reasons.append("the run of \(times.text(behind)) goes on\(start)")
        case .waitsForPlace:
            let start = entry.startsAt.map { ", starts \(times.text($0))" } ?? ""
            reasons.append("other runs have all places of 'runs.concurrency'\(start)")
        case .skipped(let behind):
            reasons.append("the run of \(times.text(behind)) has not ended, and 'overlap: skip'")
        case .dropped(let behind): reasons.append("a run waits since \(times.text(behind)) already")
        case .cancels(let running): reasons.append("the run of \(times.text(running)) is cancelled")
        case .missed(let count, let last):
            let span = count > 1 ? "\(times.text(entry.due)) … \(times.text(last))" : times.text(entry.due)
            reasons.append("the server was down at \(span), and \(notCaughtUp(entry.trigger))")
        }
        if let remark = entry.remark { reasons.append(remark) }
        return reasons.joined(separator: "; ")
    }

    private func notCaughtUp(_ name: String) -> String {
        guard let catchUp = triggers.first(where: { $0.name.value == name })?.catchUp else { return "no 'catch_up'" }
        return "'catch_up: \(DurationText.text(seconds: catchUp))' starts the newest only"
    }

    private func paint(_ decision: TriggerForecast.Decision) -> Paint {
        switch decision {
        case .starts, .waits, .waitsForPlace: .green
        case .catchesUp, .cancels: .yellow
        case .skipped, .dropped: .faint
        case .missed: .red
        }
    }

    private func summary(_ entries: [TriggerForecast.Entry]) -> String {
        let runs = entries.filter { $0.decision.isRun }
        let missed = entries.reduce(0) { sum, entry in
            if case .missed(let count, _) = entry.decision { sum + count } else { sum }
        }
        let left = entries.count { entry in
            switch entry.decision {
            case .skipped, .dropped: true
            default: false
            }
        }
        var parts = [
            "\(Quantity.count(runs.count, "run")) of \(Quantity.count(Set(runs.map(\.trigger)).count, "trigger"))"
        ]
        if left > 0 { parts.append("\(Quantity.grouped(left)) left out") }
        if missed > 0 { parts.append("\(Quantity.grouped(missed)) missed") }
        return parts.joined(separator: ", ")
    }
}
