package import Timetable

/// How a dataset is made part by part: its `partitions`.
package struct Partitioning: Sendable {
    package enum Scheme: Sendable, Equatable {
        /// By time: each partition is a period, told by a DATE or TIMESTAMP column.
        case time(PartitionPeriod, start: PartitionKey)
        /// By the values of a text column.
        case list([String])
    }

    package var scheme: Scheme
    /// The column that says to which partition a row belongs.
    package var column: Located<String>
    package var span: SourceSpan

    package init(scheme: Scheme, column: Located<String>, span: SourceSpan) {
        self.scheme = scheme
        self.column = column
        self.span = span
    }
}

extension Partitioning {
    /// Nil for members of a list.
    package var period: PartitionPeriod? {
        if case .time(let period, _) = scheme { period } else { nil }
    }

    /// The partitions that there are to make: those by time from the first one to the last that is over, or all members
    /// of the list.
    /// - Parameter milliseconds: since 1970 in UTC.
    package func due(at milliseconds: Int) -> PartitionSet {
        switch scheme {
        case .time(let period, let start):
            guard let first = period.number(of: start),
                let last = period.number(of: period.lastComplete(at: milliseconds)), first <= last
            else { return PartitionSet(period, numbers: []) }
            return PartitionSet(period, numbers: [first...last])
        case .list(let values): return PartitionSet(values: values)
        }
    }

    /// The partitions that somebody asks for by keys, or by ranges as `2026-03-04..2026-03-07`.
    package func partitions(named texts: [String], of dataset: DatasetName) throws(Diagnostic) -> PartitionSet {
        switch scheme {
        case .list(let values):
            for text in texts where !values.contains(text) {
                throw .error(
                    "'\(text)' is none of the partitions of '\(dataset)'", at: span,
                    hint: Spelling.nearest(to: text, among: values).map { "did you mean '\($0)'?" }
                        ?? "they are " + values.prefix(10).joined(separator: ", ") + (values.count > 10 ? ", …" : ""))
            }
            return PartitionSet(values: texts)
        case .time(let period, let start):
            for text in texts where PartitionSet(texts: [text], by: period) == nil {
                throw .error(
                    "'\(text)' is no partition of '\(dataset)'", at: span,
                    hint: "write \(period.keyForm), or a range FIRST..LAST")
            }
            let asked = PartitionSet(texts: texts, by: period) ?? PartitionSet(period, numbers: [])
            if let first = asked.ranges.first, let begin = period.number(of: start), first.numbers.lowerBound < begin {
                throw .error(
                    "the partitions of '\(dataset)' begin with \(start), and \(first.first) comes before", at: span,
                    hint: "name later ones, or give 'partitions' another 'start'")
            }
            return asked
        }
    }
}
