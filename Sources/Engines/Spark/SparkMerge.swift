import Columnar
import DeltaLog
import Project
import Queries
import SparkConnect
import Store

/// Merges on a Spark cluster: the executors read the keys, look for them in the table, and write the rows that stay.
/// Each question has a session of its own, so that none is kept open while the store commits.
struct SparkMerge: MergeEngine {
    let engine: SparkEngine
    /// The engine's name, for messages.
    let name: String
    let dataset: Dataset
    /// Parses, tells types, and reads footers.
    let local: LocalEngine

    private var span: SourceSpan { dataset.step.textSpan ?? dataset.span }
    private var query: SparkStepQuery {
        SparkStepQuery(dataset: dataset, engine: name, parser: local, tables: [:])
    }

    private func work<Answer: Sendable>(
        in folder: String, _ body: (SparkViews) async throws -> Answer
    ) async throws -> Answer {
        try await engine.work(for: dataset, dataset.deleteWhen ?? dataset.step.sql, in: folder) { views, _ in
            try await body(views)
        }
    }

    private static let deleteColumn = "_millrace_delete"
    private static func keyColumn(_ index: Int) -> String { "_millrace_key\(index)" }

    /// The keys of the new rows, in the types in which they are compared, and whether each takes a row out.
    private func defineKeys(of merge: Merge, _ views: SparkViews) async throws -> SparkTranslator.Table {
        let new = try await views.define("new", merge.newRows, at: span)
        let keys = merge.key.enumerated().map { index, column in
            "CAST(\(Quote.name(column.staged)) AS \(column.comparedType)) AS \(Quote.name(Self.keyColumn(index)))"
        }
        let before = "SELECT \(keys.joined(separator: ", ")), coalesce(("
        let after = "\n), false) AS \(Quote.name(Self.deleteColumn)) FROM \(Quote.name(dataset.name.text))"
        let condition = dataset.deleteWhen ?? SQLText("false", in: dataset.span.file)
        return try await views.define("keys", try query.deleting(before, condition, after, over: new))
    }

    /// Asks for a few rows of texts.
    private func texts(
        _ sql: String, over keys: SparkTranslator.Table, _ session: SparkSession
    ) async throws -> [[String?]] {
        let translation = try query.ours(sql, over: ["keys": keys], at: nil)
        let rows = try await session.collect(.sql(translation.sql))
        return try await local.fields(of: rows, translation.columns).map { $0.map(\.value) }
    }

    // MARK: The new rows

    func survey(_ merge: Merge) async throws -> Merge.Survey {
        try await work(in: merge.newRows.folder) { views in
            let keys = try await defineKeys(of: merge, views)
            let names = merge.key.indices.map { Quote.name(Self.keyColumn($0)) }
            let isNull = names.map { "\($0) IS NULL" }.joined(separator: " OR ")
            let values = names.enumerated().map { "CAST(\($1) AS VARCHAR) AS t\($0)" }.joined(separator: ", ")
            async let wrong = texts(
                """
                SELECT * FROM (
                    SELECT \(values), n FROM (
                        SELECT \(names.joined(separator: ", ")), count(*) AS n FROM keys GROUP BY ALL
                        HAVING count(*) > 1 OR \(isNull)
                    )
                ) ORDER BY ALL LIMIT \(Merge.mostExamples + 1)
                """, over: keys, views.session)
            async let counts = texts(
                "SELECT count(*) AS n, count(*) FILTER (\(Quote.name(Self.deleteColumn))) AS deletes FROM keys",
                over: keys, views.session)
            let numbers = try await counts.first?.map { $0.flatMap { Int($0) } ?? 0 } ?? []
            return Merge.Survey(
                rows: numbers.first ?? 0, deletes: numbers.last ?? 0,
                wrongKeys: try await wrong.map { row in
                    (Array(row.dropLast()), row.last.flatMap { $0 }.flatMap { Int($0) } ?? 0)
                })
        }
    }

    /// One range for each column: what a finer look would take is more than what it saves where the keys are read by
    /// many machines.
    func bounds(of merge: Merge, in survey: Merge.Survey, files: Int) async throws -> [[Merge.Bounds]] {
        let literals = merge.key.map { KeyLiteral($0.type) }
        let asked = literals.enumerated().flatMap { index, literal -> [String] in
            guard let literal else { return [] }
            let name = Quote.name(Self.keyColumn(index))
            return [literal.sql("min(\(name))"), literal.sql("max(\(name))")]
        }
        guard !asked.isEmpty else { return literals.map { _ in [] } }
        return try await work(in: merge.newRows.folder) { views in
            let selected = asked.enumerated().map { "\($1) AS b\($0)" }.joined(separator: ", ")
            let keys = try await defineKeys(of: merge, views)
            var found = try await texts("SELECT \(selected) FROM keys", over: keys, views.session).first?[...] ?? []
            return literals.map { literal in
                guard let literal, let low = found.popFirst(), let high = found.popFirst() else { return [] }
                return [(literal.literal(low), literal.literal(high))]
            }
        }
    }

    func writeRemaining(_ merge: Merge, to output: Merge.Output) async throws -> [StagedFile] {
        try await work(in: output.folder) { views in
            let new = try await views.define("new", merge.newRows, at: span)
            guard let condition = dataset.deleteWhen else { return [] }
            let rows = try await views.define("remaining", try query.remaining(of: new, without: condition))
            return try await write(rows, to: output, views)
        }
    }

