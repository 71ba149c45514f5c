package import Project

/// The newest version of a table, and what Millrace recorded about how it was made.
package struct TableHead: Sendable, Equatable {
    package var name: DatasetName
    package var pinned: PinnedVersion
    /// The newest version that changed rows: what came after it tidied up, or changed settings.
    package var dataVersion: Version
    /// The newest record in the log; nil when Millrace never wrote to the table, or the log no longer reaches back.
    package var record: VersionRecord?
    /// The version that `record` belongs to. Older than `pinned.version` when another tool has since committed, or the
    /// table was tidied up.
    package var recordVersion: Version?

    package init(
        name: DatasetName, pinned: PinnedVersion, dataVersion: Version? = nil, record: VersionRecord?,
        recordVersion: Version?
    ) {
        self.name = name
        self.pinned = pinned
        self.dataVersion = dataVersion ?? pinned.version
        self.record = record
        self.recordVersion = recordVersion
    }
}
