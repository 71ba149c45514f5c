/// What the names in a `_delta_log` say.
struct LogListing {
    private(set) var commits: Set<Int> = []
    private var newestCommit: Int?
    /// The ends of compacted files by their first version.
    private var compactions: [Int: [Int]] = [:]
    private var checkpoints: [Int: [LogSegment.Checkpoint]] = [:]
    private var parts: [Int: [Int: Set<Int>]] = [:]
    /// The newest version of a checkpoint, be it damaged.
    private var newestMention: Int?

    mutating func add(_ name: String, isAvoided: Bool = false) {
        guard let file = LogFile(name: name) else { return }
        switch file {
        case .commit(let version):
            commits.insert(version)
            newestCommit = max(newestCommit ?? version, version)
        case .checksum: break
        case .compacted(let first, let last):
            if !isAvoided { compactions[first, default: []].append(last) }
        case .checkpoint(let version):
            mention(version)
            if !isAvoided { add(.init(version: version, kind: .classic, files: [name])) }
        case .checkpointV2(let version, _, let json):
            mention(version)
            if !isAvoided { add(.init(version: version, kind: .v2(json: json), files: [name])) }
        case .checkpointPart(let version, let part, let count):
            guard !isAvoided else { return }
            parts[version, default: [:]][count, default: []].insert(part)
            guard let present = parts[version]?[count], present.count == count else { return }
            mention(version)
            add(
                .init(
                    version: version, kind: .classic,
                    files: (1...count).map { LogFile.checkpointPart(version, part: $0, of: count).name }))
        }
    }

    private mutating func mention(_ version: Int) { newestMention = max(newestMention ?? version, version) }

    private mutating func add(_ checkpoint: LogSegment.Checkpoint) {
        checkpoints[checkpoint.version, default: []].append(checkpoint)
    }

    /// The newest version that anything speaks of.
    var newest: Int? {
        guard let newestCommit, let newestMention else { return newestCommit ?? newestMention }
        return max(newestCommit, newestMention)
    }

    func checkpoint(atOrBefore version: Int) -> LogSegment.Checkpoint? {
        guard let newest = checkpoints.keys.filter({ $0 <= version }).max() else { return nil }
        // Of several, one that is read in one go.
        return checkpoints[newest]?.min { ($0.rank, $0.files[0]) < ($1.rank, $1.files[0]) }
    }

    /// The versions of all whole checkpoints, ascending.
    var checkpointVersions: [Int] { checkpoints.keys.sorted() }

    /// The end of the longest compacted file that begins with a version and does not go beyond another.
    func compacted(from first: Int, through last: Int) -> Int? {
        compactions[first]?.filter { $0 <= last }.max()
    }

    func missing(_ number: Int, for version: Int) -> DeltaLogError {
        // Without commits before it, the number was cleaned up rather than lost.
        if !commits.contains(where: { $0 < number }), checkpoint(atOrBefore: number) == nil,
            let reachable = checkpoints.keys.min(), reachable > version
        {
            return DeltaLogError(
                .expired, "version \(version) has expired: the log begins with version \(reachable)")
        }
        return DeltaLogError(
            .gap, "the commit of version \(number) is missing, so version \(version) cannot be read",
            file: LogFile.commit(number).name)
    }
}

extension LogSegment.Checkpoint {
    fileprivate var rank: Int {
        switch kind {
        case .classic: files.count == 1 ? 0 : 2
        case .v2: 1
        }
    }
}
