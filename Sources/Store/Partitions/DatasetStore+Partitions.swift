import DeltaLog
import FoundationEssentials
import ObjectStore
package import Project
package import Timetable

extension DatasetStore {
    /// Publishes rows that take the place of those of some partitions. Runs of other partitions are in nobody's way:
    /// what they did is part of the version that this one follows.
    func publish(
        _ publication: Publication, replacing replacement: PartitionReplacement, _ schema: DeltaSchema,
        _ staged: [AddFile], in table: TableFolder
    ) async throws(StoreError) -> PinnedVersion {
        var since = publication.basedOn
        for attempt in 1... {
            let (base, before) = try await partitionBase(of: publication, replacement, since: since, in: table)
            let prepared = try await prepare(publication, replacement, schema, staged, base, before, in: table)
            let outcome = await self.attempt { () throws(StoreError) in
                try await commit(prepared.change, to: table, after: base.snapshot, id: base.id)
            }
            switch outcome {
            case .failure(let error):
                if error.code != .inputOutput { await discard(prepared.rewritten, of: table) }
                throw error
            case .success(.committed(let version)):
                return PinnedVersion(version: Version(version), table: base.id)
            case .success(.conflict(let conflict)):
                await discard(prepared.rewritten, of: table)
                guard conflict.concernsFiles || [.tableCreated, .metadataChanged].contains(conflict.kind),
                    attempt < Self.longestPartitionRepetition
                else { throw Self.error(conflict, publication) }
                if let snapshot = base.snapshot {
                    since = PinnedVersion(version: Version(snapshot.version), table: base.id)
                }
            }
        }
        throw Self.unreachable(publication.name)
    }

    /// Runs of other partitions come in numbers, as a backfill starts them.
    private static let longestPartitionRepetition = 30

    /// The newest version and its record, once it is clear that nobody made the same partitions since the step began.
    private func partitionBase(
        of publication: Publication, _ replacement: PartitionReplacement, since: PinnedVersion?, in table: TableFolder
    ) async throws(StoreError) -> (PublicationBase, VersionRecord?) {
        guard let head = try await head(of: table),
            let snapshot = try await state(of: table, at: head.pinned.version.number)
        else {
            guard since == nil else {
                throw Self.partitionConflict(publication, "the table has been deleted meanwhile")
            }
            return (PublicationBase(snapshot: nil, id: UUID().uuidString.lowercased(), isBehind: false), nil)
        }
        if let since, since.table != snapshot.metadata.id || since.version.number > snapshot.version {
            throw Self.partitionConflict(publication, "the table has been deleted and made anew meanwhile")
        }
        let base = PublicationBase(snapshot: snapshot, id: snapshot.metadata.id, isBehind: false)
        let first = (since?.version.number ?? -1) + 1
        guard first <= snapshot.version else { return (base, head.record) }
        for (version, commit) in try await commits(from: first, of: table) where version <= snapshot.version {
            let provenance = Provenance(commit)
            guard provenance.upkeep == nil, let record = provenance.record else { continue }
            guard let others = record.partitions, !others.isWhole else {
                throw Self.partitionConflict(
                    publication, "another run made all of it meanwhile, as version \(version)")
            }
            let same = others.run.intersection(replacement.partitions)
            guard same.isEmpty else {
                throw Self.partitionConflict(publication, "another run made \(same) meanwhile, as version \(version)")
            }
        }
        return (base, head.record)
    }

    private static func partitionConflict(_ publication: Publication, _ reason: String) -> StoreError {
        StoreError(
            .conflict, dataset: publication.name,
            message: "\(publication.name): nothing was published, because \(reason)", hint: "Run the step again.")
    }

