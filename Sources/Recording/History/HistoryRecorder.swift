import GRDB
package import Project
package import Running
import Synchronization

/// Writes a run into the history as it goes on, so that also a killed process leaves what it did. Only the end of the
/// run waits until all of it is on the disk.
package final class HistoryRecorder: RunRecorder {
    private struct State {
        var start: (event: RunStart, at: Int)?
        var isRecorded = false
        /// Found up to date: if one of them failed the last time, it did not after all.
        var upToDate: [String] = []
        /// What the same run made before it was interrupted.
        var madeBefore = 0
    }

    private let history: RunHistory
    let commits: GroupCommit
    private let process: Int
    private let rules: RunRules
    private let isRunning: @Sendable (Int) -> Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - process: the identifier of this process.
    ///   - rules: what is kept of former runs.
    ///   - isRunning: tells whether another process is still alive.
    package init(
        _ history: RunHistory, process: Int, rules: RunRules, isRunning: @escaping @Sendable (Int) -> Bool
    ) {
        self.history = history
        commits = GroupCommit(history)
        self.process = process
        self.rules = rules
        self.isRunning = isRunning
    }

    package func record(_ event: RunEvent, at milliseconds: Int) {
        state.withLock { state in
            switch event {
            case .runStarted(let start): state.start = (start, milliseconds)
            case .stepStarted(let start):
                write(&state) { database, run in try StepRows.begin(start, run, milliseconds, database) }
            case .stepProgressed, .stepSaid, .stepAudited: break
            case .stepRetrying(let retry):
                write(&state) { database, run in try StepRows.record(retry, run, milliseconds, database) }
            case .stepFinished(let result):
                write(&state) { database, run in try StepRows.record(result, run, milliseconds, database) }
            case .stepFailed(let failure):
                write(&state) { database, run in try StepRows.record(failure, run, milliseconds, database) }
            case .stepSkipped(let dataset, .upToDate): state.upToDate.append(dataset.text)
            case .stepSkipped(_, .madeByThisRun): state.madeBefore += 1
            case .stepSkipped(let dataset, let reason):
                write(&state) { database, run in try StepRows.skip(dataset, reason, run, milliseconds, database) }
            case .runFinished(let summary): finish(summary, &state, milliseconds)
            }
        }
    }

    private func finish(_ summary: RunSummary, _ state: inout State, _ milliseconds: Int) {
        let (upToDate, madeBefore, rules) = (state.upToDate, state.madeBefore, rules)
        write(&state) { database, run in
            try database.execute(
                sql: """
                    UPDATE runs SET finished_ms = ?, outcome = ?, done = ?, failed = ?, skipped = ?, up_to_date = ?
                    WHERE id = ?
                    """,
                arguments: [
                    milliseconds, summary.outcome.word, summary.done + madeBefore, summary.failed,
                    summary.skipped + summary.stopped,
                    summary.upToDate - madeBefore, run,
                ])
            let unhappy = try String.fetchSet(database, sql: "SELECT dataset FROM results WHERE result <> 'done'")
            for dataset in upToDate where unhappy.contains(dataset) {
                try database.execute(
                    sql: "UPDATE results SET result = 'done', run = ?, at_ms = ? WHERE dataset = ?",
                    arguments: [run, milliseconds, dataset])
            }
            try HistoryRetention(rules).apply(after: run, at: milliseconds, database)
        }
        commits.finish()
        history.close()
    }

    /// Writes something about the run, and before the first time the run itself.
    private func write(_ state: inout State, _ body: @escaping @Sendable (Database, _ run: String) throws -> Void) {
        guard let start = state.start else { return }
        if !state.isRecorded {
            state.isRecorded = true
            let (process, isRunning) = (process, isRunning)
            commits.add { database in
                try Self.begin(start.event, at: start.at, process: process, isRunning: isRunning, database)
            }
        }
        let run = start.event.run.text
        commits.add { database in try body(database, run) }
    }

    private static func begin(
        _ start: RunStart, at milliseconds: Int, process: Int, isRunning: (Int) -> Bool, _ database: Database
    ) throws {
        let unfinished = try Row.fetchAll(database, sql: "SELECT id, process FROM runs WHERE outcome IS NULL")
        for row in unfinished {
            let id: String = row["id"]
            let other: Int = row["process"]
            guard other == process || !isRunning(other) else { continue }
            try database.execute(sql: "UPDATE runs SET outcome = 'interrupted' WHERE id = ?", arguments: [id])
        }
        // A run that is taken up again goes on as the same one.
        try database.execute(
            sql: """
                INSERT INTO runs (id, project, started_ms, process, cause, trigger_name, queued_ms, words)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    process = excluded.process, processes = processes + 1, outcome = NULL, finished_ms = NULL,
                    cause = coalesce(excluded.cause, cause), trigger_name = coalesce(excluded.trigger_name, trigger_name)
                """,
            arguments: [
                start.run.text, start.project, milliseconds, process, start.cause, trigger(in: start.cause),
                start.queuedAt, try start.order.map(PastRun.text),
            ])
    }

    /// The trigger that a run's cause names: `trigger nightly`.
    private static func trigger(in cause: String?) -> String? {
        let words = cause?.split(separator: " ") ?? []
        return words.first == "trigger" && words.count > 1 ? String(words[1]).trimmingSuffix(while: ":,") : nil
    }
}

extension String {
    fileprivate func trimmingSuffix(while characters: String) -> String {
        var text = self
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return text
    }
}
