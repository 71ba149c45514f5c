import Timetable

extension TriggerCondition: CustomStringConvertible {
    /// In words: `cron 0 2 * * * (Europe/Berlin)`, `a new version of a and (every 15m or webhook)`.
    package var description: String { described(in: nil) }

    /// - Parameter root: the folder from which paths are told, where it is known.
    package func described(in root: String?) -> String {
        switch self {
        case .cron(let expression, let zone): return "cron \(expression.value.text) (\(zone))"
        case .interval(let seconds): return "every \(DurationText.text(seconds: seconds))"
        case .files(let patterns):
            return "new files " + patterns.map { FilePath.shown($0.value, from: root ?? "") }.joined(separator: ", ")
        case .dataset(let name): return "a new version of \(name.value)"
        case .webhook: return "webhook"
        case .manual: return "by hand"
        case .after(let trigger): return "after \(trigger.value)"
        case .and(let conditions): return joined(conditions, " and ", in: root)
        case .or(let conditions): return joined(conditions, " or ", in: root)
        }
    }

    private func joined(_ conditions: [TriggerCondition], _ word: String, in root: String?) -> String {
        conditions.map { condition in
            let text = condition.described(in: root)
            return condition.parts.isEmpty ? text : "(\(text))"
        }.joined(separator: word)
    }

    /// The conditions that `and` and `or` combine; none for the others.
    package var parts: [TriggerCondition] {
        switch self {
        case .and(let conditions), .or(let conditions): conditions
        default: []
        }
    }

    /// The condition itself, or those that it combines, on all levels.
    package var leaves: [TriggerCondition] {
        let parts = parts
        return parts.isEmpty ? [self] : parts.flatMap(\.leaves)
    }
}
