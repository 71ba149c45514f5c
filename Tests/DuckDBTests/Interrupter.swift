import DuckDB
import Foundation
import Testing

@Suite("Interrupter and progress")
struct InterrupterTests {
    static let endless = "SELECT count(*) FROM rows a, rows b WHERE a.i + b.i = -1"

    /// Runs `body` on another thread, which waits for the connection to be busy, while the connection runs the SQL.
    func failure(of sql: String, whileRunning body: @escaping @Sendable (Interrupter, ProgressReader) -> Void) throws
        -> DuckDBError?
    {
        let database = try Database(.init(threads: 2))
        let connection = try database.connect()
        try connection.execute("CREATE TABLE rows AS SELECT i FROM range(5000000) r(i)")
        let (interrupter, progress) = (connection.interrupter, connection.progress)
        let thread = Thread { body(interrupter, progress) }
        thread.start()
        let error = #expect(throws: DuckDBError.self) { try connection.execute(sql) }
        #expect(try connection.query("SELECT 1")[0][0] == 1)
        return error
    }

    @Test("another thread interrupts a query, and the connection stays usable")
    func interrupt() throws {
        let error = try failure(of: Self.endless) { interrupter, progress in
            while progress.read() == nil { sched_yield() }
            interrupter.interrupt()
        }
        #expect(error?.code == .interrupt)
    }

    @Test("progress tells rows while a query runs")
    func progress() throws {
        let error = try failure(of: Self.endless) { interrupter, progress in
            var last: QueryProgress?
            while last?.rows ?? 0 == 0 { last = progress.read() ?? last }
            if let last, last.totalRows > 0, (0...1).contains(last.fraction) { interrupter.interrupt() }
        }
        #expect(error?.code == .interrupt)
    }

    @Test("an interruption does not outlive the call it was meant for; a cancellation does")
    func cancellation() throws {
        let connection = try Database(.init(threads: 1)).connect()
        connection.interrupter.interrupt()
        #expect(try connection.query("SELECT 1")[0][0] == 1)
        #expect(connection.progress.read() == nil)
        connection.interrupter.cancel()
        let error = #expect(throws: DuckDBError.self) { try connection.query("SELECT 1") }
        #expect(error?.code == .interrupt)
    }

    @Test("an interruption from within a stream ends it")
    func interruptedStream() throws {
        let connection = try Database(.init(threads: 2)).connect()
        let error = #expect(throws: DuckDBError.self) {
            try connection.stream("FROM range(100000000)") { _ in connection.interrupter.interrupt() }
        }
        #expect(error?.code == .interrupt)
        #expect(try connection.query("SELECT 1")[0][0] == 1)
    }
}
