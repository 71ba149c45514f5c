/// Moments as people write and read them, in the form of ISO 8601.
package enum MomentText {
    /// `2026-10-25T02:00+01:00`; with seconds where there are any, and `Z` for UTC itself.
    package static func text(_ milliseconds: Int, in zone: ZoneRules) -> String {
        let civil = zone.civil(at: milliseconds)
        let clock = civil.second == 0 ? civil.minuteText : civil.description
        guard zone.name != ZoneRules.utc.name else { return clock + "Z" }
        let offset = zone.offset(at: milliseconds)
        let minutes = abs(offset) / 60
        return clock + (offset < 0 ? "-" : "+") + Digits.text(minutes / 60, count: 2) + ":"
            + Digits.text(minutes % 60, count: 2)
    }

    /// Milliseconds since 1970 of `2026-10-25`, `2026-10-25T02:00`, `…T02:00:30`, each with `Z` or `+01:00` behind the
    /// time if need be. Without one the clocks of `zone` count, and of a time that they show twice the first is meant.
    /// - Returns: nil when this is no time, or one that the clocks leave out.
    package static func milliseconds(_ text: String, in zone: ZoneRules) -> Int? {
        let halves = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let date = halves.first.flatMap(date) else { return nil }
        guard halves.count == 2 else { return zone.moments(of: CivilTime(date)).first }
        var clock = halves[1]
        var offset: Int?
        if clock.last == "Z" {
            clock.removeLast()
            offset = 0
        } else if let sign = clock.firstIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let seconds = secondOfDay(clock[clock.index(after: sign)...]) else { return nil }
            offset = clock[sign] == "-" ? -seconds : seconds
            clock = clock[..<sign]
        }
        guard let second = secondOfDay(clock) else { return nil }
        let civil = CivilTime(date, second: second)
        return offset.map { (civil.seconds - $0) * 1000 } ?? zone.moments(of: civil).first
    }

    private static func date(_ text: Substring) -> CivilDate? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2], let year = Digits.number(parts[0]),
            let month = Digits.number(parts[1]), let day = Digits.number(parts[2])
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// `02:00` or `02:00:30`.
    private static func secondOfDay(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        let numbers = parts.compactMap { Digits.number($0) }
        guard numbers.count == parts.count, numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 }) else {
            return nil
        }
        return numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
    }
}
