package import Project

/// How an ingest's files differ from those that its dataset was made from.
package struct SourceNews: Sendable, Equatable {
    /// The version of the ledger that names the files that were read; nil when none was.
    package var since: Version?
    /// Never read before, in the order of their paths.
    package var new: [SourceFiles.File]
    /// Read before, with other contents.
    package var changed: [SourceFiles.File]
    /// Files that were read and are no longer there: how many, and the first of them.
    package var vanished: Int
    package var vanishedExample: String?

    package init(
        since: Version?, new: [SourceFiles.File] = [], changed: [SourceFiles.File] = [], vanished: Int = 0,
        vanishedExample: String? = nil
    ) {
        self.since = since
        self.new = new
        self.changed = changed
        self.vanished = vanished
        self.vanishedExample = vanishedExample
    }

    /// The files that a step reads, as the user wants changed ones to be treated.
    package func wanted(by ingest: Ingest, among files: SourceFiles) -> SourceFiles {
        let wanted = Set((new + (ingest.changed == .reingest ? changed : [])).map(\.path))
        return files.filter { wanted.contains($0.path) }
    }
}
