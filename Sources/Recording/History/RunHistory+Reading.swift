import GRDB
package import Project

/// A run as history remembers it.
package struct PastRun: Sendable, Equatable {
    package var run: RunID
    package var startedAt: Int
    package var finishedAt: Int?
    /// `done`, `failed`, `cancelled`, `nothing_to_do`, or `interrupted` for a process that was killed; nil while it runs.
    package var outcome: String?
    package var done: Int
    package var failed: Int
    package var skipped: Int
    package var upToDate: Int
}

/// A step of a run as history remembers it.
package struct PastStep: Sendable, Equatable {
    package var run: RunID
    package var dataset: String
    package var startedAt: Int
    /// `done`, `failed` or `skipped`; nil when it never ended.
    package var result: String?
    package var message: String?
    package var version: Version?
    package var rows: RowAccount?
    package var seconds: Double?
}

/// What a check found in one run.
package struct PastCheck: Sendable, Equatable {
    package var run: RunID
    package var at: Int
    package var name: String
    package var status: String
    package var looked: Int?
    package var failing: Int?
    package var value: Double?
}

extension RunHistory {
    /// How each dataset's last step ended: `done`, `failed` or `skipped`; for `result:` in selections.
    package func lastResults() -> [DatasetName: String] {
        read { database in
            var results: [DatasetName: String] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT dataset, result FROM results") {
                if let name = DatasetName(row["dataset"] as String) { results[name] = row["result"] }
            }
            return results
        } ?? [:]
    }

    /// The latest runs, the newest first.
    package func runs(limit: Int) -> [PastRun] {
        read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM runs ORDER BY started_ms DESC, id DESC LIMIT ?", arguments: [limit]
            )
            .map { row in
                PastRun(
                    run: RunID(row["id"]), startedAt: row["started_ms"], finishedAt: row["finished_ms"],
                    outcome: row["outcome"], done: row["done"], failed: row["failed"], skipped: row["skipped"],
                    upToDate: row["up_to_date"])
            }
        } ?? []
    }

    /// The steps of a run, in the order in which they began.
    package func steps(of run: RunID) -> [PastStep] {
        read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM steps WHERE run = ? ORDER BY started_ms, dataset", arguments: [run.text]
            ).map(PastStep.init(row:))
        } ?? []
    }

    /// The latest steps of a dataset, the newest first.
    package func steps(of dataset: DatasetName, limit: Int) -> [PastStep] {
        read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM steps WHERE dataset = ? ORDER BY started_ms DESC LIMIT ?",
                arguments: [dataset.text, limit]
            ).map(PastStep.init(row:))
        } ?? []
    }

    /// What a dataset's checks found over time, the newest run first, within a run in their order;
    /// without a name all of them.
    package func checks(of dataset: DatasetName, named name: String? = nil, limit: Int) -> [PastCheck] {
        read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT checks.*, runs.started_ms FROM checks JOIN runs ON runs.id = checks.run
                    WHERE dataset = :dataset AND (:name IS NULL OR name = :name)
                    ORDER BY runs.started_ms DESC, place LIMIT :limit
                    """, arguments: ["dataset": dataset.text, "name": name, "limit": limit]
            ).map { row in
                PastCheck(
                    run: RunID(row["run"]), at: row["started_ms"], name: row["name"], status: row["status"],
                    looked: row["looked"], failing: row["failing"], value: row["value"])
            }
        } ?? []
    }
}

extension PastStep {
    fileprivate init(row: Row) {
        var rows: RowAccount?
        if let read: Int = row["rows_read"], let published: Int = row["rows_published"],
            let quarantined: Int = row["rows_quarantined"]
        {
            rows = RowAccount(read: read, published: published, quarantined: quarantined)
        }
        self.init(
            run: RunID(row["run"]), dataset: row["dataset"], startedAt: row["started_ms"], result: row["result"],
            message: row["message"], version: (row["version"] as Int?).map { Version($0) }, rows: rows,
            seconds: row["seconds"])
    }
}
