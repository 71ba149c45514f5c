/// What must hold before a version of a dataset is published.
package struct Check: Sendable {
    package var rule: Rule
    /// The columns that it looks at; empty for rules about the whole table.
    package var columns: [Located<String>]
    /// A SQL condition: only rows for which it is true are looked at.
    package var condition: Located<String>?
    /// The share of rows, 0…1, that must pass; nil means all of them.
    package var mostly: Double?
    package var onFail: OnFail
    /// The user's own name for it, if given.
    package var givenName: String?
    package var span: SourceSpan

    package enum OnFail: String, Sendable, Codable, CaseIterable {
        /// The version is refused and the last one stays live.
        case fail
        /// The version is published and the failure reported.
        case warn
        /// The rows that fail go to the quarantine and the rest is published.
        case quarantine
    }

    package enum Rule: Sendable {
        case notNull
        case unique
        case accepted([Literal])
        case range(min: Literal?, max: Literal?)
        /// A regular expression (RE2) that must be found in the text; `^…$` anchors it.
        case pattern(String)
        /// Characters of a text, or elements of a list.
        case length(min: Int?, max: Int?)
        /// Rows of the table.
        case rows(min: Int?, max: Int?)
        /// Every value stands in that column of that dataset.
        case references(dataset: Located<DatasetName>, column: String)
        /// The column has this type.
        case type(Located<String>)
        /// A query that finds offending rows: it passes when there are none.
        case sql(SQLText)
        case metric(Metric, min: Double?, max: Double?)
    }

    package enum Metric: Sendable, Equatable {
        case mean, sum, min, max
        /// 0…1.
        case quantile(Double)
        /// Distinct values / rows that have a value.
        case distinctShare
    }

    package init(
        rule: Rule, columns: [Located<String>] = [], condition: Located<String>? = nil, mostly: Double? = nil,
        onFail: OnFail = .fail, givenName: String? = nil, span: SourceSpan
    ) {
        self.rule = rule
        self.columns = columns
        self.condition = condition
        self.mostly = mostly
        self.onFail = onFail
        self.givenName = givenName
        self.span = span
    }

    /// The name in messages and reports: the user's, or the rule with its columns (`range(air_time)`).
    package var name: String {
        if let givenName { return givenName }
        let arguments = columns.map(\.value).joined(separator: ", ")
        return arguments.isEmpty ? ruleName : "\(ruleName)(\(arguments))"
    }

    package var ruleName: String {
        switch rule {
        case .notNull: "not_null"
        case .unique: "unique"
        case .accepted: "accepted"
        case .range: "range"
        case .pattern: "pattern"
        case .length: "length"
        case .rows: "rows"
        case .references: "references"
        case .type: "type"
        case .sql: "sql"
        case .metric(let metric, _, _):
            switch metric {
            case .mean: "mean"
            case .sum: "sum"
            case .min: "min"
            case .max: "max"
            case .quantile(let share): "quantile \(share)"
            case .distinctShare: "distinct_share"
            }
        }
    }
}

/// A value written in YAML, kept as written so that no digit is lost.
package enum Literal: Sendable, Hashable, CustomStringConvertible {
    case number(String)
    case text(String)
    case bool(Bool)

    /// The value as DuckDB's SQL writes it.
    package var sql: String {
        switch self {
        case .number(let digits): digits
        case .text(let text):
            "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        case .bool(let value): value ? "true" : "false"
        }
    }

    package var description: String {
        switch self {
        case .number(let digits): digits
        case .text(let text): text
        case .bool(let value): value ? "true" : "false"
        }
    }
}
