import Engines
import Ingesting
import Planning
import Project
import Queries
import Store

/// Publishes a staged step. Its companions come first: the refused rows, and for an ingest the files that were read.
/// The dataset's own commit names their versions, and until then nobody does.
struct StepPublishing: Sendable {
    let dataset: Dataset
    let store: DatasetStore
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
            millrace: millrace)
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
            description: dataset.description, schemaPolicy: schemaPolicy, readsWholeTable: readsWholeTable)
        let pinned = try await store.publish(publication)
        return StepResult(
            dataset: dataset.name, published: pinned, record: record, bytes: staged.files.reduce(0) { $0 + $1.size },
            files: staged.files.count, seconds: 0)
    }

    private var mode: Publication.Mode {
        guard !reading.isFull else { return .replace }
        switch dataset.mode {
        case .replace: return .replace
        case .append: return .append
        case .merge: return .merge(MergeKey(columns: dataset.key.map(\.value), deleteWhen: dataset.deleteWhen?.text))
        }
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
            addingTo: named, record, description: "Rows that '\(dataset.name)' refused, each with its reasons.")
    }

    private func publishLedger(_ record: VersionRecord, filePrefix: String) async throws -> Version? {
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
