import Timetable

/// Moments as text. Moments are milliseconds since 1970 in UTC.
package enum Timestamp {
    /// `2026-03-04T05:06:07.089Z`.
    package static func iso8601(_ milliseconds: Int) -> String {
        let time = CivilTime(utc: milliseconds)
        let thousandths = String(1000 + milliseconds - time.seconds * 1000).dropFirst()
        return "\(time).\(thousandths)Z"
    }

    /// `2026-03-04 05:06:07 UTC`.
    package static func utc(_ milliseconds: Int) -> String {
        let time = CivilTime(utc: milliseconds)
        return "\(time.date) \(time.timeText) UTC"
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
        default: return "\(CivilTime(utc: milliseconds).date)"
        }
    }
}
