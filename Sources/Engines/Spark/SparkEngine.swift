package import Project
import Queries
package import SparkConnect
package import Store
import Synchronization

/// A Spark cluster, through its Spark Connect server. Each step has a session of its own, which ends with it: whatever
/// happens, nothing goes on on the server.
package final class SparkEngine: Engine {
    private let name: String
    private let endpoint: SparkEndpoint
    private let remote: SourceSpan?
    private let settings: [String: String]
    private let local: LocalEngine
    private let steps = Atomic<Int>(0)

    /// Connects to nothing yet.
    ///
    /// - Parameters:
    ///   - name: the engine's name in the project.
    ///   - remote: where the project says where the server is, for messages.
    ///   - settings: the user's, of Spark.
    ///   - local: parses SQL, tells names and types, and reads what the executors have written about.
    package init(
        name: String, endpoint: SparkEndpoint, remote: SourceSpan?, settings: [String: String], local: LocalEngine
    ) {
        self.name = name
        self.endpoint = endpoint
        self.remote = remote
        self.settings = settings
        self.local = local
    }

    /// Settings on which the meaning of SQL, or of files, hangs: users cannot have others.
    package static let ownSettings = SparkSettings.required.merging(SparkSteps.settings) { first, _ in first }

    /// The version of the server, which must see a folder of files that is there.
    /// - Throws: a `Diagnostic`.
    package func greet(seeing folder: String?) async throws -> String {
        do {
            return try await SparkSession.with(endpoint) { session in
                if let folder {
                    // Reads no file: a folder that is not there is an error all the same.
                    _ = try await session.schema(
                        of: .files([SparkViews.location(folder)], format: "text", options: SparkViews.readingOptions))
                }
                return session.serverVersion
            }
        } catch {
            let isUnseen = (error as? SparkError)?.errorClass == "PATH_NOT_FOUND"
            throw isUnseen
                ? Diagnostic.error(
                    "the server answers, but does not see \(folder ?? "") in the store", at: remote,
                    hint: "put the store where this machine and the cluster find it under the same path or URL")
                : Diagnostic.error(
                    "\((error as? SparkError)?.message ?? "\(error)")", at: remote,
                    hint: "start the server, or see what 'remote' says in millrace.yaml")
        }
    }

    /// Some half a minute in all: longer than most interruptions, and short enough for who waits for a run. A server that
    /// began anew meanwhile has lost the step anyway.
    private static let policy = RetryPolicy(retries: 7, longestWait: .seconds(8))

    package func stage(
        _ job: StepJob, report: @escaping @Sendable (StepProgressReport) -> Void
    ) async throws -> StagedStep {
        try await work(for: job.dataset, job.dataset.step.sql, in: job.folder) { views, faults in
            let step = SparkStep(
                job: job, session: views.session, views: views, engine: self.name, faults: faults, local: self.local)
            return try await step.run(report: report)
        }
    }

    package func merging(for dataset: Dataset) -> (any MergeEngine)? {
        SparkMerge(engine: self, name: name, dataset: dataset, local: local)
    }

    /// Does something in a session of its own.
    /// - Parameters:
    ///   - text: what the user wrote that is run, for messages.
    ///   - folder: the store's that Spark has to reach, for messages.
    func work<Result: Sendable>(
        for dataset: Dataset, _ text: SQLText?, in folder: String,
        _ body: (SparkViews, SparkFaults) async throws -> Result
    ) async throws -> Result {
        let faults = SparkFaults(dataset: dataset, engine: name, remote: remote, folder: folder, text: text)
        let number = steps.wrappingAdd(1, ordering: .relaxed).newValue
        do {
            return try await SparkSession.with(endpoint, patience: .seconds(60), policy: Self.policy) { session in
                try await session.set(settings.merging(Self.ownSettings) { $1 })
                let prefix = "__millrace_\(number)_\(String(UInt32.random(in: 0...UInt32.max), radix: 36))_"
                return try await body(SparkViews(session: session, prefix: prefix, engine: name), faults)
            }
        } catch let error as SparkError {
            throw faults.translate(error)
        } catch {
            throw Task.isCancelled ? CancellationError() : error
        }
    }
}
