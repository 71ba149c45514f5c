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

/// What is kept about past runs, in one SQLite file beside the project. It may be lost at any time: nothing that a run
/// decides depends on it, and trouble with it is told once and never fails a run.
package final class RunHistory: Sendable {
    private enum State {
        case unopened
        case open(DatabaseQueue)
        /// Trouble was told; from now on nothing is recorded and nothing is known.
        case unusable
    }

    package let path: String
    private let warn: @Sendable (Diagnostic) -> Void
    private let state = Mutex(State.unopened)

    /// Opens nothing yet.
    /// - Parameters:
    ///   - path: the absolute path of the file; its folder is made when it is missing.
    ///   - warn: is told, at most once, why there is no history.
    package init(path: String, warn: @escaping @Sendable (Diagnostic) -> Void) {
        self.path = path
        self.warn = warn
    }

    /// Writes in one transaction; makes the file when there is none.
    func write(_ body: (Database) throws -> Void) {
        state.withLock { state in
            attempt(&state) { queue in try queue.write(body) }
        }
    }

    /// Reads; nil when there is no history yet or it cannot be read.
    func read<Value: Sendable>(_ body: (Database) throws -> Value) -> Value? {
        state.withLock { state in
            if case .unopened = state, access(path, F_OK) != 0 { return nil }
            var value: Value?
            attempt(&state) { queue in value = try queue.read(body) }
            return value
        }
    }

    /// Writes what is pending into the file and lets go of it; the next use opens it again.
    package func close() {
        state.withLock { state in
            if case .open(let queue) = state {
                try? queue.close()
                state = .unopened
            }
        }
    }

    private func attempt(_ state: inout State, _ body: (DatabaseQueue) throws -> Void) {
        do {
            guard let queue = try open(&state) else { return }
            try body(queue)
        } catch let error as DatabaseError where Self.isCorruption(error) {
            state = .unopened
            do {
                let aside = try setAside()
                warn(
                    .warning(
                        "the run history was damaged and begins anew", at: .wholeFile(path),
                        notes: ["the damaged file is kept as \(aside)"]))
                guard let queue = try open(&state) else { return }
                try body(queue)
            } catch {
                giveUp(Self.reason(error), &state)
            }
        } catch {
            giveUp(Self.reason(error), &state)
        }
    }

    private func open(_ state: inout State) throws -> DatabaseQueue? {
        switch state {
        case .open(let queue): return queue
        case .unusable: return nil
        case .unopened: break
        }
        if let slash = path.lastIndex(of: "/") { mkdir(String(path[..<slash]), 0o755) }
        var configuration = Configuration()
        configuration.journalMode = .wal
        // Nobody waits for it, and a server with many runs writes a lot.
        configuration.busyMode = .timeout(10)
        configuration.label = "Millrace history"
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // What was recorded outlives a loss of power; one commit takes in many events.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let migrator = HistorySchema.migrator
        let isCurrent = try queue.read { database in
            if try HistorySchema.isNewer(database) { throw NewerHistory() }
            return try migrator.hasCompletedMigrations(database)
        }
        if !isCurrent { try migrator.migrate(queue) }
        state = .open(queue)
        return queue
    }

    /// From now on nothing is recorded.
    func giveUp(on reason: String) {
        state.withLock { state in
            if case .unusable = state { return }
            giveUp(reason, &state)
        }
    }

    private func giveUp(_ reason: String, _ state: inout State) {
        state = .unusable
        warn(
            .warning(
                "the run history cannot be used: \(reason)", at: .wholeFile(path),
                notes: ["the run itself does not need it"]))
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case is NewerHistory: "it was written by a newer version of Millrace"
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CANTOPEN, .SQLITE_PERM: "its file cannot be opened"
            case .SQLITE_READONLY: "its file cannot be written"
            case .SQLITE_FULL: "there is no space left for it"
            case .SQLITE_BUSY, .SQLITE_LOCKED: "another process keeps it locked"
            default: error.message ?? "SQLite error \(error.resultCode.rawValue)"
            }
        default: "\(error)"
        }
    }

    private static func isCorruption(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
    }

    /// Moves the damaged file away, and with it what SQLite keeps beside it.
    private func setAside() throws -> String {
        var number = 1
        while access("\(path).damaged-\(number)", F_OK) == 0 { number += 1 }
        let aside = "\(path).damaged-\(number)"
        guard rename(path, aside) == 0 else { throw DatabaseError(resultCode: .SQLITE_READONLY) }
        unlink(path + "-wal")
        unlink(path + "-shm")
        return aside
    }
}

private struct NewerHistory: Error {}
