/// The kinds of values that bounds can be compared in.
enum ValueDomain: Hashable, Sendable {
    case integer
    /// `isWide`: the values may have more digits than doubles keep.
    case decimal(isWide: Bool)
    /// `isSingle`: the values have, or once had, the precision of a `float`.
    case floating(isSingle: Bool)
    case text
    case boolean
    case date
    /// With a time zone (`timestamp`) or without (`timestamp_ntz`).
    case timestamp(hasZone: Bool)

    /// Nil for a column whose values have no bounds.
    init?(_ field: DeltaField) {
        switch field.type {
        case .byte, .short, .integer, .long: self = .integer
        case .decimal(let precision, _): self = .decimal(isWide: precision > 15)
        case .float: self = .floating(isSingle: true)
        // A column that was widened has bounds written when it was a float.
        case .double: self = .floating(isSingle: field.metadata[DeltaField.typeChanges] != nil)
        case .string: self = .text
        case .boolean: self = .boolean
        case .date: self = .date
        case .timestamp: self = .timestamp(hasZone: true)
        case .timestampNTZ: self = .timestamp(hasZone: false)
        default: return nil
        }
    }
}

/// What is known of a column's values in one file.
struct ValueRange {
    var mayHaveNulls = true
    var mayHaveValues = true
    private let domain: ValueDomain
    private var minimum: Bound?
    private var maximum: Bound?
    /// Whether there may be NaNs, which are greater than every bound.
    private var mayHaveNaN = false

    private enum Bound {
        case number(Decimal)
        case double(Double)
        case text([UInt8])
        case boolean(Bool)
        /// In microseconds, or days.
        case time(Int)
    }

    private static let day = 86_400_000_000

    /// The one value that a partition column has in the whole file.
    init(partitionValue value: String?, _ domain: ValueDomain) {
        self.domain = domain
        guard let value, !value.isEmpty else {
            mayHaveValues = false
            return
        }
        mayHaveNulls = false
        switch domain {
        case .integer, .decimal:
            minimum = Decimal(value).map(Bound.number)
        case .floating:
            let number = Double(value)
            mayHaveNaN = number?.isNaN ?? true
            if !mayHaveNaN { minimum = number.map(Bound.double) }
        case .text: minimum = .text(Array(value.utf8))
        case .boolean: minimum = Self.boolean(value).map(Bound.boolean)
        case .date: minimum = CalendarTime.days(of: value).map(Bound.time)
        case .timestamp: minimum = Self.microseconds(value).map(Bound.time)
        }
        maximum = minimum
        if case .timestamp(hasZone: true) = domain, case .time(let time) = minimum, !Self.hasZone(value) {
            // Whose local time it is remains open; no place is more than a day away from UTC.
            minimum = .time(time - Self.day)
            maximum = .time(time + Self.day)
        }
    }

    /// - Parameters:
    ///   - column: what the file's statistics say.
    ///   - rows: the number of rows in the file.
    ///   - domain: the column's.
    ///   - isOwn: whether there are no bounds where there is a NaN.
    init(_ column: StatisticsScanner.Column, rows: Int?, _ domain: ValueDomain, isOwn: Bool) {
        self.domain = domain
        if column.nulls == 0 { mayHaveNulls = false }
        if let rows {
            if rows == 0 { (mayHaveNulls, mayHaveValues) = (false, false) }
            if let nulls = column.nulls, nulls == rows { mayHaveValues = false }
        }
        minimum = column.minimum.flatMap { Self.bound($0, domain, isMaximum: false) }
        maximum = column.maximum.flatMap { Self.bound($0, domain, isMaximum: true) }
        // Most writers leave NaNs out of the bounds.
        if case .floating = domain { mayHaveNaN = !isOwn }
    }

    private static func bound(_ value: JSONValue, _ domain: ValueDomain, isMaximum: Bool) -> Bound? {
        switch (domain, value) {
        case (.integer, .number(let text)): return Decimal(text).map(Bound.number)
        case (.decimal(let isWide), .number(let text)), (.decimal(let isWide), .string(let text)):
            // Some writers send decimals through a double, which then is only near the bound.
            guard isWide else { return Decimal(text).map(Bound.number) }
            guard let double = Double(text), double.isFinite else { return nil }
            return .double(isMaximum ? double.nextUp.nextUp : double.nextDown.nextDown)
        case (.floating, .number(let text)), (.floating, .string(let text)):
            guard let double = Double(text), !double.isNaN else { return nil }
            return .double(double)
        case (.text, .string(let text)): return .text(Array(text.utf8))
        case (.boolean, .bool(let value)): return .boolean(value)
        case (.date, .string(let text)):
            // A time of day after the date does no harm.
            return CalendarTime.days(of: String(text.prefix(10))).map(Bound.time)
        case (.timestamp(let isZoned), .string(let text)):
            guard var time = microseconds(text) else { return nil }
            // Writers cut times off after the millisecond.
            if isMaximum { time += 1_000 }
            if isZoned, !hasZone(text) { time += isMaximum ? day : -day }
            return .time(time)
        default: return nil
        }
    }

    /// Of a time, or of a date: columns of dates may have become columns of times.
    private static func microseconds(_ text: String) -> Int? {
        CalendarTime.microseconds(of: text) ?? CalendarTime.days(of: text).map { $0 * day }
    }

