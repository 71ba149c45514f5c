import DeltaLog
import DuckDB
import Project

/// Merges on the embedded DuckDB. The keys of the new rows become a table, for the questions to come.
struct DuckDBMerge: MergeEngine {
    let store: DatasetStore
    let table: TableFolder

    private static let isDelete = "\"_millrace_delete\""
    private static let fileColumn = "_millrace_file"

    /// A table of the new rows' keys, which all connections see while the merge lasts.
    private static func keys(of merge: Merge) -> String { SQL.quoted("_millrace_keys_\(merge.id)") }

    // MARK: The new rows

    func survey(_ merge: Merge) async throws -> Merge.Survey {
        let keys = Self.keys(of: merge)
        let names = merge.key.map { SQL.quoted($0.staged) }
        let isDelete = merge.deleteWhen.map { "((\($0)\n) IS TRUE)" } ?? "false"
        let isNull = names.map { "\($0) IS NULL" }.joined(separator: " OR ")
        let texts = names.map { "CAST(\($0) AS VARCHAR)" }.joined(separator: ", ")
        return try await store.withDuckDB(for: table.name) { connection in
            try Condition(merge.deleteWhen ?? "false", named: "delete_when").deciding(rowsOf: merge.dataset) {
                try connection.execute(
                    """
                    CREATE TABLE \(keys) AS
                    SELECT \(names.joined(separator: ", ")), \(isDelete) AS \(Self.isDelete)
                    FROM (\(merge.newRows.scanSQL)) AS \(SQL.quoted(merge.dataset.text))
                    """)
            }
            let wrong = try connection.query(
                """
                SELECT \(texts), n FROM (
                    SELECT \(names.joined(separator: ", ")), count(*) AS n FROM \(keys) GROUP BY ALL
                    HAVING count(*) > 1 OR \(isNull)
                ) ORDER BY ALL LIMIT \(Merge.mostExamples + 1)
                """
            ).map { row in (values: row.values.dropLast().map(\.text), count: Int(row["n"].int ?? 0)) }
            let counts = try connection.query(
                "SELECT count(*) AS n, count(*) FILTER (\(Self.isDelete)) AS deletes FROM \(keys)")
            return Merge.Survey(
                rows: Int(counts.first?["n"].int ?? 0), deletes: Int(counts.first?["deletes"].int ?? 0),
                wrongKeys: wrong)
        }
    }

    func finish(_ merge: Merge) async {
        try? await store.withDuckDB(for: table.name) { connection in
            try connection.execute("DROP TABLE IF EXISTS \(Self.keys(of: merge))")
        }
    }

    func writeRemaining(_ merge: Merge, to output: Merge.Output) async throws -> [StagedFile] {
        let rows = merge.newRows.scanSQL
        let condition = merge.deleteWhen.map { " WHERE (\($0)\n) IS NOT TRUE" } ?? ""
        let writer = DataFileWriter(output)
        return try await store.written(by: writer, in: table) { connection in
            try writer.write(
                "SELECT * FROM (\(rows)) AS \(SQL.quoted(merge.dataset.text))\(condition)", number: 0, on: connection)
        }
    }

    // MARK: The table's rows

    func find(_ merge: Merge, in candidates: TableSnapshot, of survey: Merge.Survey) async throws -> Merge.Found {
        var found = Merge.Found(inserted: survey.rows - survey.deletes)
        let scan = candidates.scanSQL(columns: merge.key.map(\.table), fileColumn: Self.fileColumn)
        let file = SQL.quoted(Self.fileColumn)
        let isSameKey = merge.key.map { "old.\(SQL.quoted($0.table)) = new.\(SQL.quoted($0.staged))" }
        let rows = try await store.reading(candidates) { connection in
            try connection.query(
                """
                SELECT file, count(*) AS n, count(*) FILTER (is_delete) AS deletes,
                    count(DISTINCT key_row) FILTER (NOT is_delete) AS keys
                FROM (
                    SELECT old.\(file) AS file, new.\(Self.isDelete) AS is_delete, new.rowid AS key_row
                    FROM (SELECT * FROM (\(scan)) AS old WHERE \(Self.hasNewKey(merge)) IS TRUE) AS old
                    JOIN \(Self.keys(of: merge)) AS new ON \(isSameKey.joined(separator: " AND "))
                ) GROUP BY GROUPING SETS ((file), ()) ORDER BY file
                """)
        }
        for row in rows {
            let count = Int(row["n"].int ?? 0)
            if let path = row["file"].text {
                found.rows[path] = count
            } else {
                found.deleted = Int(row["deletes"].int ?? 0)
                found.updated = count - found.deleted
                found.inserted -= Int(row["keys"].int ?? 0)
            }
        }
        return found
    }

    func writeCarried(_ merge: Merge, of parts: [TableSnapshot], to output: Merge.Output) async throws -> [StagedFile] {
        let columns = output.columns.map(\.sql).joined(separator: ", ")
        let writer = DataFileWriter(output)
        return try await store.written(by: writer, from: parts, in: table) { connection in
            try parts.enumerated().flatMap { number, part in
                try writer.write(
                    "SELECT \(columns) FROM (\(part.scanSQL)) AS old WHERE \(Self.hasNewKey(merge)) IS NOT TRUE",
                    number: number, on: connection)
            }
        }
    }

    /// Whether a row of the table has a key of the new rows.
    ///
    /// As a condition rather than a join, because DuckDB makes a hash table of the side of a join that it takes for the
    /// smaller one, and it knows nothing of the size of files that it reads by a given schema. The keys must be it.
    private static func hasNewKey(_ merge: Merge) -> String {
        guard !merge.key.isEmpty else { return "false" }
        func tuple(_ table: String, _ name: (Merge.KeyColumn) -> String) -> String {
            let values = merge.key.map { "CAST(\(table).\(SQL.quoted(name($0))) AS \($0.comparedType))" }
            guard values.count > 1 else { return values.joined() }
            return "struct_pack(\(values.enumerated().map { "k\($0) := \($1)" }.joined(separator: ", ")))"
        }
        return "(\(tuple("old", \.table)) IN (SELECT \(tuple("new", \.staged)) FROM \(keys(of: merge)) AS new))"
    }

    // MARK: Which files to look at

    func bounds(of merge: Merge, in survey: Merge.Survey, files: Int) async throws -> [[Merge.Bounds]] {
        // Each range costs time for every file.
        let ranges = files > 10_000 || survey.rows > 1_000_000 ? 8 : 64
        return try await store.withDuckDB(for: table.name) { connection in
            try merge.key.map { column in
                guard let literal = KeyLiteral(column.type) else { return [] }
                let name = SQL.quoted(column.staged)
                return try connection.query(
                    """
                    SELECT \(literal.sql("min(k)")) AS low, \(literal.sql("max(k)")) AS high
                    FROM (
                        SELECT k, ntile(\(ranges)) OVER (ORDER BY k) AS range
                        FROM (SELECT DISTINCT \(name) AS k FROM \(Self.keys(of: merge)))
                    ) GROUP BY range ORDER BY range
                    """
                ).map { (literal.literal($0["low"].text), literal.literal($0["high"].text)) }
            }
        }
    }
}

extension Merge.Output.Column {
    var sql: String {
        let name = SQL.quoted(name)
        return isCast ? "CAST(\(name) AS \(type)) AS \(name)" : name
    }
}

extension DataFileWriter {
    init(_ output: Merge.Output) {
        self.init(folder: output.folder, partitionColumns: output.partitionColumns, prefix: output.prefix)
    }
}
