/// A condition on rows, made to find out which files cannot have a row for which it is true.
package indirect enum FilePredicate: Hashable, Sendable {
    /// NULL on either side is not true.
    case compare(FileColumn, Comparison, FileLiteral)
    case isNull(FileColumn)
    case isNotNull(FileColumn)
    case isIn(FileColumn, [FileLiteral])
    case and([FilePredicate])
    case or([FilePredicate])
    /// True for every row: a condition that is not understood.
    case always

    package enum Comparison: String, Hashable, Sendable, CaseIterable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// Whether a file may have a row for which the predicate is true; true when in doubt.
    ///
    /// - Parameters:
    ///   - partitionValues: as `add.partitionValues` has them.
    ///   - statistics: as `add.stats` has them.
    ///   - metadata: the table's columns.
    package func mayMatch(partitionValues: [String: String?], statistics: String?, metadata: Metadata) -> Bool {
        let filter = FileFilter(self, metadata: metadata)
        guard var text = statistics else { return filter.mayMatch(partitionValues, nil, isOwn: false) }
        return text.withUTF8 { filter.mayMatch(partitionValues, UnsafeRawBufferPointer($0), isOwn: false) }
    }
}

/// A column, or a field in structs, by the table's own names.
package struct FileColumn: Hashable, Sendable, ExpressibleByStringLiteral {
    /// One name for each level. Case does not count.
    package var path: [String]

    package init(_ path: [String]) { self.path = path }

    package init(stringLiteral name: String) { path = [name] }
}

/// A value to compare a column with.
package enum FileLiteral: Hashable, Sendable {
    case integer(Int)
    /// A decimal number as SQL writes it: `-12.50`.
    case decimal(String)
    case double(Double)
    case text(String)
    case boolean(Bool)
    /// Days since 1970.
    case date(Int)
    /// Microseconds since 1970; of a timestamp without a time zone, as if it were in UTC.
    case timestamp(Int)
}
