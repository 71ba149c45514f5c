import DeltaLog
import DuckDB
import ObjectStore
import Project

extension DatasetStore {
    /// The merge that a publication asks for; one without a key when it asks for none.
    ///
    /// - Throws: `noSuchColumn` when the key, or a part of it, is no column of the new rows or of the table.
    func merge(
        of publication: Publication, _ schema: DeltaSchema, _ base: Snapshot?
    ) throws(StoreError) -> Merge {
        let folder = location(of: publication.name)
        var key: [Merge.KeyColumn] = []
        var deleteWhen: String?
        var files: [StagedFile] = []
        if case .merge(let wanted) = publication.mode {
            key = try self.key(wanted, of: publication, schema, base)
            deleteWhen = wanted.deleteWhen
            files = publication.files.map { file in
                var file = file
                if !file.path.hasPrefix(folder) { file.path = "\(folder)/\(file.path)" }
                return file
            }
        }
        return Merge(
            dataset: publication.name, key: key, deleteWhen: deleteWhen,
            newRows: try TableSnapshot(
                staged: files, columns: publication.columns, of: publication.name, in: folder))
    }

    private func key(
        _ wanted: MergeKey, of publication: Publication, _ schema: DeltaSchema, _ base: Snapshot?
    ) throws(StoreError) -> [Merge.KeyColumn] {
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
        return key
    }

    /// Publishes new rows in the place of those with the same key.
    func publish(
        _ publication: Publication, merging work: MergeWork, _ schema: DeltaSchema, _ staged: [AddFile],
        _ base: PublicationBase, in table: TableFolder
    ) async throws(StoreError) -> PinnedVersion {
        let result = await attempt { () throws(StoreError) in
            try await publishMerged(publication, work, schema, staged, base, in: table)
        }
        await work.engine.finish(work.merge)
        return try result.get()
    }

