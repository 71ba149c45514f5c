/// How much of the live files a snapshot keeps.
package enum FileDetail: Sendable {
    /// Everything.
    case all
    /// Everything but the statistics; the number of rows stays.
    case withoutStatistics
    /// Only files that may have rows for which the predicate is true, without their statistics.
    case matching(FilePredicate)
}

/// Makes a table's state at one version from its log, newest commit first: what was seen once is settled, so that of a
/// checkpoint's files nothing has to be remembered but the files themselves.
///
/// The commits come first, from the newest to the oldest, then the checkpoint's actions in any order. A checkpoint's
/// `metaData` had better come before its files when a predicate is given: until the columns are known, files are kept
/// with their statistics.
package struct LogReplay: Sendable {
    let detail: FileDetail
    private let keepsTombstones: Bool

    private var protocolVersion: ProtocolVersion?
    private var metadata: Metadata?
    private var transactions: [String: Transaction] = [:]
    private var domains: [String: DomainMetadata] = [:]
    private var newestVersion: Int?
    private var timestamps: (inCommit: Int?, written: Int?) = (nil, nil)

    /// The files that commits name.
    private var seen = ByteInterner()
    /// Newest first.
    private var fromCommits = FileSink()
    private var fromCheckpoint = FileSink()
    private var filter: FileFilter?

    /// The files beside the checkpoint that have the rest of it. They are to be applied as the checkpoint is.
    package private(set) var sidecars: [Sidecar] = []

    /// - Parameters:
    ///   - detail: what to keep of the live files.
    ///   - tombstones: whether to keep the files that were taken out, which only writers and vacuum ask for.
    package init(detail: FileDetail = .all, tombstones: Bool = true) {
        self.detail = detail
        keepsTombstones = tombstones
    }

    // MARK: Commits

    /// Applies a version's commit, or one compacted file that stands for several up to that version.
    package mutating func apply(_ actions: [Action], of version: Int) {
        for action in actions.reversed() { apply(action, of: version) }
        newestVersion = newestVersion ?? version
    }

    /// Applies a commit's file without making a value of each line.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - file: its name, for errors.
    ///   - version: its version.
    /// - Throws: as `Commit.init(bytes:file:)`.
    package mutating func apply(
        commit bytes: [UInt8], file: String, of version: Int
    ) throws(DeltaLogError) {
        var isEmpty = true
        try applyLines(of: bytes, file: file) { replay, line in
            isEmpty = false
            switch line {
            case .file(let entry, let isAdd, let vector):
                return replay.applyCommitted(entry, isAdd, vector)
            case .action(let action): replay.apply(action, of: version)
            }
            return true
        }
        if isEmpty { throw DeltaLogError(.corrupt, "the commit is empty", file: file) }
        newestVersion = newestVersion ?? version
    }

    private mutating func apply(_ action: Action, of version: Int) {
        switch action {
        case .add(let file):
            guard isNew(file.path, file.deletionVector) else { return }
            fromCommits.add(file, detail, filter)
        case .remove(let file):
            guard isNew(file.path, file.deletionVector), keepsTombstones else { return }
            fromCommits.removed.append(file)
        case .commitInfo(let info) where newestVersion ?? version == version:
            timestamps = (info["inCommitTimestamp"]?.int, info["timestamp"]?.int)
        default: applyState(action)
        }
    }

    /// - Returns: false when the line has to be read as an action.
    private mutating func applyCommitted(_ entry: FileTable.Entry, _ isAdd: Bool, _ vector: String?)
        -> Bool
    {
        let isNew = FileIdentity.with(path: entry.path, deletionVector: vector) {
            seen.insert($0).isNew
        }
        guard isNew else { return true }
        if isAdd { return fromCommits.add(entry, detail, filter) }
        return keepsTombstones ? fromCommits.removed.append(entry) : true
    }

    private mutating func isNew(_ path: String, _ vector: DeletionVector?) -> Bool {
        var path = path
        return path.withUTF8 {
            FileIdentity.with(path: UnsafeRawBufferPointer($0), deletionVector: vector?.uniqueID) {
                seen.insert($0).isNew
            }
        }
    }

    private mutating func applyState(_ action: Action) {
        switch action {
        case .protocolVersion(let value): protocolVersion = protocolVersion ?? value
        case .metadata(let value):
            guard metadata == nil else { return }
            metadata = value
            if case .matching(let predicate) = detail { filter = FileFilter(predicate, metadata: value) }
        case .transaction(let value):
            if transactions[value.application] == nil { transactions[value.application] = value }
        case .domainMetadata(let value):
            if domains[value.domain] == nil { domains[value.domain] = value }
        case .sidecar(let sidecar): sidecars.append(sidecar)
        default: break
        }
    }

    // MARK: Checkpoints

    /// Applies one action of the checkpoint, or of one of its sidecars.
    package mutating func applyCheckpoint(_ action: Action) {
        switch action {
        case .add(let file):
            guard !wasSeen(file.path, file.deletionVector) else { return }
            fromCheckpoint.add(file, detail, filter)
        case .remove(let file):
            guard keepsTombstones, !wasSeen(file.path, file.deletionVector) else { return }
            fromCheckpoint.removed.append(file)
        default: applyState(action)
        }
    }

    /// Applies a checkpoint in JSON.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - file: its name, for errors.
    /// - Throws: `corrupt` with the line; `unsupportedType`.
    package mutating func applyCheckpoint(json bytes: [UInt8], file: String) throws(DeltaLogError) {
        try applyLines(of: bytes, file: file) { replay, line in
            switch line {
            case .file(let entry, let isAdd, let vector):
                return replay.applyCheckpoint(entry, isAdd: isAdd, vector: vector)
            case .action(let action): replay.applyCheckpoint(action)
            }
            return true
        }
    }

    /// Applies a row of a checkpoint in Parquet that adds a file, from the columns as they are.
    ///
    /// - Throws: `corrupt` when a text that should be a JSON object is none.
    package mutating func applyCheckpoint(_ file: CheckpointFile) throws(DeltaLogError) {
        var entry = file.entry
        var vector: DeletionVector?
        if let json = file.deletionVector {
            vector = DeletionVector(json: json)
            guard vector != nil else { throw Self.malformed(file, "deletionVector") }
            entry.deletionVector = json
        }
        entry.rows = entry.statistics.flatMap { StatisticsScanner.rows(in: $0) }
        guard applyCheckpoint(entry, isAdd: file.isAdd, vector: vector?.uniqueID) else {
            throw Self.malformed(file, "partitionValues or tags")
        }
    }

    private static func malformed(_ file: CheckpointFile, _ member: String) -> DeltaLogError {
        DeltaLogError(
            .corrupt, "\(member) of the file \(String(decoding: file.path, as: UTF8.self)) cannot be read"
        )
    }

    private mutating func applyCheckpoint(_ entry: FileTable.Entry, isAdd: Bool, vector: String?)
        -> Bool
    {
        if !isAdd, !keepsTombstones { return true }
        if !seen.isEmpty {
            let wasSeen = FileIdentity.with(path: entry.path, deletionVector: vector) {
                seen.contains($0)
            }
            if wasSeen { return true }
        }
        return isAdd ? fromCheckpoint.add(entry, detail, filter) : fromCheckpoint.removed.append(entry)
    }

    private func wasSeen(_ path: String, _ vector: DeletionVector?) -> Bool {
        guard !seen.isEmpty else { return false }
        var path = path
        return path.withUTF8 {
            FileIdentity.with(path: UnsafeRawBufferPointer($0), deletionVector: vector?.uniqueID) {
                seen.contains($0)
            }
        }
    }

    /// Goes on from the state of an older version instead of a checkpoint. What is not changed is shared.
    package mutating func applyBase(_ snapshot: Snapshot) {
        applyState(.protocolVersion(snapshot.protocolVersion))
        applyState(.metadata(snapshot.metadata))
        for transaction in snapshot.transactions { applyState(.transaction(transaction)) }
        for domain in snapshot.domains { applyState(.domainMetadata(domain)) }
        let keepsStatistics = if case .all = detail { true } else { false }
        fromCheckpoint.live = snapshot.files.filtered(keepingStatistics: keepsStatistics) {
            !seen.contains($0)
        }
        fromCheckpoint.skipped += snapshot.files.skipped
        if keepsTombstones {
            fromCheckpoint.removed = snapshot.tombstones.filtered { !seen.contains($0) }
        }
    }

    // MARK: The result

    /// - Throws: `corrupt` when there is no protocol or no metadata.
    package func finish(at version: Int) throws(DeltaLogError) -> Snapshot {
        guard let protocolVersion else {
            throw DeltaLogError(.corrupt, "the log has no protocol action")
        }
        guard let metadata else { throw DeltaLogError(.corrupt, "the log has no metaData action") }
        let older = fromCheckpoint.settled(filter)
        let newer = fromCommits.settled(filter)
        var timestamp: Int?
        if newestVersion == version {
            timestamp = metadata.hasInCommitTimestamps ? timestamps.inCommit : timestamps.written
        }
        return Snapshot(
            version: version, protocolVersion: protocolVersion, metadata: metadata,
            files: LiveFiles(
                older: older.live, newer: newer.live, skipped: older.skipped + newer.skipped),
            tombstones: RemovedFiles(older: older.removed, newer: newer.removed),
            transactions: transactions.values.sorted { $0.application < $1.application },
            domains: domains.values.filter { !$0.removed }.sorted { $0.domain < $1.domain },
            timestamp: timestamp)
    }
}
