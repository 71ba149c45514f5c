/// Rows of a file by their positions from 0: ascending, each once. Made from compressed bitmaps, and kept as small as
/// those were.
package struct RowSet: Sendable {
    /// The rows that have all but their last 16 bits in common.
    struct Container: Sendable {
        enum Values: Sendable {
            /// Ascending.
            case array([UInt16])
            /// 1,024 words, the lowest row in the lowest bit of the first.
            case bitmap([UInt64])
            /// Ascending, apart from each other, both ends included.
            case runs([ClosedRange<UInt16>])
        }

        /// The row of the container's first bit.
        let base: Int
        let values: Values
        let count: Int
    }

    private var containers: [Container] = []
    /// The number of rows in the set.
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Containers must come with ascending bases.
    mutating func append(_ container: Container) {
        guard container.count > 0 else { return }
        containers.append(container)
        count += container.count
    }

    var lastBase: Int? { containers.last?.base }

    package func contains(_ row: Int) -> Bool {
        guard row >= 0 else { return false }
        var range = containers.startIndex..<containers.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let container = containers[middle]
            if row < container.base {
                range = range.lowerBound..<middle
            } else if row > container.base + 0xFFFF {
                range = middle + 1..<range.upperBound
            } else {
                return container.contains(UInt16(row - container.base))
            }
        }
        return false
    }

    /// The greatest row; nil when there is none.
    package var last: Int? { containers.last.map { $0.base + $0.last } }

    /// The rows as runs of neighbours, ascending. Runs of two containers may touch.
    package var ranges: some Sequence<ClosedRange<Int>> { RowRanges(containers: containers) }
}

extension RowSet: Sequence {
    package func makeIterator() -> some IteratorProtocol<Int> { RowIterator(ranges: RowRanges(containers: containers)) }

    package var underestimatedCount: Int { count }
}

extension RowSet.Container {
    fileprivate func contains(_ low: UInt16) -> Bool {
        switch values {
        case .array(let rows):
            var range = rows.startIndex..<rows.endIndex
            while !range.isEmpty {
                let middle = range.lowerBound + range.count / 2
                if rows[middle] == low { return true }
                range = rows[middle] < low ? middle + 1..<range.upperBound : range.lowerBound..<middle
            }
            return false
        case .bitmap(let words): return words[Int(low >> 6)] >> UInt64(low & 63) & 1 == 1
        case .runs(let runs): return runs.contains { $0.contains(low) }
        }
    }

    fileprivate var last: Int {
        switch values {
        case .array(let rows): rows.last.map(Int.init) ?? 0
        case .runs(let runs): runs.last.map { Int($0.upperBound) } ?? 0
        case .bitmap(let words):
            words.lastIndex { $0 != 0 }.map { $0 * 64 + 63 - words[$0].leadingZeroBitCount } ?? 0
        }
    }

    /// The first run that begins at `low` or after it.
    fileprivate func run(from low: Int, _ position: inout Int) -> ClosedRange<Int>? {
        switch values {
        case .array(let rows):
            guard position < rows.count else { return nil }
            let first = Int(rows[position])
            var last = first
            position += 1
            while position < rows.count, Int(rows[position]) == last + 1 {
                last += 1
                position += 1
            }
            return first...last
        case .runs(let runs):
            guard position < runs.count else { return nil }
            position += 1
            return Int(runs[position - 1].lowerBound)...Int(runs[position - 1].upperBound)
        case .bitmap(let words):
            guard let first = Self.bit(true, in: words, from: low) else { return nil }
            return first...(Self.bit(false, in: words, from: first) ?? words.count * 64) - 1
        }
    }

    private static func bit(_ value: Bool, in words: [UInt64], from start: Int) -> Int? {
        var index = start
        while index < words.count * 64 {
            let word = (value ? words[index >> 6] : ~words[index >> 6]) >> UInt64(index & 63)
            if word != 0 { return index + word.trailingZeroBitCount }
            index = (index | 63) + 1
        }
        return nil
    }
}

private struct RowRanges: Sequence, IteratorProtocol {
    let containers: [RowSet.Container]
    private var container = 0
    private var position = 0
    private var low = 0

    init(containers: [RowSet.Container]) { self.containers = containers }

    mutating func next() -> ClosedRange<Int>? {
        while container < containers.count {
            if let run = containers[container].run(from: low, &position) {
                low = run.upperBound + 1
                let base = containers[container].base
                return base + run.lowerBound...base + run.upperBound
            }
            container += 1
            position = 0
            low = 0
        }
        return nil
    }
}

private struct RowIterator: IteratorProtocol {
    var ranges: RowRanges
    private var current: ClosedRange<Int>?
    private var row = 0

    init(ranges: RowRanges) { self.ranges = ranges }

    mutating func next() -> Int? {
        if let current, row < current.upperBound {
            row += 1
            return row
        }
        current = ranges.next()
        guard let current else { return nil }
        row = current.lowerBound
        return row
    }
}
