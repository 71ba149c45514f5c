import DeltaLog
import FoundationEssentials
import ObjectStore
package import Project

extension DatasetStore {
    /// Makes staged files visible as one version, or not at all.
    ///
    /// The files must be complete and hold every column, also those that the table is partitioned by. What others
    /// committed since `basedOn` does no harm unless it concerns the step: another run of it, other columns, rows that
    /// it replaces or that it read.
    ///
    /// - Parameter engine: computes a merge, and rewrites rows in wider types; nil: the embedded DuckDB.
    /// - Returns: the new version.
    /// - Throws: `conflict` when another writer was first; `missingFile` when a staged file is not there or not of the
    ///   announced size; `schemaMismatch`, which names the columns; `duplicateKeys`, `unsupportedType`, `newerProtocol`,
    ///   `engineFailed`. Nothing is published then.
    package func publish(
        _ publication: Publication, mergingOn engine: (any MergeEngine)? = nil
    ) async throws(StoreError) -> PinnedVersion {
        let table = try TableFolder(publication.name, in: objects)
        var publication = publication
        let schema = try Self.schema(of: publication)
        if case .partitions(let replacement) = publication.mode {
            let indexing = try await state(of: table)?.metadata.statisticsColumns
            let staged = try await addFiles(
                publication.files,
                NewFiles(
                    schema: schema, partitionColumns: publication.partitionBy, indexing: indexing ?? .standard),
                in: table)
            return try await publish(publication, replacing: replacement, schema, staged, in: table)
        }
        publication.record.partitions = publication.partitionUpdate?.record(after: nil)
        var base = try await base(of: publication, in: table)
        let staged = try await addFiles(
            publication.files,
            NewFiles(
                schema: schema, partitionColumns: publication.partitionBy,
                indexing: base.snapshot?.metadata.statisticsColumns ?? .standard), in: table)
        let work = MergeWork(
            merge: try merge(of: publication, schema, base.snapshot),
            engine: engine ?? DuckDBMerge(store: self, table: table))
        if case .merge = publication.mode {
            return try await publish(publication, merging: work, schema, staged, base, in: table)
        }

        for attempt in 1... {
            let prepared = try await prepare(publication, work, schema, staged, base, in: table)
            let outcome = await tryCommit(prepared, base, in: table)
            switch outcome {
            case .failure(let error):
                if error.code != .inputOutput { await discard(prepared.rewritten, of: table) }
                throw error
            case .success(.committed(let version)):
                return PinnedVersion(version: Version(version), table: base.id)
            case .success(.conflict(let conflict)):
                await discard(prepared.rewritten, of: table)
                // Files that were rewritten for a wider type are no longer the table's: that can be done again.
                guard prepared.canBeRepeated, !publication.readsWholeTable, conflict.concernsFiles,
                    attempt < Self.longestRepetition, let snapshot = base.snapshot
                else { throw Self.error(conflict, publication) }
                base.snapshot = try await rebase(prepared.change, since: snapshot, publication, in: table)
                base.isBehind = false
            }
        }
        throw Self.unreachable(publication.name)
    }

    /// How often a change is made anew because other writers took away the files that it had read.
    static let longestRepetition = 5

    static func unreachable(_ name: DatasetName) -> StoreError {
        StoreError(.conflict, dataset: name, message: "\(name): nothing was committed")
    }

    private func tryCommit(
        _ prepared: PreparedChange, _ base: PublicationBase, in table: TableFolder
    ) async -> Result<CommitOutcome, StoreError> {
        await attempt { () throws(StoreError) in
            try await commit(prepared.change, to: table, after: base.snapshot, id: base.id, isBehind: base.isBehind)
        }
    }

    // MARK: What it is based on

    private func base(of publication: Publication, in table: TableFolder) async throws(StoreError) -> PublicationBase {
        let newest = try await state(of: table)
        func conflict(_ reason: String) -> StoreError {
            StoreError(
                .conflict, dataset: publication.name,
                message: "\(publication.name): nothing was published, because \(reason)", hint: Self.runAgain)
        }
        switch (publication.basedOn, newest) {
        case (nil, nil): return PublicationBase(snapshot: nil, id: UUID().uuidString.lowercased(), isBehind: false)
        case (nil, let newest?):
            throw conflict("another writer made the table meanwhile, now at version \(newest.version)")
        case (let base?, nil):
            throw conflict("the table, which was at version \(base.version), has been deleted meanwhile")
        case (let base?, let newest?):
            guard base.table == newest.metadata.id, base.version.number <= newest.version else {
                throw conflict("the table has been deleted and made anew meanwhile")
            }
            if base.version.number == newest.version {
                return PublicationBase(snapshot: newest, id: newest.metadata.id, isBehind: false)
            }
            let snapshot = try await state(of: table, at: base.version.number)
            return PublicationBase(snapshot: snapshot, id: newest.metadata.id, isBehind: true)
        }
    }

    /// The newest version, once it is clear that nothing since a version is in the way of a change but what happened to
    /// files.
    func rebase(
        _ change: TableChange, since base: Snapshot, _ publication: Publication, in table: TableFolder
    ) async throws(StoreError) -> Snapshot {
        var blind = change
        blind.kind = .append
        blind.reads = .nothing
        let checker = ConflictChecker(blind, since: base)
        let winners = try await commits(from: base.version + 1, of: table)
        guard let newest = try await state(of: table) else { throw Self.unreachable(table.name) }
        for (version, commit) in winners.sorted(by: { $0.key < $1.key }) where version <= newest.version {
            do {
                try checker.check(commit, at: version)
            } catch {
                throw Self.error(error, publication)
            }
        }
        return newest
    }

