import Engines
import Ingesting
import Planning
import Project
import Queries
import Store

/// One step: pins what it reads, lets the engine stage it, and publishes it if its checks allow: write, audit, publish.
struct StepExecution: StepPerformer {
    let project: Project
    let store: DatasetStore
    let engine: any Engine
    let ledger: SourceLedger
    let sources: IngestSources
    let millrace: String
    let now: @Sendable () -> Int

    func perform(
        _ step: Plan.Step, run: RunID, report: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> StepResult {
        guard let dataset = project.dataset(step.dataset) else { throw CancellationError() }
        let head = try await store.head(of: dataset.name)
        let reading = try await StepReader(project: project, store: store, ledger: ledger, sources: sources).read(
            step, of: dataset, head: head)
        // Also for a replacement: a table whose log cannot be read could not be published to, and that is better known
        // before the work is done.
        var before: TableSnapshot?
        if let head { before = try await store.snapshot(of: dataset.name, at: head.pinned.version) }
        let job = try await StepJob(
            dataset, reading, before: before, in: store,
            // The time tells attempts apart: what a failed one left behind may belong to a version all the same.
            filePrefix: "part-\(run)-\(dataset.name)-\(String(now(), radix: 36))")
        do {
            var staged = try await engine.stage(job) { progress in
                if progress.lines.isEmpty {
                    report(.stepProgressed(StepProgress(dataset.name, progress)))
                } else {
                    report(.stepSaid(dataset.name, progress.lines))
                }
            }
            staged.checks += reading.partitions?.notes ?? []
            await store.discard(files: staged.leftovers)
            report(.stepAudited(dataset.name, staged.checks))
            guard !staged.checks.contains(where: { $0.status == .failed }) else {
                throw RefusedVersion(dataset: dataset, checks: staged.checks)
            }
            if !reading.isFull { try reading.files?.checkUnchanged(of: dataset) }
            await dropEmptyFiles(of: &staged)
            try Task.checkCancellation()
            report(.stepProgressed(StepProgress(dataset: dataset.name, phase: .publishing)))
            let publishing = StepPublishing(
                dataset: dataset, store: store, engine: engine, ledger: ledger, reading: reading, head: head, run: run)
            return try await publishing.publish(staged, step: step, millrace: millrace, filePrefix: job.filePrefix)
        } catch {
            // When writing a commit itself failed, it may stand all the same, and then its files must, too.
            if (error as? StoreError)?.code != .inputOutput {
                await Tidying.finish { [store] in
                    for name in [dataset.name, dataset.name.quarantine, dataset.name.ledger] {
                        await store.discardStaged(of: name, prefix: job.filePrefix)
                    }
                }
            }
            throw inUsersTerms(error, of: dataset)
        }
    }

    private func inUsersTerms(_ error: any Error, of dataset: Dataset) -> any Error {
        guard let fault = error as? StoreError else { return error }
        if fault.code == .cancelled, Task.isCancelled { return CancellationError() }
        if fault.code == .invalidCondition, let condition = dataset.deleteWhen {
            return StepError([Diagnostic(fault, at: condition.span(at: 0))])
        }
        return fault.cause ?? fault
    }

    /// Nothing would ever need files without rows.
    private func dropEmptyFiles(of staged: inout StagedStep) async {
        let empty = (staged.files + staged.quarantineFiles).filter { $0.rows == 0 }
        guard !empty.isEmpty else { return }
        staged.files.removeAll { $0.rows == 0 }
        staged.quarantineFiles.removeAll { $0.rows == 0 }
        await store.discard(files: empty.map(\.path))
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
