/// Partitions by time that follow each other.
package struct PartitionRange: Sendable, Hashable, CustomStringConvertible {
    package let period: PartitionPeriod
    /// Their numbers (`PartitionPeriod.number`).
    package let numbers: ClosedRange<Int>

    package init(_ period: PartitionPeriod, numbers: ClosedRange<Int>) {
        self.period = period
        self.numbers = numbers
    }

    /// Nil when a key is none of the period, or the last comes before the first.
    package init?(_ period: PartitionPeriod, first: PartitionKey, last: PartitionKey) {
        guard let low = period.number(of: first), let high = period.number(of: last), low <= high else { return nil }
        self.init(period, numbers: low...high)
    }

    package var first: PartitionKey { period.key(number: numbers.lowerBound) }
    package var last: PartitionKey { period.key(number: numbers.upperBound) }
    package var count: Int { numbers.count }

    /// The first moment of its first partition.
    package var start: CivilTime { period.start(number: numbers.lowerBound) }
    /// The first moment after its last partition.
    package var end: CivilTime { period.start(number: numbers.upperBound + 1) }

    /// Its partitions in order, made one by one: a range of hours may be long.
    package var keys: some Sequence<PartitionKey> & Sendable {
        let period = period
        return numbers.lazy.map { @Sendable in period.key(number: $0) }
    }

    package func contains(_ key: PartitionKey) -> Bool { period.number(of: key).map(numbers.contains) ?? false }

    /// The range in pieces of at most so many partitions, in order.
    package func pieces(of size: Int) -> [PartitionRange] {
        let size = max(1, size)
        return stride(from: numbers.lowerBound, through: numbers.upperBound, by: size).map { low in
            PartitionRange(period, numbers: low...min(low + size - 1, numbers.upperBound))
        }
    }

    /// As few ranges as hold these partitions and no others, in order. Keys that stand there twice count once; those
    /// that are none of the period are left out.
    package static func coalescing(_ keys: some Sequence<PartitionKey>, by period: PartitionPeriod) -> [PartitionRange]
    {
        var ranges: [PartitionRange] = []
        for number in Set(keys.compactMap(period.number(of:))).sorted() {
            if let last = ranges.last, last.numbers.upperBound == number - 1 {
                ranges[ranges.count - 1] = PartitionRange(period, numbers: last.numbers.lowerBound...number)
            } else {
                ranges.append(PartitionRange(period, numbers: number...number))
            }
        }
        return ranges
    }

    /// `2026-03-04`, or `2026-03-04…2026-03-07`.
    package var description: String { count == 1 ? "\(first)" : "\(first)…\(last)" }
}
