import DeltaLog
import DuckDB
import ObjectStore
package import Project

extension DatasetStore {
    /// What some versions of a dataset changed, row by row. What an optimize rearranged is no change.
    ///
    /// - Parameters:
    ///   - name: the dataset.
    ///   - first: the first version whose changes are wanted.
    ///   - last: the last one.
    ///   - key: the columns that tell which row is which. Without any there are no updates: a row that changed is
    ///     deleted, and inserted as it is then.
    /// - Throws: `noSuchVersion` when `first` comes after `last`; `expiredVersion` when the log no longer reaches back;
    ///   `missingFile` when a vacuum has deleted what a version changed; `noSuchColumn`.
    package func changes(
        _ name: DatasetName, from first: VersionPin, through last: VersionPin, key: [String]
    ) async throws(StoreError) -> ChangeTable {
        let table = try TableFolder(name, in: objects)
        let end = try await snapshot(of: name, at: last).pinned.version.number
        let start = try await start(first, of: name)
        guard start <= end else {
            throw StoreError(
                .noSuchVersion, dataset: name, message: "\(name): version \(start) comes after version \(end)",
                hint: "Write the earlier one first: \(name)@changes(\(end),\(start))")
        }
        guard let state = try await state(of: table, at: end) else { throw noTable(table) }
        let columns = try keyColumns(key, of: state, name)
        let commits = try await commits(from: start, through: end, of: table)
        let former = try await filesTakenOut(by: commits, from: start, of: table)
        var parts: [String] = []
        var files: [AddFile] = []
        for (version, commit) in commits {
            let moves = CommitMoves(commit, former: former)
            try await verify(moves, of: version, state, in: table)
            files += moves.files
            parts += try await rows(of: moves, commit, version, key: columns, state, in: table)
        }
        let snapshot = try await tableSnapshot(state, files: files, of: table)
        let added = [
            (ChangeTable.typeColumn, DeltaType.string), (ChangeTable.versionColumn, .long),
            (ChangeTable.timeColumn, .timestamp),
        ].map { TableSnapshot.Column(name: $0, duckDBType: $1.duckDBType.text, type: $1) }
        if parts.isEmpty {
            parts = [
                Self.labelled(snapshot.emptySQL, snapshot.columns, type: "''", version: 0, time: nil)
            ]
        }
        return ChangeTable(
            name: name, columns: snapshot.columns + added, sql: parts.joined(separator: "\nUNION ALL\n"),
            files: snapshot)
    }

    private func start(_ pin: VersionPin, of name: DatasetName) async throws(StoreError) -> Int {
        switch pin {
        case .version(let version): version.number
        case .tag: try await snapshot(of: name, at: pin).pinned.version.number
        }
    }

    private func keyColumns(
        _ key: [String], of state: Snapshot, _ name: DatasetName
    ) throws(StoreError) -> [String] {
        var columns: [String] = []
        for column in key {
            guard let field = state.metadata.schema[column] else {
                throw StoreError(.noSuchColumn, dataset: name, message: "\(name): there is no column \(column)")
            }
            columns.append(field.name)
        }
        return columns
    }

    /// The commits of a range of versions, ascending.
    ///
    /// - Throws: `expiredVersion` when one is no longer in the log.
    func commits(
        from first: Int, through last: Int, of table: TableFolder
    ) async throws(StoreError) -> [(version: Int, commit: Commit)] {
        guard first <= last else { return [] }
        return try await concurrently(Array(first...last)) { (version) throws(StoreError) in
            let result = await self.attempt { () throws(StoreError) in try await self.commit(version, of: table) }
            guard case .failure(let error) = result, error.code == .missingFile else {
                return (version, try result.get())
            }
            throw StoreError(
                .expiredVersion, dataset: table.name,
                message:
                    "\(table.name): what version \(version) changed is no longer known, because its commit has been "
                    + "cleaned up", hint: "delta.logRetentionDuration says how long commits are kept.")
        }
    }

    /// The files that commits take out, as they were while they were live, by path and deletion vector.
    private func filesTakenOut(
        by commits: [(version: Int, commit: Commit)], from first: Int, of table: TableFolder
    ) async throws(StoreError) -> [FileIdentity: AddFile] {
        var wanted: Set<FileIdentity> = []
        for (_, commit) in commits {
            for case .remove(let file) in commit.actions where file.dataChange { wanted.insert(FileIdentity(file)) }
        }
        var files: [FileIdentity: AddFile] = [:]
        for (_, commit) in commits {
            for case .add(let file) in commit.actions where wanted.contains(FileIdentity(file)) {
                files[FileIdentity(file)] = file
            }
        }
        guard files.count < wanted.count, first > 0, let before = try await state(of: table, at: first - 1) else {
            return files
        }
        for file in before.files where wanted.contains(FileIdentity(file)) { files[FileIdentity(file)] = file }
        return files
    }

