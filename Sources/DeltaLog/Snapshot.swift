/// The state of a table at one version: what remains of its log's actions. See `LogReplay`.
package struct Snapshot: Sendable {
    package let version: Int
    package let protocolVersion: ProtocolVersion
    package let metadata: Metadata
    /// Oldest first.
    package let files: LiveFiles
    /// Files that were taken out, for vacuum and for checkpoints.
    package let tombstones: RemovedFiles
    /// The last one of each application.
    package let transactions: [Transaction]
    package let domains: [DomainMetadata]
    /// When the version was committed, in milliseconds since 1970, as its commit says: `inCommitTimestamp` where the
    /// table has those, `timestamp` otherwise. Nil when the version's own commit was not among what was replayed.
    package var timestamp: Int?
}
