import Checks
import Project
import Queries
import Store

/// The SQL of one step as Spark runs it. All of it is DuckDB's SQL, the user's and Millrace's own, and goes through the
/// same translation, so that a check means the same on every engine.
///
/// The rows pass through these queries, each over the one before: the user's query; for a partitioned dataset what cuts
/// it down; the casts that the table's types need, and each row's bucket; the split, and for each row rule whether the
/// row fails it.
struct SparkStepQuery {
    let dataset: Dataset
    /// The engine's name, for messages.
    let engine: String
    let parser: any SQLParser
    /// What the step's SQL may name.
    let tables: [String: SparkTranslator.Table]

    static let bucketColumn = "_millrace_bucket"
    private static let groupColumn = "_millrace_group"
    static let beforeColumn = "_millrace_before"
    static func ruleColumn(_ rule: Int) -> String { "_millrace_rule\(rule)" }

    /// What an ingest or a program has no need of.
    var sql: SQLText { dataset.step.sql ?? SQLText("", in: dataset.span.file) }

    // MARK: The user's query

    /// - Parameter names: DuckDB's names of the result's columns.
    /// - Throws: a `StepError` with all that Spark cannot do in the same way, where the user wrote it.
    func rows(names: [String]) throws -> SparkTranslator.Translation {
        let text = DeltaScans(SQLNormaliser.withoutTail(sql.text)).sql
        return try translated(text, over: tables, names: names) { fault in
            .error(
                "\(fault.message) (on the engine '\(engine)')", at: sql.span(at: fault.position ?? 0), hint: fault.hint)
        }
    }

    /// The rows that a merge would not take out.
    func remaining(of rows: SparkTranslator.Table, without condition: SQLText) throws -> SparkTranslator.Translation {
        try deleting(
            "SELECT * FROM \(Quote.name(dataset.name.text)) WHERE (", condition, "\n) IS NOT TRUE", over: rows)
    }

    /// A query about which rows a merge takes out.
    func deleting(
        _ before: String, _ condition: SQLText, _ after: String, over rows: SparkTranslator.Table
    ) throws -> SparkTranslator.Translation {
        try translated(
            before + condition.text + after, over: [dataset.name.text: rows]
        ) { fault in
            let position = max(0, (fault.position ?? 0) - before.utf8.count)
            return .error(
                "delete_when: \(fault.message) (on the engine '\(engine)')", at: condition.span(at: position),
                hint: fault.hint)
        }
    }

    // MARK: Partitions

    /// Each row with its partition, whether it has none, and whether it is before the first.
    func partitioned(_ rows: SparkTranslator.Table, by query: PartitionQuery) throws -> SparkTranslator.Translation {
        try ours(
            """
            SELECT *, \(query.key) AS \(Quote.name(PartitionQuery.keyColumn)), \
            \(query.stray) AS \(Quote.name(PartitionQuery.strayColumn)), \
            coalesce(\(query.isBefore ?? "false"), false) AS \(Quote.name(Self.beforeColumn)) \
            FROM "rows" WHERE \(query.isBefore.map { "\($0) OR " } ?? "")\(query.isWanted)
            """, over: ["rows": rows], at: dataset.partitioning?.span)
    }

    /// The text of each row's partition alone, to see whether it can be told.
    func partitioned(_ rows: SparkTranslator.Table, group: String) throws -> SparkTranslator.Translation {
        try ours("SELECT \(group) AS g FROM \"rows\"", over: ["rows": rows], at: dataset.partitioning?.span)
    }

    // MARK: The table's types

    /// The rows in the types of the table, and the bucket of each.
    /// - Parameters:
    ///   - hidden: further columns that are taken along.
    ///   - copies: texts of columns, by the names that they get.
    func shaped(
        _ rows: SparkTranslator.Table, columns: [StorableColumn], hidden: [String],
        copies: [(copy: String, column: String)]
    ) throws -> SparkTranslator.Translation {
        var selected = columns.map { column in
            let name = Quote.name(column.name)
            // A table cannot be partitioned by the empty text: its log has nothing but NULL for it.
            if column.duckDBType == "VARCHAR", dataset.partitionBy.contains(where: { $0.value == column.name }) {
                return "nullif(\(name)::VARCHAR, '') AS \(name)"
            }
            return "CAST(\(name) AS \(column.duckDBType)) AS \(name)"
        }
        selected += hidden.map { Quote.name($0) }
        var further = copies.map { "\(Quote.name($0.column))::VARCHAR AS \(Quote.name($0.copy))" }
        if let splits = dataset.splits {
            further.append("coalesce(\(Quote.name(splits.by.value))::VARCHAR, '') AS \(Quote.name(Self.groupColumn))")
        }
        let inner = "SELECT \(selected.joined(separator: ", ")) FROM \"rows\""
        let sql = further.isEmpty ? inner : "SELECT *, \(further.joined(separator: ", ")) FROM (\(inner))"
        var shaped = try ours(sql, over: ["rows": rows], at: dataset.splits?.span)
        guard let splits = dataset.splits else { return shaped }
        // The same number as on the embedded engine (`StepQuery.bucket`).
        let group = SparkText.name(Self.groupColumn)
        let digits = "left(md5(concat('\(splits.seed):', \(group))), 15)"
        shaped.columns.removeAll { $0.name == Self.groupColumn }
        let kept = shaped.columns.map { SparkText.name($0.name) }.joined(separator: ", ")
        shaped.sql = """
            SELECT \(kept), CAST(conv(\(digits), 16, 10) AS BIGINT) % 1000000 AS \(SparkText.name(Self.bucketColumn)) \
            FROM (\(shaped.sql))
            """
        shaped.columns.append(DuckType.Field(name: Self.bucketColumn, type: .bigint))
        return shaped
    }

