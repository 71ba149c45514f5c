import GRDB
package import Project

/// A step of a run with its times.
package struct TimedStep: Sendable, Equatable {
    package var dataset: String
    package var kind: String?
    package var startedAt: Int
    package var finishedAt: Int?
    /// `done`, `failed` or `skipped`; nil while it goes on.
    package var result: String?
    /// Why it failed or was skipped, in a word.
    package var cause: String?
    package var message: String?
    package var version: Version?
    package var rows: RowAccount?
    package var bytes: Int?
    package var seconds: Double?
}

/// What one run's checks of a dataset found.
package struct CheckedRun: Sendable, Equatable {
    package var run: RunID
    package var at: Int
    package var checks: [PastCheck]
}

/// What a page of runs may be narrowed to.
package struct RunFilter: Sendable, Equatable {
    /// `done`, `failed`, `cancelled`, `nothing_to_do` or `interrupted`.
    package var outcome: String?

    package init(outcome: String? = nil) { self.outcome = outcome }
}

/// What pages show of the history. Each question is answered through an index, however long the history is.
extension RunHistory {
    /// Greater than every text.
    private static let afterAll = "\u{10FFFF}"

    /// Runs from the newest on.
    /// - Parameter before: only those with a smaller name; the last one of the page before.
    package func runs(before: RunID?, matching filter: RunFilter = RunFilter(), limit: Int) -> [PastRun] {
        read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM runs
                    WHERE id < :before AND (:outcome IS NULL OR outcome = :outcome)
                    ORDER BY id DESC LIMIT :limit
                    """, arguments: ["before": before?.text ?? Self.afterAll, "outcome": filter.outcome, "limit": limit]
            ).map(PastRun.init(row:))
        } ?? []
    }

    package func run(_ run: RunID) -> PastRun? {
        read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [run.text])
                .map(PastRun.init(row:))
        } ?? nil
    }

    /// Runs whose names begin so, the newest first.
    package func runs(named prefix: String, limit: Int) -> [PastRun] {
        read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM runs WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?",
                arguments: [prefix, prefix + Self.afterAll, limit]
            ).map(PastRun.init(row:))
        } ?? []
    }

    /// The steps of a run, in the order in which they began.
    package func timedSteps(of run: RunID) -> [TimedStep] {
        read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM steps WHERE run = ? ORDER BY started_ms, dataset", arguments: [run.text]
            ).map(TimedStep.init(row:))
        } ?? []
    }

    /// What the checks of a dataset found in its latest runs, the newest first.
    package func checkedRuns(of dataset: DatasetName, limit: Int) -> [CheckedRun] {
        read { database in
            let steps = try Row.fetchAll(
                database,
                sql: """
                    SELECT run, started_ms FROM steps WHERE dataset = ? AND result IN ('done', 'failed')
                    ORDER BY started_ms DESC LIMIT ?
                    """, arguments: [dataset.text, limit])
            return try steps.map { step in
                let run = RunID(step["run"])
                let at: Int = step["started_ms"]
                let checks = try Row.fetchAll(
                    database, sql: "SELECT * FROM checks WHERE run = ? AND dataset = ? ORDER BY place",
                    arguments: [run.text, dataset.text])
                return CheckedRun(
                    run: run, at: at,
                    checks: checks.map { row in
                        PastCheck(
                            run: run, at: at, name: row["name"], status: row["status"], looked: row["looked"],
                            failing: row["failing"], value: row["value"])
                    })
            }
        } ?? []
    }

    /// What the checks of one step of a run found.
    package func checks(of dataset: String, in run: RunID) -> [(name: String, status: String, message: String?)] {
        read { database in
            try Row.fetchAll(
                database, sql: "SELECT name, status, message FROM checks WHERE run = ? AND dataset = ? ORDER BY place",
                arguments: [run.text, dataset]
            ).map { (name: $0["name"], status: $0["status"], message: $0["message"]) }
        } ?? []
    }

    /// When a dataset's step ended last, of any of them; 0 when none did.
    package func lastResultTime() -> Int {
        read { database in try Int.fetchOne(database, sql: "SELECT max(at_ms) FROM results") ?? 0 } ?? 0
    }
}

extension PastRun {
    fileprivate init(row: Row) {
        self.init(
            run: RunID(row["id"]), startedAt: row["started_ms"], finishedAt: row["finished_ms"],
            outcome: row["outcome"], done: row["done"], failed: row["failed"], skipped: row["skipped"],
            upToDate: row["up_to_date"])
    }
}

extension TimedStep {
    fileprivate init(row: Row) {
        var rows: RowAccount?
        if let read: Int = row["rows_read"], let published: Int = row["rows_published"],
            let quarantined: Int = row["rows_quarantined"]
        {
            rows = RowAccount(read: read, published: published, quarantined: quarantined)
        }
        self.init(
            dataset: row["dataset"], kind: row["kind"], startedAt: row["started_ms"], finishedAt: row["finished_ms"],
            result: row["result"], cause: row["cause"], message: row["message"],
            version: (row["version"] as Int?).map { Version($0) }, rows: rows, bytes: row["bytes"],
            seconds: row["seconds"])
    }
}
