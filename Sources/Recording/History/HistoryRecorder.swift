import GRDB
import Project
package import Running
import Synchronization

/// Writes a run into the history as it goes on, so that also a killed process leaves what it did.
package final class HistoryRecorder: RunRecorder {
    private struct State {
        var start: (event: RunStart, at: Int)?
        var isRecorded = false
        /// Found up to date: if one of them failed the last time, it did not after all.
        var upToDate: [String] = []
    }

    private let history: RunHistory
    private let process: Int
    private let isRunning: @Sendable (Int) -> Bool
    private let state = Mutex(State())

    /// Runs with work that are kept, and runs that found nothing to do.
    static let keptRuns = 1000
    static let keptIdleRuns = 100

    /// `process` is the identifier of this process; `isRunning` tells whether another one is still alive.
    package init(_ history: RunHistory, process: Int, isRunning: @escaping @Sendable (Int) -> Bool) {
        self.history = history
        self.process = process
        self.isRunning = isRunning
    }

    package func record(_ event: RunEvent, at milliseconds: Int) {
        state.withLock { state in
            switch event {
            case .runStarted(let start): state.start = (start, milliseconds)
            case .stepStarted(let start):
                write(&state) { database, run in
                    try database.execute(
                        sql: "INSERT OR REPLACE INTO steps (run, dataset, kind, started_ms) VALUES (?, ?, ?, ?)",
                        arguments: [run, start.dataset.text, start.kind, milliseconds])
                }
            case .stepProgressed, .stepAudited: break
            case .stepFinished(let result):
                write(&state) { database, run in try Self.record(result, run, milliseconds, database) }
            case .stepFailed(let failure):
                write(&state) { database, run in try Self.record(failure, run, milliseconds, database) }
            case .stepSkipped(let dataset, .upToDate): state.upToDate.append(dataset.text)
            case .stepSkipped(_, .madeByThisRun): break
            case .stepSkipped(let dataset, let reason):
                write(&state) { database, run in
                    try database.execute(
                        sql: """
                            INSERT OR REPLACE INTO steps (run, dataset, started_ms, finished_ms, result, cause)
                            VALUES (?, ?, ?, ?, 'skipped', ?)
                            """, arguments: [run, dataset.text, milliseconds, milliseconds, reason.word])
                    try Self.set("skipped", dataset, run, milliseconds, database)
                }
            case .runFinished(let summary): finish(summary, &state, milliseconds)
            }
        }
    }

    private func finish(_ summary: RunSummary, _ state: inout State, _ milliseconds: Int) {
        let upToDate = state.upToDate
        write(&state) { database, run in
            try database.execute(
                sql: """
                    UPDATE runs SET finished_ms = ?, outcome = ?, done = ?, failed = ?, skipped = ?, up_to_date = ?
                    WHERE id = ?
                    """,
                arguments: [
                    milliseconds, summary.outcome.word, summary.done, summary.failed, summary.skipped,
                    summary.upToDate, run,
                ])
            let unhappy = try String.fetchSet(database, sql: "SELECT dataset FROM results WHERE result <> 'done'")
            for dataset in upToDate where unhappy.contains(dataset) {
                try database.execute(
                    sql: "UPDATE results SET result = 'done', run = ?, at_ms = ? WHERE dataset = ?",
                    arguments: [run, milliseconds, dataset])
            }
            for (condition, kept) in [("<>", Self.keptRuns), ("=", Self.keptIdleRuns)] {
                try database.execute(
                    sql: """
                        DELETE FROM runs WHERE id IN (
                            SELECT id FROM runs WHERE coalesce(outcome, '') \(condition) 'nothing_to_do'
                            ORDER BY started_ms DESC LIMIT -1 OFFSET ?)
                        """, arguments: [kept])
            }
        }
        history.close()
    }

    /// Writes something about the run, and before the first time the run itself.
    private func write(_ state: inout State, _ body: (Database, _ run: String) throws -> Void) {
        guard let start = state.start else { return }
        let isFirst = !state.isRecorded
        state.isRecorded = true
        history.write { database in
            if isFirst { try self.begin(start.event, at: start.at, database) }
            try body(database, start.event.run.text)
        }
    }

    private func begin(_ start: RunStart, at milliseconds: Int, _ database: Database) throws {
        let unfinished = try Row.fetchAll(database, sql: "SELECT id, process FROM runs WHERE outcome IS NULL")
        for row in unfinished {
            let id: String = row["id"]
            let process: Int = row["process"]
            guard process == self.process || !isRunning(process) else { continue }
            try database.execute(sql: "UPDATE runs SET outcome = 'interrupted' WHERE id = ?", arguments: [id])
        }
        try database.execute(
            sql: "INSERT OR REPLACE INTO runs (id, project, started_ms, process) VALUES (?, ?, ?, ?)",
            arguments: [start.run.text, start.project, milliseconds, process])
    }

    private static func record(
        _ result: StepResult, _ run: String, _ milliseconds: Int, _ database: Database
    ) throws {
        let rows = result.record.rows
        try database.execute(
            sql: """
                UPDATE steps SET finished_ms = ?, result = 'done', version = ?, rows_read = ?, rows_published = ?,
                    rows_quarantined = ?, bytes = ?, files = ?, seconds = ?
                WHERE run = ? AND dataset = ?
                """,
            arguments: [
                milliseconds, result.published.version.number, rows.read, rows.published, rows.quarantined,
                result.bytes, result.files, result.seconds, run, result.dataset.text,
            ])
        try record(result.record.checks, of: result.dataset, run, database)
        try set("done", result.dataset, run, milliseconds, database)
    }

    private static func record(
        _ failure: StepFailure, _ run: String, _ milliseconds: Int, _ database: Database
    ) throws {
        let refusing = failure.checks.first { $0.status == .failed }
        let message =
            refusing.map { outcome in outcome.name + (outcome.message.map { ": " + $0 } ?? "") }
            ?? failure.diagnostics.first?.message
        try database.execute(
            sql: """
                UPDATE steps SET finished_ms = ?, result = 'failed', cause = ?, message = ?, seconds = ?
                WHERE run = ? AND dataset = ?
                """,
            arguments: [milliseconds, failure.cause.rawValue, message, failure.seconds, run, failure.dataset.text])
        try record(failure.checks, of: failure.dataset, run, database)
        try set("failed", failure.dataset, run, milliseconds, database)
    }

    private static func record(
        _ outcomes: [CheckOutcome], of dataset: DatasetName, _ run: String, _ database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO checks (run, dataset, place, name, status, looked, failing, value, message)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for (place, outcome) in outcomes.enumerated() {
            // A measured NaN or infinity has no place in a REAL column.
            let value = outcome.value.flatMap { $0.isFinite ? $0 : nil }
            try statement.execute(arguments: [
                run, dataset.text, place, outcome.name, outcome.status.rawValue, outcome.looked, outcome.failing,
                value, outcome.message,
            ])
        }
    }

    private static func set(
        _ result: String, _ dataset: DatasetName, _ run: String, _ milliseconds: Int, _ database: Database
    ) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO results (dataset, result, run, at_ms) VALUES (?, ?, ?, ?)",
            arguments: [dataset.text, result, run, milliseconds])
    }
}