    private func publishMerged(
        _ publication: Publication, _ work: MergeWork, _ schema: DeltaSchema, _ staged: [AddFile],
        _ first: PublicationBase, in table: TableFolder
    ) async throws(StoreError) -> PinnedVersion {
        let merge = work.merge
        if let condition = merge.deleteWhen {
            try await withDuckDB(for: table.name) { connection in
                try Condition(condition, named: "delete_when")
                    .check(over: merge.newRows.emptySQL, of: merge.dataset, on: connection)
            }
        }
        let counts = try await work.survey()
        var remaining = staged
        if counts.deletes > 0 {
            let rows = try await written(
                columns: schema.fields.map { Merge.Output.Column($0) }, partitionColumns: publication.partitionBy,
                in: table
            ) { output in
                try await work.engine.writeRemaining(merge, to: output)
            }
            let written = rows.reduce(0) { $0 + $1.rows }
            guard written == counts.rows - counts.deletes else {
                throw StoreError(
                    .missingFile, dataset: table.name,
                    message:
                        "\(table.name): nothing was published, because \(counts.rows - counts.deletes) new rows were "
                        + "to be kept, but the files have \(written)", hint: "Run the step again.")
            }
            remaining = try await addFiles(
                rows,
                NewFiles(
                    schema: schema, partitionColumns: publication.partitionBy,
                    indexing: first.snapshot?.metadata.statisticsColumns ?? .standard), in: table)
        }
        var base = first
        for attempt in 1... {
            let prepared = try await prepare(publication, work, counts, schema, remaining, base, in: table)
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

    /// Lets an engine write files. When that fails, they are gone; files without rows are gone in any case.
    private func written(
        columns: [Merge.Output.Column], partitionColumns: [String], in table: TableFolder,
        _ write: (Merge.Output) async throws -> [StagedFile]
    ) async throws(StoreError) -> [StagedFile] {
        let output = Merge.Output(
            folder: objects.location(of: table.path), columns: columns, partitionColumns: partitionColumns)
        let result = await attempt { () throws(StoreError) in
            try await MergeWork.asking(for: table.name) { try await write(output) }
        }
        switch result {
        case .failure(let error):
            await discardStaged(of: table.name, prefix: output.prefix)
            throw error
        case .success(let files):
            await discard(files.filter { $0.rows == 0 }, of: table)
            return files.filter { $0.rows > 0 }
        }
    }

    private func prepare(
        _ publication: Publication, _ work: MergeWork, _ counts: Merge.Survey, _ schema: DeltaSchema,
        _ staged: [AddFile], _ base: PublicationBase, in table: TableFolder
    ) async throws(StoreError) -> PreparedChange {
        let merge = work.merge
        guard let snapshot = base.snapshot else {
            let note = MergeNote(key: merge.key.map(\.table), deleted: 0)
            var change = try change(
                publication, .replace, schema: schema, files: staged, base: nil, id: base.id,
                extra: [(MergeNote.member, note.json)])
            change.metrics.merge(Self.metrics(counts, Merge.Found(inserted: counts.rows - counts.deletes))) { $1 }
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
        let candidates = try await work.candidates(of: snapshot, counts)
        let source = try await source(candidates, of: snapshot, in: table)
        let found = try await work.find(in: source.snapshot, counts)
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
        let (carried, rewritten) = try await carried(kept, of: snapshot, widening, work, found, in: table)

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
                counts, found, copied: rewritten.reduce(0) { $0 + $1.rows },
                removedFiles: removed.count, addedFiles: carried.count + staged.count)
        ) { $1 }
        return PreparedChange(change: change, rewritten: rewritten, canBeRepeated: true)
    }

    /// Files with those rows of live ones that stay: what the log says of them, and the files as they were written.
    func carried(
        _ files: [AddFile], of snapshot: Snapshot, _ widening: Widening?, _ work: MergeWork,
        _ found: Merge.Found = Merge.Found(inserted: 0), in table: TableFolder
    ) async throws(StoreError) -> (actions: [AddFile], written: [StagedFile]) {
        guard !files.isEmpty else { return ([], []) }
        let source = try await source(files, of: snapshot, in: table)
        let partitionColumns = snapshot.metadata.partitionColumns
        let parts = FileGroups.groups(
            of: files, partitionColumns: partitionColumns, fileSize: ParquetOptions.standardFileSize
        ).map(source.restricted)
        let columns = widening?.columns ?? snapshot.metadata.schema.fields.map { Merge.Output.Column($0) }
        let written = try await written(columns: columns, partitionColumns: partitionColumns, in: table) { output in
            try await work.engine.writeCarried(work.merge, of: parts, to: output)
        }
        let actions = await attempt { () throws(StoreError) in
            try verify(written, of: files, found, source, in: table)
            return try await addFiles(
                written,
                NewFiles(
                    schema: widening?.carriedSchema ?? snapshot.metadata.schema, partitionColumns: partitionColumns,
                    indexing: snapshot.metadata.statisticsColumns, tags: [AddFile.carriedTag: "true"]), in: table)
        }
        if case .failure = actions { await discard(written, of: table) }
        return (try actions.get(), written)
    }

    /// Rows that stay must all be in the new files: a last look before the old ones go.
    private func verify(
        _ written: [StagedFile], of files: [AddFile], _ found: Merge.Found, _ source: RewriteSource,
        in table: TableFolder
    ) throws(StoreError) {
        var expected = 0
        for file in files {
            guard let rows = FileStatistics.rows(in: file.statistics) else { return }
            expected += rows - (file.deletionVector?.cardinality ?? 0)
            expected -= source.file(file).flatMap { found.rows[$0.path] } ?? 0
        }
        let rows = written.reduce(0) { $0 + $1.rows }
        guard rows == expected else {
            throw StoreError(
                .missingFile, dataset: table.name,
                message: "\(table.name): nothing was published, because \(expected) rows of the table were to be kept, "
                    + "but its files have \(rows)", hint: "A file of the table was changed, or its log is wrong.")
        }
    }

    private static func metrics(
        _ counts: Merge.Survey, _ found: Merge.Found, copied: Int = 0, removedFiles: Int = 0,
        addedFiles: Int = 0
    ) -> [String: Int] {
        [
            "numSourceRows": counts.rows, "numTargetRowsInserted": found.inserted,
            "numTargetRowsUpdated": found.updated,
            "numTargetRowsDeleted": found.deleted, "numTargetRowsCopied": copied,
            "numOutputRows": copied + counts.rows - counts.deletes, "numTargetFilesRemoved": removedFiles,
            "numTargetFilesAdded": addedFiles,
        ]
    }
}
