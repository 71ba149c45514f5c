import CDuckDB
import Synchronization

/// The open connection of the library, as far as other threads may touch it: to interrupt it, to read its progress.
final class ConnectionHandle: Sendable {
    private struct State {
        var connection: duckdb_connection?
        var isRunning = false
        var isInterrupted = false
        var isCancelled = false
    }

    private let state: Mutex<State>

    init(_ database: DatabaseHandle) throws {
        state = Mutex(State(connection: try database.connect()))
    }

    func close() {
        state.withLock { duckdb_disconnect(&$0.connection) }
    }

    /// Runs `body`, which an interruption ends, with the open connection.
    func run<R>(_ body: (duckdb_connection) throws -> R) throws -> R {
        let (connection, isOutermost) = try state.withLock { state in
            guard let connection = state.connection else { throw DuckDBError.connectionClosed }
            guard !state.isCancelled else { throw DuckDBError.interrupted }
            defer { state.isRunning = true }
            if !state.isRunning { state.isInterrupted = false }
            return (UncheckedPointer(connection), !state.isRunning)
        }
        defer { if isOutermost { state.withLock { $0.isRunning = false } } }
        return try body(connection.pointer)
    }

    /// DuckDB forgets an interruption when it starts the next query; between the parts of one call it is asked here.
    func checkInterruption() throws {
        guard state.withLock({ !$0.isInterrupted && !$0.isCancelled }) else { throw DuckDBError.interrupted }
    }

    func interrupt(forGood: Bool) {
        state.withLock { state in
            if forGood { state.isCancelled = true }
            guard state.isRunning, let connection = state.connection else { return }
            state.isInterrupted = true
            duckdb_interrupt(connection)
        }
    }

    func progress() -> QueryProgress? {
        state.withLock { state in
            guard state.isRunning, let connection = state.connection else { return nil }
            let progress = duckdb_query_progress(connection)
            guard progress.percentage >= 0 else { return nil }
            return QueryProgress(
                fraction: min(progress.percentage / 100, 1),
                rows: Int(clamping: progress.rows_processed),
                totalRows: Int(clamping: progress.total_rows_to_process)
            )
        }
    }

    /// Carries the connection out of the lock, for the thread that runs its queries.
    ///
    /// `@unchecked Sendable` because a `Connection`, the only user, stays on one thread at a time, and the two
    /// functions that other threads call meanwhile are the two that DuckDB lets them call.
    private struct UncheckedPointer: @unchecked Sendable {
        let pointer: duckdb_connection

        init(_ pointer: duckdb_connection) {
            self.pointer = pointer
        }
    }
}

/// Ends the queries of one connection, from any thread. Does nothing once the connection is closed.
package struct Interrupter: Sendable {
    let handle: ConnectionHandle

    /// Ends what the connection runs now with an error of code `.interrupt`; does nothing when it runs nothing.
    package func interrupt() {
        handle.interrupt(forGood: false)
    }

    /// Ends what the connection runs now, and whatever it would run later, with an error of code `.interrupt`.
    package func cancel() {
        handle.interrupt(forGood: true)
    }
}

/// Tells how far the running query of one connection is, to any thread.
package struct ProgressReader: Sendable {
    let handle: ConnectionHandle

    /// Nil when nothing runs, DuckDB cannot tell, or the connection is closed.
    package func read() -> QueryProgress? {
        handle.progress()
    }
}

/// How far a query is, as DuckDB estimates it.
package struct QueryProgress: Sendable, Hashable {
    /// From 0 to 1.
    package var fraction: Double
    /// Rows read so far by the pipeline that runs now, and those it will read.
    package var rows: Int
    package var totalRows: Int

    package init(fraction: Double, rows: Int, totalRows: Int) {
        self.fraction = fraction
        self.rows = rows
        self.totalRows = totalRows
    }
}
