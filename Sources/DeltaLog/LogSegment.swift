/// Which files of the log make up one version: at most one checkpoint, and the commits after it.
package struct LogSegment: Hashable, Sendable {
    package struct Checkpoint: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            /// In one Parquet file or several. One file may name sidecars as well, as those of `v2` do.
            case classic
            /// In one file, which may name sidecars.
            case v2(json: Bool)
        }

        package var version: Int
        package var kind: Kind
        /// The names of its files, in order.
        package var files: [String]
    }

    /// A file of the log that has one commit, or stands for several.
    package enum Piece: Hashable, Sendable {
        case commit(Int)
        /// From one version through another.
        case compacted(Int, Int)

        /// The newest version in it.
        package var version: Int {
            switch self {
            case .commit(let version), .compacted(_, let version): version
            }
        }

        package var name: String {
            switch self {
            case .commit(let version): LogFile.commit(version).name
            case .compacted(let first, let last): LogFile.compacted(first, last).name
            }
        }
    }

    package var version: Int
    package var checkpoint: Checkpoint?
    /// What follows the checkpoint, ascending without gaps.
    package var commits: [Piece]

    /// Chooses from the names in `_delta_log`; names that mean nothing are ignored. Nil when there is no version at all.
    ///
    /// - Parameters:
    ///   - names: of all files, or of those from a checkpoint on.
    ///   - wanted: the version; nil is the newest.
    ///   - avoided: names of checkpoints and compacted files that turned out to be damaged.
    /// - Throws: `gap` when commits are missing, `noSuchVersion` and `expired` when the version is out of reach.
    package init?(
        names: some Sequence<String>, version wanted: Int? = nil, avoiding avoided: Set<String> = []
    ) throws(DeltaLogError) {
        var listing = LogListing()
        for name in names { listing.add(name, isAvoided: avoided.contains(name)) }
        guard let newest = listing.newest else { return nil }
        let version = wanted ?? newest
        guard version <= newest, version >= 0 else {
            throw DeltaLogError(.noSuchVersion, "there is no version \(version); the newest is \(newest)")
        }
        let checkpoint = listing.checkpoint(atOrBefore: version)
        self.version = version
        self.checkpoint = checkpoint
        self.commits = []
        var number = (checkpoint?.version ?? -1) + 1
        while number <= version {
            if let end = listing.compacted(from: number, through: version) {
                commits.append(.compacted(number, end))
                number = end + 1
            } else {
                guard listing.commits.contains(number) else { throw listing.missing(number, for: version) }
                commits.append(.commit(number))
                number += 1
            }
        }
    }
}
