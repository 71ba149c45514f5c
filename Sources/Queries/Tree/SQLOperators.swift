package enum SQLComparison: String, Sendable {
    case equal = "COMPARE_EQUAL"
    case notEqual = "COMPARE_NOTEQUAL"
    case less = "COMPARE_LESSTHAN"
    case greater = "COMPARE_GREATERTHAN"
    case lessOrEqual = "COMPARE_LESSTHANOREQUALTO"
    case greaterOrEqual = "COMPARE_GREATERTHANOREQUALTO"
    case distinct = "COMPARE_DISTINCT_FROM"
    case notDistinct = "COMPARE_NOT_DISTINCT_FROM"
}

package enum SQLConjunction: String, Sendable {
    case and = "CONJUNCTION_AND"
    case or = "CONJUNCTION_OR"
}

/// Operators that are no functions to DuckDB's parser; `+`, `||`, `LIKE` are.
package enum SQLOperation: String, Sendable {
    case not = "OPERATOR_NOT"
    case isNull = "OPERATOR_IS_NULL"
    case isNotNull = "OPERATOR_IS_NOT_NULL"
    /// Of the first, whether it is one of the others.
    case isIn = "COMPARE_IN"
    case isNotIn = "COMPARE_NOT_IN"
    case coalesce = "OPERATOR_COALESCE"
    case nullIf = "OPERATOR_NULLIF"
    case `try` = "OPERATOR_TRY"
    /// `*COLUMNS(…)`: each column an argument.
    case unpack = "OPERATOR_UNPACK"
    case grouping = "GROUPING_FUNCTION"
    /// `l[1]`
    case element = "ARRAY_EXTRACT"
    /// `l[1:2]`, with a step if there are four children.
    case slice = "ARRAY_SLICE"
    /// `(s).field`
    case field = "STRUCT_EXTRACT"
    case list = "ARRAY_CONSTRUCTOR"
    case arrow = "ARROW"
}
