import GRDB
import Project

/// Takes former runs out of the history, a few at a time, so that no run waits long for it.
struct HistoryRetention {
    private let rules: RunRules

    /// Runs that found nothing to do say little.
    static let keptIdleRuns = 1000
    /// How many runs go at once.
    static let portion = 500

    init(_ rules: RunRules) { self.rules = rules }

    func apply(after run: String, at milliseconds: Int, _ database: Database) throws {
        let oldest = milliseconds - rules.keptAge * 1000
        try delete(
            "started_ms < ? AND coalesce(finished_ms, started_ms) < ? ORDER BY started_ms LIMIT ?",
            [oldest, oldest, Self.portion], database)
        try delete(
            "outcome = 'nothing_to_do' ORDER BY started_ms DESC, id DESC LIMIT ? OFFSET ?",
            [Self.portion, min(rules.keptCount, Self.keptIdleRuns)], database)
        // Counting takes time in proportion to what is kept, so where that is much, it is done now and then.
        let number = try Int.fetchOne(database, sql: "SELECT rowid FROM runs WHERE id = ?", arguments: [run]) ?? 0
        guard number.isMultiple(of: max(1, rules.keptCount / 1000)) else { return }
        try delete(
            "true ORDER BY started_ms DESC, id DESC LIMIT ? OFFSET ?", [Self.portion, max(1, rules.keptCount)],
            database)
    }

    private func delete(_ which: String, _ arguments: StatementArguments, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE \(which))", arguments: arguments)
    }
}
