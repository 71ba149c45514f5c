import GRDB
import Project
import Running

/// The rows that a step of a run leaves in the history.
enum StepRows {
    static func begin(_ start: StepStart, _ run: String, _ milliseconds: Int, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO steps (run, dataset, kind, started_ms, attempts, waited_ms) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (run, dataset) DO UPDATE SET
                    kind = excluded.kind, attempts = excluded.attempts,
                    started_ms = iif(excluded.attempts > 1, started_ms, excluded.started_ms),
                    waited_ms = iif(excluded.attempts > 1, coalesce(waited_ms, 0), 0) + excluded.waited_ms,
                    finished_ms = NULL, result = NULL, cause = NULL, message = NULL
                """
        ).execute(arguments: [run, start.dataset.text, start.kind, milliseconds, start.attempt, start.waited])
    }

    static func record(_ retry: StepRetry, _ run: String, _ milliseconds: Int, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO retries (run, dataset, attempt, failed_ms, delay_ms, cause, message, seconds)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            run, retry.dataset.text, retry.attempt, milliseconds, retry.delay, retry.failure.cause.rawValue,
            message(of: retry.failure), retry.failure.seconds,
        ])
    }

    static func record(_ result: StepResult, _ run: String, _ milliseconds: Int, _ database: Database) throws {
        let rows = result.record.rows
        try database.cachedStatement(
            sql: """
                UPDATE steps SET finished_ms = ?, result = 'done', version = ?, rows_read = ?, rows_published = ?,
                    rows_quarantined = ?, bytes = ?, files = ?, seconds = ?
                WHERE run = ? AND dataset = ?
                """
        ).execute(arguments: [
            milliseconds, result.published.version.number, rows.read, rows.published, rows.quarantined,
            result.bytes, result.files, result.seconds, run, result.dataset.text,
        ])
        try record(result.record.checks, of: result.dataset, run, milliseconds, database)
        try set("done", result.dataset, run, milliseconds, database)
    }

    static func record(_ failure: StepFailure, _ run: String, _ milliseconds: Int, _ database: Database) throws {
        // What somebody stopped has not failed; like what was not reached, it is still to be made.
        let result = failure.cause == .cancelled ? "skipped" : "failed"
        try database.cachedStatement(
            sql: """
                UPDATE steps SET finished_ms = ?, result = ?, cause = ?, message = ?, seconds = ?
                WHERE run = ? AND dataset = ?
                """
        ).execute(arguments: [
            milliseconds, result, failure.cause.rawValue, message(of: failure), failure.seconds, run,
            failure.dataset.text,
        ])
        try record(failure.checks, of: failure.dataset, run, milliseconds, database)
        try set(result, failure.dataset, run, milliseconds, database)
    }

    static func skip(
        _ dataset: DatasetName, _ reason: SkipReason, _ run: String, _ milliseconds: Int, _ database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO steps (run, dataset, started_ms, finished_ms, result, cause, attempts)
                VALUES (?, ?, ?, ?, 'skipped', ?, 0)
                """
        ).execute(arguments: [run, dataset.text, milliseconds, milliseconds, reason.word])
        try set("skipped", dataset, run, milliseconds, database)
    }

    private static func record(
        _ outcomes: [CheckOutcome], of dataset: DatasetName, _ run: String, _ milliseconds: Int, _ database: Database
    ) throws {
        guard !outcomes.isEmpty else { return }
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO checks
                    (run, dataset, place, name, status, looked, failing, value, message, at_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for (place, outcome) in outcomes.enumerated() {
            // A measured NaN or infinity has no place in a REAL column.
            let value = outcome.value.flatMap { $0.isFinite ? $0 : nil }
            try statement.execute(arguments: [
                run, dataset.text, place, outcome.name, outcome.status.rawValue, outcome.looked, outcome.failing,
                value, outcome.message, milliseconds,
            ])
        }
    }

    private static func set(
        _ result: String, _ dataset: DatasetName, _ run: String, _ milliseconds: Int, _ database: Database
    ) throws {
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO results (dataset, result, run, at_ms) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [dataset.text, result, run, milliseconds])
    }

    /// Why a step failed, in one line.
    private static func message(of failure: StepFailure) -> String? {
        failure.checks.first { $0.status == .failed }.map { $0.name + ($0.message.map { ": " + $0 } ?? "") }
            ?? failure.diagnostics.first?.message
    }
}
