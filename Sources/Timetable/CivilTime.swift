/// What a calendar and a clock show, without saying where: a day and a time of the day, to the second.
package struct CivilTime: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00 of the same clock.
    package var seconds: Int

    package init(seconds: Int) { self.seconds = seconds }

    /// What clocks show in UTC, at a moment in milliseconds since 1970.
    package init(utc milliseconds: Int) {
        seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    }

    /// A day's beginning, or so many seconds after it.
    package init(_ date: CivilDate, second: Int = 0) { seconds = date.days * 86_400 + second }

    package init(_ date: CivilDate, hour: Int, minute: Int = 0) {
        self.init(date, second: hour * 3600 + minute * 60)
    }

    package var date: CivilDate {
        CivilDate(days: seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
    }

    /// 0…86,399.
    package var secondOfDay: Int { seconds - date.days * 86_400 }
    package var hour: Int { secondOfDay / 3600 }
    package var minute: Int { secondOfDay / 60 % 60 }
    package var second: Int { secondOfDay % 60 }

    package static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }

    /// `2026-03-04T05:00:00`.
    package var description: String { "\(minuteText):\(Digits.text(second, count: 2))" }

    /// `05:00:00`.
    package var timeText: String { String(description.suffix(8)) }

    /// `20260304T050000`, as part of a name.
    package var compactText: String { description.filter { $0 != "-" && $0 != ":" } }

    /// `2026-03-04T05:00`.
    package var minuteText: String {
        "\(date)T\(Digits.text(hour, count: 2)):\(Digits.text(minute, count: 2))"
    }
}
