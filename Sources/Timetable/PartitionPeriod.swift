/// How long a partition by time is. Periods follow each other without gaps; they are those of a calendar in UTC, as
/// the values of a DATE or TIMESTAMP column are. Weeks begin on Monday.
package enum PartitionPeriod: String, Sendable, CaseIterable, Codable {
    case hour, day, week, month

    // MARK: Keys and numbers

    /// The number of a partition: those that follow each other have numbers that do. Nil when the key is none of this
    /// period. Partitions are those of the years 1 to 9999.
    package func number(of key: PartitionKey) -> Int? {
        let parts = key.text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, first.utf8.count == 4, let year = Digits.number(first) else { return nil }
        if self == .month {
            guard parts.count == 2, let month = Self.twoDigits(parts[1]), (1...9999).contains(year),
                (1...12).contains(month)
            else { return nil }
            return year * 12 + month - 1
        }
        guard parts.count == 3, let month = Self.twoDigits(parts[1]) else { return nil }
        var rest = parts[2]
        var hour: Int?
        if self == .hour {
            let halves = rest.split(separator: "T", omittingEmptySubsequences: false)
            guard halves.count == 2, let value = Self.twoDigits(halves[1]), value < 24 else { return nil }
            hour = value
            rest = halves[0]
        }
        guard let day = Self.twoDigits(rest), let date = CivilDate(year: year, month: month, day: day) else {
            return nil
        }
        switch self {
        case .hour: return date.days * 24 + (hour ?? 0)
        case .week: return date.monday == date ? Self.week(of: date) : nil
        case .day, .month: return date.days
        }
    }

    /// The partition with a number.
    package func key(number: Int) -> PartitionKey {
        let start = start(number: number)
        switch self {
        case .hour: return PartitionKey("\(start.date)T\(Digits.text(start.hour, count: 2))")
        case .day, .week: return PartitionKey(start.date.description)
        case .month: return PartitionKey(String(start.date.description.dropLast(3)))
        }
    }

    package func isValid(_ key: PartitionKey) -> Bool { number(of: key) != nil }

    /// How a key of this period looks, for messages: `a day as 2026-03-04`.
    package var keyForm: String {
        switch self {
        case .hour: "an hour as 2026-03-04T05"
        case .day: "a day as 2026-03-04"
        case .week: "the Monday of a week as 2026-03-02"
        case .month: "a month as 2026-03"
        }
    }

    // MARK: Keys and times

    /// The first moment of a partition; nil when the key is none of this period.
    package func start(of key: PartitionKey) -> CivilTime? { number(of: key).map(start(number:)) }

    /// The first moment after a partition; nil when the key is none of this period.
    package func end(of key: PartitionKey) -> CivilTime? { number(of: key).map { start(number: $0 + 1) } }

    /// The partition that a moment belongs to.
    package func key(containing time: CivilTime) -> PartitionKey { key(number: number(containing: time)) }

    package func next(after key: PartitionKey) -> PartitionKey? { number(of: key).map { self.key(number: $0 + 1) } }

    package func previous(before key: PartitionKey) -> PartitionKey? {
        number(of: key).map { self.key(number: $0 - 1) }
    }

    /// The newest partition that is over, in UTC.
    /// - Parameter milliseconds: since 1970 in UTC.
    package func lastComplete(at milliseconds: Int) -> PartitionKey {
        let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds + 1) / 1000 - 1
        return key(number: number(containing: CivilTime(seconds: seconds)) - 1)
    }

    // MARK: Numbers and times

    package func number(containing time: CivilTime) -> Int {
        let date = time.date
        switch self {
        case .hour: return date.days * 24 + time.hour
        case .day: return date.days
        case .week: return Self.week(of: date.monday)
        case .month:
            let parts = date.parts
            return parts.year * 12 + parts.month - 1
        }
    }

    package func start(number: Int) -> CivilTime {
        switch self {
        case .hour: return CivilTime(seconds: number * 3600)
        case .day: return CivilTime(CivilDate(days: number))
        case .week: return CivilTime(CivilDate(days: number * 7 + Self.firstMonday))
        case .month:
            let year = number >= 0 ? number / 12 : (number - 11) / 12
            return CivilTime(CivilDate(validYear: year, month: number - year * 12 + 1, day: 1))
        }
    }

    /// 1970-01-05.
    private static let firstMonday = 4

    /// - Parameter monday: is one.
    private static func week(of monday: CivilDate) -> Int { (monday.days - firstMonday) / 7 }

    private static func twoDigits(_ text: Substring) -> Int? { text.utf8.count == 2 ? Digits.number(text) : nil }
}
