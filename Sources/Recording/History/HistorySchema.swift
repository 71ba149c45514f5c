import GRDB

/// The tables of `.millrace/state.sqlite`. A migration that was published is never changed; the next one is added.
enum HistorySchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 runs, steps, checks, results") { database in
            try database.execute(
                sql: """
                    CREATE TABLE runs (
                        id TEXT PRIMARY KEY NOT NULL,
                        project TEXT NOT NULL,
                        started_ms INTEGER NOT NULL,
                        finished_ms INTEGER,
                        outcome TEXT,
                        done INTEGER NOT NULL DEFAULT 0,
                        failed INTEGER NOT NULL DEFAULT 0,
                        skipped INTEGER NOT NULL DEFAULT 0,
                        up_to_date INTEGER NOT NULL DEFAULT 0,
                        process INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX runs_by_time ON runs (started_ms);

                    CREATE TABLE steps (
                        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                        dataset TEXT NOT NULL,
                        kind TEXT,
                        started_ms INTEGER NOT NULL,
                        finished_ms INTEGER,
                        result TEXT,
                        cause TEXT,
                        message TEXT,
                        version INTEGER,
                        rows_read INTEGER,
                        rows_published INTEGER,
                        rows_quarantined INTEGER,
                        bytes INTEGER,
                        files INTEGER,
                        seconds REAL,
                        PRIMARY KEY (run, dataset)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX steps_by_dataset ON steps (dataset, started_ms);

                    CREATE TABLE checks (
                        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                        dataset TEXT NOT NULL,
                        place INTEGER NOT NULL,
                        name TEXT NOT NULL,
                        status TEXT NOT NULL,
                        looked INTEGER,
                        failing INTEGER,
                        value REAL,
                        message TEXT,
                        PRIMARY KEY (run, dataset, place)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX checks_by_name ON checks (dataset, name, run);

                    -- Apart from steps, because it outlives the runs that retention takes away.
                    CREATE TABLE results (
                        dataset TEXT PRIMARY KEY NOT NULL,
                        result TEXT NOT NULL,
                        run TEXT NOT NULL,
                        at_ms INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2 attempts, causes, waiting, pages") { database in
            try database.execute(
                sql: """
                    ALTER TABLE runs ADD COLUMN cause TEXT;
                    ALTER TABLE runs ADD COLUMN trigger_name TEXT;
                    ALTER TABLE runs ADD COLUMN queued_ms INTEGER;
                    -- More than one when the run was taken up again.
                    ALTER TABLE runs ADD COLUMN processes INTEGER NOT NULL DEFAULT 1;
                    DROP INDEX runs_by_time;
                    CREATE INDEX runs_by_time ON runs (started_ms, id);
                    CREATE INDEX runs_by_outcome ON runs (outcome, started_ms, id);
                    CREATE INDEX runs_by_trigger ON runs (trigger_name, started_ms, id)
                        WHERE trigger_name IS NOT NULL;

                    ALTER TABLE steps ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1;
                    ALTER TABLE steps ADD COLUMN waited_ms INTEGER;

                    CREATE TABLE retries (
                        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                        dataset TEXT NOT NULL,
                        attempt INTEGER NOT NULL,
                        failed_ms INTEGER NOT NULL,
                        delay_ms INTEGER NOT NULL,
                        cause TEXT NOT NULL,
                        message TEXT,
                        seconds REAL,
                        PRIMARY KEY (run, dataset, attempt)
                    ) STRICT, WITHOUT ROWID;

                    ALTER TABLE checks ADD COLUMN at_ms INTEGER NOT NULL DEFAULT 0;
                    UPDATE checks SET at_ms = coalesce((SELECT started_ms FROM runs WHERE id = checks.run), 0);
                    DROP INDEX checks_by_name;
                    CREATE INDEX checks_by_name ON checks (dataset, name, at_ms);
                    CREATE INDEX checks_by_time ON checks (dataset, at_ms);
                    """)
        }
        migrator.registerMigration("3 what was asked for") { database in
            // The words of the command line as JSON; null when they are not known.
            try database.execute(sql: "ALTER TABLE runs ADD COLUMN words TEXT")
        }
        return migrator
    }

    /// True when a newer version of Millrace has changed the tables. Others keep tables of their own in the same file,
    /// with migrations whose names begin otherwise.
    static func isNewer(_ database: Database) throws -> Bool {
        let applied = try migrator.appliedIdentifiers(database).filter { $0.first?.isNumber ?? false }
        return !applied.isSubset(of: migrator.migrations)
    }
}
