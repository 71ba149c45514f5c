import Engines
import Ingesting
import Planning
import Project
import Queries
import Store
import Timetable

/// Publishes a staged step. Its companions come first: the refused rows, and for an ingest the files that were read.
/// The dataset's own commit names their versions, and until then nobody does.
struct StepPublishing: Sendable {
    let dataset: Dataset
    let store: DatasetStore
    let engine: any Engine
    let ledger: SourceLedger
    let reading: StepReading
    /// The version that the step saw when it began.
    let head: TableHead?
    let run: RunID

    func publish(
        _ staged: StagedStep, step: Plan.Step, millrace: String, filePrefix: String
    ) async throws -> StepResult {
        var record = VersionRecord(
            run: run, fingerprint: step.fingerprint, inputs: reading.pinned,
            foreign: reading.foreignPinned.isEmpty ? nil : reading.foreignPinned, sources: step.sources,
            rows: staged.rows, checks: staged.checks, splits: staged.splits.isEmpty ? nil : staged.splits,
            engine: staged.engine, millrace: millrace)
        let update = partitionUpdate(staged)
        record.quarantine = try await publishQuarantine(staged, record)
        record.ledger = try await publishLedger(record, filePrefix: filePrefix)
        let descriptions = Dictionary(
            dataset.columns.map { ($0.name.value.lowercased(), $0.description) },
            uniquingKeysWith: { first, _ in first })
        let publication = Publication(
            name: dataset.name, mode: mode,
            columns: staged.columns.map { column in
                Publication.Column(
                    name: column.name, duckDBType: column.type,
                    description: descriptions[column.name.lowercased()] ?? nil)
            },
            partitionBy: dataset.partitionBy.map(\.value), files: staged.files, record: record, basedOn: head?.pinned,
            partitionUpdate: update, description: dataset.description, schemaPolicy: schemaPolicy,
            readsWholeTable: readsWholeTable)
        let pinned = try await store.publish(publication, mergingOn: engine.merging(for: dataset))
        record.partitions = update.map { $0.record(after: head?.record?.partitions) }
        var result = StepResult(
            dataset: dataset.name, published: pinned, record: record, bytes: staged.files.reduce(0) { $0 + $1.size },
            files: staged.files.count, seconds: 0)
        result.columns = staged.columns
        for input in reading.inputs {
            result.inputColumns[input.name] = input.columns.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
        }
        return result
    }

    private var mode: Publication.Mode {
        if let replacement { return .partitions(replacement) }
        guard !reading.isFull else { return .replace }
        switch dataset.mode {
        case .replace: return .replace
        case .append: return .append
        case .merge: return .merge(MergeKey(columns: dataset.key.map(\.value), deleteWhen: dataset.deleteWhen?.text))
        }
    }

    // MARK: Partitions

    /// What the rows take the place of; nil when that is everything.
    private var replacement: PartitionReplacement? {
        guard let partitions = reading.partitions, !partitions.isWhole else { return nil }
        return PartitionReplacement(
            partitions.job.making, by: partitions.job.partitioning.column.value,
            replacesStrays: partitions.job.seeksStrays)
    }

    private func partitionUpdate(_ staged: StagedStep) -> PartitionUpdate? {
        guard let partitions = reading.partitions else { return nil }
        var update = partitions.update
        if let files = partitions.job.files {
            let written = Set(staged.files.compactMap(\.partition))
            for key in Set(files.values).subtracting(written) {
                update.withoutRows[key] = partitions.job.digests[key]
            }
        }
        return update
    }

    /// A dataset that is made anew may have other columns, unless its user wants to be asked.
    private var schemaPolicy: SchemaPolicyName? { dataset.schema }

    /// Rows that another tool added meanwhile were not looked at by a check for duplicates.
    private var readsWholeTable: Bool {
        guard dataset.mode == .append else { return false }
        return dataset.checks.contains { if case .unique = $0.rule { true } else { false } }
    }

    // MARK: Companions

    private func publishQuarantine(_ staged: StagedStep, _ record: VersionRecord) async throws -> Version? {
        if let replacement { return try await publishQuarantine(staged, record, replacing: replacement) }
        let named = reading.isFull ? nil : head?.record?.quarantine
        if staged.quarantineFiles.isEmpty {
            // What earlier versions refused stays when rows are added, and is no longer true after a replacement.
            guard reading.isFull else { return named }
            guard let before = try await store.head(of: dataset.name.quarantine) else { return nil }
            if try await store.snapshot(of: dataset.name.quarantine).files.isEmpty { return before.pinned.version }
        }
        return try await publish(
            companion: dataset.name.quarantine, staged.quarantineFiles,
            columns: staged.quarantineColumns.map { Publication.Column(name: $0.name, duckDBType: $0.type) },
            addingTo: named, record, description: Self.quarantineDescription(of: dataset.name))
    }

    /// The refused rows of the partitions take the place of those that were refused of them before. After a crash they
    /// are ahead of the dataset's, until its partitions are made again.
    private func publishQuarantine(
        _ staged: StagedStep, _ record: VersionRecord, replacing replacement: PartitionReplacement
    ) async throws -> Version? {
        let name = dataset.name.quarantine
        let before = try await store.head(of: name)
        if staged.quarantineFiles.isEmpty {
            guard let before else { return nil }
            if try await store.snapshot(of: name).files.isEmpty { return before.pinned.version }
        }
        return try await store.publish(
            Publication(
                name: name, mode: .partitions(replacement),
                columns: staged.quarantineColumns.map { Publication.Column(name: $0.name, duckDBType: $0.type) },
                files: staged.quarantineFiles, record: record, basedOn: before?.pinned,
                partitionUpdate: partitionUpdate(staged), description: Self.quarantineDescription(of: dataset.name),
                schemaPolicy: .addColumns)
        ).version
    }

    private static func quarantineDescription(of name: DatasetName) -> String {
        "Rows that '\(name)' refused, each with its reasons."
    }

    private func publishLedger(_ record: VersionRecord, filePrefix: String) async throws -> Version? {
        // Partitions know their files by what their own files say.
        guard reading.partitions == nil else { return nil }
        let named = reading.isFull ? nil : head?.record?.ledger
        guard let files = reading.files, !files.files.isEmpty else { return named }
        let staged = try await ledger.stage(
            files, hashes: reading.hashes, run: run, of: dataset.name, addingTo: named,
            folder: try await store.stagingFolder(of: dataset.name.ledger), prefix: filePrefix)
        return try await publish(
            companion: dataset.name.ledger, staged.files,
            columns: SourceLedger.columns.map {
                Publication.Column(
                    name: $0.name, duckDBType: $0.type, description: SourceLedger.descriptions[$0.name])
            },
            addingTo: staged.replacesAll ? nil : named, record,
            description: "The source files that '\(dataset.name)' has read.")
    }

    private func publish(
        companion name: DatasetName, _ files: [StagedFile], columns: [Publication.Column], addingTo version: Version?,
        _ record: VersionRecord, description: String
    ) async throws -> Version {
        let before = try await store.head(of: name)
        return try await store.publish(
            Publication(
                name: name, mode: version == nil ? .replace : .append, columns: columns, files: files, record: record,
                basedOn: before?.pinned, appendTo: version, description: description,
                schemaPolicy: version == nil ? nil : .addColumns)
        ).version
    }
}
