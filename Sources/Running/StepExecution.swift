import Engines
import Planning
import Project
import Queries
import Store

/// One step: pins what it reads, lets the engine stage it, and publishes it if its checks allow: write, audit, publish.
struct StepExecution: Sendable {
    let project: Project
    let store: DatasetStore
    let engine: any Engine
    let sources: [DatasetName: [String]]
    let millrace: String
    let now: @Sendable () -> Int

    func perform(
        _ step: Plan.Step, run: RunID, report: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> StepResult {
        guard let dataset = project.dataset(step.dataset) else { throw CancellationError() }
        let inputs = try await pin(step.inputs, for: dataset)
        let head = try await store.head(of: dataset.name)
        let job = try await job(for: dataset, inputs: inputs, head: head, run: run)
        let staged = try await engine.stage(job) { progress in
            report(.stepProgressed(StepProgress(dataset.name, progress)))
        }
        report(.stepAudited(dataset.name, staged.checks))
        do {
            guard !staged.checks.contains(where: { $0.status == .failed }) else {
                throw RefusedVersion(dataset: dataset, checks: staged.checks)
            }
            try Task.checkCancellation()
        } catch {
            await store.discard(files: (staged.files + staged.quarantineFiles).map(\.path))
            throw error
        }
        report(.stepProgressed(StepProgress(dataset: dataset.name, phase: .publishing)))
        return try await publish(staged, of: dataset, step: step, inputs: inputs, head: head, run: run)
    }

    private func pin(_ names: [DatasetName], for dataset: Dataset) async throws -> [TableSnapshot] {
        var inputs: [TableSnapshot] = []
        for name in names {
            guard try await store.head(of: name) != nil else {
                throw StepError([
                    .error(
                        "'\(dataset.name)' needs '\(name)', which has no version yet", at: dataset.span,
                        hint: "millrace run +\(dataset.name)")
                ])
            }
            inputs.append(try await store.snapshot(of: name))
        }
        return inputs
    }

    private func job(
        for dataset: Dataset, inputs: [TableSnapshot], head: TableHead?, run: RunID
    ) async throws -> StepJob {
        var appendTo: TableSnapshot?
        if dataset.mode == .append, let head {
            appendTo = try await store.snapshot(of: dataset.name, at: head.pinned.version)
        }
        return StepJob(
            dataset: dataset, inputs: inputs, sourceFiles: sources[dataset.name] ?? [], appendTo: appendTo,
            folder: try await store.stagingFolder(of: dataset.name),
            quarantineFolder: try await store.stagingFolder(of: dataset.name.quarantine),
            filePrefix: "part-\(run)-\(dataset.name)")
    }

    // MARK: Publishing

    private func publish(
        _ staged: StagedStep, of dataset: Dataset, step: Plan.Step, inputs: [TableSnapshot], head: TableHead?,
        run: RunID
    ) async throws -> StepResult {
        var record = VersionRecord(
            run: run, fingerprint: step.fingerprint,
            inputs: Dictionary(inputs.map { ($0.name, $0.pinned) }, uniquingKeysWith: { first, _ in first }),
            sources: step.sources, rows: staged.rows, checks: staged.checks,
            splits: staged.splits.isEmpty ? nil : staged.splits, millrace: millrace)
        record.quarantine = try await publishQuarantine(staged, of: dataset, record: record, head: head)
        let descriptions = Dictionary(
            dataset.columns.map { ($0.name.value.lowercased(), $0.description) },
            uniquingKeysWith: { first, _ in first })
        let publication = Publication(
            name: dataset.name, mode: dataset.mode == .append ? .append : .replace,
            columns: staged.columns.map { column in
                Publication.Column(
                    name: column.name, duckDBType: column.type,
                    description: descriptions[column.name.lowercased()] ?? nil)
            },
            partitionBy: dataset.partitionBy.map(\.value), files: staged.files, record: record, basedOn: head?.pinned,
            description: dataset.description)
        let pinned = try await commit(publication)
        return StepResult(
            dataset: dataset.name, published: pinned, record: record, bytes: staged.files.reduce(0) { $0 + $1.size },
            files: staged.files.count, seconds: 0)
    }

    private func commit(_ publication: Publication) async throws -> PinnedVersion {
        do {
            return try await store.publish(publication)
        } catch {
            // When writing the commit itself failed, it may stand all the same, and then its files must, too.
            if error.code != .inputOutput { await store.discard(files: publication.files.map(\.path)) }
            throw error
        }
    }

    /// The refused rows are written first: the version that belongs to them names them, and until then nobody does.
    private func publishQuarantine(
        _ staged: StagedStep, of dataset: Dataset, record: VersionRecord, head: TableHead?
    ) async throws -> Version? {
        let name = dataset.name.quarantine
        let before = try await store.head(of: name)
        let named = head?.record?.quarantine
        if staged.quarantineFiles.isEmpty {
            guard let before else { return nil }
            // What earlier versions refused stays for an append, and is no longer true after a replacement.
            if dataset.mode == .append { return named }
            let live = try await store.snapshot(of: name)
            if live.files.isEmpty { return before.pinned.version }
        }
        let publication = Publication(
            name: name, mode: dataset.mode == .append && named != nil ? .append : .replace,
            columns: staged.quarantineColumns.map { Publication.Column(name: $0.name, duckDBType: $0.type) },
            files: staged.quarantineFiles, record: record, basedOn: before?.pinned,
            appendTo: dataset.mode == .append ? named : nil,
            description: "Rows that '\(dataset.name)' refused, each with its reasons.")
        return try await commit(publication).version
    }
}

/// A check refused what was staged.
struct RefusedVersion: Error {
    var dataset: Dataset
    var checks: [CheckOutcome]

    /// Where the user wrote the checks that failed.
    var diagnostics: [Diagnostic] {
        checks.filter { $0.status == .failed }.map { outcome in
            let check = dataset.checks.first { $0.name == outcome.name }
            return .error(
                "\(outcome.name): \(outcome.message ?? "failed")",
                at: check?.span ?? dataset.splits?.span ?? dataset.span,
                hint: "mend the data or the query; 'on_fail: quarantine' publishes the rest, 'on_fail: warn' only tells"
            )
        }
    }
}

extension StepProgress {
    init(dataset: DatasetName, phase: Phase) {
        self.init(dataset: dataset, phase: phase, fraction: nil, rows: nil, totalRows: nil)
    }

    init(_ dataset: DatasetName, _ report: StepProgressReport) {
        self.init(
            dataset: dataset, phase: report.phase == .writing ? .writing : .checking, fraction: report.fraction,
            rows: report.rows, totalRows: report.totalRows)
    }
}
