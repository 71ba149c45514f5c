package import Project
import Queries

/// What is asked about a step's staged rows to decide its checks, and what the answers mean. An engine asks: the SQL is
/// DuckDB's, in which the dataset's name stands for its staged rows, and those of its inputs for these.
package struct AuditPlan: Sendable {
    package let dataset: Dataset
    package let checks: CheckPlan
    /// Whether the rows are added to others, so that no key of theirs may be there already.
    package let isAppend: Bool

    package init(dataset: Dataset, checks: CheckPlan, isAppend: Bool) {
        self.dataset = dataset
        self.checks = checks
        self.isAppend = isAppend
    }

    // MARK: Questions

    /// The shared scan; it has one row.
    package var sharedScan: String {
        var extra = shares.map { "count(*) FILTER (WHERE \(Quote.name(Splits.column)) = \(Quote.text($0.name)))" }
        if let splits = dataset.splits { extra.append("count(\(Quote.name(splits.by.value)))") }
        return checks.sharedScan(of: dataset.name.text, extra: extra)
    }

    /// For rules with a condition, how many of the refused rows they were about; nil when no rule asks.
    /// - Parameter table: the refused rows, in FROM.
    package func lookedAmongRefused(_ table: String) -> String? {
        guard !checks.looked.isEmpty else { return nil }
        return "SELECT \(checks.looked.map(\.aggregate).joined(separator: ", ")) FROM \(table)"
    }

    /// A query of its own for a rule: its one row has the failing rows and those that it looked at.
    package struct Count: Sendable {
        /// The rule's place in `checks.tableRules`.
        package var rule: Int
        package var sql: String
        /// Whether the dataset's name stands for all of its rows, the new ones and those that stay.
        package var isAboutAll: Bool
    }

    package var counts: [Count] {
        checks.tableRules.enumerated().compactMap { index, rule in
            guard case .counts(let sql) = rule.question else { return nil }
            return Count(rule: index, sql: sql, isAboutAll: isAboutAll(rule))
        }
    }

    private func isAboutAll(_ rule: TableRule) -> Bool {
        if case .unique = rule.check.rule { isAppend } else { false }
    }

    private var shares: [Splits.Share] { dataset.splits?.shares ?? [] }

    // MARK: Answers

    /// What the shared scan answered.
    package struct Shared: Sendable {
        package var rows = 0
        package var splits: [String: Int] = [:]
        /// Rows that have a value in the column that decides splits.
        fileprivate var grouped = 0
        fileprivate var looked: [Int] = []
        fileprivate var aggregates: [Double?] = []
    }

    /// - Parameter row: the answer's values, as numbers.
    package func shared(_ row: [Double?]) -> Shared {
        func integer(_ place: Int) -> Int { row.indices.contains(place) ? Int(row[place] ?? 0) : 0 }
        var shared = Shared(rows: integer(0))
        for (index, share) in shares.enumerated() { shared.splits[share.name] = integer(1 + index) }
        var next = 1 + shares.count
        if dataset.splits != nil {
            shared.grouped = integer(next)
            next += 1
        }
        shared.looked = checks.looked.indices.map { integer(next + $0) }
        next += checks.looked.count
        if next < row.count { shared.aggregates = Array(row[next...]) }
        return shared
    }

    /// What was counted, put together.
    package struct Answers: Sendable {
        package var shared: Shared
        /// As `lookedAmongRefused` asks; empty when no row was refused.
        package var lookedAmongRefused: [Int] = []
        /// Rows that failed each row rule while the step was written.
        package var failures: [Int]
        /// By the rule's place.
        package var counts: [Int: (failing: Int, looked: Int?)] = [:]
        /// All rows of the step.
        package var rowsRead: Int

        package init(shared: Shared, failures: [Int], rowsRead: Int) {
            self.shared = shared
            self.failures = failures
            self.rowsRead = rowsRead
        }
    }

    /// What a check comes to, and where rows that fail it are found.
    package struct Outcome: Sendable {
        package enum Examples: Sendable {
            /// The rows that fail a row rule, by its place.
            case failing(rule: Int)
            case query(String, isAboutAll: Bool)
        }

        package var outcome: CheckOutcome
        package var check: Check?
        package var examples: Examples?
    }

    package func outcomes(_ answers: Answers) -> [Outcome] {
        var looked: [Int: Int] = [:]
        for (index, rule) in checks.looked.enumerated() {
            let refused = answers.lookedAmongRefused.indices.contains(index) ? answers.lookedAmongRefused[index] : 0
            looked[rule.rule] = looked[rule.rule] ?? answers.shared.looked[index] + refused
        }
        var outcomes: [Outcome] = []
        for (index, rule) in checks.rowRules.rules.enumerated() {
            let outcome = Verdict.rows(
                rule.check, looked: looked[index] ?? answers.rowsRead, failing: answers.failures[index],
                what: String(rule.reason.dropFirst(rule.check.name.count + 2)), examples: [])
            outcomes.append(
                Outcome(
                    outcome: outcome, check: rule.check,
                    examples: outcome.status == .passed ? nil : .failing(rule: index)))
        }
        var aggregate = 0
        for (index, rule) in checks.tableRules.enumerated() {
            outcomes.append(outcome(of: rule, at: index, answers, aggregate: &aggregate))
        }
        return outcomes + splitOutcomes(answers.shared)
    }

    private func outcome(of rule: TableRule, at index: Int, _ answers: Answers, aggregate: inout Int) -> Outcome {
        let check = rule.check
        func plain(_ outcome: CheckOutcome) -> Outcome { Outcome(outcome: outcome, check: check) }
        switch rule.question {
        case .rowCount:
            guard case .rows(let min, let max) = check.rule else { break }
            return plain(rowCount(check, answers.shared.rows, min: min, max: max))
        case .aggregate:
            let aggregates = answers.shared.aggregates
            let value = aggregates.indices.contains(aggregate) ? aggregates[aggregate] : nil
            aggregate += 1
            if case .rows(let min, let max) = check.rule {
                return plain(rowCount(check, Int(value ?? 0), min: min, max: max))
            }
            guard case .metric(_, let min, let max) = check.rule else { break }
            return plain(Verdict.value(check, value, min: min, max: max, shown: Checks.Count.plain(value ?? 0)))
        case .type(let found, let expected):
            return plain(Verdict.type(check, found: found, expected: expected))
        case .counts:
            let count = answers.counts[index]
            let outcome = Verdict.rows(
                check, looked: count?.looked ?? answers.shared.rows, failing: count?.failing ?? 0, what: what(check),
                examples: [])
            let query = outcome.status == .passed ? nil : rule.examples
            return Outcome(
                outcome: outcome, check: check, examples: query.map { .query($0, isAboutAll: isAboutAll(rule)) })
        }
        return plain(CheckOutcome(name: check.name, status: .failed, message: "the check cannot be decided"))
    }

    private func rowCount(_ check: Check, _ rows: Int, min: Int?, max: Int?) -> CheckOutcome {
        Verdict.value(
            check, Double(rows), min: min.map(Double.init), max: max.map(Double.init),
            shown: rows == 1 ? "1 row" : "\(Checks.Count.grouped(rows)) rows")
    }

    private func what(_ check: Check) -> String {
        switch check.rule {
        case .unique: "the same \(check.columns.map(\.value).joined(separator: ", ")) as another row"
        case .references(let other, let column): "not in \(other.value).\(column)"
        case .sql: "found by the query"
        default: "fail"
        }
    }

    private func splitOutcomes(_ shared: Shared) -> [Outcome] {
        guard let splits = dataset.splits, shared.rows > 0, shared.grouped == 0 else { return [] }
        return [
            Outcome(
                outcome: CheckOutcome(
                    name: "splits(\(splits.by.value))", status: .failed, looked: shared.rows, failing: shared.rows,
                    message: "the column '\(splits.by.value)' that decides the split has no value in any row"))
        ]
    }
}

/// Rows shown to a person.
package struct Examples: Sendable {
    /// The most columns that an example shows.
    private static let width = 8
    package static let most = 5

    private let wanted: [String]

    /// The key's columns and those of the check come first, and in their order.
    package init(of check: Check, in dataset: Dataset) {
        wanted = (dataset.key + check.columns).map { $0.value.lowercased() }
    }

    /// Up to five rows of a query.
    /// - Parameter columns: those that the query gives.
    package func select(from query: String, columns: [String]) -> String {
        let ordered = wanted.compactMap { name in columns.first { $0.lowercased() == name } }
        let order = ordered.isEmpty ? "ALL" : ordered.map { Quote.name($0) }.joined(separator: ", ")
        return "SELECT * FROM (\(query)) ORDER BY \(order) LIMIT \(Self.most)"
    }

    /// A row as it is shown.
    package func shown(_ fields: [ExampleField]) -> [ExampleField] {
        let ordered = wanted.compactMap { name in fields.first { $0.column.lowercased() == name } }
        let others = fields.filter { !wanted.contains($0.column.lowercased()) }
        return Array((ordered + others).prefix(Self.width))
    }
}
