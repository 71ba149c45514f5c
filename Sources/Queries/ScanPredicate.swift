/// A condition on the rows of one table, as far as it says something about single columns. Every row that a query needs
/// fulfils it; the store leaves out files that have no such row.
package indirect enum ScanPredicate: Hashable, Sendable {
    /// The column is one name for each level of structs, as the query writes them: case does not count.
    case compare([String], Comparison, Literal)
    case isNull([String])
    case isNotNull([String])
    case isIn([String], [Literal])
    case and([ScanPredicate])
    case or([ScanPredicate])

    package enum Comparison: String, Hashable, Sendable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        /// The same comparison with its sides exchanged.
        var mirrored: Comparison {
            switch self {
            case .equal, .notEqual: self
            case .less: .greater
            case .lessOrEqual: .greaterOrEqual
            case .greater: .less
            case .greaterOrEqual: .lessOrEqual
            }
        }
    }

    package enum Literal: Hashable, Sendable {
        case integer(Int)
        /// As SQL writes it: `-12.50`.
        case decimal(String)
        /// Also a value of another type that the query writes as a text: `'2026-01-31'`.
        case text(String)
        case boolean(Bool)
        /// Days since 1970.
        case date(Int)
        /// Microseconds since 1970, in UTC.
        case timestamp(Int)
    }

    /// Nil for no predicate, which says nothing.
    static func all(_ predicates: [ScanPredicate]) -> ScanPredicate? {
        predicates.count > 1 ? .and(predicates) : predicates.first
    }
}