    private static func hasZone(_ text: String) -> Bool {
        text.utf8.dropFirst(19).contains {
            $0 == UInt8(ascii: "Z") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
        }
    }

    private static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    // MARK: Comparing

    /// Whether a value between the bounds may compare so with the literal.
    func mayMatch(_ comparison: FilePredicate.Comparison, _ literal: FileLiteral) -> Bool {
        if case .double(let value) = literal, value.isNaN { return true }
        switch comparison {
        case .equal: return !isAbove(literal) && !isBelow(literal)
        case .less: return !isAbove(literal, orAt: true)
        case .lessOrEqual: return !isAbove(literal)
        // NaN is greater than every number in DuckDB and in Spark.
        case .greater: return mayHaveNaN || !isBelow(literal, orAt: true)
        case .greaterOrEqual: return mayHaveNaN || !isBelow(literal)
        case .notEqual:
            guard let minimum, let maximum, !mayHaveNaN else { return true }
            return !isExactly(minimum, literal) || !isExactly(maximum, literal)
        }
    }

    /// Whether all values are greater than the literal, or equal to it if that is to count.
    private func isAbove(_ literal: FileLiteral, orAt countsEqual: Bool = false) -> Bool {
        guard let minimum, let found = order(minimum, literal) else { return false }
        return found.order > 0 || (countsEqual && found.isExact && found.order == 0)
    }

    /// Whether all values are less than the literal, or equal to it if that is to count.
    private func isBelow(_ literal: FileLiteral, orAt countsEqual: Bool = false) -> Bool {
        guard let maximum, let found = order(maximum, literal) else { return false }
        if case .text(let bound) = maximum, case .text(let text) = literal, Self.mayBeCut(bound, before: text) {
            return false
        }
        return found.order < 0 || (countsEqual && found.isExact && found.order == 0)
    }

    /// Whether the bound is the literal, and no approximation of it.
    private func isExactly(_ bound: Bound, _ literal: FileLiteral) -> Bool {
        guard let found = order(bound, literal), found.isExact, found.order == 0 else { return false }
        if case .text(let bytes) = bound, bytes.count >= Self.shortestCut { return false }
        if case .timestamp = domain { return false }
        return true
    }

    /// How a bound compares with a literal: less than 0 when it is less. Where the comparison may have been rounded,
    /// only differences are certain. Nil when the two do not compare.
    private func order(_ bound: Bound, _ literal: FileLiteral) -> (order: Int, isExact: Bool)? {
        switch (bound, literal) {
        case (.number(let number), .integer(let value)):
            return (number.order(to: Decimal(value)), true)
        case (.number(let number), .decimal(let text)):
            return Decimal(text).map { (number.order(to: $0), true) }
        case (.number(let number), .double(let value)):
            return number.double.map { (Self.order($0, value), false) }
        case (.double(let number), .integer(let value)): return floatingOrder(number, Double(value))
        case (.double(let number), .decimal(let text)): return Double(text).flatMap { floatingOrder(number, $0) }
        case (.double(let number), .double(let value)): return floatingOrder(number, value)
        case (.text(let bytes), .text(let text)):
            if bytes.elementsEqual(text.utf8) { return (0, true) }
            return (bytes.lexicographicallyPrecedes(text.utf8) ? -1 : 1, true)
        case (.boolean(let value), .boolean(let other)):
            return (value == other ? 0 : value ? 1 : -1, true)
        case (.time(let time), .date(let days)):
            if domain == .date { return (Self.order(time, days), true) }
            let (start, overflowed) = days.multipliedReportingOverflow(by: Self.day)
            return overflowed ? nil : Self.looseOrder(time, start)
        case (.time(let time), .timestamp(let other)):
            if domain != .date { return (Self.order(time, other), true) }
            return Self.looseOrder(time * Self.day, other)
        default: return nil
        }
    }

    private func floatingOrder(_ bound: Double, _ literal: Double) -> (order: Int, isExact: Bool)? {
        guard case .floating(isSingle: true) = domain else { return (Self.order(bound, literal), false) }
        // The text of a float is the shortest that tells it from other floats, not its value as a double.
        return (Self.order(Float(bound), Float(literal)), false)
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    /// Of times in time zones that are not known: equal when they are no more than a day apart.
    private static func looseOrder(_ left: Int, _ right: Int) -> (order: Int, isExact: Bool)? {
        let (difference, overflowed) = left.subtractingReportingOverflow(right)
        guard !overflowed else { return nil }
        return (difference.magnitude <= day ? 0 : difference < 0 ? -1 : 1, false)
    }

    // MARK: Texts that were cut off

    /// Texts of fewer bytes were not cut off by any writer.
    private static let shortestCut = 32

    /// Whether a value that was cut off to give the upper bound may be as great as `text`. Writers of the protocol append
    /// a character that is greater than what they cut off; some chose one that is not, or append nothing.
    private static func mayBeCut(_ bound: [UInt8], before text: String) -> Bool {
        guard bound.count >= shortestCut else { return false }
        var stem = bound[...]
        for breaker in ["\u{7F}", "\u{FFFD}", "\u{10FFFF}"].map({ Array($0.utf8) }) {
            while stem.count > breaker.count, stem.suffix(breaker.count).elementsEqual(breaker) {
                stem.removeLast(breaker.count)
            }
        }
        return text.utf8.starts(with: stem)
    }
}
