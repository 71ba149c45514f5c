package import Project

/// One commit of a table.
package struct HistoryEntry: Sendable, Equatable {
    package var version: Version
    /// When it was committed, in milliseconds since 1970; nil when the commit does not say.
    package var time: Int?
    /// The operation as the log names it: `WRITE`, `CREATE TABLE`, `OPTIMIZE`, ….
    package var operation: String?
    /// What Millrace recorded; nil for another tool's commit.
    package var record: VersionRecord?
    /// Who committed, as far as the commit says.
    package var engine: String?
    package var filesAdded: Int
    package var filesRemoved: Int
    /// Nil when a file has no statistics.
    package var rowsAdded: Int?
    /// Nil when a file has no statistics.
    package var rowsRemoved: Int?
    package var bytesAdded: Int
}
