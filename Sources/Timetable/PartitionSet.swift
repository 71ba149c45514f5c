/// Some partitions of a dataset. Partitions by time are kept as ranges, so that a hundred thousand hours in a row cost
/// no more than one.
package struct PartitionSet: Sendable, Hashable {
    package enum Members: Sendable, Hashable {
        /// Numbers of partitions by time: ranges in order that do not touch each other.
        case time(PartitionPeriod, [ClosedRange<Int>])
        /// Members of a list, in order.
        case list([String])
    }

    package private(set) var members: Members

    package init(_ period: PartitionPeriod, numbers: some Sequence<ClosedRange<Int>>) {
        members = .time(period, Self.coalesced(numbers))
    }

    package init(_ range: PartitionRange) { members = .time(range.period, [range.numbers]) }

    package init(values: some Sequence<String>) { members = .list(Set(values).sorted()) }

    /// No partitions, of the same kind as others.
    package init(emptyLike other: PartitionSet) {
        members =
            switch other.members {
            case .time(let period, _): .time(period, [])
            case .list: .list([])
            }
    }

    private init(_ members: Members) { self.members = members }

    // MARK: What is in it

    /// The period of partitions by time; nil for members of a list.
    package var period: PartitionPeriod? {
        if case .time(let period, _) = members { period } else { nil }
    }

    package var isEmpty: Bool {
        switch members {
        case .time(_, let ranges): ranges.isEmpty
        case .list(let values): values.isEmpty
        }
    }

    package var count: Int {
        switch members {
        case .time(_, let ranges): ranges.reduce(0) { $0 + $1.count }
        case .list(let values): values.count
        }
    }

    /// Those by time, in order; none for members of a list.
    package var ranges: [PartitionRange] {
        guard case .time(let period, let ranges) = members else { return [] }
        return ranges.map { PartitionRange(period, numbers: $0) }
    }

    /// Members of a list, in order; none for partitions by time.
    package var values: [String] {
        if case .list(let values) = members { values } else { [] }
    }

    package func contains(_ key: PartitionKey) -> Bool {
        switch members {
        case .time(let period, let ranges):
            guard let number = period.number(of: key) else { return false }
            return ranges.contains { $0.contains(number) }
        case .list(let values): return values.contains(key.text)
        }
    }

    /// Whether both are of the same period, or both members of lists.
    package func isLike(_ other: PartitionSet) -> Bool { period == other.period }

    // MARK: Sets. Those that are not alike have nothing in common.

    package func union(_ other: PartitionSet) -> PartitionSet {
        switch (members, other.members) {
        case (.time(let period, let mine), .time(period, let others)):
            PartitionSet(.time(period, Self.coalesced(mine + others)))
        case (.list(let mine), .list(let others)): PartitionSet(values: mine + others)
        default: isEmpty ? other : self
        }
    }

    package func intersection(_ other: PartitionSet) -> PartitionSet {
        switch (members, other.members) {
        case (.time(let period, let mine), .time(period, let others)):
            PartitionSet(.time(period, Self.common(mine, others)))
        case (.list(let mine), .list(let others)): PartitionSet(.list(Self.kept(of: mine, in: Set(others))))
        default: PartitionSet(emptyLike: self)
        }
    }

    package func subtracting(_ other: PartitionSet) -> PartitionSet {
        switch (members, other.members) {
        case (.time(let period, let mine), .time(period, let others)):
            PartitionSet(.time(period, Self.common(mine, Self.gaps(of: others))))
        case (.list(let mine), .list(let others)):
            PartitionSet(.list(Self.kept(of: mine, in: Set(mine).subtracting(others))))
        default: self
        }
    }

    /// The partitions of another period that have a moment in common with these: the days of some hours, the hours of some
    /// days. Nil where one of both is no time.
    package func covering(_ period: PartitionPeriod?) -> PartitionSet? {
        guard period != self.period else { return self }
        guard let period, self.period != nil else { return nil }
        return PartitionSet(
            period,
            numbers: ranges.map { range in
                let last = CivilTime(seconds: range.end.seconds - 1)
                return period.number(containing: range.start)...period.number(containing: last)
            })
    }

    package func isSubset(of other: PartitionSet) -> Bool { subtracting(other).isEmpty }

    package func isDisjoint(with other: PartitionSet) -> Bool { intersection(other).isEmpty }

    private static func kept(of values: [String], in wanted: Set<String>) -> [String] { values.filter(wanted.contains) }

    private static func coalesced(_ ranges: some Sequence<ClosedRange<Int>>) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    private static func common(_ first: [ClosedRange<Int>], _ second: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        var (i, j) = (0, 0)
        while i < first.count, j < second.count {
            let low = max(first[i].lowerBound, second[j].lowerBound)
            let high = min(first[i].upperBound, second[j].upperBound)
            if low <= high { result.append(low...high) }
            if first[i].upperBound < second[j].upperBound { i += 1 } else { j += 1 }
        }
        return result
    }

    /// Numbers far outside of the calendar's.
    private static let limit = 1 << 50

    private static func gaps(of ranges: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        var next = -limit
        for range in ranges {
            if next < range.lowerBound { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        result.append(next...limit)
        return result
    }

    // MARK: Texts

    private static let separator = ".."

    /// Keys, and ranges as `2026-03-04..2026-03-07`.
    package var texts: [String] {
        switch members {
        case .time: ranges.map { $0.count == 1 ? "\($0.first)" : "\($0.first)\(Self.separator)\($0.last)" }
        case .list(let values): values
        }
    }

    /// - Parameter period: nil for members of a list.
    /// - Returns: nil when a text is no key of the period and no range of such.
    package init?(texts: some Sequence<String>, by period: PartitionPeriod?) {
        guard let period else {
            self.init(values: texts)
            return
        }
        var ranges: [ClosedRange<Int>] = []
        for text in texts {
            let ends = text.components(separatedBy: Self.separator)
            guard ends.count <= 2, let first = ends.first, let last = ends.last,
                let range = PartitionRange(period, first: PartitionKey(first), last: PartitionKey(last))
            else { return nil }
            ranges.append(range.numbers)
        }
        self.init(period, numbers: ranges)
    }
}

extension PartitionSet: CustomStringConvertible {
    private static let mostRanges = 3

    /// `31 partitions 2026-03-01…2026-03-31`, `partition de`.
    package var description: String {
        let parts: [String] =
            switch members {
            case .time: ranges.map(\.description)
            case .list(let values): values
            }
        let shown = parts.prefix(Self.mostRanges).joined(separator: ", ")
        let rest = parts.count > Self.mostRanges ? ", …" : ""
        return count == 1 ? "partition \(shown)" : isEmpty ? "no partition" : "\(count) partitions \(shown)\(rest)"
    }
}

extension PartitionSet: Codable {
    private enum CodingKeys: String, CodingKey { case by, keys }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let period = try container.decodeIfPresent(PartitionPeriod.self, forKey: .by)
        let texts = try container.decode([String].self, forKey: .keys)
        guard let set = PartitionSet(texts: texts, by: period) else {
            throw DecodingError.dataCorruptedError(
                forKey: .keys, in: container, debugDescription: "a key of no partition is among \(texts)")
        }
        self = set
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(period, forKey: .by)
        try container.encode(texts, forKey: .keys)
    }
}

extension String {
    /// The texts between a separator of two bytes.
    fileprivate func components(separatedBy separator: String) -> [String] {
        guard let range = firstRange(of: separator) else { return [self] }
        return [String(self[..<range.lowerBound]), String(self[range.upperBound...])]
    }
}
