import Checks
import DuckDB
import Queries
import Synchronization

/// Takes the rows that fail a rule while a step is written, on all of the engine's threads at once: counts failures per
/// rule, and keeps refused rows, and the first few examples of the others, in a temporary table that spills like any
/// other.
///
/// It has a connection of its own, because the step's connection is busy writing.
final class RefusedRows: Sendable {
    private struct State: ~Copyable {
        var appender: Appender?
        var failures: [Int]
    }

    /// `@unchecked Sendable` because the connection is used by the step's thread alone, and the appender only under
    /// the mutex.
    private struct Owned: @unchecked Sendable {
        let connection: Connection
    }

    private let rules: RowRules
    private let owned: Owned
    private let state: Mutex<State>
    private let seen = Atomic<Int>(0)

    /// The temporary table's name.
    static let table = "_millrace_refused"

    /// - Parameter columns: those of the refused rows after the mask's words.
    init(rules: RowRules, columns: [QueryColumn], database: Database) throws {
        self.rules = rules
        let connection = try database.connect()
        let masks = (0..<rules.words).map { QueryColumn(name: RowRules.maskColumn($0), type: "UBIGINT") }
        let definition = (masks + columns).map { "\(Quote.name($0.name)) \($0.type)" }.joined(separator: ", ")
        try connection.execute("CREATE TEMP TABLE \(Self.table) (\(definition))")
        state = Mutex(
            State(
                appender: try connection.appender(table: Self.table),
                failures: Array(repeating: 0, count: rules.rules.count)))
        owned = Owned(connection: connection)
    }

    /// The functions to register, under these names.
    func functions(_ routing: StepQuery.Routing) -> [ScalarFunction] {
        [
            ScalarFunction(
                name: routing.count, parameters: ["ANY"], returns: "BOOLEAN", isVolatile: true, handlesNulls: true
            ) { chunk, result in
                self.seen.wrappingAdd(chunk.rowCount, ordering: .relaxed)
                try result.fill(true)
            },
            ScalarFunction(
                name: routing.refuse, parameters: Array(repeating: "UBIGINT", count: rules.words), isVariadic: true,
                returns: "BOOLEAN", isVolatile: true, handlesNulls: true
            ) { chunk, result in
                try self.take(chunk, &result)
            },
        ]
    }

    private func take(_ chunk: borrowing Chunk, _ result: inout ResultVector) throws {
        var counts = Array(repeating: 0, count: rules.rules.count)
        var isRefused = Array(repeating: false, count: chunk.rowCount)
        for (word, refusing) in rules.refusingBits.enumerated() {
            chunk.withElements(of: word, as: UInt64.self) { masks in
                for row in masks.indices {
                    var bits = masks[row]
                    if bits & refusing != 0 { isRefused[row] = true }
                    while bits != 0 {
                        counts[word * 64 + bits.trailingZeroBitCount] += 1
                        bits &= bits - 1
                    }
                }
            }
        }
        for row in isRefused.indices { try result.set(!isRefused[row], row) }
        let refused = isRefused.count { $0 }
        try state.withLock { state in
            var isWanted = refused > 0
            for (rule, count) in counts.enumerated() where count > 0 {
                isWanted = isWanted || state.failures[rule] < Examples.most
                state.failures[rule] += count
            }
            if isWanted { try state.appender?.append(chunk) }
        }
    }

    /// Every row that the step's query gave.
    var rowsSeen: Int { seen.load(ordering: .sequentiallyConsistent) }

    /// Ends the taking, so that the table holds all rows.
    /// - Returns: the failures of each rule.
    func finish() throws -> [Int] {
        try state.withLock { state in
            try state.appender?.close()
            state.appender = nil
            return state.failures
        }
    }

    /// The connection that sees the table.
    var connection: Connection { owned.connection }

    func close() { owned.connection.close() }
}
