import Dispatch
import GRDB
package import Project
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The append-only log of the scheduler, in `.millrace/state.sqlite`. Several processes may write to it: its owner what
/// it decides, others what they ask for.
///
/// What was appended is on the disk when the call returns. Whatever waits while the disk is busy goes there in one
/// transaction.
package final class StateLog: Sendable {
    package struct Draft: Sendable {
        package var at: Int
        package var kind: String
        package var body: String

        /// - Parameter at: milliseconds since 1970.
        package init(at: Int, kind: String, body: String) {
            self.at = at
            self.kind = kind
            self.body = body
        }
    }

    package struct Line: Sendable {
        package var number: Int
        package var at: Int
        package var kind: String
        package var body: String
    }

    private struct Waiting: Sendable {
        var drafts: [Draft]
        var answer: CheckedContinuation<Int, any Error>
    }

    private let database: DatabaseQueue
    private let queue = DispatchQueue(label: "millrace.log")
    private let waiting = Mutex<[Waiting]>([])

    /// How long a transaction waits for those of other processes, in seconds.
    private static let patience = 30.0

    /// Opens the log; makes it when there is none.
    /// - Parameter path: the absolute path of the file; its folder is made when it is missing.
    package init(path: String) throws(Diagnostic) {
        if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o755) }
        do {
            database = try Self.open(path)
        } catch {
            throw .error(
                "the scheduler's log cannot be opened: \(Self.reason(error))", at: .wholeFile(path),
                hint: "without this file the scheduler begins anew; datasets and their versions do not need it")
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(patience)
        configuration.label = "Millrace log"
        var tries = 0
        while true {
            do {
                let database = try DatabaseQueue(path: path, configuration: configuration)
                try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
                try migrator.migrate(database)
                return database
            } catch let error as DatabaseError {
                // Several processes may make the file at once; one of them is first.
                tries += 1
                guard tries < 20, [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_ERROR].contains(error.resultCode) else {
                    throw error
                }
                usleep(50_000)
            }
        }
    }

    /// Beside those of the history in the same file, from whose names these begin otherwise.
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("log 1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE log (
                        seq INTEGER PRIMARY KEY AUTOINCREMENT,
                        at_ms INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        body TEXT NOT NULL
                    ) STRICT;
                    CREATE INDEX log_by_kind ON log (kind, seq);
                    """)
        }
        return migrator
    }

    // MARK: Writing

    /// Appends, all or nothing.
    /// - Returns: the number of the last line.
    /// - Throws: `Diagnostic`.
    package func append(_ drafts: [Draft]) async throws -> Int {
        do {
            return try await withCheckedThrowingContinuation { answer in
                waiting.withLock { $0.append(Waiting(drafts: drafts, answer: answer)) }
                queue.async { self.writeWaiting() }
            }
        } catch {
            throw Self.diagnostic(error)
        }
    }

    private func writeWaiting() {
        let all = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        guard !all.isEmpty else { return }
        do {
            let numbers = try database.write { database in
                try all.map { try Self.insert($0.drafts, database) }
            }
            for (one, number) in zip(all, numbers) { one.answer.resume(returning: number) }
        } catch {
            for one in all { one.answer.resume(throwing: error) }
        }
    }

    private static func insert(_ drafts: [Draft], _ database: Database) throws -> Int {
        let statement = try database.cachedStatement(sql: "INSERT INTO log (at_ms, kind, body) VALUES (?, ?, ?)")
        for draft in drafts { try statement.execute(arguments: [draft.at, draft.kind, draft.body]) }
        return Int(database.lastInsertedRowID)
    }

    /// Appends a line that says the same as all before it, and takes those away.
    /// - Parameters:
    ///   - kept: lines of these kinds stay if they are not older than `keptSince`.
    ///   - requests: lines of this kind are of other processes; when there is one after `seen`, nothing is done.
    /// - Returns: whether it was done.
    package func restart(
        with draft: Draft, keeping kept: [String], keptSince: Int, unless requests: String, after seen: Int
    ) throws -> Bool {
        do {
            return try database.write { database in
                let isNew = try Bool.fetchOne(
                    database, sql: "SELECT EXISTS (SELECT 1 FROM log WHERE kind = ? AND seq > ?)",
                    arguments: [requests, seen])
                guard isNew == false else { return false }
                let number = try Self.insert([draft], database)
                let marks = kept.map { _ in "?" }.joined(separator: ", ")
                try database.execute(
                    sql: "DELETE FROM log WHERE seq < ? AND NOT (at_ms >= ? AND kind IN (\(marks)))",
                    arguments: [number, keptSince] + StatementArguments(kept))
                return true
            }
        } catch {
            throw Self.diagnostic(error)
        }
    }

    // MARK: Reading

    /// The newest line of a kind, and all after it; without one all lines.
    package func lines(sinceNewest kind: String) throws -> [Line] {
        try read(
            "SELECT * FROM log WHERE seq >= coalesce((SELECT max(seq) FROM log WHERE kind = ?), 0) ORDER BY seq", [kind]
        )
    }

    /// Lines of a kind after a number.
    package func lines(ofKind kind: String, after number: Int) throws -> [Line] {
        try read("SELECT * FROM log WHERE kind = ? AND seq > ? ORDER BY seq", [kind, number])
    }

    /// A number that is another one when other processes have written something.
    package func change() throws -> Int {
        do {
            return try database.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        } catch {
            throw Self.diagnostic(error)
        }
    }

    private func read(_ sql: String, _ arguments: StatementArguments) throws -> [Line] {
        do {
            return try database.read { database in
                try Row.fetchAll(database, sql: sql, arguments: arguments).map {
                    Line(number: $0["seq"], at: $0["at_ms"], kind: $0["kind"], body: $0["body"])
                }
            }
        } catch {
            throw Self.diagnostic(error)
        }
    }

    private static func diagnostic(_ error: any Error) -> Diagnostic {
        .error("the scheduler's log cannot be used: \(reason(error))")
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return switch error.resultCode {
        case .SQLITE_FULL: "there is no space left on its disk"
        case .SQLITE_CANTOPEN, .SQLITE_PERM: "its file cannot be opened"
        case .SQLITE_READONLY: "its file cannot be written"
        case .SQLITE_BUSY, .SQLITE_LOCKED: "another process keeps it locked"
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: "its file is damaged"
        default: error.message ?? "SQLite error \(error.resultCode.rawValue)"
        }
    }
}
