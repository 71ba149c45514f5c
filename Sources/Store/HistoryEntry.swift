package import Project

/// One commit of a table.
package struct HistoryEntry: Sendable, Equatable {
    package var version: Version
    /// When it was committed, in milliseconds since 1970; nil when the commit does not say.
    package var time: Int?
    /// The operation as the log names it: `WRITE`, `CREATE TABLE`, `OPTIMIZE`, ….
    package var operation: String?
    /// What Millrace recorded; nil for another tool's commit. An upkeep has the record of the version before it.
    package var record: VersionRecord?
    /// The upkeep of Millrace that the commit is: `OPTIMIZE`, `RESTORE`, …; nil for all others.
    package var upkeep: String?
    /// Who committed, as far as the commit says.
    package var engine: String?
    package var filesAdded: Int
    package var filesRemoved: Int
    /// Nil when a file has no statistics.
    package var rowsAdded: Int?
    /// Nil when that of a file is not known.
    package var rowsRemoved: Int?
    package var bytesAdded: Int
}
