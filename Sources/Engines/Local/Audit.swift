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
        let plan = AuditPlan(dataset: dataset, checks: checks, isAppend: job.appendTo != nil)
        try define(try stagedRows(), on: connection)
        let shared = plan.shared(try connection.query(plan.sharedScan).first?.values.map(\.double) ?? [])
        var answers = AuditPlan.Answers(shared: shared, failures: failures, rowsRead: rows.read)
        if let refused, rows.quarantined > 0, !rules.isRefused.isEmpty,
            let sql = plan.lookedAmongRefused("(SELECT * FROM \(RefusedRows.table) WHERE \(rules.isRefused))")
        {
            answers.lookedAmongRefused =
                try refused.connection.query(sql).first?.values.map { Int($0.int ?? 0) } ?? []
        }
        for count in plan.counts {
            let row = try asking(aboutAll: count.isAboutAll, on: connection) {
                try connection.query(count.sql).first
            }
            answers.counts[count.rule] = (Int(row?[0].int ?? 0), row?[1].int.map { Int($0) })
        }
        let outcomes = try plan.outcomes(answers).map { found in
            var outcome = found.outcome
            if let check = found.check, let examples = found.examples {
                outcome.examples = try read(examples, of: check, refused: refused, on: connection)
            }
            return outcome
        }
        return Result(outcomes: outcomes, splits: shared.splits)
    }

    private func define(_ rows: String, on connection: Connection) throws {
        try connection.execute("CREATE OR REPLACE TEMP VIEW \(Quote.name(dataset.name.text)) AS \(rows)")
    }

    /// Lets the dataset's name stand for all of its rows, the new ones and those that stay.
    private func asking<R>(aboutAll: Bool, on connection: Connection, _ body: () throws -> R) throws -> R {
        guard aboutAll, let kept = job.appendTo else { return try body() }
        try define(try stagedRows() + " UNION ALL BY NAME (\(kept.scanSQL))", on: connection)
        defer { try? define(stagedRows(), on: connection) }
        return try body()
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

    // MARK: Examples

    private func read(
        _ examples: AuditPlan.Outcome.Examples, of check: Check, refused: RefusedRows?, on connection: Connection
    ) throws -> [[ExampleField]] {
        switch examples {
        case .failing(let rule):
            guard let refused else { return [] }
            let names = columns.filter { $0.name != Splits.column }.map { Quote.name($0.name) }
            return try read(
                "SELECT \(names.joined(separator: ", ")) FROM \(RefusedRows.table) "
                    + "WHERE \(rules.fails(rules.rules[rule]))", of: check, on: refused.connection)
        case .query(let query, let isAboutAll):
            return try asking(aboutAll: isAboutAll, on: connection) { try read(query, of: check, on: connection) }
        }
    }

    private func read(_ query: String, of check: Check, on connection: Connection) throws -> [[ExampleField]] {
        let examples = Examples(of: check, in: dataset)
        let sql = examples.select(from: query, columns: try connection.columns(of: query).map(\.name))
        return try connection.query(sql).map { row in
            examples.shown(
                zip(row.columns, row.values).map { column, value in
                    ExampleField(column: column.name, value: value.isNull ? nil : value.description)
                })
        }
    }
}
