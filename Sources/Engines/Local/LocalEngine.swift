import Dispatch
package import DuckDB
import Ingesting
import Project
import Queries
import Synchronization

/// The embedded engine: DuckDB in this process. All steps share one database, so that they share one memory budget.
package final class LocalEngine: Engine {
    private struct State {
        var database: Database?
        /// What the database is told before anyone uses it.
        var preparations: [@Sendable (Connection) throws -> Void] = []
    }

    private let configuration: Database.Configuration
    private let programs: ProgramContext
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "millrace.engine", attributes: .concurrent)
    private let steps = Atomic<Int>(0)

    /// Opens nothing yet.
    package init(_ configuration: Database.Configuration, programs: ProgramContext) {
        self.configuration = configuration
        self.programs = programs
    }

    /// The database, opened when it is first needed: opening costs tens of milliseconds that many commands can save.
    package func database() throws -> Database {
        try state.withLock { state in
            if let database = state.database { return database }
            let database = try Database(configuration)
            try database.withConnection { connection in
                for prepare in state.preparations { try prepare(connection) }
            }
            state.database = database
            return database
        }
    }

    /// Lets the engine read and write what is in a bucket.
    ///
    /// - Parameter secret: the options of DuckDB's `CREATE SECRET`, each with its value.
    package func open(bucket: String, secret: [(name: String, value: String)]) throws {
        let options = secret.map { "\($0.name) \(Quote.text($0.value))" }.joined(separator: ", ")
        let name = Quote.name("millrace \(bucket)")
        let prepare: @Sendable (Connection) throws -> Void = { connection in
            let file = try Extension.find(Extension.httpfs)
            // The extension copies credentials of the environment into settings, which any query can read.
            let cleared = ["s3_access_key_id", "s3_secret_access_key", "s3_session_token"].map {
                "SET GLOBAL \($0) = '';"
            }
            try connection.execute(
                """
                LOAD \(Quote.text(file)); \(cleared.joined(separator: " "))
                CREATE OR REPLACE SECRET \(name) (TYPE s3, \(options))
                """)
        }
        try state.withLock { state in
            if let database = state.database {
                try database.withConnection(prepare)
            } else {
                state.preparations.append(prepare)
            }
        }
    }

    package func stage(
        _ job: StepJob, report: @escaping @Sendable (StepProgressReport) -> Void
    ) async throws -> StagedStep {
        let number = steps.wrappingAdd(1, ordering: .relaxed).newValue
        let step = LocalStep(job, number: number, database: try database(), programs: programs)
        do {
            return try await withTaskCancellationHandler {
                async let _ = tick { step.reportProgress(report) }
                async let integrity: Void = verifyFiles(of: job, else: step.cancel)
                let staged: StagedStep
                do {
                    staged = try await run { try step.run(report: report) }
                } catch {
                    // A torn file may be the reason why reading failed: then that is the better message.
                    try await integrity
                    throw error
                }
                try await integrity
                return staged
            } onCancel: {
                step.cancel()
            }
        } catch {
            throw Task.isCancelled ? CancellationError() : error
        }
    }

    /// Calls `body` ten times a second, until the task is cancelled.
    private func tick(_ body: @Sendable () -> Void) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            body()
        }
    }

    private func verifyFiles(of job: StepJob, else giveUp: @Sendable () -> Void) async throws {
        guard let ingest = job.dataset.step.ingest else { return }
        do {
            for path in job.sourceFiles {
                try await run {
                    try Integrity.verify(
                        path, compression: Integrity.compression(of: path, in: ingest), at: ingest.files[0].span)
                }
                try Task.checkCancellation()
            }
        } catch {
            giveUp()
            throw error
        }
    }

    /// Runs blocking work on a thread of its own, so that Swift's own few threads stay free.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result(catching: work)) }
        }
    }
}