    private func prepare(
        _ publication: Publication, _ replacement: PartitionReplacement, _ schema: DeltaSchema, _ staged: [AddFile],
        _ base: PublicationBase, _ before: VersionRecord?, in table: TableFolder
    ) async throws(StoreError) -> PreparedChange {
        var publication = publication
        publication.record.partitions = publication.partitionUpdate?.record(after: before?.partitions)
        // Each run's companions follow those of all runs before, so that the newest have what all of them published.
        publication.record.quarantine = [publication.record.quarantine, before?.quarantine].compactMap { $0 }.max()
        // A type that is wider would need every file anew.
        if publication.schemaPolicy == .widen { publication.schemaPolicy = .addColumns }
        guard let snapshot = base.snapshot else {
            return PreparedChange(
                change: try change(publication, .replace, schema: schema, files: staged, base: nil, id: base.id)
                    .withoutTransaction())
        }
        do {
            try snapshot.checkWritable()
        } catch {
            throw StoreError(error, dataset: table.name, folder: objects.location(of: table.path))
        }
        guard let condition = Self.condition(replacement, schema: snapshot.metadata.schema) else {
            throw StoreError(
                .noSuchColumn, dataset: table.name,
                message: "\(table.name): the table's column \(replacement.column) cannot tell partitions",
                hint: "Make it anew: millrace run --full-refresh \(table.name)")
        }
        let sql = condition.isIn(replacement.partitions)
        let predicate = condition.files(of: replacement.partitions)
        var removed: [AddFile] = []
        var candidates: [AddFile] = []
        for file in snapshot.files {
            switch replacement.verdict(on: file, predicate, snapshot.metadata) {
            case .stays: continue
            case .goes: removed.append(file)
            case .inPart: candidates.append(file)
            }
        }
        let found = try await rows(where: sql, in: candidates, of: snapshot, in: table)
        removed += found.touched
        let rest = try await rewritten(found.partial, without: sql, of: snapshot, in: table)
        let operation = Operation(
            name: "WRITE",
            parameters: [
                "mode": .string("Overwrite"),
                "partitionBy": .string(
                    JSONValue.array(publication.partitionBy.map(JSONValue.string)).serialized),
                "predicate": .string(Self.text(of: condition, replacement)),
            ])
        var change = try change(
            publication, .rewrite(removing: removed, operation: operation, dataChange: true), schema: schema,
            files: rest.added + staged, base: snapshot, id: base.id
        ).withoutTransaction()
        change.metrics.merge([
            "numFiles": rest.added.count + staged.count, "numCopiedRows": rest.staged.reduce(0) { $0 + $1.rows },
            "numOutputRows": (rest.added + staged).reduce(0) { $0 + (FileStatistics.rows(in: $1.statistics) ?? 0) },
        ]) { $1 }
        return PreparedChange(change: change, rewritten: rest.staged, canBeRepeated: true)
    }

    private static func condition(
        _ replacement: PartitionReplacement, schema: DeltaSchema
    ) -> PartitionCondition? {
        guard let field = schema[replacement.column] else { return nil }
        return PartitionCondition(
            column: field.name, type: field.type.duckDBType.text, period: replacement.partitions.period)
    }

    /// The condition for the log, which people read.
    private static func text(of condition: PartitionCondition, _ replacement: PartitionReplacement) -> String {
        let partitions = replacement.partitions
        guard partitions.ranges.count > 20, let first = partitions.ranges.first, let last = partitions.ranges.last,
            let hull = PartitionRange(first.period, first: first.first, last: last.last)
        else { return condition.isIn(partitions) }
        return condition.isIn(PartitionSet(hull))
    }

    // MARK: What concerned partitions

    /// Which partitions of a dataset are others than they were at a version, as far as its own partitions, or the
    /// statistics of files, tell.
    ///
    /// - Parameters:
    ///   - since: the version that was read.
    ///   - through: the version that is asked about.
    ///   - column: the column that tells the partition of a row.
    ///   - partitions: partitions of the kind that is asked for.
    /// - Returns: `all` also when the log no longer tells.
    package func changedPartitions(
        of name: DatasetName, since: PinnedVersion, through: PinnedVersion, by column: String,
        like partitions: PartitionSet
    ) async throws(StoreError) -> PartitionChange {
        guard since.table == through.table, since.version <= through.version else { return .all }
        var change = PartitionChange.some(PartitionSet(emptyLike: partitions))
        guard since.version < through.version else { return change }
        let table = try TableFolder(name, in: objects)
        let commits = try await commits(from: since.version.number + 1, of: table)
        var kind: DeltaType?
        for version in (since.version.number + 1)...through.version.number {
            guard let commit = commits[version] else { return .all }
            guard commit.changesRows else { continue }
            let provenance = Provenance(commit)
            if provenance.upkeep == nil, let made = provenance.record?.partitions,
                let concerned = made.run.covering(partitions.period)
            {
                change = change.union(made.isWhole ? .all : .some(concerned))
            } else {
                if kind == nil {
                    kind = try await state(of: table, at: through.version.number, detail: .withoutStatistics)?
                        .metadata.schema[column]?.type
                }
                guard let kind else { return .all }
                change = change.union(Self.change(by: commit, column, kind, like: partitions))
            }
            if change == .all { return .all }
        }
        return change
    }