    private static let runAgain = "Run the step again."

    static func error(_ conflict: CommitConflict, _ publication: Publication) -> StoreError {
        StoreError(conflict, dataset: publication.name, "nothing was published", hint: runAgain)
    }

    // MARK: The change

    /// What every change of a publication has.
    func change(
        _ publication: Publication, _ kind: TableChange.Kind, schema: DeltaSchema, files: [AddFile], base: Snapshot?,
        id: String, extra: [(String, JSONValue)] = []
    ) throws(StoreError) -> TableChange {
        let application = "millrace/\(publication.name)"
        let last = base?.transactions.first { $0.application == application }?.version
        var provenance = try Provenance.json(publication.record, table: id).object ?? JSONObject()
        for (name, value) in extra { provenance.add(name, value) }
        return TableChange(
            kind: kind, transactionID: UUID().uuidString.lowercased(), schema: schema,
            partitionColumns: publication.partitionBy, files: files,
            schemaPolicy: publication.schemaPolicy.map { SchemaPolicy($0) },
            description: publication.description, reads: publication.readsWholeTable ? .wholeTable : nil,
            readApplications: [application],
            transactions: [Transaction(application: application, version: (last ?? -1) + 1)],
            extraInfo: JSONObject([(Provenance.member, .object(provenance))]), metrics: publication.metrics,
            engine: "Millrace/\(publication.record.millrace)")
    }

    private func prepare(
        _ publication: Publication, _ work: MergeWork, _ schema: DeltaSchema, _ staged: [AddFile],
        _ onto: PublicationBase, in table: TableFolder
    ) async throws(StoreError) -> PreparedChange {
        let id = onto.id
        guard let base = onto.snapshot, publication.mode == .append else {
            return PreparedChange(
                change: try change(publication, .replace, schema: schema, files: staged, base: onto.snapshot, id: id))
        }
        if let target = publication.appendTo, target.number != base.version,
            try await rowsChanged(after: target.number, through: base.version, of: table)
        {
            let kept = try await state(of: table, at: target.number)?.files ?? []
            return PreparedChange(
                change: try change(publication, .appendTo(kept), schema: schema, files: staged, base: base, id: id))
        }
        if publication.schemaPolicy == .widen,
            let widening = try Widening(of: base, by: schema, dataset: publication.name)
        {
            let (carried, rewritten) = try await carried(Array(base.files), of: base, widening, work, in: table)
            let partitioning = JSONValue.array(publication.partitionBy.map(JSONValue.string)).serialized
            let operation = Operation(
                name: "WRITE", parameters: ["mode": .string("Append"), "partitionBy": .string(partitioning)])
            return PreparedChange(
                change: try change(
                    publication, widening, operation: operation, files: carried + staged, base: base,
                    MergeNote(key: [], deleted: 0)),
                rewritten: rewritten, canBeRepeated: true)
        }
        return PreparedChange(
            change: try change(publication, .append, schema: schema, files: staged, base: base, id: id))
    }

    /// A change that gives columns a wider type: no file of the former type stays.
    func change(
        _ publication: Publication, _ widening: Widening, operation: Operation, files: [AddFile], base: Snapshot,
        _ note: MergeNote
    ) throws(StoreError) -> TableChange {
        var change = try change(
            publication, .replace, schema: widening.schema, files: files, base: base, id: base.metadata.id,
            extra: [(MergeNote.member, note.json)])
        change.operation = operation
        change.schemaPolicy = nil
        change.description = publication.description ?? base.metadata.description
        return change
    }

    /// Whether any version of a range changed rows; an upkeep does not.
    private func rowsChanged(
        after first: Int, through last: Int, of table: TableFolder
    ) async throws(StoreError) -> Bool {
        guard first < last else { return true }
        for version in (first + 1)...last {
            if try await commit(version, of: table).changesRows { return true }
        }
        return false
    }

    static func schema(of publication: Publication) throws(StoreError) -> DeltaSchema {
        var fields: [DeltaField] = []
        for column in publication.columns {
            let type: DeltaType
            let cast: String?
            do {
                (type, cast) = try DeltaType.from(duckDB: column.duckDBType, column: column.name)
            } catch {
                throw StoreError(error, dataset: publication.name)
            }
            guard cast == nil else {
                throw StoreError(
                    .unsupportedType, dataset: publication.name,
                    message:
                        "\(publication.name): column \(column.name) was staged as \(column.duckDBType), which a Delta "
                        + "table has no type for; it must be \(cast ?? "")")
            }
            var metadata = JSONObject()
            metadata.add("comment", column.description.map(JSONValue.string))
            fields.append(DeltaField(name: column.name, type: type, metadata: metadata))
        }
        return DeltaSchema(fields: fields)
    }
}

/// The version that a publication goes on from.
struct PublicationBase {
    /// Nil when there is no table yet.
    var snapshot: Snapshot?
    /// The table's id, or the one that it gets.
    var id: String
    /// Whether there are newer versions.
    var isBehind: Bool
}

/// A change, and the files that were written for it beside the staged ones.
struct PreparedChange {
    var change: TableChange
    var rewritten: [StagedFile] = []
    /// Whether the change can be made anew for another version of the table.
    var canBeRepeated = false
}

extension CommitConflict {
    /// Whether it is about data files only, not about columns, settings or transactions.
    var concernsFiles: Bool {
        [.concurrentAppend, .concurrentDeleteRead, .concurrentDeleteDelete].contains(kind)
    }
}

extension SchemaPolicy {
    /// The policy as a project has it.
    init(_ name: SchemaPolicyName) {
        self =
            switch name {
            case .fixed: .fixed
            case .addColumns: .addColumns
            case .widen: .widen
            }
    }
}
