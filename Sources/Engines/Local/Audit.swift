import Checks
import DuckDB
import Project
import Queries
import Store

/// Decides a dataset's checks over its staged files: one shared scan for all that it can answer, one query for each of
/// the others.
struct Audit {
    let job: StepJob
    let checks: CheckPlan
    /// The published columns.
    let columns: [QueryColumn]
    let files: [StagedFile]

    private var dataset: Dataset { job.dataset }
    private var rules: RowRules { checks.rowRules }

    struct Result {
        var outcomes: [CheckOutcome]
        var splits: [String: Int]
    }

    /// - Parameters:
    ///   - connection: the step's own, on which its inputs have their names.
    ///   - refused: the rows that failed a rule while the step was written.
    ///   - failures: how many rows failed each rule.
    func run(on connection: Connection, refused: RefusedRows?, failures: [Int], rows: RowAccount) throws -> Result {
        try define(try stagedRows(), on: connection)
        let shared = try sharedScan(on: connection)
        let looked = try lookedAt(shared, refused: refused, rows: rows)
        var outcomes: [CheckOutcome] = []
        for (index, rule) in rules.rules.enumerated() {
            var outcome = Verdict.rows(
                rule.check, looked: looked[index] ?? rows.read, failing: failures[index],
                what: String(rule.reason.dropFirst(rule.check.name.count + 2)), examples: [])
            if outcome.status != .passed { outcome.examples = try examples(of: rule, among: refused) }
            outcomes.append(outcome)
        }
        var aggregate = 0
        for rule in checks.tableRules {
            outcomes.append(try outcome(of: rule, shared: shared, aggregate: &aggregate, on: connection))
        }
        if let splits = dataset.splits { outcomes += splitOutcomes(splits, shared) }
        return Result(outcomes: outcomes, splits: shared.splits)
    }

    private func define(_ rows: String, on connection: Connection) throws {
        try connection.execute("CREATE OR REPLACE TEMP VIEW \(Quote.name(dataset.name.text)) AS \(rows)")
    }

    /// For an append, the rows that stay; no row of theirs may have a key of a new one.
    private var keptRows: String {
        job.appendTo.map { " UNION ALL BY NAME (\($0.scanSQL))" } ?? ""
    }

    /// The rows that the step staged.
    private func stagedRows() throws -> String {
        guard !files.isEmpty else {
            let nulls = columns.map { "NULL::\($0.type) AS \(Quote.name($0.name))" }.joined(separator: ", ")
            return "SELECT \(nulls) WHERE false"
        }
        let names = columns.map { Quote.name($0.name) }.joined(separator: ", ")
        return "SELECT \(names) FROM read_parquet(\(Quote.list(files.map(\.path))), hive_partitioning=false)"
    }

    // MARK: The shared scan

    private struct Shared {
        var rows = 0
        var splits: [String: Int] = [:]
        /// Rows that have a value in the column that decides splits.
        var grouped = 0
        var looked: [Int] = []
        var aggregates: [Double?] = []
    }

    private func sharedScan(on connection: Connection) throws -> Shared {
        let shares = dataset.splits?.shares ?? []
        var extra = shares.map { "count(*) FILTER (WHERE \(Quote.name(Splits.column)) = \(Quote.text($0.name)))" }
        if let splits = dataset.splits { extra.append("count(\(Quote.name(splits.by.value)))") }
        let sql = checks.sharedScan(of: dataset.name.text, extra: extra)
        guard let row = try connection.query(sql).first else { return Shared() }
        var shared = Shared(rows: Int(row[0].int ?? 0))
        for (index, share) in shares.enumerated() { shared.splits[share.name] = Int(row[1 + index].int ?? 0) }
        if dataset.splits != nil { shared.grouped = Int(row[1 + shares.count].int ?? 0) }
        var next = 1 + extra.count
        for _ in checks.looked {
            shared.looked.append(Int(row[next].int ?? 0))
            next += 1
        }
        while next < row.values.count {
            shared.aggregates.append(row[next].double)
            next += 1
        }
        return shared
    }

    /// For rules with a condition, the rows that they were about: the staged and the refused ones together.
    private func lookedAt(_ shared: Shared, refused: RefusedRows?, rows: RowAccount) throws -> [Int: Int] {
        guard !checks.looked.isEmpty else { return [:] }
        var counts = shared.looked
        if let refused, rows.quarantined > 0, !rules.isRefused.isEmpty {
            let aggregates = checks.looked.map(\.aggregate).joined(separator: ", ")
            let sql = "SELECT \(aggregates) FROM (SELECT * FROM \(RefusedRows.table) WHERE \(rules.isRefused))"
            if let row = try refused.connection.query(sql).first {
                for index in counts.indices { counts[index] += Int(row[index].int ?? 0) }
            }
        }
        return Dictionary(zip(checks.looked.map(\.rule), counts), uniquingKeysWith: { first, _ in first })
    }

