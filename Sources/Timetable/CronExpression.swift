/// The times at which something is due, in the five fields of cron: minute, hour, day of the month, month, day of the
/// week.
///
/// A field is `*` (or `?`), or a list of values and ranges, each with a step if need be: `0,30`, `8-18/2`, `*/15`.
/// Months and days of the week have names (`JAN`, `MON`), 0 and 7 are Sunday, and a range may go round (`FRI-MON`).
/// `L` is a month's last day, `5L` or `FRIL` its last Friday, `MON#2` its second Monday. When both the day of the month
/// and the day of the week leave days out, a day is due that one of them names, as POSIX has it for `crontab`.
package struct CronExpression: Sendable, Hashable {
    /// As the user wrote it.
    package let text: String

    /// Bit *n* for the value *n*.
    let minutes: UInt64
    let hours: UInt64
    let months: UInt64
    let days: CronDays

    /// - Throws: what is wrong with the text, and where in it.
    package init(text: String) throws(CronFault) {
        var parser = try CronParser(text)
        self.text = text
        minutes = try parser.values(.minute)
        hours = try parser.values(.hour)
        let monthDays = try parser.monthDays()
        months = try parser.values(.month)
        days = CronDays(monthDays: monthDays, weekdays: try parser.weekdays())
        if firstDay(from: CivilDate(validYear: 2000, month: 1, day: 1)) == nil { throw parser.neverDue(days: days) }
    }

    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// True when every hour is admitted: such an expression follows the time that passes, not the clock on the wall.
    package var isEveryHour: Bool { hours == CronField.hour.all }

    // MARK: The calendar

    /// The first minute, at a time or after it, that the fields admit, whatever clocks do; nil when there is none in
    /// the four centuries after which the calendar repeats itself.
    func firstTime(from time: CivilTime) -> CivilTime? {
        let start = CivilTime(seconds: (time.seconds + 59 >= 0 ? time.seconds + 59 : time.seconds) / 60 * 60)
        let date = start.date
        if admits(date) {
            let hour = start.hour
            if hours & 1 << UInt64(hour) != 0, let minute = Self.first(in: minutes, from: start.minute) {
                return CivilTime(date, hour: hour, minute: minute)
            }
            if let hour = Self.first(in: hours, from: hour + 1) { return atFirstMinute(date, hour) }
        }
        return firstDay(from: CivilDate(days: date.days + 1)).map {
            atFirstMinute($0, hours.trailingZeroBitCount)
        }
    }

    /// Whether the fields admit a minute of the clock.
    package func admits(_ time: CivilTime) -> Bool {
        minutes & 1 << UInt64(time.minute) != 0 && hours & 1 << UInt64(time.hour) != 0 && admits(time.date)
    }

    private func admits(_ date: CivilDate) -> Bool {
        let (year, month, day) = date.parts
        return months & 1 << UInt64(month) != 0 && days.mask(year: year, month: month) & 1 << UInt64(day) != 0
    }

    private func firstDay(from date: CivilDate) -> CivilDate? {
        var (year, month, day) = date.parts
        let lastYear = year + 400
        while year <= lastYear {
            if months & 1 << UInt64(month) != 0,
                let found = Self.first(in: days.mask(year: year, month: month), from: day)
            {
                return CivilDate(validYear: year, month: month, day: found)
            }
            day = 1
            month += 1
            if month > 12 {
                month = 1
                year += 1
            }
        }
        return nil
    }

    private func atFirstMinute(_ date: CivilDate, _ hour: Int) -> CivilTime {
        CivilTime(date, hour: hour, minute: minutes.trailingZeroBitCount)
    }

    /// The lowest bit at a place or above.
    private static func first(in bits: UInt64, from place: Int) -> Int? {
        guard place < 64 else { return nil }
        let rest = bits >> UInt64(place)
        return rest == 0 ? nil : place + rest.trailingZeroBitCount
    }
}

/// Which days of a month are due.
struct CronDays: Sendable, Equatable {
    struct MonthDays: Sendable, Equatable {
        /// Bit *n* for the day *n*.
        var values: UInt64
        /// `L`.
        var hasLast = false

        var isRestricted: Bool { values != CronField.monthDay.all }
    }

    struct Weekdays: Sendable, Equatable {
        /// Bit *n* for the weekday *n*, 0 being Sunday.
        var values: UInt64
        /// `MON#2`: bit 8 · (number − 1) + weekday.
        var numbered: UInt64 = 0
        /// `FRIL`.
        var last: UInt64 = 0

        var isRestricted: Bool { values != CronField.weekday.all }
    }

    var monthDays: MonthDays
    var weekdays: Weekdays

    /// Bit *n* for the day *n* of the month.
    func mask(year: Int, month: Int) -> UInt64 {
        let count = CivilDate.dayCount(year: year, month: month)
        let all = (UInt64(1) << UInt64(count + 1)) - 2
        guard weekdays.isRestricted else { return monthMask(count) & all }
        let named = weekMask(count, first: CivilDate(validYear: year, month: month, day: 1).weekday)
        return monthDays.isRestricted ? (monthMask(count) & all) | named : named
    }

    private func monthMask(_ count: Int) -> UInt64 {
        monthDays.values | (monthDays.hasLast ? 1 << UInt64(count) : 0)
    }

    private func weekMask(_ count: Int, first: Int) -> UInt64 {
        var mask: UInt64 = 0
        for day in 1...count {
            let weekday = UInt64((first + day - 1) % 7)
            let number = UInt64((day - 1) / 7)
            if weekdays.values & 1 << weekday != 0 || weekdays.numbered & 1 << (number * 8 + weekday) != 0
                || (weekdays.last & 1 << weekday != 0 && day + 7 > count)
            {
                mask |= 1 << UInt64(day)
            }
        }
        return mask
    }
}
