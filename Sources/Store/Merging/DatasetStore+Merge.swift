import DeltaLog
import DuckDB
import ObjectStore
import Project

extension DatasetStore {
    /// The merge that a publication asks for; nil when it asks for none.
    ///
    /// - Throws: `noSuchColumn` when the key, or a part of it, is no column of the new rows or of the table.
    func merge(
        of publication: Publication, _ schema: DeltaSchema, _ base: Snapshot?
    ) throws(StoreError) -> Merge? {
        guard case .merge(let wanted) = publication.mode else { return nil }
        let table = base?.metadata.schema ?? schema
        var key: [Merge.KeyColumn] = []
        for name in wanted.columns {
            guard let staged = schema[name], let column = table[name] else {
                throw StoreError(
                    .noSuchColumn, dataset: publication.name,
                    message: "\(publication.name): the key \(name) is no column of the "
                        + (schema[name] == nil ? "new rows" : "table"))
            }
            let wider = column.type.canWiden(to: staged.type) ? staged.type : column.type
            key.append(
                Merge.KeyColumn(
                    table: column.name, staged: staged.name, type: column.type, comparedType: wider.duckDBType.text))
        }
        guard !key.isEmpty else {
            throw StoreError(
                .noSuchColumn, dataset: publication.name,
                message: "\(publication.name): there is no key to merge by",
                hint: "Give the dataset a 'key': the columns that tell which row is which.")
        }
        let folder = objects.location(of: ObjectPath(publication.name.text) ?? .root)
        let files = publication.files.map { $0.path.hasPrefix(folder) ? $0.path : "\(folder)/\($0.path)" }
        let columns = schema.fields.map { SQL.quoted($0.name) }.joined(separator: ", ")
        let nulls = schema.fields.map { "CAST(NULL AS \($0.type.duckDBType.text)) AS \(SQL.quoted($0.name))" }
        return Merge(
            dataset: publication.name, key: key, deleteWhen: wanted.deleteWhen,
            stagedRows: files.isEmpty
                ? "SELECT \(nulls.joined(separator: ", ")) WHERE false"
                : "SELECT \(columns) FROM \(ParquetSource.reader(of: files))")
    }

    /// Publishes new rows in the place of those with the same key.
    func publish(
        _ publication: Publication, merging merge: Merge, _ schema: DeltaSchema, _ staged: [AddFile],
        _ base: PublicationBase, in table: TableFolder
    ) async throws(StoreError) -> PinnedVersion {
        let result = await attempt { () throws(StoreError) in
            try await publishMerged(publication, merge, schema, staged, base, in: table)
        }
        try? await withDuckDB(for: table.name) { try merge.dropKeys(on: $0) }
        return try result.get()
    }

    private func publishMerged(
        _ publication: Publication, _ merge: Merge, _ schema: DeltaSchema, _ staged: [AddFile],
        _ first: PublicationBase, in table: TableFolder
    ) async throws(StoreError) -> PinnedVersion {
        let counts = try await withDuckDB(for: table.name) { try merge.collectKeys(on: $0) }
        var remaining = staged
        if counts.deletes > 0 {
            let rows = try await remainingFiles(publication, merge, in: table)
            remaining = try await addFiles(
                rows,
                NewFiles(
                    schema: schema, partitionColumns: publication.partitionBy,
                    indexing: first.snapshot?.metadata.statisticsColumns ?? .standard), in: table)
        }
        var base = first
        for attempt in 1... {
            let prepared = try await prepare(publication, merge, counts, schema, remaining, base, in: table)
            let outcome = await self.attempt { () throws(StoreError) in
                try await commit(prepared.change, to: table, after: base.snapshot, id: base.id, isBehind: base.isBehind)
            }
            switch outcome {
            case .failure(let error):
                if error.code != .inputOutput { await discard(prepared.rewritten, of: table) }
                throw error
            case .success(.committed(let version)):
                // Staged files that held rows to delete were written anew without them.
                if counts.deletes > 0 { await discard(publication.files, of: table) }
                return PinnedVersion(version: Version(version), table: base.id)
            case .success(.conflict(let conflict)):
                await discard(prepared.rewritten, of: table)
                // The new rows are right whatever the table holds; only where they go must be found out again.
                guard conflict.concernsFiles, !publication.readsWholeTable, attempt < Self.longestRepetition,
                    let snapshot = base.snapshot
                else { throw Self.error(conflict, publication) }
                base.snapshot = try await rebase(prepared.change, since: snapshot, publication, in: table)
                base.isBehind = false
            }
        }
        throw Self.unreachable(publication.name)
    }

    /// Files of the new rows without those that take rows out.
    private func remainingFiles(
        _ publication: Publication, _ merge: Merge, in table: TableFolder
    ) async throws(StoreError) -> [StagedFile] {
        let writer = DataFileWriter(
            folder: objects.location(of: table.path), partitionColumns: publication.partitionBy)
        return try await written(by: writer, in: table) { try writer.write(merge.remainingRows, number: 0, on: $0) }
    }

