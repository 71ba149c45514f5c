import Checks
import DuckDB
import Foundation
import Ingesting
package import Project
package import Queries
import Store

/// Binds steps and checks against empty tables of their inputs' columns, so that a misspelt column is found before
/// anything runs. No data is touched; only the heads of an ingest's files are looked at.
package struct LocalBinder {
    /// A step to bind: everything that it reads is defined.
    package struct Request: Sendable {
        package var dataset: Dataset
        /// For an ingest the files that it reads.
        package var sourceFiles: [String]
        /// For an ingest of a Delta table its columns; for a program those that it declares.
        package var sourceColumns: [QueryColumn]
        /// The columns of the tables outside of the project that the query reads, by the names that it has for them.
        package var foreign: [String: [QueryColumn]]

        package init(
            dataset: Dataset, sourceFiles: [String] = [], sourceColumns: [QueryColumn] = [],
            foreign: [String: [QueryColumn]] = [:]
        ) {
            self.dataset = dataset
            self.sourceFiles = sourceFiles
            self.sourceColumns = sourceColumns
            self.foreign = foreign
        }
    }

    /// The columns of the version that the step would publish, nil when it cannot be bound, and all that is wrong.
    package struct Answer: Sendable {
        package var columns: [QueryColumn]?
        package var problems: [Diagnostic]
    }

    /// Binds steps that do not read each other, on all processors.
    package static func bind(_ requests: [Request], on engine: LocalEngine) throws -> [Answer] {
        let database = try engine.database()
        return try Parallel.map(requests, atLeast: 8) { part in
            try database.withConnection { connection in
                // Names and types are all that is asked for, and a good part of preparing is optimising.
                try connection.execute("PRAGMA disable_optimizer")
                let binder = LocalBinder(connection: connection)
                return try part.map { request in
                    let (columns, problems) = try binder.bind(request)
                    return Answer(columns: columns, problems: problems)
                }
            }
        }
    }

    /// Makes datasets' names stand for empty tables, for all who bind.
    package static func define(_ tables: [(name: DatasetName, columns: [QueryColumn])], on engine: LocalEngine) throws {
        guard !tables.isEmpty else { return }
        try engine.database().withConnection { connection in
            try connection.execute(
                tables.map { definition(of: $0.name.text, columns: $0.columns) }.joined(separator: ";\n"))
        }
    }

    private static func definition(of name: String, isTemporary: Bool = false, columns: [QueryColumn]) -> String {
        let list = columns.map { "\(Quote.name($0.name)) \($0.type)" }.joined(separator: ", ")
        return "CREATE OR REPLACE \(isTemporary ? "TEMP " : "")TABLE \(Quote.name(name)) (\(list))"
    }

    private let connection: Connection

    /// The columns that a step's version would have, with everything wrong about the step and its checks. Nil when the
    /// step itself cannot be bound. All datasets that it reads must be defined.
    private func bind(_ request: Request) throws -> (columns: [QueryColumn]?, [Diagnostic]) {
        let dataset = request.dataset
        do {
            let columns = try columns(of: request)
            let ambiguous = ContractCheck.repeatedNames(of: dataset, columns: columns)
            guard ambiguous.isEmpty else { return (nil, ambiguous) }
            var published = columns
            let hasSplit = columns.contains { $0.name.lowercased() == Splits.column }
            if dataset.splits != nil, !hasSplit { published.append(QueryColumn(name: Splits.column, type: "VARCHAR")) }
            try connection.execute(Self.definition(of: dataset.name.text, columns: published))
            var problems = ContractCheck.problems(of: dataset, columns: columns)
            let (plan, faults) = CheckPlan.compile(dataset, columns: columns)
            problems += faults
            if faults.isEmpty { problems += try bind(plan, of: dataset) }
            if let partitioning = dataset.partitioning,
                case .failure(let problem) = PartitionColumn.condition(of: partitioning, in: dataset, columns: columns)
            {
                problems.append(problem)
            }
            if let condition = dataset.deleteWhen { problems += problem(in: condition, of: dataset) }
            return (published, problems)
        } catch let error as StepError {
            return (nil, error.diagnostics)
        }
    }

    private func columns(of request: Request) throws -> [QueryColumn] {
        let dataset = request.dataset
        for (name, columns) in request.foreign {
            try connection.execute(Self.definition(of: name, isTemporary: true, columns: columns))
        }
        let found = try ErrorTranslator(dataset: dataset).translating(offset: 0) {
            switch dataset.step {
            case .sql(let text):
                return try connection.columns(of: DeltaScans(SQLNormaliser.withoutTail(text.text)).sql)
            case .run:
                // As DuckDB writes the types.
                let columns = request.sourceColumns.map { "NULL::\($0.type) AS \(Quote.name($0.name))" }
                return try connection.columns(of: "SELECT \(columns.joined(separator: ", "))")
            case .ingest(let ingest):
                if ingest.delta != nil { return request.sourceColumns.map { Column(name: $0.name, type: $0.type) } }
                return try columns(of: ingest, in: dataset, sourceFiles: request.sourceFiles)
            }
        }
        let span = dataset.step.textSpan ?? dataset.span
        return try found.map { column in
            do {
                let stored = try StorableColumn(name: column.name, duckDBType: column.type, dataset: dataset.name)
                return QueryColumn(name: stored.name, type: stored.duckDBType)
            } catch let error as StoreError {
                throw StepError([.error(error.message, at: span, hint: error.hint)])
            }
        }
    }

    private func columns(of ingest: Ingest, in dataset: Dataset, sourceFiles: [String]) throws -> [Column] {
        let problems = sourceFiles.compactMap { FileHead.problem(of: $0, in: ingest) }
        guard problems.isEmpty, let query = SourceQuery(dataset, files: sourceFiles) else { throw StepError(problems) }
        let unknown = query.declaredTypes.compactMap { unknownType($0.type) }
        guard unknown.isEmpty else { throw StepError(unknown) }
        let found =
            ingest.format == .jsonl
            ? try JSONLines(query, ingest, on: connection).columns.map { Column(name: $0.name, type: $0.type) }
            : try connection.columns(of: query.select)
        let missing = ingest.types.filter { declared in
            !found.contains { $0.name.lowercased() == declared.column.value.lowercased() }
        }
        guard missing.isEmpty else {
            let columns = found.map { QueryColumn(name: $0.name, type: $0.type) }
            throw StepError(missing.map { .missingColumn($0.column, of: dataset.name, among: columns) })
        }
        return found
    }

    /// What is wrong with the name of a type; nil when DuckDB knows it.
    private func unknownType(_ type: Located<String>) -> Diagnostic? {
        guard fault(in: "SELECT CAST(NULL AS \(ColumnTypes.canonical(type.value)))") != nil else { return nil }
        let near = Spelling.nearest(to: type.value, among: ColumnTypes.names)
        return .error(
            "unknown type '\(type.value)'", at: type.span,
            hint: near.map { "did you mean '\($0)'?" }
                ?? "types are DuckDB's: VARCHAR, BIGINT, DOUBLE, DATE, TIMESTAMP, …")
    }

    /// What is wrong with the condition for which a merge deletes rows.
    private func problem(in condition: SQLText, of dataset: Dataset) -> [Diagnostic] {
        let head = "SELECT 1 FROM \(Quote.name(dataset.name.text)) WHERE ("
        guard let error = fault(in: "\(head)\(condition.text)\n) IS TRUE") else { return [] }
        let position = max(0, (error.position ?? head.utf8.count) - head.utf8.count)
        let reason = error.message.split(separator: "\n").first.map(String.init) ?? error.message
        return [
            .error(
                "delete_when: \(reason)", at: condition.span(at: position, length: error.name?.utf8.count ?? 1),
                hint: error.candidates.first.map { "did you mean '\($0)'?" }
                    ?? "it is a condition on the columns of '\(dataset.name)', such as op = 'D'")
        ]
    }

    /// Binds what the checks ask: all together where one query can ask it, and each by itself where that fails, to find
    /// the one to blame.
    private func bind(_ plan: CheckPlan, of dataset: Dataset) throws -> [Diagnostic] {
        let table = plan.rowRules.source(of: dataset.name.text)
        var problems: [Diagnostic] = []
        let doubtful = plan.rowRules.rules.filter { Self.isDoubtful($0.check) }
        let any = doubtful.map { "(\($0.failing))" }.joined(separator: " OR ")
        if !doubtful.isEmpty, fault(in: "SELECT 1 FROM \(table) WHERE \(any)") != nil {
            for rule in doubtful { problems += diagnose(rule.check, "SELECT 1 FROM \(table) WHERE \(rule.failing)") }
        }
        for rule in plan.tableRules {
            switch rule.question {
            case .aggregate(let sql) where Self.isDoubtful(rule.check):
                problems += diagnose(rule.check, "SELECT \(sql) FROM \(table)")
            case .counts(let sql) where Self.isDoubtful(rule.check): problems += diagnose(rule.check, sql)
            case .aggregate, .counts, .rowCount: break
            case .type(let found, let expected):
                let outcome = Verdict.type(rule.check, found: found, expected: expected)
                if outcome.status == .failed {
                    problems.append(.error("\(rule.check.name): \(outcome.message ?? "")", at: rule.check.span))
                }
            }
        }
        return problems
    }

    /// False for a check whose SQL is ours alone, over columns that are known to be there.
    private static func isDoubtful(_ check: Check) -> Bool {
        switch check.rule {
        case .notNull, .unique, .rows, .metric: check.condition != nil
        default: true
        }
    }

    private func fault(in sql: String) -> DuckDBError? {
        do {
            _ = try connection.columns(of: sql)
            return nil
        } catch {
            return error as? DuckDBError
        }
    }

    private func diagnose(_ check: Check, _ sql: String) -> [Diagnostic] {
        guard let error = fault(in: sql) else { return [] }
        var span = check.condition?.span ?? check.span
        if case .sql(let text) = check.rule {
            let start = sql.range(of: text.text).map { sql.utf8.distance(from: sql.startIndex, to: $0.lowerBound) } ?? 0
            span = text.span(at: max(0, (error.position ?? start) - start), length: error.name?.utf8.count ?? 1)
        }
        let near = error.candidates.first.map { "did you mean '\($0)'?" }
        let reason = error.message.split(separator: "\n").first.map(String.init) ?? error.message
        return [.error("\(check.name): \(reason)", at: span, hint: near)]
    }
}
