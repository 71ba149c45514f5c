import Checks
package import Project
package import Queries
import Store

/// Finds what of a step cannot run on Spark, before anything runs and without asking a server.
package struct SparkBinder {
    private let parser: any SQLParser
    private let engine: String

    /// - Parameter engine: its name in the project.
    package init(engine: String, parser: any SQLParser) {
        self.engine = engine
        self.parser = parser
    }

    /// - Parameters:
    ///   - inputs: the columns of all tables that the step's SQL and its checks name.
    ///   - columns: those of the step's result, as the embedded engine binds them.
    package func problems(
        of dataset: Dataset, inputs: [String: [QueryColumn]], columns: [QueryColumn]
    ) throws -> [Diagnostic] {
        guard let text = dataset.step.sql else { return [] }
        var tables: [String: SparkTranslator.Table] = [:]
        var problems: [Diagnostic] = []
        for (name, columns) in inputs.sorted(by: { $0.key < $1.key }) {
            do throws(UnknownSparkType) {
                tables[name] = try SparkTranslator.Table(view: name, columns: columns)
            } catch {
                problems.append(error.diagnostic(in: name, engine: engine, at: text.span(at: 0)))
            }
        }
        guard problems.isEmpty else { return problems }
        let query = SparkStepQuery(dataset: dataset, engine: engine, parser: parser, tables: tables)
        let own = columns.filter { dataset.splits == nil || $0.name != Splits.column }
        // What is wrong with the query does not hide what is wrong with the checks.
        func collect(_ body: () throws -> Void) throws {
            do {
                try body()
            } catch let error as StepError {
                problems += error.diagnostics
            }
        }
        var source: SparkTranslator.Table?
        try collect { source = SparkTranslator.Table(view: "rows", try query.rows(names: own.map(\.name))) }
        guard let rows = source ?? (try? SparkTranslator.Table(view: "rows", columns: own)) else { return problems }
        if let partitioning = dataset.partitioning,
            case .success(let condition) = PartitionColumn.condition(of: partitioning, in: dataset, columns: own)
        {
            try collect { _ = try query.partitioned(rows, group: condition.group(.day)) }
        }
        if let condition = dataset.deleteWhen {
            try collect { _ = try query.remaining(of: rows, without: condition) }
        }
        try collect {
            let stored = try own.map {
                try StorableColumn(name: $0.name, duckDBType: $0.type, dataset: dataset.name)
            }
            let shaped = try query.shaped(rows, columns: stored, hidden: [], copies: [])
            let (plan, _) = CheckPlan.compile(dataset, columns: own)
            let published = SparkTranslator.Table(
                source: SparkText.name("shaped"),
                columns: shaped.columns.map { column in
                    column.name == SparkStepQuery.bucketColumn
                        ? DuckType.Field(name: Splits.column, type: .varchar) : column
                })
            problems += query.problems(of: plan, over: published)
        }
        return problems
    }
}

extension UnknownSparkType {
    func diagnostic(in table: String, engine: String, at span: SourceSpan) -> Diagnostic {
        .error(
            "the column '\(column)' of '\(table)' is of type \(type), which the engine '\(engine)' does not have",
            at: span, hint: "cast it where '\(table)' is made, or run this step on a DuckDB engine")
    }
}
