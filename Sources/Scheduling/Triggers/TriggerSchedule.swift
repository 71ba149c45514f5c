import Project
import Timetable

/// The times of a condition that has some of its own.
struct TriggerSchedule: Sendable {
    private enum Times: Sendable {
        case cron(CronExpression, ZoneRules)
        case interval(milliseconds: Int)
    }

    private let times: Times
    /// In words, for firings.
    let cause: String

    /// Nil for a condition without times.
    init?(_ condition: TriggerCondition, zones: ZoneDatabase) {
        switch condition {
        case .cron(let expression, let name):
            // A project with a zone that is not there is refused: only a database that vanished since lacks it.
            times = .cron(expression.value, zones.zone(name) ?? .utc)
            cause = "cron \(expression.value.text)"
        case .interval(let seconds):
            times = .interval(milliseconds: max(1, seconds) * 1000)
            cause = "every \(DurationText.text(seconds: seconds))"
        default: return nil
        }
    }

    /// The first time after a moment; nil when there is none any more.
    func next(after moment: Int) -> Int? {
        switch times {
        case .cron(let expression, let zone): return expression.next(after: moment, in: zone)
        case .interval(let length):
            let passed = moment >= 0 ? moment / length : (moment + 1) / length - 1
            return (passed + 1) * length
        }
    }

    /// The newest time in `after ..< through + 1`; nil when there is none.
    func newest(after: Int, through: Int) -> Int? {
        if case .interval(let length) = times {
            guard let next = next(after: after), next <= through else { return nil }
            return next + (through - next) / length * length
        }
        var newest: Int?
        var moment = after
        while let next = next(after: moment), next <= through {
            newest = next
            moment = next
        }
        return newest
    }
}
