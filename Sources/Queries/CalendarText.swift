/// Dates and times as queries write them: `2026-01-31`, `2026-01-31 12:30:00.5`. Other spellings, that DuckDB may
/// understand, are nil.
enum CalendarText {
    private static let dayLength = 86_400_000_000

    /// Since 1970, by the Gregorian calendar.
    static func days(_ text: String) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = number(parts[0], 4, in: 1...9999),
            let month = number(parts[1], 2, in: 1...12),
            let day = number(parts[2], 2, in: 1...lastDay(year, month))
        else { return nil }
        // Years that begin in March have the leap day at their end.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    /// Since 1970 in UTC.
    static func microseconds(_ text: String) -> Int? {
        var text = text[...]
        for zone in ["Z", "+00", "+00:00"] where text.hasSuffix(zone) && text.utf8.count > 10 {
            text = text.dropLast(zone.count)
            break
        }
        guard let days = days(String(text.prefix(10))) else { return nil }
        let rest = text.dropFirst(10)
        guard !rest.isEmpty else { return days * dayLength }
        guard rest.first == " " || rest.first == "T" else { return nil }
        let halves = rest.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        let clock = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count <= 2, clock.count == 3, let hour = number(clock[0], 2, in: 0...23),
            let minute = number(clock[1], 2, in: 0...59), let second = number(clock[2], 2, in: 0...59)
        else { return nil }
        var fraction = 0
        if halves.count == 2 {
            guard (1...6).contains(halves[1].utf8.count),
                let digits = number(halves[1], halves[1].utf8.count, in: 0...999_999)
            else { return nil }
            fraction = (halves[1].utf8.count..<6).reduce(digits) { value, _ in value * 10 }
        }
        return days * dayLength + ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    }

    private static func number(_ text: Substring, _ digits: Int, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy(SQLScanner.isDigit), let number = Int(text),
            range.contains(number)
        else { return nil }
        return number
    }

    private static func lastDay(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
