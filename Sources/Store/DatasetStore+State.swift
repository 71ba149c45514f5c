import DeltaLog
import ObjectStore
import Project

extension DatasetStore {
    /// The table's state at a version, or at the newest; nil when there is no table.
    ///
    /// - Parameters:
    ///   - table: the table.
    ///   - version: the version; nil is the newest.
    ///   - detail: what to keep of the live files.
    ///   - tombstones: whether to keep the files that were taken out; those who only read rows do not need them.
    func state(
        of table: TableFolder, at version: Int? = nil, detail: FileDetail = .all, tombstones: Bool = true
    ) async throws(StoreError) -> Snapshot? {
        try await state(
            by: LogReading(table: table, checkpoints: checkpoints, detail: detail, tombstones: tombstones), at: version)
    }

    /// The newest identity of the table; nil when there is no table.
    func identity(of table: TableFolder) async throws(StoreError) -> String? {
        let log = LogReading(table: table, checkpoints: checkpoints, files: false)
        return try await state(by: log, at: nil)?.metadata.id
    }

    private func state(by log: LogReading, at version: Int?) async throws(StoreError) -> Snapshot? {
        // The hint saves listing a long log; a stale or damaged one costs a second listing.
        if let hint = await log.lastCheckpoint(), hint <= version ?? Int.max,
            let names = try await logNames(of: log.table, from: LogFile.firstName(from: hint)),
            let segment = try? LogSegment(names: names, version: version), segment.checkpoint != nil
        {
            // Whatever is wrong with it, the whole log is the judge.
            if let snapshot = try? await log.snapshot(of: segment) { return await timed(snapshot, names, log) }
        }
        guard let names = try await logNames(of: log.table, from: nil),
            let snapshot = try await log.snapshot(names: names, at: version)
        else { return nil }
        return await timed(snapshot, names, log)
    }

    /// The state with the time of its commit, which only writers need, where a checkpoint stood in for that commit.
    private func timed(_ snapshot: Snapshot, _ names: [String], _ log: LogReading) async -> Snapshot {
        let commit = LogFile.commit(snapshot.version).name
        guard log.tombstones, snapshot.timestamp == nil, names.contains(commit),
            let line = try? await log.table.commitInfo(of: snapshot.version)
        else { return snapshot }
        var snapshot = snapshot
        let isInCommit = snapshot.metadata.configuration["delta.enableInCommitTimestamps"]?.lowercased() == "true"
        snapshot.timestamp =
            isInCommit ? line["inCommitTimestamp"]?.int : line["timestamp"]?.int
        return snapshot
    }

    /// A version's commit.
    func commit(_ version: Int, of table: TableFolder) async throws(StoreError) -> Commit {
        let name = LogFile.commit(version).name
        let bytes = try await table.read(name)
        do {
            return try Commit(bytes: bytes, file: name)
        } catch {
            throw StoreError(error, in: table)
        }
    }
}

extension TableFolder {
    private static let firstRead = 16_384

    /// The `commitInfo` of a version, when it is the commit's first line, as Millrace and many others write it. No more
    /// of the commit is read then than that.
    func commitInfo(of version: Int) async throws(StoreError) -> JSONObject? {
        let name = LogFile.commit(version).name
        var bytes = try await read(name, limit: Self.firstRead)
        if bytes.count == Self.firstRead, !bytes.contains(UInt8(ascii: "\n")) { bytes = try await read(name) }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        return (try? JSONValue.parse(line))?.object?["commitInfo"]?.object
    }

    /// The bytes of a file of the log.
    func read(_ name: String, limit: Int? = nil) async throws(StoreError) -> [UInt8] {
        let path = try file(name)
        do {
            return try await objects.read(path, limit: limit)
        } catch {
            throw StoreError(error, dataset: self.name)
        }
    }
}
