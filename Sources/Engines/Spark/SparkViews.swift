import Columnar
import DeltaLog
import Foundation
import Project
import Queries
import SparkConnect
import Store

/// Makes views of what a step reads on a Spark session: exactly the files of pinned versions, which the executors read.
struct SparkViews {
    let session: SparkSession
    /// What the names of all views begin with: unique to the step, for a session may be shared.
    let prefix: String
    /// The engine's name, for messages.
    let engine: String

    /// Makes a view of a query.
    func define(_ name: String, _ translation: SparkTranslator.Translation) async throws -> SparkTranslator.Table {
        let view = prefix + name
        try await session.run(.makeView(view, of: .sql(translation.sql)))
        return SparkTranslator.Table(view: view, translation)
    }

    // MARK: Tables

    /// Makes a view of a table's version.
    /// - Parameters:
    ///   - span: for the error, where a column is of a type that Spark has not.
    ///   - withPaths: whether the view has a further column, the last, with the file of each row as Spark names it.
    func define(
        _ name: String, _ table: TableSnapshot, at span: SourceSpan, withPaths: Bool = false
    ) async throws -> SparkTranslator.Table {
        let view = prefix + name
        let columns = table.columns.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
        let known: SparkTranslator.Table
        do throws(UnknownSparkType) {
            known = try SparkTranslator.Table(view: view, columns: columns)
        } catch {
            throw StepError([error.diagnostic(in: table.name.text, engine: engine, at: span)])
        }
        let rows =
            withPaths
            ? try await files(of: table, as: view, known.columns, at: span, withPaths: true)
            : try await rows(of: table, as: view, known.columns, at: span)
        try await session.run(.makeView(view, of: rows))
        return known
    }

    private func rows(
        of table: TableSnapshot, as view: String, _ columns: [DuckType.Field], at span: SourceSpan
    ) async throws -> SparkRelation {
        guard let parts = table.parts else { return try await files(of: table, as: view, columns, at: span) }
        var selects: [String] = []
        for (number, part) in parts.enumerated() {
            let rows = "\(view)_\(number)"
            try await session.run(.makeView(rows, of: try await files(of: part.rows, as: rows, columns, at: span)))
            var source = SparkText.name(rows)
            for (index, newer) in part.superseded.enumerated() {
                let other = "\(rows)_\(index)"
                try await session.run(.makeView(other, of: try await files(of: newer.by, as: other, columns, at: span)))
                let same = newer.key.map { "a.\(SparkText.name($0)) = b.\(SparkText.name($0))" }
                source =
                    "(SELECT a.* FROM \(source) AS a LEFT ANTI JOIN \(SparkText.name(other)) AS b "
                    + "ON \(same.joined(separator: " AND ")))"
            }
            selects.append("SELECT * FROM \(source)")
        }
        return parts.isEmpty ? Self.noRows(columns) : .sql(selects.joined(separator: "\nUNION ALL\n"))
    }

    // MARK: Files

    private func files(
        of table: TableSnapshot, as view: String, _ columns: [DuckType.Field], at span: SourceSpan,
        withPaths: Bool = false
    ) async throws -> SparkRelation {
        let layout = table.layout
        guard !layout.needsFieldNumbers else {
            throw StepError([
                .error(
                    "the files of '\(table.name)' tell columns by numbers and not by names, which the engine "
                        + "'\(engine)' cannot read", at: span, hint: "run this step on a DuckDB engine")
            ])
        }
        guard layout.groups.count <= Self.mostGroups else {
            throw StepError([
                .error(
                    "the files of '\(table.name)' are of \(layout.groups.count) partitions of another tool's, and the "
                        + "engine '\(engine)' reads at most \(Self.mostGroups)", at: span,
                    hint: "run this step on a DuckDB engine")
            ])
        }
        var selects: [String] = []
        for (number, group) in layout.groups.enumerated() {
            let name = "\(view)_files\(number)"
            let schema = try Self.schema(of: group, in: table)
            var files = SparkRelation.files(
                group.files.map(Self.location), format: "parquet", schema: schema, options: Self.readingOptions)
            let hasDeletions = group.deletions.contains { $0 != nil }
            // A view has no such hidden columns.
            var hidden: [String] = []
            if hasDeletions {
                hidden += ["_metadata.file_name AS \(Self.fileColumn)", "_metadata.row_index AS \(Self.rowColumn)"]
            }
            if withPaths { hidden.append("_metadata.file_path AS \(Self.pathColumn)") }
            if !hidden.isEmpty { files = files.select(["*"] + hidden) }
            try await session.run(.makeView(name, of: files))
            var selected = zip(columns, group.sources).map { column, source in
                "\(Self.expression(column, source, isKey: table.partitionColumns.contains(column.name))) "
                    + "AS \(SparkText.name(column.name))"
            }
            if withPaths { selected.append("f.\(Self.pathColumn)") }
            var sql = "SELECT \(selected.joined(separator: ", ")) FROM \(SparkText.name(name)) AS f"
            if hasDeletions {
                let deleted = try await defineDeletions(of: group, in: table, as: "\(name)_deleted", at: span)
                sql +=
                    " LEFT ANTI JOIN \(SparkText.name(deleted)) AS d "
                    + "ON d.file = f.\(Self.fileColumn) AND d.row = f.\(Self.rowColumn)"
            }
            selects.append(sql)
        }
        return selects.isEmpty ? Self.noRows(columns) : .sql(selects.joined(separator: "\nUNION ALL\n"))
    }

