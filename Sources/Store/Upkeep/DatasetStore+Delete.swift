import DeltaLog
import DuckDB
import FoundationEssentials
package import Project

/// What `delete` did, or would do.
package struct DeleteReport: Sendable, Equatable {
    /// The version that it made; nil when no row met the condition, or nothing was to be done.
    package var version: PinnedVersion?
    /// Rows that met the condition.
    package var rows: Int
    /// Files of which some rows stay.
    package var filesRewritten: Int
    /// Files of which no row stays.
    package var filesRemoved: Int
}

extension DatasetStore {
    /// Takes the rows out of a table for which a condition is true. Where it is NULL, the row stays.
    ///
    /// - Parameters:
    ///   - name: the dataset.
    ///   - condition: in SQL, over the table's columns.
    ///   - dryRun: only counts them.
    /// - Throws: `noTable`, `invalidCondition`, `newerProtocol`, `conflict`.
    package func delete(
        from name: DatasetName, where condition: String, dryRun: Bool
    ) async throws(StoreError) -> DeleteReport {
        let table = try TableFolder(name, in: objects)
        for attempt in 1... {
            let (base, note) = try await upkeepBase(of: table, "DELETE", changesRows: true)
            let found = try await rows(where: condition, in: Array(base.files), of: base, in: table)
            let touched = found.touched
            var report = DeleteReport(
                version: nil, rows: found.rows, filesRewritten: found.partial.count,
                filesRemoved: touched.count - found.partial.count)
            guard !dryRun, !touched.isEmpty else { return report }

            let (added, staged) = try await rewritten(found.partial, without: condition, of: base, in: table)
            let change = TableChange(
                kind: .rewrite(removing: touched, operation: .delete(where: condition), dataChange: true),
                transactionID: UUID().uuidString.lowercased(), files: added,
                metrics: [
                    "numDeletedRows": report.rows, "numCopiedRows": staged.reduce(0) { $0 + $1.rows },
                ], engine: engineName)
            let outcome = await self.attempt { () throws(StoreError) in
                try await commit(change, to: table, after: base, id: base.metadata.id, note: note)
            }
            switch outcome {
            case .failure(let error):
                if error.code != .inputOutput { await discard(staged, of: table) }
                throw error
            case .success(.committed(let version)):
                report.version = PinnedVersion(version: Version(version), table: base.metadata.id)
                return report
            case .success(.conflict(let conflict)):
                await discard(staged, of: table)
                // The condition is to hold for no row, whoever wrote it.
                guard conflict.concernsFiles, attempt < Self.longestRepetition else {
                    throw StoreError(conflict, dataset: name, "nothing was deleted", hint: "Try again.")
                }
            }
        }
        throw Self.unreachable(name)
    }

    // MARK: Rows by condition

    /// Files with rows for which a condition is true.
    struct FoundRows {
        var touched: [AddFile]
        /// Those of `touched` that have other rows as well.
        var partial: [AddFile]
        var rows: Int
    }

    func rows(
        where condition: String, in files: [AddFile], of base: Snapshot, in table: TableFolder
    ) async throws(StoreError) -> FoundRows {
        guard !files.isEmpty else { return FoundRows(touched: [], partial: [], rows: 0) }
        let source = try await source(files, of: base, in: table)
        let matches = try await reading(source.snapshot) {
            try Self.matches(condition, in: source.snapshot, on: $0)
        }
        let touched = files.filter { file in source.file(file).map { matches[$0.path] != nil } ?? false }
        // A file whose rows all meet the condition just goes.
        let partial = touched.filter { file in
            let rows = FileStatistics.rows(in: file.statistics).map { $0 - (file.deletionVector?.cardinality ?? 0) }
            return source.file(file).flatMap { matches[$0.path] } != rows
        }
        return FoundRows(touched: touched, partial: partial, rows: matches.values.reduce(0, +))
    }

    /// New files with the rows of live ones for which a condition is not true.
    func rewritten(
        _ files: [AddFile], without condition: String, of base: Snapshot, in table: TableFolder
    ) async throws(StoreError) -> (added: [AddFile], staged: [StagedFile]) {
        let alias = SQL.quoted(table.name.text)
        return try await rewritten(files, of: base, in: table, tags: [AddFile.carriedTag: "true"]) { rows, columns in
            "SELECT \(columns.joined(separator: ", ")) FROM (\(rows.scanSQL)) AS \(alias) WHERE (\(condition)\n) IS NOT TRUE"
        }
    }

    private static let fileColumn = "_millrace_file"

    /// How many rows of each file meet the condition, by the file's path as DuckDB opens it; files without are left out.
    private static func matches(
        _ condition: String, in rows: TableSnapshot, on connection: Connection
    ) throws -> [String: Int] {
        let text = Condition(condition, named: "to delete by")
        try text.check(over: rows.emptySQL, of: rows.name, on: connection)
        guard !rows.files.isEmpty else { return [:] }
        let alias = SQL.quoted(rows.name.text)
        let scan = rows.scanSQL(columns: nil, fileColumn: fileColumn)
        var matches: [String: Int] = [:]
        try text.deciding(rowsOf: rows.name) {
            try connection.stream(
                """
                SELECT \(SQL.quoted(fileColumn)), count(*) FROM (\(scan)) AS \(alias) WHERE (\(condition)\n) GROUP BY ALL
                """
            ) { chunk in
                for row in 0..<chunk.rowCount {
                    if let path = chunk.text(0, row), let count = chunk.value(1, row).int { matches[path] = Int(count) }
                }
            }
        }
        return matches
    }
}
