/// How a zone's clocks change every year: the rule in the last line of a TZif file, in the notation of POSIX's `TZ`
/// variable (IEEE Std 1003.1, "Other Environment Variables"), with the hours from -167 to 167 of RFC 9636.
struct YearlyRule: Sendable, Equatable {
    /// The day and the time of a change, by the clock that was right until then.
    struct Change: Sendable, Equatable {
        enum Day: Sendable, Equatable {
            /// 1…365, 29 February never counted.
            case julian(Int)
            /// 0…365, 29 February counted.
            case ofYear(Int)
            /// The first to fourth, or with 5 the last, of a weekday (0 for Sunday) in a month.
            case weekday(month: Int, week: Int, day: Int)
        }

        var day: Day
        /// Seconds after midnight; may lie before or after the day.
        var time: Int

        /// Seconds since 1970 of the zone's own clock.
        func local(year: Int) -> Int {
            let newYear = CivilDate(validYear: year, month: 1, day: 1).days
            let days: Int
            switch day {
            case .julian(let number): days = newYear + number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
            case .ofYear(let number): days = newYear + number
            case .weekday(let month, let week, let weekday):
                let first = CivilDate(validYear: year, month: month, day: 1)
                var day = 1 + (weekday - first.weekday + 7) % 7 + (week - 1) * 7
                if day > CivilDate.dayCount(year: year, month: month) { day -= 7 }
                days = first.days + day - 1
            }
            return days * 86_400 + time
        }
    }

    /// Offsets from UTC in seconds, east positive.
    var standard: Int
    var summer: Int
    var toSummer: Change
    var toStandard: Change

    /// The stretch that a moment belongs to.
    /// - Parameters:
    ///   - start: when the rule came into force, not after the moment.
    ///   - offset: what counts from then until the rule's first change.
    func stretch(at seconds: Int, after start: Int, offset: Int) -> ZoneRules.Stretch {
        let year = CivilTime(seconds: seconds).date.year
        var result = ZoneRules.Stretch(start: start, end: ZoneRules.end, offset: offset)
        let changes = (year - 1...year + 1).flatMap { year in
            [
                (at: toSummer.local(year: year) - standard, offset: summer),
                (at: toStandard.local(year: year) - summer, offset: standard),
            ]
        }.sorted { $0.at < $1.at }
        for change in changes where change.at > start {
            if change.at > seconds {
                result.end = change.at
                return result
            }
            result.start = change.at
            result.offset = change.offset
        }
        return result
    }

    // MARK: Reading

    /// What a `TZ` text says: the standard offset, and the rule if clocks change. Nil when it cannot be read.
    static func parse(_ text: some Collection<UInt8>) -> (standard: Int, rule: YearlyRule?)? {
        var reader = Reader(rest: Array(text)[...])
        guard reader.name(), let west = reader.offset() else { return nil }
        if reader.rest.isEmpty { return (-west, nil) }
        guard reader.name() else { return nil }
        var summer = -west + 3600
        if reader.rest.first != UInt8(ascii: ",") {
            guard let west = reader.offset() else { return nil }
            summer = -west
        }
        guard let toSummer = reader.change(), let toStandard = reader.change(), reader.rest.isEmpty else { return nil }
        return (
            -west, YearlyRule(standard: -west, summer: summer, toSummer: toSummer, toStandard: toStandard)
        )
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        /// An abbreviation: letters, or anything in `<>`.
        mutating func name() -> Bool {
            let before = rest.count
            if take(UInt8(ascii: "<")) {
                rest = rest.drop { $0 != UInt8(ascii: ">") }
                return take(UInt8(ascii: ">"))
            }
            rest = rest.drop { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
            return rest.count < before
        }

        /// `[+-]h[h[h]][:mm[:ss]]` in seconds.
        mutating func offset() -> Int? {
            let isNegative = take(UInt8(ascii: "-"))
            if !isNegative { _ = take(UInt8(ascii: "+")) }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] where take(UInt8(ascii: ":")) {
                guard let value = number() else { return nil }
                seconds += value * unit
            }
            return isNegative ? -seconds : seconds
        }

        /// `,date[/time]`.
        mutating func change() -> Change? {
            guard take(UInt8(ascii: ",")), let day = day() else { return nil }
            guard take(UInt8(ascii: "/")) else { return Change(day: day, time: 7200) }
            return offset().map { Change(day: day, time: $0) }
        }

        private mutating func day() -> Change.Day? {
            if take(UInt8(ascii: "M")) {
                guard let month = number(), (1...12).contains(month), take(UInt8(ascii: ".")),
                    let week = number(), (1...5).contains(week), take(UInt8(ascii: ".")),
                    let day = number(), (0...6).contains(day)
                else { return nil }
                return .weekday(month: month, week: week, day: day)
            }
            if take(UInt8(ascii: "J")) { return number().flatMap { (1...365).contains($0) ? .julian($0) : nil } }
            return number().flatMap { (0...365).contains($0) ? .ofYear($0) : nil }
        }

        private mutating func number() -> Int? {
            let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            rest = rest.dropFirst(digits.count)
            return Digits.number(String(decoding: digits, as: UTF8.self))
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }
    }
}
