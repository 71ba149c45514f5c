import DeltaLog
import Queries

extension FilePredicate {
    /// What a query needs of a table, in the terms in which the store looks at files.
    init(_ predicate: ScanPredicate) {
        switch predicate {
        case .compare(let column, let comparison, let literal):
            self = .compare(FileColumn(column), Comparison(comparison), FileLiteral(literal))
        case .isNull(let column): self = .isNull(FileColumn(column))
        case .isNotNull(let column): self = .isNotNull(FileColumn(column))
        case .isIn(let column, let literals): self = .isIn(FileColumn(column), literals.map { FileLiteral($0) })
        case .and(let parts): self = .and(parts.map { FilePredicate($0) })
        case .or(let parts): self = .or(parts.map { FilePredicate($0) })
        }
    }
}

extension FilePredicate.Comparison {
    fileprivate init(_ comparison: ScanPredicate.Comparison) {
        switch comparison {
        case .equal: self = .equal
        case .notEqual: self = .notEqual
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        }
    }
}

extension FileLiteral {
    fileprivate init(_ literal: ScanPredicate.Literal) {
        switch literal {
        case .integer(let value): self = .integer(value)
        case .decimal(let value): self = .decimal(value)
        case .text(let value): self = .text(value)
        case .boolean(let value): self = .boolean(value)
        case .date(let days): self = .date(days)
        case .timestamp(let microseconds): self = .timestamp(microseconds)
        }
    }
}
