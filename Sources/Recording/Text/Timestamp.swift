/// Moments as text. Moments are milliseconds since 1970 in UTC.
package enum Timestamp {
    /// `2026-03-04T05:06:07.089Z`.
    package static func iso8601(_ milliseconds: Int) -> String {
        let parts = Parts(milliseconds)
        return "\(parts.date)T\(parts.time).\(padded(parts.millisecond, to: 3))Z"
    }

    /// `2026-03-04 05:06:07 UTC`.
    package static func utc(_ milliseconds: Int) -> String {
        let parts = Parts(milliseconds)
        return "\(parts.date) \(parts.time) UTC"
    }

    /// How long ago it was: `just now`, `5 min ago`, `3 h ago`, `12 days ago`.
    package static func ago(_ milliseconds: Int, now: Int) -> String {
        let seconds = max(0, (now - milliseconds) / 1000)
        switch seconds {
        case ..<60: return "just now"
        case ..<3600: return "\(seconds / 60) min ago"
        case ..<86_400: return "\(seconds / 3600) h ago"
        case ..<(2 * 86_400): return "1 day ago"
        case ..<(365 * 86_400): return "\(seconds / 86_400) days ago"
        default: return Parts(milliseconds).date
        }
    }

    private struct Parts {
        var date: String
        var time: String
        var millisecond: Int

        init(_ milliseconds: Int) {
            let day = Timestamp.floor(milliseconds, 86_400_000)
            let rest = milliseconds - day * 86_400_000
            // Days to a date of the Gregorian calendar, counted in eras of 400 years that begin on 1 March
            // (H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).
            let shifted = day + 719_468
            let era = Timestamp.floor(shifted, 146_097)
            let dayOfEra = shifted - era * 146_097
            let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let month = (5 * dayOfYear + 2) / 153
            let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
            let civilMonth = month < 10 ? month + 3 : month - 9
            let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
            date = "\(padded(year, to: 4))-\(padded(civilMonth, to: 2))-\(padded(dayOfMonth, to: 2))"
            let seconds = rest / 1000
            time =
                "\(padded(seconds / 3600, to: 2)):\(padded(seconds / 60 % 60, to: 2)):\(padded(seconds % 60, to: 2))"
            millisecond = rest % 1000
        }
    }

    private static func floor(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