    private func prepare(
        _ publication: Publication, _ merge: Merge, _ counts: Merge.Staged, _ schema: DeltaSchema,
        _ staged: [AddFile], _ base: PublicationBase, in table: TableFolder
    ) async throws(StoreError) -> PreparedChange {
        guard let snapshot = base.snapshot else {
            let note = MergeNote(key: merge.key.map(\.table), deleted: 0)
            var change = try change(
                publication, .replace, schema: schema, files: staged, base: nil, id: base.id,
                extra: [(MergeNote.member, note.json)])
            change.metrics.merge(Self.metrics(counts, Merge.Found(), inserted: counts.rows - counts.deletes)) { $1 }
            return PreparedChange(change: change)
        }
        do {
            try snapshot.checkWritable()
        } catch {
            throw StoreError(error, dataset: table.name, folder: objects.location(of: table.path))
        }
        let widening =
            publication.schemaPolicy == .widen
            ? try Widening(of: snapshot, by: schema, dataset: publication.name) : nil
        let candidates = try await candidates(of: merge, counts, snapshot, in: table)
        let source = try await source(candidates, of: snapshot, in: table)
        let found = try await reading(source.snapshot) { try merge.find(in: source.snapshot, of: counts, on: $0) }
        let touched = candidates.filter { file in
            source.file(file).map { found.rows[$0.path] ?? 0 > 0 } ?? false
        }
        // A file whose rows all have a new one just goes.
        let partial = touched.filter { file in
            let rows = FileStatistics.rows(in: file.statistics).map { $0 - (file.deletionVector?.cardinality ?? 0) }
            return source.file(file).flatMap { found.rows[$0.path] } != rows
        }
        let removed = widening == nil ? touched : Array(snapshot.files)
        let kept = widening == nil ? partial : removed
        let rewritten = try await rewrite(kept, of: snapshot, in: table, columns: widening?.columns) {
            merge.carriedRows(of: $0, columns: $1)
        }
        try verify(rewritten, of: kept, found, source, in: table)
        let carried = try await carriedFiles(rewritten, of: snapshot, widening, in: table)

        let operation = Operation.merge(on: merge.key.map(\.table), deleteWhen: merge.deleteWhen)
        let note = MergeNote(key: merge.key.map(\.table), deleted: found.deleted)
        var change: TableChange
        if let widening {
            change = try self.change(
                publication, widening, operation: operation, files: carried + staged, base: snapshot, note)
        } else {
            // What neither adds nor takes out anything does not depend on what others do.
            let isEmpty = removed.isEmpty && staged.isEmpty
            change = try self.change(
                publication, isEmpty ? .append : .rewrite(removing: removed, operation: operation, dataChange: true),
                schema: schema, files: carried + staged, base: snapshot, id: base.id,
                extra: [(MergeNote.member, note.json)])
        }
        change.metrics.merge(
            Self.metrics(
                counts, found, inserted: found.inserted, copied: rewritten.reduce(0) { $0 + $1.rows },
                removedFiles: removed.count, addedFiles: carried.count + staged.count)
        ) { $1 }
        return PreparedChange(change: change, rewritten: rewritten, canBeRepeated: true)
    }

    /// The live files that may have a row with one of the new keys.
    private func candidates(
        of merge: Merge, _ counts: Merge.Staged, _ snapshot: Snapshot, in table: TableFolder
    ) async throws(StoreError) -> [AddFile] {
        guard counts.rows > 0 else { return [] }
        guard snapshot.files.count > 1 else { return Array(snapshot.files) }
        let ranges = snapshot.files.count > 10_000 || counts.rows > 1_000_000 ? 8 : 64
        let predicate = try await withDuckDB(for: table.name) { try merge.predicate(ranges: ranges, on: $0) }
        return snapshot.files.filter {
            predicate.mayMatch(
                partitionValues: $0.partitionValues, statistics: $0.statistics, metadata: snapshot.metadata)
        }
    }

    /// Rows that stay must all be in the new files: a last look before the old ones go.
    private func verify(
        _ rewritten: [StagedFile], of files: [AddFile], _ found: Merge.Found, _ source: RewriteSource,
        in table: TableFolder
    ) throws(StoreError) {
        var expected = 0
        for file in files {
            guard let rows = FileStatistics.rows(in: file.statistics) else { return }
            expected += rows - (file.deletionVector?.cardinality ?? 0)
            expected -= source.file(file).flatMap { found.rows[$0.path] } ?? 0
        }
        let written = rewritten.reduce(0) { $0 + $1.rows }
        guard written == expected else {
            throw StoreError(
                .missingFile, dataset: table.name,
                message: "\(table.name): nothing was published, because \(expected) rows of the table were to be kept, "
                    + "but its files have \(written)", hint: "A file of the table was changed, or its log is wrong.")
        }
    }

    private static func metrics(
        _ counts: Merge.Staged, _ found: Merge.Found, inserted: Int, copied: Int = 0, removedFiles: Int = 0,
        addedFiles: Int = 0
    ) -> [String: Int] {
        [
            "numSourceRows": counts.rows, "numTargetRowsInserted": inserted, "numTargetRowsUpdated": found.updated,
            "numTargetRowsDeleted": found.deleted, "numTargetRowsCopied": copied,
            "numOutputRows": copied + counts.rows - counts.deletes, "numTargetFilesRemoved": removedFiles,
            "numTargetFilesAdded": addedFiles,
        ]
    }
}
