import Dispatch
import DuckDB
import Project
import Synchronization

/// Runs what blocks for long away from Swift's own few threads.
private let workers = DispatchQueue(label: "millrace.store", attributes: .concurrent)

extension DatasetStore {
    /// Runs work of DuckDB with a connection of its own, on a thread of its own. A cancelled task interrupts it.
    ///
    /// - Parameter dataset: for the error.
    /// - Throws: `cancelled`, `noSpace`, `outOfMemory`, `missingFile`, `inputOutput`; a `StoreError` of `work` as it is.
    func withDuckDB<R: Sendable>(
        for dataset: DatasetName, _ work: @escaping @Sendable (Connection) throws -> R
    ) async throws(StoreError) -> R {
        let running = RunningWork()
        let database = database
        let result = await withTaskCancellationHandler {
            await Self.inBackground {
                try database().withConnection { connection in
                    running.began(connection.interrupter)
                    return try work(connection)
                }
            }
        } onCancel: {
            running.cancel()
        }
        return try Self.value(of: result, for: dataset)
    }

    /// Runs work that blocks on a thread of its own.
    ///
    /// - Throws: as `withDuckDB`.
    func inBackground<R: Sendable>(
        for dataset: DatasetName, _ work: @escaping @Sendable () throws -> R
    ) async throws(StoreError) -> R {
        try Self.value(of: await Self.inBackground(work), for: dataset)
    }

    private static func inBackground<R: Sendable>(
        _ work: @escaping @Sendable () throws -> R
    ) async -> Result<R, any Error> {
        await withCheckedContinuation { continuation in
            workers.async { continuation.resume(returning: Result { try work() }) }
        }
    }

    private static func value<R>(of result: Result<R, any Error>, for dataset: DatasetName) throws(StoreError) -> R {
        switch result {
        case .success(let value): return value
        case .failure(let error): throw StoreError(engine: error, dataset: dataset)
        }
    }
}

/// Lets a cancellation reach a connection, whichever comes first.
private final class RunningWork: Sendable {
    private let state = Mutex<(interrupter: Interrupter?, isCancelled: Bool)>((nil, false))

    func began(_ interrupter: Interrupter) {
        let isCancelled = state.withLock { state in
            state.interrupter = interrupter
            return state.isCancelled
        }
        if isCancelled { interrupter.cancel() }
    }

    func cancel() {
        let interrupter = state.withLock { state in
            state.isCancelled = true
            return state.interrupter
        }
        interrupter?.cancel()
    }
}

extension StoreError {
    /// What a person makes of an error of DuckDB that is no fault of the SQL.
    init(engine error: any Error, dataset: DatasetName?) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DuckDBError else {
            self.init(.inputOutput, dataset: dataset, message: Self.named(dataset, "\(error)"))
            return
        }
        let words = error.message.lowercased()
        let code: Code
        var hint: String?
        switch error.code {
        case .interrupt: code = .cancelled
        case .outOfMemory:
            code = .outOfMemory
            hint = "Give the engine more memory, or free space in its folder for spilled data; nothing was published."
        case .io where words.contains("no space left"):
            code = .noSpace
            hint = "Free some space, then run again; nothing was published."
        case .io where words.contains("no such file") || words.contains("no files found"):
            code = .missingFile
            hint = "Restore the file from a copy; a version whose files vacuum deleted cannot be read any more."
        case .permission: code = .permission
        case _ where Self.damage.contains(where: { words.contains($0) }):
            code = .corruptFile
            hint = "A data file is damaged: restore it from a copy, or make the table's rows anew."
        default: code = .inputOutput
        }
        self.init(code, dataset: dataset, message: Self.named(dataset, error.description), hint: hint)
    }

    /// What DuckDB says of a file that is no whole Parquet file, in lower case.
    private static let damage = [
        "no magic bytes", "too small to be a parquet file", "tprotocolexception", "don't know what type",
        "failed to read file",
    ]
}
