package import Engines
package import Planning
package import Project
import Queries
package import Store

/// Makes a step on two engines from the same pinned inputs, and compares what they staged. Nothing is published, and no
/// file stays behind.
package struct StepTrial: Sendable {
    package struct Contender: Sendable {
        package var name: String
        package var engine: any Engine

        package init(name: String, engine: any Engine) {
            self.name = name
            self.engine = engine
        }
    }

    /// Instead of all rows of each input, some that a seed chooses.
    package struct Sample: Sendable, Equatable {
        package var rows: Int
        package var seed: Int

        package init(rows: Int, seed: Int) {
            self.rows = rows
            self.seed = seed
        }
    }

    package struct Options: Sendable {
        package var sample: Sample?
        package var tolerance: FloatTolerance
        /// How many differing rows of each kind to show.
        package var examples: Int

        package init(sample: Sample? = nil, tolerance: FloatTolerance, examples: Int) {
            self.sample = sample
            self.tolerance = tolerance
            self.examples = examples
        }
    }

    package enum Phase: Sendable {
        case sampling
        case staging(engine: String)
        case comparing
    }

    private let project: Project
    private let store: DatasetStore
    private let ledger: SourceLedger
    private let first: Contender
    private let second: Contender
    private let options: Options
    private let now: @Sendable () -> Int

    package init(
        project: Project, store: DatasetStore, ledger: SourceLedger, _ first: Contender, _ second: Contender,
        options: Options, now: @escaping @Sendable () -> Int
    ) {
        self.project = project
        self.store = store
        self.ledger = ledger
        self.first = first
        self.second = second
        self.options = options
        self.now = now
    }

    /// - Parameter step: one of a SQL step that is made anew from all rows.
    /// - Throws: `CancellationError`. What fails is in the result.
    package func compare(_ step: Plan.Step, report: @escaping @Sendable (Phase) -> Void) async throws -> StepParity {
        var parity = StepParity(step.dataset, first: first.name, second: second.name)
        guard let dataset = project.dataset(step.dataset) else { throw CancellationError() }
        let prefix = "part-parity-\(String(now(), radix: 36))-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        do {
            try await compare(step, of: dataset, prefix: prefix, &parity, report)
        } catch {
            parity.problems = try problems(error, step, &parity)
        }
        await Tidying.finish { [store] in
            for name in [dataset.name, dataset.name.quarantine] {
                await store.discardStaged(of: name, prefix: prefix, mayBePublished: false)
            }
        }
        try Task.checkCancellation()
        return parity
    }

    private func problems(_ error: any Error, _ step: Plan.Step, _ parity: inout StepParity) throws -> [Diagnostic] {
        let failure = StepFailure(error, of: step)
        if failure.cause == .bug, !Task.isCancelled { parity.hasBug = true }
        return failure.diagnostics.isEmpty ? [.error("\(error)", at: nil)] : failure.diagnostics
    }

    private func compare(
        _ step: Plan.Step, of dataset: Dataset, prefix: String, _ parity: inout StepParity,
        _ report: @escaping @Sendable (Phase) -> Void
    ) async throws {
        // As if there were no version yet: then all rows are read, and nothing hangs on what is there.
        var reading = try await StepReader(project: project, store: store, ledger: ledger, sources: IngestSources())
            .read(step, of: dataset, head: nil)
        if let sample = options.sample {
            report(.sampling)
            try await cut(&reading, to: sample, of: dataset, prefix: prefix)
        }
        let one = try await stage(first, "\(prefix)-1", step, of: dataset, reading, &parity, \.first, report)
        let other = try await stage(second, "\(prefix)-2", step, of: dataset, reading, &parity, \.second, report)
        guard let one, let other else { return }
        report(.comparing)
        parity.differences = StagedDifferences(one, other, tolerance: options.tolerance).all
        parity.rows = try await compare(
            try table(one.files, one.columns, of: dataset.name),
            try table(other.files, other.columns, of: dataset.name),
            of: dataset)
        if one.rows.quarantined > 0 || other.rows.quarantined > 0 {
            let name = dataset.name.quarantine
            parity.quarantine = try await compare(
                try table(one.quarantineFiles, one.quarantineColumns, of: name),
                try table(other.quarantineFiles, other.quarantineColumns, of: name), of: dataset)
        }
    }

    private func cut(
        _ reading: inout StepReading, to sample: Sample, of dataset: Dataset, prefix: String
    ) async throws {
        let folder = try await store.stagingFolder(of: dataset.name)
        for (index, table) in reading.inputs.enumerated() {
            reading.inputs[index] = try await store.sample(
                of: table, rows: sample.rows, seed: sample.seed, in: folder, name: "\(prefix)-input\(index)")
        }
        for (index, foreign) in reading.foreign.enumerated() {
            reading.foreign[index].table = try await store.sample(
                of: foreign.table, rows: sample.rows, seed: sample.seed, in: folder, name: "\(prefix)-table\(index)")
        }
    }

    /// - Returns: nil when the step failed there, which is noted.
    private func stage(
        _ contender: Contender, _ prefix: String, _ step: Plan.Step, of dataset: Dataset, _ reading: StepReading,
        _ parity: inout StepParity, _ side: WritableKeyPath<StepParity, StepParity.Side>,
        _ report: @escaping @Sendable (Phase) -> Void
    ) async throws -> StagedStep? {
        try Task.checkCancellation()
        report(.staging(engine: contender.name))
        let job = try await StepJob(dataset, reading, before: nil, in: store, filePrefix: prefix)
        let begin = now()
        defer { parity[keyPath: side].seconds = Double(now() - begin) / 1000 }
        do {
            let staged = try await contender.engine.stage(job) { _ in }
            parity[keyPath: side].rows = staged.rows
            return staged
        } catch {
            if Task.isCancelled { throw CancellationError() }
            parity[keyPath: side].problems = try problems(error, step, &parity)
            return nil
        }
    }

    private func table(_ files: [StagedFile], _ columns: [QueryColumn], of name: DatasetName) throws -> TableSnapshot {
        try TableSnapshot(
            staged: files, columns: columns.map { Publication.Column(name: $0.name, duckDBType: $0.type) }, of: name,
            in: store.location(of: name))
    }

    private func compare(
        _ first: TableSnapshot, _ second: TableSnapshot, of dataset: Dataset
    ) async throws -> TableParity {
        try await store.parity(
            of: first, and: second, key: dataset.key.map(\.value), tolerance: options.tolerance,
            examples: options.examples)
    }
}
