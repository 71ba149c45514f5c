import GRDB
package import Project

extension RunHistory {
    /// The number of the process that executes a run, or did; nil when the run is unknown.
    package func process(of run: RunID) -> Int? {
        let found = read { database in
            try Int.fetchOne(database, sql: "SELECT process FROM runs WHERE id = ?", arguments: [run.text])
        }
        return found.flatMap(\.self)
    }
}