    private static let fileColumn = "__millrace_file"
    private static let rowColumn = "__millrace_row"
    static let pathColumn = "__millrace_path"

    /// Each is read by a part of the plan of its own.
    private static let mostGroups = 200

    /// Names are no patterns.
    static let readingOptions = ["globPaths": "false", "mergeSchema": "false"]

    /// A path as Hadoop's file systems name it.
    static func location(_ path: String) -> String {
        if path.hasPrefix("/") { return "file://\(path)" }
        return path.hasPrefix("s3://") ? "s3a://\(path.dropFirst("s3://".count))" : path
    }

    /// What is behind the scheme of a location, of one that Spark wrote as a URL as well.
    static func path(_ location: String, isURL: Bool) -> String {
        let path: Substring
        if location.hasPrefix("file:") {
            path = "/" + location.dropFirst("file:".count).drop { $0 == "/" }
        } else {
            path = location.firstRange(of: "://").map { location[$0.upperBound...] } ?? location[...]
        }
        return (isURL ? path.removingPercentEncoding : nil) ?? String(path)
    }

    /// The columns that the files of a group have, as DDL.
    private static func schema(of group: FileLayout.Group, in table: TableSnapshot) throws -> String {
        var columns: [String] = []
        for source in group.sources {
            guard case .stored(let name, let type) = source, let spark = DuckType(type)?.spark else { continue }
            columns.append("\(SparkText.name(name)) \(spark)")
        }
        // Without a column there would be no rows to count.
        return columns.isEmpty ? "`__millrace_no_column` BOOLEAN" : columns.joined(separator: ", ")
    }

    private static func expression(_ column: DuckType.Field, _ source: FileLayout.Source, isKey: Bool) -> String {
        let type = column.type.spark ?? "STRING"
        switch source {
        case .constant(let text): return "CAST(\(text.map(SparkText.text) ?? "NULL") AS \(type))"
        case .stored(let name, let stored):
            let value = "f.\(SparkText.name(name))"
            // For the protocol, and so for all other readers, an empty text that partitions a table is NULL.
            if isKey, column.type == .varchar { return "nullif(\(value), '')" }
            // Nested fields go by their order.
            return DuckType(stored) == column.type ? value : "CAST(\(value) AS \(type))"
        }
    }

    static func noRows(_ columns: [DuckType.Field]) -> SparkRelation {
        let nulls = columns.map { "CAST(NULL AS \($0.type.spark ?? "STRING")) AS \(SparkText.name($0.name))" }
        return .sql("SELECT \(nulls.joined(separator: ", ")) WHERE false")
    }

    /// A view of the rows that do not count, by the names of their files.
    private func defineDeletions(
        of group: FileLayout.Group, in table: TableSnapshot, as view: String, at span: SourceSpan
    ) async throws -> String {
        var names = try ByteStringBuilder(.utf8)
        var rows = FixedWidthBuilder<Int64>(.int64, zero: 0)
        var count = 0
        var seen: Set<String> = []
        for (path, deleted) in zip(group.files, group.deletions) {
            let name = String(path.split(separator: "/").last ?? "")
            guard seen.insert(name).inserted else {
                throw StepError([
                    .error(
                        "two files of '\(table.name)' are named \(name), and rows of theirs are deleted: the engine "
                            + "'\(engine)' cannot tell them apart", at: span,
                        hint: "run this step on a DuckDB engine")
                ])
            }
            for row in deleted ?? RowSet() {
                try names.append(name)
                try rows.append(Int64(row))
                count += 1
            }
            guard count <= Self.mostDeletions else {
                throw StepError([
                    .error(
                        "more than \(Self.mostDeletions) rows are deleted in files of '\(table.name)' that still hold "
                            + "them, too many to tell the engine '\(engine)'", at: span,
                        hint: "let its writer purge them, or run this step on a DuckDB engine")
                ])
            }
        }
        let schema = Schema([Field("file", .utf8), Field("row", .int64)])
        let batch = try RecordBatch(schema, [names.finish(), rows.finish()])
        try await session.run(.makeView(view, of: try .rows([batch], schema)))
        return view
    }

    /// They travel with the plan, which Spark limits to 128 MB.
    private static let mostDeletions = 1_000_000
}
