import GRDB
package import Project

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

    // MARK: Runs

    /// The latest runs, the newest first.
    package func runs(limit: Int) -> [PastRun] { runs(RunFilter(), limit: limit).runs }

    /// Runs from a place on, the newest first.
    /// - Parameter cursor: where the page begins; nil means with the newest run.
    package func runs(_ filter: RunFilter, from cursor: RunCursor? = nil, limit: Int) -> RunPage {
        var conditions: [String] = []
        var arguments: [(any DatabaseValueConvertible)?] = []
        if let cursor {
            conditions.append("(started_ms, id) <= (?, ?)")
            arguments += [cursor.startedAt, cursor.run.text]
        }
        switch filter.outcome {
        case .running: conditions.append("outcome IS NULL")
        case .ended(let word):
            conditions.append("outcome = ?")
            arguments.append(word)
        case nil: break
        }
        if let trigger = filter.trigger {
            conditions.append("trigger_name = ?")
            arguments.append(trigger)
        }
        arguments.append(limit + 1)
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let statement = StatementArguments(arguments)
        return read { database in
            var runs = try PastRun.fetch(
                database, "\(condition) ORDER BY started_ms DESC, id DESC LIMIT ?", statement)
            guard runs.count > limit, let next = runs.popLast() else { return RunPage(runs: runs) }
            return RunPage(runs: runs, next: RunCursor(startedAt: next.startedAt, run: next.run))
        } ?? RunPage(runs: [])
    }

    package func run(_ run: RunID) -> PastRun? {
        read { database in try PastRun.fetch(database, "WHERE id = ?", [run.text]).first } ?? nil
    }

    /// How many runs are remembered.
    package func countRuns() -> Int {
        read { database in try Int.fetchOne(database, sql: "SELECT count(*) FROM runs") ?? 0 } ?? 0
    }

    // MARK: Steps

    /// The steps of a run, in the order in which they began.
    package func steps(of run: RunID) -> [PastStep] {
        read { database in
            try PastStep.fetch(database, "WHERE run = ? ORDER BY started_ms, dataset", [run.text])
        } ?? []
    }

    /// The latest steps of a dataset, the newest first.
    package func steps(of dataset: DatasetName, limit: Int) -> [PastStep] {
        read { database in
            try PastStep.fetch(
                database, "WHERE dataset = ? ORDER BY started_ms DESC LIMIT ?", [dataset.text, limit])
        } ?? []
    }

    /// The failed attempts of a run after which a step was tried again, in the order in which they failed.
    package func retries(of run: RunID) -> [PastRetry] {
        read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM retries WHERE run = ? ORDER BY failed_ms, dataset, attempt",
                arguments: [run.text]
            ).map { row in
                PastRetry(
                    dataset: row["dataset"], attempt: row["attempt"], failedAt: row["failed_ms"],
                    delay: row["delay_ms"], cause: row["cause"], message: row["message"], seconds: row["seconds"])
            }
        } ?? []
    }

    // MARK: Checks

    /// What the checks of a run's steps found, by dataset and in their order.
    package func checks(of run: RunID) -> [PastCheck] {
        read { database in
            try PastCheck.fetch(database, "WHERE run = ? ORDER BY dataset, place", [run.text])
        } ?? []
    }

    /// What a dataset's checks found over time, the newest run first, within a run in their order;
    /// without a name all of them.
    package func checks(of dataset: DatasetName, named name: String? = nil, limit: Int) -> [PastCheck] {
        read { database in
            if let name {
                return try PastCheck.fetch(
                    database, "WHERE dataset = ? AND name = ? ORDER BY at_ms DESC, run DESC, place LIMIT ?",
                    [dataset.text, name, limit])
            }
            return try PastCheck.fetch(
                database, "WHERE dataset = ? ORDER BY at_ms DESC, run DESC, place LIMIT ?", [dataset.text, limit])
        } ?? []
    }
}

extension PastRun {
    fileprivate static func fetch(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [PastRun] {
        try Row.fetchAll(database, sql: "SELECT * FROM runs \(condition)", arguments: arguments).map { row in
            PastRun(
                run: RunID(row["id"]), cause: row["cause"], trigger: row["trigger_name"], queuedAt: row["queued_ms"],
                startedAt: row["started_ms"], finishedAt: row["finished_ms"], outcome: row["outcome"],
                done: row["done"], failed: row["failed"], skipped: row["skipped"], upToDate: row["up_to_date"],
                processes: row["processes"], order: PastRun.order(row["words"]))
        }
    }
}

extension PastStep {
    fileprivate static func fetch(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [PastStep] {
        try Row.fetchAll(database, sql: "SELECT * FROM steps \(condition)", arguments: arguments)
            .map(PastStep.init(row:))
    }

    private init(row: Row) {
        var rows: RowAccount?
        if let read: Int = row["rows_read"], let published: Int = row["rows_published"],
            let quarantined: Int = row["rows_quarantined"]
        {
            rows = RowAccount(read: read, published: published, quarantined: quarantined)
        }
        self.init(
            run: RunID(row["run"]), dataset: row["dataset"], kind: row["kind"], startedAt: row["started_ms"],
            finishedAt: row["finished_ms"], result: row["result"], cause: row["cause"], message: row["message"],
            attempts: row["attempts"], waited: row["waited_ms"],
            version: (row["version"] as Int?).map { Version($0) }, rows: rows, bytes: row["bytes"],
            files: row["files"], seconds: row["seconds"])
    }
}

extension PastCheck {
    fileprivate static func fetch(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [PastCheck] {
        try Row.fetchAll(database, sql: "SELECT * FROM checks \(condition)", arguments: arguments).map { row in
            PastCheck(
                run: RunID(row["run"]), dataset: row["dataset"], at: row["at_ms"], name: row["name"],
                status: row["status"], looked: row["looked"], failing: row["failing"], value: row["value"],
                message: row["message"])
        }
    }
}
