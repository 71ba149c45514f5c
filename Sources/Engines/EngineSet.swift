package import Project
package import Store

/// The engines of a project: each step is made by its own.
package final class EngineSet: Engine {
    /// The engine that also parses, binds and answers queries; ingests and programs run on it.
    package let local: LocalEngine
    /// The engines by name; `local` among them under its own.
    private let engines: [String: any Engine]
    private let choose: @Sendable (Dataset) -> String

    /// - Parameter choose: the name of the engine for a dataset's step.
    package init(
        local: LocalEngine, engines: [String: any Engine], choose: @escaping @Sendable (Dataset) -> String
    ) {
        self.local = local
        self.engines = engines
        self.choose = choose
    }

    /// Lets the engines that are in this process read and write what is in a bucket.
    ///
    /// - Parameter secret: the options of DuckDB's `CREATE SECRET`, each with its value.
    package func open(bucket: String, secret: [(name: String, value: String)]) throws {
        try local.open(bucket: bucket, secret: secret)
        for case let engine as LocalEngine in engines.values where engine !== local {
            try engine.open(bucket: bucket, secret: secret)
        }
    }

    /// The engine of that name; nil when there is none.
    package func engine(named name: String) -> (any Engine)? { engines[name] }

    package func engine(for dataset: Dataset) -> any Engine {
        engines[choose(dataset)] ?? local
    }

    package func stage(
        _ job: StepJob, report: @escaping @Sendable (StepProgressReport) -> Void
    ) async throws -> StagedStep {
        var staged = try await engine(for: job.dataset).stage(job, report: report)
        staged.engine.name = choose(job.dataset)
        return staged
    }

    package func merging(for dataset: Dataset) -> (any MergeEngine)? { engine(for: dataset).merging(for: dataset) }
}