    /// What a commit that only adds files says of the partitions of their rows.
    private static func change(
        by commit: Commit, _ column: String, _ type: DeltaType, like partitions: PartitionSet
    ) -> PartitionChange {
        var found: [ClosedRange<Int>] = []
        var values: [String] = []
        for action in commit.actions {
            switch action {
            case .remove(let file) where file.dataChange: return .all
            case .add(let file) where file.dataChange:
                if let value = file.partitionValues.first(where: { $0.key.lowercased() == column.lowercased() })?.value
                {
                    guard let period = partitions.period else {
                        values.append(value)
                        continue
                    }
                    guard let time = CivilTime(startOf: value) else { return .all }
                    found.append(period.number(containing: time)...period.number(containing: time))
                    continue
                }
                guard let period = partitions.period else { return .all }
                switch bounds(of: column, in: file.statistics) {
                case .none: return .all
                case .empty: continue
                case .between(let low, let high):
                    let (first, last) = (period.number(containing: low), period.number(containing: high))
                    guard first <= last else { return .all }
                    found.append(first...last)
                }
            default: continue
            }
        }
        guard let period = partitions.period else { return .some(PartitionSet(values: values)) }
        return .some(PartitionSet(period, numbers: found))
    }

    private enum Bounds {
        /// The statistics do not tell.
        case none
        /// No row has a value.
        case empty
        case between(CivilTime, CivilTime)
    }

    private static func bounds(of column: String, in statistics: String?) -> Bounds {
        guard let statistics, let json = (try? JSONValue(parsing: statistics))?.object else { return .none }
        func member(_ name: String) -> JSONValue? {
            json[name]?.object?.members.first { $0.name.lowercased() == column.lowercased() }?.value
        }
        if let rows = json["numRecords"]?.int, rows == 0 || member("nullCount")?.int == rows { return .empty }
        guard let low = member("minValues")?.text.flatMap({ CivilTime(startOf: $0) }),
            let high = member("maxValues")?.text.flatMap({ CivilTime(startOf: $0) })
        else { return .none }
        return .between(low, high)
    }

    /// For an ingest whose files are told apart by partition: the digests of the source files that each partition's
    /// rows were made from, by the partition's key.
    package func partitionSources(of name: DatasetName, at version: Version) async throws(StoreError) -> [String:
        String]
    {
        let table = try TableFolder(name, in: objects)
        guard let state = try await state(of: table, at: version.number, detail: .withoutStatistics, tombstones: false)
        else { return [:] }
        var digests: [String: String] = [:]
        for file in state.files {
            guard let key = file.tags[AddFile.partitionTag] ?? nil, let digest = file.tags[AddFile.sourcesTag] ?? nil
            else { continue }
            digests[key] = digest
        }
        return digests
    }
}

extension TableChange {
    /// Runs of other partitions of the same dataset do no harm, and those of the same are found by their records.
    fileprivate func withoutTransaction() -> TableChange {
        var change = self
        change.readApplications = []
        change.transactions = []
        return change
    }
}

extension CivilTime {
    /// The second in which a date or a timestamp of the log is: `2026-03-04`, `2026-03-04T05:06:07.000Z`.
    fileprivate init?(startOf text: String) {
        let date = text.prefix(10)
        guard let day = PartitionPeriod.day.start(of: PartitionKey(String(date))) else { return nil }
        let clock = text.dropFirst(10)
        guard !clock.isEmpty else {
            self = day
            return
        }
        let parts = clock.dropFirst().prefix(8).split(separator: ":")
        guard clock.first == "T" || clock.first == " ", parts.count == 3, let hour = Int(parts[0]),
            let minute = Int(parts[1]), let second = Int(parts[2])
        else { return nil }
        // Offsets other than zero are nothing that statistics have.
        self.init(seconds: day.seconds + hour * 3600 + minute * 60 + second)
    }
}
