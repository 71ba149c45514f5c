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