    // MARK: Verdicts

    private func outcome(
        of rule: TableRule, shared: Shared, aggregate: inout Int, on connection: Connection
    ) throws -> CheckOutcome {
        let check = rule.check
        switch rule.question {
        case .rowCount:
            guard case .rows(let min, let max) = check.rule else { break }
            return rowCount(check, shared.rows, min: min, max: max)
        case .aggregate:
            let value = shared.aggregates[aggregate]
            aggregate += 1
            if case .rows(let min, let max) = check.rule {
                return rowCount(check, Int(value ?? 0), min: min, max: max)
            }
            guard case .metric(_, let min, let max) = check.rule else { break }
            return Verdict.value(check, value, min: min, max: max, shown: Count.plain(value ?? 0))
        case .type(let found, let expected):
            return Verdict.type(check, found: found, expected: expected)
        case .counts(let sql):
            let isAboutAll = if case .unique = check.rule { job.appendTo != nil } else { false }
            if isAboutAll { try define(try stagedRows() + keptRows, on: connection) }
            defer { if isAboutAll { try? define(stagedRows(), on: connection) } }
            let row = try connection.query(sql).first
            var outcome = Verdict.rows(
                check, looked: row?[1].int.map { Int($0) } ?? shared.rows, failing: Int(row?[0].int ?? 0),
                what: what(check), examples: [])
            if outcome.status != .passed, let query = rule.examples {
                outcome.examples = try Examples.read(query, first: check, dataset: dataset, on: connection)
            }
            return outcome
        }
        return CheckOutcome(name: check.name, status: .failed, message: "the check cannot be decided")
    }

    private func rowCount(_ check: Check, _ rows: Int, min: Int?, max: Int?) -> CheckOutcome {
        Verdict.value(
            check, Double(rows), min: min.map(Double.init), max: max.map(Double.init),
            shown: rows == 1 ? "1 row" : "\(Count.grouped(rows)) rows")
    }

    private func what(_ check: Check) -> String {
        switch check.rule {
        case .unique: "the same \(check.columns.map(\.value).joined(separator: ", ")) as another row"
        case .references(let other, let column): "not in \(other.value).\(column)"
        case .sql: "found by the query"
        default: "fail"
        }
    }

    private func examples(of rule: RowRule, among refused: RefusedRows?) throws -> [[ExampleField]] {
        guard let refused else { return [] }
        return try Examples.read(
            "SELECT \(columns.filter { $0.name != Splits.column }.map { Quote.name($0.name) }.joined(separator: ", ")) "
                + "FROM \(RefusedRows.table) WHERE \(rules.fails(rule))",
            first: rule.check, dataset: dataset, on: refused.connection)
    }

    private func splitOutcomes(_ splits: Splits, _ shared: Shared) -> [CheckOutcome] {
        guard shared.rows > 0, shared.grouped == 0 else { return [] }
        return [
            CheckOutcome(
                name: "splits(\(splits.by.value))", status: .failed, looked: shared.rows, failing: shared.rows,
                message: "the column '\(splits.by.value)' that decides the split has no value in any row")
        ]
    }
}

/// Rows shown to a person.
enum Examples {
    /// The most columns that an example shows.
    private static let width = 8

    /// Up to five rows of a query: the key's columns and those of the check first, and in their order.
    static func read(
        _ sql: String, first check: Check, dataset: Dataset, on connection: Connection
    ) throws -> [[ExampleField]] {
        let wanted = (dataset.key + check.columns).map { $0.value.lowercased() }
        let columns = try connection.columns(of: sql).map(\.name)
        let ordered = wanted.compactMap { name in columns.first { $0.lowercased() == name } }
        let order = ordered.isEmpty ? "ALL" : ordered.map { Quote.name($0) }.joined(separator: ", ")
        let limited = "SELECT * FROM (\(sql)) ORDER BY \(order) LIMIT \(RefusedRows.examplesPerRule)"
        return try connection.query(limited).map { row in
            let fields = zip(row.columns, row.values).map { column, value in
                ExampleField(column: column.name, value: value.isNull ? nil : value.description)
            }
            let ordered = wanted.compactMap { name in fields.first { $0.column.lowercased() == name } }
            let others = fields.filter { !wanted.contains($0.column.lowercased()) }
            return Array((ordered + others).prefix(width))
        }
    }
}
