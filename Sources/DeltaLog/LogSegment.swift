/// Which files of the log make up one version: at most one checkpoint, and the commits after it.
package struct LogSegment: Hashable, Sendable {
    package struct Checkpoint: Hashable, Sendable {
        package var version: Int
        /// The names of its Parquet files, in order.
        package var files: [String]
    }

    package var version: Int
    package var checkpoint: Checkpoint?
    /// The versions whose commits follow the checkpoint, ascending without gaps.
    package var commits: [Int]

    /// Chooses from the names in `_delta_log`; names that mean nothing are ignored. Nil when there is no version at all.
    ///
    /// - Parameters:
    ///   - names: of all files, or of those from a checkpoint on.
    ///   - wanted: the version; nil is the newest.
    /// - Throws: `gap` when commits are missing, `noSuchVersion` and `expired` when the version is out of reach,
    ///   `unsupportedFeatures` when it is only reachable through a checkpoint of `v2Checkpoint`.
    package init?(names: some Sequence<String>, version wanted: Int? = nil) throws(DeltaLogError) {
        var listing = Listing()
        for name in names { listing.add(name) }
        guard let newest = listing.newest else { return nil }
        let version = wanted ?? newest
        guard version <= newest, version >= 0 else {
            throw DeltaLogError(.noSuchVersion, "there is no version \(version); the newest is \(newest)")
        }

        let checkpoint = listing.checkpoint(atOrBefore: version)
        let first = (checkpoint?.version ?? -1) + 1
        var commits: [Int] = []
        for number in first..<max(first, version + 1) {
            if listing.commits.contains(number) {
                commits.append(number)
            } else {
                throw listing.missing(number, for: version)
            }
        }
        self.version = version
        self.checkpoint = checkpoint
        self.commits = commits
    }
}

/// What a folder's names say.
private struct Listing {
    var commits: Set<Int> = []
    var whole: Set<Int> = []
    var parts: [Int: [Int: Set<Int>]] = [:]
    var v2: Set<Int> = []

    mutating func add(_ name: String) {
        switch LogFile(name: name) {
        case .commit(let version): commits.insert(version)
        case .checkpoint(let version): whole.insert(version)
        case .checkpointPart(let version, let part, let count):
            parts[version, default: [:]][count, default: []].insert(part)
        case .checkpointV2(let version): v2.insert(version)
        case nil: break
        }
    }

    /// The newest version that anything speaks of.
    var newest: Int? {
        [commits.max(), whole.max(), parts.keys.filter { completeParts(of: $0) != nil }.max(), v2.max()]
            .compactMap { $0 }.max()
    }

    func checkpoint(atOrBefore version: Int) -> LogSegment.Checkpoint? {
        let single = whole.filter { $0 <= version }.max()
        let multiple = parts.keys.filter { $0 <= version && completeParts(of: $0) != nil }.max()
        if let single, single >= multiple ?? -1 {
            return LogSegment.Checkpoint(version: single, files: [LogFile.checkpoint(single).name])
        }
        guard let multiple, let count = completeParts(of: multiple) else { return nil }
        return LogSegment.Checkpoint(
            version: multiple,
            files: (1...count).map { LogFile.checkpointPart(multiple, part: $0, of: count).name })
    }

    /// The number of parts, when all of them are there.
    private func completeParts(of version: Int) -> Int? {
        parts[version]?.first { count, present in present.count == count }?.key
    }

    func missing(_ number: Int, for version: Int) -> DeltaLogError {
        if v2.contains(where: { $0 <= version && $0 >= number }) {
            return DeltaLogError(
                .unsupportedFeatures, "version \(version) is only in a checkpoint of the feature v2Checkpoint",
                features: ["v2Checkpoint"])
        }
        // Without commits before it, the number was cleaned up rather than lost.
        if !commits.contains(where: { $0 < number }), checkpoint(atOrBefore: number) == nil {
            let reachable = whole.union(parts.keys.filter { completeParts(of: $0) != nil }).min()
            if let reachable, reachable > version {
                return DeltaLogError(
                    .expired, "version \(version) has expired: the log begins with version \(reachable)")
            }
        }
        return DeltaLogError(
            .gap, "the commit of version \(number) is missing, so version \(version) cannot be read",
            file: LogFile.commit(number).name)
    }
}