    // MARK: The table's rows

    func find(_ merge: Merge, in candidates: TableSnapshot, of survey: Merge.Survey) async throws -> Merge.Found {
        try await work(in: candidates.folder) { views in
            let old = try await views.define("old", candidates, at: span, withPaths: true)
            let keys = try await defineKeys(of: merge, views)
            let delete = "n.\(SparkText.name(Self.deleteColumn))"
            let key = merge.key.indices.map { "n.\(SparkText.name(Self.keyColumn($0)))" }.joined(separator: ", ")
            let batches = try await views.session.collect(
                .sql(
                    """
                    SELECT o.\(SparkViews.pathColumn) AS file, count(*) AS n, count_if(\(delete)) AS deletes, \
                    count(DISTINCT IF(\(delete), NULL, struct(\(key)))) AS keys \
                    FROM \(old.source) AS o JOIN \(keys.source) AS n ON \(try isSameKey(merge, old)) \
                    GROUP BY GROUPING SETS ((o.\(SparkViews.pathColumn)), ())
                    """))
            return found(in: batches, candidates, of: survey)
        }
    }

    private func found(
        in batches: [RecordBatch], _ candidates: TableSnapshot, of survey: Merge.Survey
    ) -> Merge.Found {
        var found = Merge.Found(inserted: survey.rows - survey.deletes)
        let paths = Dictionary(
            candidates.files.map { (SparkViews.path(SparkViews.location($0.path), isURL: false), $0.path) },
            uniquingKeysWith: { first, _ in first })
        for batch in batches {
            for row in 0..<batch.count {
                let numbers = batch.columns.dropFirst().map { column -> Int in
                    if case .int(let value) = column.value(at: row) { Int(value) } else { 0 }
                }
                if case .text(let file) = batch.columns[0].value(at: row) {
                    let path = SparkViews.path(file, isURL: true)
                    found.rows[paths[path] ?? path] = numbers[0]
                } else {
                    found.deleted = numbers[1]
                    found.updated = numbers[0] - numbers[1]
                    found.inserted -= numbers[2]
                }
            }
        }
        return found
    }

    func writeCarried(_ merge: Merge, of parts: [TableSnapshot], to output: Merge.Output) async throws -> [StagedFile] {
        guard let first = parts.first else { return [] }
        let all = first.restricted(to: TableSnapshot.Files(parts.flatMap { Array($0.files) }))
        return try await work(in: output.folder) { views in
            let old = try await views.define("old", all, at: span)
            guard !merge.key.isEmpty else { return try await write(old, to: output, views) }
            let keys = try await defineKeys(of: merge, views)
            let rows = try await views.define(
                "carried",
                SparkTranslator.Translation(
                    sql: "SELECT o.* FROM \(old.source) AS o LEFT ANTI JOIN \(keys.source) AS n "
                        + "ON \(try isSameKey(merge, old))",
                    columns: old.columns))
            return try await write(rows, to: output, views)
        }
    }

    private func isSameKey(_ merge: Merge, _ old: SparkTranslator.Table) throws -> String {
        try merge.key.enumerated().map { index, column in
            guard let type = DuckType(column.comparedType)?.spark else {
                throw StepError([
                    UnknownSparkType(column: column.table, type: column.comparedType)
                        .diagnostic(in: dataset.name.text, engine: name, at: span)
                ])
            }
            let value = "o.\(SparkText.name(column.table))"
            let isCast = old.columns.first { $0.name == column.table }?.type.spark != type
            return "\(isCast ? "CAST(\(value) AS \(type))" : value) = n.\(SparkText.name(Self.keyColumn(index)))"
        }.joined(separator: " AND ")
    }

    // MARK: Writing

    private func write(
        _ rows: SparkTranslator.Table, to output: Merge.Output, _ views: SparkViews
    ) async throws -> [StagedFile] {
        // Spark does not write into files what it names folders by.
        let layout = PartitionLayout(partitionBy: output.partitionColumns, besides: output.columns.map(\.name))
        var selected = output.columns.map { column in
            let name = Quote.name(column.name)
            return column.isCast ? "CAST(\(name) AS \(column.type)) AS \(name)" : name
        }
        selected += layout.copies.map { "CAST(\(Quote.name($0.column)) AS VARCHAR) AS \(Quote.name($0.copy))" }
        let sql = "SELECT \(selected.joined(separator: ", ")) FROM \"rows\""
        let folder = output.folder + "/" + output.prefix
        try await views.session.run(
            .write(
                .sql(try query.ours(sql, over: ["rows": rows], at: nil).sql), to: SparkViews.location(folder),
                partitionedBy: layout.copies.map(\.copy), options: SparkSteps.writingOptions(output.folder)))
        let columns = try output.columns.map {
            try StorableColumn(name: $0.name, duckDBType: $0.type, dataset: dataset.name)
        }
        return try await local.footers(in: folder, columns: columns).map { file in
            var file = file
            for (copy, column) in layout.copies {
                let value = file.partitionValues.removeValue(forKey: copy) ?? nil
                file.partitionValues.updateValue(value, forKey: column)
            }
            return file
        }
    }

    func finish(_ merge: Merge) async {}
}
