package import DeltaLog
import DuckDB
package import Timetable

/// Which rows belong to which partitions, in SQL over the column that says so.
package struct PartitionCondition: Sendable {
    /// By what rows of partitions by time are put together.
    package enum Level: String, Sendable, CaseIterable {
        case hour, day, week, month, year

        /// What a group's text looks like, for `strftime`.
        fileprivate var format: String {
            switch self {
            case .hour: "%Y-%m-%dT%H"
            case .day, .week: "%Y-%m-%d"
            case .month: "%Y-%m"
            case .year: "%Y"
            }
        }
    }

    private enum Kind {
        case date, timestamp, instant, text
        /// Compared by its text.
        case other
    }

    private let column: String
    private let name: String
    private let kind: Kind
    private let period: PartitionPeriod?

    /// - Parameters:
    ///   - type: the column's, as DuckDB writes it.
    ///   - period: nil for members of a list.
    /// - Returns: nil when a column of this type cannot say it.
    package init?(column name: String, type: String, period: PartitionPeriod?) {
        self.name = name
        column = SQL.quoted(name)
        self.period = period
        switch type {
        case "DATE" where period == .hour: return nil
        case "DATE": kind = .date
        case "TIMESTAMP WITH TIME ZONE": kind = .instant
        case _ where type.hasPrefix("TIMESTAMP"): kind = .timestamp
        case "VARCHAR" where period == nil: kind = .text
        default:
            guard period == nil else { return nil }
            kind = .other
        }
    }

    // MARK: Conditions

    /// Above so many ranges a condition is about all from the first to the last, for who only skips with it.
    private static let mostRanges = 200

    /// True for the rows of these partitions; NULL or false for others.
    package func isIn(_ partitions: PartitionSet) -> String {
        let ranges = partitions.ranges
        if period == nil { return isIn(partitions.values) }
        guard let first = ranges.first, let last = ranges.last else { return "false" }
        let hull = between(first, last)
        guard ranges.count > 1 else { return hull }
        // The first part is one that files are skipped by.
        return "(\(hull) AND (\(ranges.map { between($0, $0) }.joined(separator: " OR "))))"
    }

    /// True for rows before a partition by time.
    package func isBefore(_ partition: PartitionKey) -> String {
        guard let start = period?.start(of: partition) else { return "false" }
        return "(\(column) < \(literal(start)))"
    }

    /// True for rows of which nobody can say what partition they belong to: no value, or none of the list's.
    package func isNowhere(_ all: [String]) -> String {
        period == nil ? "(\(column) IS NULL OR NOT \(isIn(all)))" : "(\(column) IS NULL)"
    }

    private func isIn(_ values: [String]) -> String {
        values.isEmpty ? "false" : "(\(text) IN (\(values.map(SQL.literal).joined(separator: ", "))))"
    }

    private func between(_ first: PartitionRange, _ last: PartitionRange) -> String {
        "(\(column) >= \(literal(first.start)) AND \(column) < \(literal(last.end)))"
    }

    private func literal(_ time: CivilTime) -> String {
        switch kind {
        case .date: "DATE '\(time.date)'"
        case .instant: "TIMESTAMPTZ '\(Self.clock(time))+00'"
        case .timestamp, .text, .other: "TIMESTAMP '\(Self.clock(time))'"
        }
    }

    private static func clock(_ time: CivilTime) -> String { time.description.replacing("T", with: " ") }

    // MARK: Groups

    /// The text of a row's group: of all partitions that begin in the same hour, day, …. NULL where the column is.
    package func group(_ level: Level) -> String {
        guard let period else { return text }
        let moment =
            switch kind {
            case .instant: "make_timestamp(epoch_us(\(column)))"
            case .date, .timestamp, .text, .other: "CAST(\(column) AS TIMESTAMP)"
            }
        var start = "date_trunc('\(period.rawValue)', \(moment))"
        if level.rawValue != period.rawValue { start = "date_trunc('\(level.rawValue)', \(start))" }
        return "strftime(\(start), '\(level.format)')"
    }

    private var text: String { kind == .text ? column : "CAST(\(column) AS VARCHAR)" }

    /// The finest level at which partitions are in at most so many groups.
    package static func level(of partitions: PartitionSet, groups limit: Int) -> Level {
        guard let period = partitions.period else { return .day }
        let levels = [Level(rawValue: period.rawValue) ?? .day] + levels(above: period)
        return levels.first { count(of: partitions, at: $0, limit: limit) <= limit } ?? .year
    }

    private static func levels(above period: PartitionPeriod) -> [Level] {
        switch period {
        case .hour: [.day, .month, .year]
        case .day, .week: [.month, .year]
        case .month: [.year]
        }
    }

    /// At least the number of groups, as far as it is below the limit.
    private static func count(of partitions: PartitionSet, at level: Level, limit: Int) -> Int {
        var count = 0
        for range in partitions.ranges {
            let days = range.end.date.days - range.start.date.days
            let groups =
                switch level {
                case .hour, .week: range.count
                case .day: range.period == .hour ? days + 1 : range.count
                case .month: range.period == .month ? range.count : days / 28 + 1
                case .year: days / 365 + 1
                }
            count += groups
            if count > limit { return count }
        }
        return count
    }

    /// The partitions of a group among those that are made.
    /// - Parameter text: as `group` gives it.
    package static func partitions(
        in text: String, at level: Level, among partitions: PartitionSet
    ) -> PartitionSet? {
        guard let period = partitions.period else { return PartitionSet(values: [text]) }
        if level.rawValue == period.rawValue { return PartitionSet(texts: [text], by: period) }
        guard let (start, end) = bounds(of: text, at: level) else { return nil }
        // A partition belongs to the group in which it begins.
        var low = period.number(containing: start)
        if period.start(number: low) < start { low += 1 }
        let high = period.number(containing: CivilTime(seconds: end.seconds - 1))
        guard low <= high else { return nil }
        let inside = partitions.intersection(PartitionSet(period, numbers: [low...high]))
        guard let first = inside.ranges.first, let last = inside.ranges.last else { return nil }
        return PartitionSet(period, numbers: [first.numbers.lowerBound...last.numbers.upperBound])
    }

    private static func bounds(of text: String, at level: Level) -> (CivilTime, CivilTime)? {
        func period(_ period: PartitionPeriod, _ first: String, _ count: Int) -> (CivilTime, CivilTime)? {
            guard let number = period.number(of: PartitionKey(first)) else { return nil }
            return (period.start(number: number), period.start(number: number + count))
        }
        return switch level {
        case .hour: period(.hour, text, 1)
        case .day: period(.day, text, 1)
        case .week: period(.week, text, 1)
        case .month: period(.month, text, 1)
        case .year: period(.month, text + "-01", 12)
        }
    }

    // MARK: Files

    /// Which files may have rows of these partitions.
    package func files(of partitions: PartitionSet) -> FilePredicate {
        let column = FileColumn([name])
        if period == nil {
            return kind == .text ? .isIn(column, partitions.values.map { .text($0) }) : .always
        }
        var ranges = partitions.ranges
        if ranges.count > Self.mostRanges, let first = ranges.first, let last = ranges.last {
            ranges = [
                PartitionRange(first.period, numbers: first.numbers.lowerBound...last.numbers.upperBound)
            ]
        }
        return .or(
            ranges.map {
                .and([
                    .compare(column, .greaterOrEqual, bound($0.start)), .compare(column, .less, bound($0.end)),
                ])
            })
    }

    private func bound(_ time: CivilTime) -> FileLiteral {
        kind == .date ? .date(time.date.days) : .timestamp(time.seconds * 1_000_000)
    }
}