    // MARK: Checks

    /// The rows with their split, and for each row rule a column that is true where the row fails it.
    func ruled(_ rows: SparkTranslator.Table, _ rules: RowRules) throws -> SparkTranslator.Translation {
        do {
            return try ours(ruledSQL(rules), over: tables(with: rows), at: nil)
        } catch let error as StepError {
            // Whose fault is it?
            let faults = rules.rules.flatMap { rule in
                let alone = ruledSQL(
                    RowRules([
                        RowRule(
                            check: rule.check, bit: 0, failing: rule.failing, reason: rule.reason, window: rule.window)
                    ]))
                return problems(of: rule.check, alone, over: tables(with: rows))
            }
            throw faults.isEmpty ? error : StepError(faults)
        }
    }

    private func ruledSQL(_ rules: RowRules) -> String {
        let table = Quote.name(dataset.name.text)
        let split = StepQuery.split(of: dataset).map { ", \($0) AS \(Quote.name(Splits.column))" } ?? ""
        let bucket = split.isEmpty ? "*" : "* EXCLUDE (\(Quote.name(Self.bucketColumn)))"
        let failing = rules.rules.enumerated().map { index, rule in
            ", coalesce((\(rule.failing)), false) AS \(Quote.name(Self.ruleColumn(index)))"
        }
        return """
            SELECT *\(failing.joined()) FROM (SELECT *\(rules.windows) FROM (SELECT \(bucket)\(split) FROM \(table)) \
            AS \(table)) AS \(table)
            """
    }

    /// The tables that checks may name: the inputs, and the dataset itself.
    func tables(with rows: SparkTranslator.Table) -> [String: SparkTranslator.Table] {
        tables.merging([dataset.name.text: rows]) { $1 }
    }

    /// What a check asks.
    func question(_ sql: String, of check: Check?, over rows: SparkTranslator.Table) throws
        -> SparkTranslator.Translation
    {
        try translated(sql, over: tables(with: rows)) { fault in diagnostic(fault, of: check, in: sql) }
    }

    /// All that cannot be asked on Spark about a table with the dataset's columns.
    func problems(of plan: CheckPlan, over rows: SparkTranslator.Table) -> [Diagnostic] {
        let table = plan.rowRules.source(of: dataset.name.text)
        var problems = plan.rowRules.rules.flatMap { rule in
            self.problems(of: rule.check, "SELECT (\(rule.failing)) AS f FROM \(table)", over: tables(with: rows))
        }
        for rule in plan.tableRules {
            switch rule.question {
            case .aggregate(let sql):
                problems += self.problems(of: rule.check, "SELECT \(sql) FROM \(table)", over: tables(with: rows))
            case .counts(let sql): problems += self.problems(of: rule.check, sql, over: tables(with: rows))
            case .rowCount, .type: break
            }
        }
        return problems
    }

    private func problems(
        of check: Check, _ sql: String, over tables: [String: SparkTranslator.Table]
    ) -> [Diagnostic] {
        do {
            _ = try translated(sql, over: tables) { diagnostic($0, of: check, in: sql) }
            return []
        } catch {
            return (error as? StepError)?.diagnostics ?? []
        }
    }

    private func diagnostic(_ fault: TranslationFault, of check: Check?, in sql: String) -> Diagnostic {
        var span = check?.condition?.span ?? check?.span ?? dataset.span
        if case .sql(let text) = check?.rule, let start = sql.firstRange(of: text.text) {
            let offset = sql.utf8.distance(from: sql.startIndex, to: start.lowerBound)
            span = text.span(at: max(0, (fault.position ?? offset) - offset))
        }
        let name = check.map { "\($0.name): " } ?? ""
        return .error("\(name)\(fault.message) (on the engine '\(engine)')", at: span, hint: fault.hint)
    }

    // MARK: Translating

    /// A query of Millrace's own.
    func ours(
        _ sql: String, over tables: [String: SparkTranslator.Table], at span: SourceSpan?
    ) throws -> SparkTranslator.Translation {
        try translated(sql, over: tables) { fault in
            .error("\(fault.message) (on the engine '\(engine)')", at: span ?? dataset.span, hint: fault.hint)
        }
    }

    private func translated(
        _ sql: String, over tables: [String: SparkTranslator.Table], names: [String]? = nil,
        _ diagnostic: (TranslationFault) -> Diagnostic
    ) throws -> SparkTranslator.Translation {
        guard let parsed = try parser.queries([sql]).first else { throw StepError([]) }
        do {
            return try SparkTranslator(tables: tables, marksFailures: names != nil).translate(
                try parsed.get(), names: names)
        } catch let faults as TranslationFaults {
            throw StepError(faults.faults.map(diagnostic))
        } catch let fault as SQLFault {
            throw StepError([
                diagnostic(TranslationFault(position: fault.position, message: fault.message, hint: fault.hint))
            ])
        }
    }
}

extension SparkTranslator.Table {
    /// A view with a translation's columns.
    init(view: String, _ translation: SparkTranslator.Translation) {
        self.init(source: SparkText.name(view), columns: translation.columns)
    }

    /// A table with DuckDB's columns.
    /// - Throws: the first column of a type that Spark has not.
    init(view: String, columns: [QueryColumn]) throws(UnknownSparkType) {
        var fields: [DuckType.Field] = []
        for column in columns {
            guard let type = DuckType(column.type), type.spark != nil else {
                throw UnknownSparkType(column: column.name, type: column.type)
            }
            fields.append(DuckType.Field(name: column.name, type: type))
        }
        self.init(source: SparkText.name(view), columns: fields)
    }
}

struct UnknownSparkType: Error {
    var column: String
    var type: String
}
