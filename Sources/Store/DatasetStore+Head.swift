import DeltaLog
import ObjectStore
package import Project

extension DatasetStore {
    /// The newest version and what Millrace recorded about it; nil when there is none.
    ///
    /// Cheap: one listing and, unless another tool was the last to commit, the first line of one file.
    package func head(of name: DatasetName) async throws(StoreError) -> TableHead? {
        try await head(of: try TableFolder(name, in: objects))
    }

    /// The newest version of each of these datasets that has one, read on all processors.
    ///
    /// - Throws: the first dataset's error, in the order of the names.
    package func heads(of names: [DatasetName]) async throws(StoreError) -> [DatasetName: TableHead] {
        // Each task takes a stretch long enough that starting it costs nothing beside.
        let length = 64
        let stretches = stride(from: 0, to: names.count, by: length).map { start in
            Array(names[start..<min(start + length, names.count)])
        }
        let found = try await concurrently(stretches) { (names) throws(StoreError) in
            var heads: [TableHead] = []
            for name in names {
                if let head = try await self.head(of: name) { heads.append(head) }
            }
            return heads
        }
        var heads: [DatasetName: TableHead] = [:]
        for head in found.joined() { heads[head.name] = head }
        return heads
    }

    /// The number of commits of other tools behind which a record is still looked for.
    private static let longestWalk = 1_000

    func head(of table: TableFolder) async throws(StoreError) -> TableHead? {
        guard var names = try await newestNames(of: table) else { return nil }
        if !names.contains(where: { LogFile(name: $0) != nil }) {
            guard let all = try await logNames(of: table, from: nil) else { return nil }
            names = all
        }
        // Nobody looks for Millrace's records in tables that are not its own.
        guard var walk = HeadWalk(names, wantsRecord: !table.isForeign) else { return nil }
        while let version = walk.next, walk.seen < Self.longestWalk {
            if try await look(at: version, in: table, &walk) { break }
            if walk.next == nil, walk.isPartial, let all = try await logNames(of: table, from: nil) {
                walk.goOn(with: all)
            }
        }
        let identity: String
        if let id = walk.table {
            identity = id
        } else {
            identity = try await self.identity(of: table) ?? ""
        }
        return TableHead(
            name: table.name, pinned: PinnedVersion(version: Version(walk.newest), table: identity),
            dataVersion: Version(walk.dataVersion ?? walk.oldest), record: walk.record?.record,
            recordVersion: walk.record.map { Version($0.version) })
    }

    /// The names in the log from the newest checkpoint on. On this machine all of them: a folder is read as a whole.
    private func newestNames(of table: TableFolder) async throws(StoreError) -> [String]? {
        guard !table.location.hasPrefix("/"), let bytes = try? await table.read(LastCheckpoint.name),
            let hint = LastCheckpoint(bytes: bytes)
        else { return try await logNames(of: table, from: nil) }
        return try await logNames(of: table, from: LogFile.firstName(from: hint.version))
    }

    /// Reads a commit as far as the head needs it.
    ///
    /// - Returns: whether no older commit is of interest.
    private func look(at version: Int, in table: TableFolder, _ walk: inout HeadWalk) async throws(StoreError) -> Bool {
        if let info = try await table.commitInfo(of: version), walk.saw(Provenance(info), version) {
            return walk.isDone
        }
        walk.saw(try await commit(version, of: table), version)
        return walk.isDone
    }
}

/// Looks from the newest commit back for what a head needs.
private struct HeadWalk {
    let newest: Int
    private(set) var table: String?
    private(set) var record: (version: Int, record: VersionRecord)?
    private(set) var dataVersion: Int?
    private(set) var seen = 0
    /// Descending.
    private var commits: ArraySlice<Int>
    private(set) var oldest: Int
    private let wantsRecord: Bool

    /// Nil when the names speak of no version.
    init?(_ names: [String], wantsRecord: Bool) {
        var newest = -1
        for name in names { newest = max(newest, LogFile(name: name)?.version ?? -1) }
        guard newest >= 0 else { return nil }
        self.newest = newest
        self.wantsRecord = wantsRecord
        commits = Self.commits(names)[...]
        oldest = commits.last ?? newest
    }

    private static func commits(_ names: [String]) -> [Int] {
        names.compactMap { name -> Int? in
            if case .commit(let version) = LogFile(name: name) { version } else { nil }
        }.sorted(by: >)
    }

    var next: Int? { commits.first }

    /// Whether the names may not have been all of the log's.
    var isPartial: Bool { oldest > 0 }

    var isDone: Bool { dataVersion != nil && (!wantsRecord || record != nil && table != nil) }

    /// Looks further back, where more names are known.
    mutating func goOn(with names: [String]) {
        commits = Self.commits(names).filter { $0 < oldest }[...]
        oldest = commits.last ?? 0
    }

    /// - Returns: false when the whole commit has to be looked at.
    mutating func saw(_ provenance: Provenance, _ version: Int) -> Bool {
        guard let id = provenance.table, provenance.record != nil || provenance.upkeep != nil else { return false }
        table = table ?? id
        if record == nil, let found = provenance.record {
            // An upkeep has the record of the version before it.
            record = (provenance.upkeep == nil ? version : provenance.dataVersion ?? version, found)
        }
        if dataVersion == nil {
            dataVersion = provenance.dataVersion ?? (provenance.movesNoFiles && version > 0 ? nil : version)
        }
        finish(version)
        return true
    }

    mutating func saw(_ commit: Commit, _ version: Int) {
        let provenance = Provenance(commit)
        table = table ?? provenance.table
        if record == nil, let found = provenance.record { record = (version, found) }
        if dataVersion == nil, version == 0 || commit.changesRows { dataVersion = version }
        finish(version)
    }

    private mutating func finish(_ version: Int) {
        seen += 1
        commits = commits.drop { $0 >= version }
    }
}