    // MARK: One version

    /// Makes sure that all files that tell what a version changed are still there.
    private func verify(
        _ moves: CommitMoves, of version: Int, _ state: Snapshot, in table: TableFolder
    ) async throws(StoreError) {
        _ = try await concurrently(moves.files) { (file) throws(StoreError) -> Void in
            guard let path = table.path.appending(DataPath.canonical(file.path)) else { return }
            guard try await self.entry(of: path, in: table) == nil else { return }
            throw StoreError(
                .missingFile, dataset: table.name, path: self.objects.location(of: path),
                message:
                    "\(table.name): what version \(version) changed is no longer known, because a file of it is gone",
                hint: "A vacuum deletes files that only old versions need, unless these are tagged.")
        }
        if let lost = moves.unknown {
            throw StoreError(
                .corruptLog, dataset: table.name,
                message: "\(table.name): version \(version) takes out the file \(lost), which was not part of the table"
            )
        }
    }

    private func rows(
        of moves: CommitMoves, _ commit: Commit, _ version: Int, key: [String], _ state: Snapshot, in table: TableFolder
    ) async throws(StoreError) -> [String] {
        let time = commit.time
        if !moves.changeData.isEmpty {
            var snapshot = try await tableSnapshot(state, files: moves.changeData, of: table)
            let columns = snapshot.columns
            let name = ChangeTable.typeColumn
            snapshot.columns.append(.init(name: name, duckDBType: "VARCHAR", type: .string))
            return [Self.labelled(snapshot.scanSQL, columns, type: SQL.quoted(name), version: version, time: time)]
        }
        func scan(_ files: [AddFile]) async throws(StoreError) -> TableSnapshot {
            try await tableSnapshot(state, files: files, of: table)
        }
        let removed = try await scan(moves.removed)
        let added = try await scan(moves.added)
        let columns = added.columns
        func label(_ rows: String, _ type: String) -> String {
            Self.labelled(rows, columns, type: type, version: version, time: time)
        }
        switch (moves.removed.isEmpty, moves.added.isEmpty) {
        case (true, true): return []
        case (true, false): return [label(added.scanSQL, "'insert'")]
        case (false, true): return [label(removed.scanSQL, "'delete'")]
        case (false, false): break
        }
        var gone = "(\(removed.scanSQL)) EXCEPT ALL (\(added.scanSQL))"
        var fresh = "(\(added.scanSQL)) EXCEPT ALL (\(removed.scanSQL))"
        if !key.isEmpty, let note = MergeNote(commit), Set(note.key) == Set(key) {
            // Which rows were carried over the commit itself tells: by the key, without a look at the other columns.
            let carried = try await scan(moves.added.filter(\.isCarried))
            gone =
                "SELECT * FROM (\(removed.scanSQL)) AS a ANTI JOIN (\(carried.scanSQL(columns: key))) AS b ON \(Self.same(key))"
            fresh = try await scan(moves.added.filter { !$0.isCarried }).scanSQL
        }
        guard !key.isEmpty else { return [label(gone, "'delete'"), label(fresh, "'insert'")] }
        func kind(_ other: String, _ update: String, _ single: String) -> String {
            "CASE WHEN EXISTS (SELECT 1 FROM \(other) AS b WHERE \(Self.same(key))) THEN '\(update)' ELSE '\(single)' END"
        }
        return [
            """
            SELECT * FROM (
                WITH gone AS MATERIALIZED (\(gone)), fresh AS MATERIALIZED (\(fresh))
                \(label("FROM gone", kind("fresh", "update_preimage", "delete"))) UNION ALL
                \(label("FROM fresh", kind("gone", "update_postimage", "insert")))
            )
            """
        ]
    }

    private static func same(_ key: [String]) -> String {
        key.map { "a.\(SQL.quoted($0)) IS NOT DISTINCT FROM b.\(SQL.quoted($0))" }.joined(separator: " AND ")
    }

    /// A SELECT of rows, named `a`, with what is said of them.
    private static func labelled(
        _ rows: String, _ columns: [TableSnapshot.Column], type: String, version: Int, time: Int?
    ) -> String {
        let names = columns.map { "a.\(SQL.quoted($0.name))" }.joined(separator: ", ")
        let moment = time.map { "make_timestamptz(\($0 * 1_000))" } ?? "CAST(NULL AS TIMESTAMPTZ)"
        return """
            SELECT \(names), \(type) AS \(SQL.quoted(ChangeTable.typeColumn)), \
            CAST(\(version) AS BIGINT) AS \(SQL.quoted(ChangeTable.versionColumn)), \
            \(moment) AS \(SQL.quoted(ChangeTable.timeColumn)) FROM (\(rows)) AS a
            """
    }
}
