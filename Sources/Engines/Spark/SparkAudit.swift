import Checks
import Project
import Queries
import SparkConnect
import Store

/// Decides a dataset's checks over the files that the executors have written: on Spark, with one shared scan for all
/// that it can answer, and one query for each of the others.
struct SparkAudit {
    let job: StepJob
    let query: SparkStepQuery
    let views: SparkViews
    let checks: CheckPlan
    /// The published columns.
    let columns: [QueryColumn]
    let kept: [StagedFile]
    let refused: [(file: StagedFile, mask: String)]
    let layout: SparkLayout
    /// Writes values as DuckDB does.
    let local: LocalEngine

    private var dataset: Dataset { job.dataset }
    private var session: SparkSession { views.session }

    struct Result {
        var outcomes: [CheckOutcome]
        var splits: [String: Int]
    }

    /// - Parameter failures: how many rows failed each row rule.
    func run(failures: [Int], rows: RowAccount) async throws -> Result {
        let plan = AuditPlan(dataset: dataset, checks: checks, isAppend: job.appendTo != nil)
        let staged = try await define("staged", files: kept.map(\.path))
        let shared = plan.shared(try await numbers(plan.sharedScan, of: nil, over: staged))
        var answers = AuditPlan.Answers(shared: shared, failures: failures, rowsRead: rows.read)
        if !refused.isEmpty, let sql = plan.lookedAmongRefused(Quote.name(dataset.name.text)) {
            let rows = try await define("refused", files: refused.map(\.file.path))
            answers.lookedAmongRefused = try await numbers(sql, of: nil, over: rows).map { Int($0 ?? 0) }
        }
        let all =
            if let before = job.appendTo, plan.counts.contains(where: \.isAboutAll) {
                try await unite(staged, before)
            } else {
                staged
            }
        for (count, found) in try await together(
            plan.counts,
            { count in
                try await numbers(
                    count.sql, of: checks.tableRules[count.rule].check, over: count.isAboutAll ? all : staged)
            })
        {
            answers.counts[count.rule] = (
                Int(found.first.flatMap { $0 } ?? 0), found.last.flatMap { $0 }.map { Int($0) }
            )
        }
        let looked =
            refused.isEmpty
            ? staged : try await define("looked", files: kept.map(\.path) + refused.map(\.file.path))
        let outcomes = try await together(plan.outcomes(answers)) { found -> [[ExampleField]] in
            guard let check = found.check else { return [] }
            return switch found.examples {
            case .failing(let rule): try await failing(rule, of: check, looked)
            case .query(let sql, let isAboutAll): try await read(sql, of: check, over: isAboutAll ? all : staged)
            case nil: []
            }
        }.map { found, examples in
            var outcome = found.outcome
            outcome.examples = examples
            return outcome
        }
        return Result(outcomes: outcomes, splits: shared.splits)
    }

    /// What is asked of each item, some of them at once: small questions are mostly waiting.
    private func together<Item: Sendable, Answer: Sendable>(
        _ items: [Item], _ ask: @escaping @Sendable (Item) async throws -> Answer
    ) async throws -> [(Item, Answer)] {
        try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            var answers: [Int: Answer] = [:]
            for (place, item) in items.enumerated() {
                if place >= Self.questionsAtOnce, let (done, answer) = try await group.next() { answers[done] = answer }
                group.addTask { (place, try await ask(item)) }
            }
            while let (done, answer) = try await group.next() { answers[done] = answer }
            return zip(items.indices, items).compactMap { place, item in answers[place].map { (item, $0) } }
        }
    }

    private static let questionsAtOnce = 4

    // MARK: Tables

    private func define(_ name: String, files: [String]) async throws -> SparkTranslator.Table {
        let view = views.prefix + name
        let table: SparkTranslator.Table
        do throws(UnknownSparkType) {
            table = try SparkTranslator.Table(view: view, columns: columns)
        } catch {
            throw StepError([error.diagnostic(in: dataset.name.text, engine: views.engine, at: dataset.span)])
        }
        let ddl = table.columns.map { "\(SparkText.name($0.name)) \($0.type.spark ?? "STRING")" }
        let relation: SparkRelation =
            files.isEmpty
            ? SparkViews.noRows(table.columns)
            : .files(
                files.map(SparkViews.location), format: "parquet", schema: ddl.joined(separator: ", "),
                options: SparkViews.readingOptions)
        try await session.run(.makeView(view, of: relation))
        return table
    }

    /// The new rows and those that stay, by the names of their columns.
    private func unite(_ staged: SparkTranslator.Table, _ before: TableSnapshot) async throws -> SparkTranslator.Table {
        let kept = try await views.define("kept", before, at: dataset.span)
        let view = views.prefix + "all"
        let columns = staged.columns.map { column in
            let name = kept.columns.first { $0.name.lowercased() == column.name.lowercased() }?.name
            let value = name.map(SparkText.name) ?? "NULL"
            return "CAST(\(value) AS \(column.type.spark ?? "STRING")) AS \(SparkText.name(column.name))"
        }
        try await session.run(
            .makeView(
                view,
                of: .sql(
                    "SELECT * FROM \(staged.source) UNION ALL "
                        + "SELECT \(columns.joined(separator: ", ")) FROM \(kept.source)")))
        return SparkTranslator.Table(source: SparkText.name(view), columns: staged.columns)
    }

    // MARK: Questions

    private func numbers(_ sql: String, of check: Check?, over table: SparkTranslator.Table) async throws -> [Double?] {
        let translation = try query.question(sql, of: check, over: table)
        let doubles = translation.columns.indices.map { "CAST(`c\($0)` AS DOUBLE)" }.joined(separator: ", ")
        let names = translation.columns.indices.map { "`c\($0)`" }.joined(separator: ", ")
        return try await session.numbers(.sql("SELECT \(doubles) FROM (\(translation.sql)) AS t(\(names))"))
    }

    /// Rows that fail a row rule: among those that it refused, or else among all.
    private func failing(
        _ rule: Int, of check: Check, _ looked: SparkTranslator.Table
    ) async throws -> [[ExampleField]] {
        let failing = checks.rowRules.rules[rule]
        let names = columns.filter { $0.name != Splits.column }.map { Quote.name($0.name) }.joined(separator: ", ")
        let table = Quote.name(dataset.name.text)
        if let place = layout.refusing.firstIndex(of: rule) {
            let files = refused.filter { Array($0.mask)[place] == "1" }.map(\.file.path)
            return try await read(
                "SELECT \(names) FROM \(table)", of: check, over: define("refused_by_\(rule)", files: files))
        }
        return try await read(
            "SELECT \(names) FROM \(table) WHERE (\(failing.failing))", of: check,
            over: looked)
    }

    /// Up to five rows of a query.
    private func read(_ sql: String, of check: Check, over table: SparkTranslator.Table) async throws
        -> [[ExampleField]]
    {
        let columns = try query.question(sql, of: check, over: table).columns
        let examples = Examples(of: check, in: dataset)
        // Not every type has an order on both engines.
        let plain = columns.filter { !$0.type.isNested }
        let orders = [columns, plain].map { examples.select(from: sql, columns: $0.map(\.name)) }
        let translation =
            try orders.lazy.compactMap { try? query.question($0, of: check, over: table) }.first
            ?? query.question(sql, of: check, over: table)
        let rows = try await session.collect(.sql(translation.sql).limit(Examples.most))
        return try await local.fields(of: rows, columns).map(examples.shown)
    }
}
