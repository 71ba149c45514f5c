package import Millrace
package import Project
package import Store

/// What the server looks at besides the scheduler and the history. Whoever makes the server says how: by itself, or by
/// child processes, so that the engine's memory is never the server's.
package struct Outlook: Sendable {
    /// Rows of a dataset's version, or of what it refused.
    package struct RowsOrder: Sendable, Equatable {
        package var table: DatasetName
        /// Nil is the one that is live.
        package var version: Version?
        package var limit: Int

        /// The only SQL that is asked for a visitor. Nothing that a visitor wrote is in it but a checked name and numbers.
        package var sql: String {
            let name = version.map { "\(table.text)@\($0)" } ?? "\"\(table.text)\""
            return "SELECT * FROM \(name) LIMIT \(limit)"
        }
    }

    /// Looks at the whole project.
    package var survey: @Sendable () async throws -> Survey
    /// What a survey found before the server was started.
    package var lastSurvey: @Sendable () -> Survey?
    /// Another number when the project's files are others; called every second.
    package var changes: @Sendable () -> Int
    /// What a dataset's columns are made from, as the last survey found it.
    package var lineage: @Sendable (DatasetName) -> DatasetLineage?
    /// The newest versions of a dataset, so many at most.
    package var versions: @Sendable (DatasetName, Int) async throws -> [HistoryEntry]
    /// Each row as a JSON object.
    package var rows: @Sendable (RowsOrder) async throws -> [String]
    /// What a run's process has said, as JSON lines; nil when nobody kept it.
    package var output: @Sendable (RunID) -> [String]?

    package init(
        survey: @escaping @Sendable () async throws -> Survey, lastSurvey: @escaping @Sendable () -> Survey?,
        changes: @escaping @Sendable () -> Int,
        versions: @escaping @Sendable (DatasetName, Int) async throws -> [HistoryEntry],
        rows: @escaping @Sendable (RowsOrder) async throws -> [String],
        output: @escaping @Sendable (RunID) -> [String]? = { _ in nil },
        lineage: @escaping @Sendable (DatasetName) -> DatasetLineage? = { _ in nil }
    ) {
        self.survey = survey
        self.lastSurvey = lastSurvey
        self.changes = changes
        self.versions = versions
        self.rows = rows
        self.output = output
        self.lineage = lineage
    }
}
