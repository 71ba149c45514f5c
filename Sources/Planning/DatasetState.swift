package import Project

/// What the store says about a dataset, or about a Delta table outside of it.
package struct DatasetState: Sendable {
    /// The live version.
    package var pinned: PinnedVersion
    /// How it was made; nil when another tool made it.
    package var record: VersionRecord?
    /// The newest version that changed rows: what looks after a table (optimize, vacuum, settings) makes newer ones
    /// that nobody has to read again.
    package var dataVersion: Version

    /// - Parameter dataVersion: nil means that of the live version.
    package init(pinned: PinnedVersion, record: VersionRecord?, dataVersion: Version? = nil) {
        self.pinned = pinned
        self.record = record
        self.dataVersion = dataVersion ?? pinned.version
    }

    /// True when whoever read that version has read all rows there are.
    package func isSeen(by reader: PinnedVersion) -> Bool {
        reader.table == pinned.table && reader.version >= dataVersion
    }
}

/// How an ingest's files differ from those that its dataset has read.
package struct SourceChanges: Sendable, Equatable {
    /// Never read before.
    package var new: Int
    /// Read before, with other contents.
    package var changed: Int
    /// Read before, and no longer there.
    package var vanished: Int

    package init(new: Int, changed: Int = 0, vanished: Int = 0) {
        self.new = new
        self.changed = changed
        self.vanished = vanished
    }
}
