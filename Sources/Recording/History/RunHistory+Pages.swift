import GRDB
import Project

extension RunHistory {
    /// Runs whose names begin so, the newest first.
    package func runs(named prefix: String, limit: Int) -> [PastRun] {
        let names =
            read { database in
                try String.fetchAll(
                    database, sql: "SELECT id FROM runs WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?",
                    arguments: [prefix, prefix + "\u{10FFFF}", limit])
            } ?? []
        return names.compactMap { run(RunID($0)) }
    }

    /// When a dataset's step ended last, of any of them; 0 when none did.
    package func lastResultTime() -> Int {
        read { database in try Int.fetchOne(database, sql: "SELECT max(at_ms) FROM results") ?? 0 } ?? 0
    }
}
