import DeltaLog
import ObjectStore
import Project

/// Reads a table's log, so that what it says can be replayed.
struct LogReading: Sendable {
    let table: TableFolder
    let checkpoints: CheckpointFiles
    var detail = FileDetail.withoutStatistics
    var tombstones = false
    /// False when only what is about the whole table is of interest: the files of checkpoints are not read then.
    var files = true

    /// What went wrong, and the files of the log without which the same state may be had.
    struct Fault: Error {
        var error: StoreError
        var dispensable: [String] = []
    }

    /// Commits that are read at the same time: enough to hide an object store's delay.
    private static let readAhead = 16

    /// The version of the newest checkpoint, as the hint has it.
    func lastCheckpoint() async -> Int? {
        guard let bytes = try? await table.read(LastCheckpoint.name) else { return nil }
        return LastCheckpoint(bytes: bytes)?.version
    }

    /// The state at a version, by whichever checkpoint is not damaged, or by the commits alone.
    ///
    /// - Parameter names: all names in the log.
    /// - Throws: the newest checkpoint's error when no other way leads to the version.
    func snapshot(names: [String], at version: Int?) async throws(StoreError) -> Snapshot? {
        var damaged: Set<String> = []
        var first: StoreError?
        while true {
            let segment: LogSegment?
            do throws(DeltaLogError) {
                segment = try LogSegment(names: names, version: version, avoiding: damaged)
            } catch {
                throw first ?? StoreError(error, in: table)
            }
            guard let segment else {
                if let first { throw first }
                return nil
            }
            do throws(Fault) {
                return try await snapshot(of: segment)
            } catch {
                guard !error.dispensable.isEmpty else { throw first ?? error.error }
                first = first ?? error.error
                damaged.formUnion(error.dispensable)
            }
        }
    }

    /// The state that these files of the log make up.
    func snapshot(of segment: LogSegment) async throws(Fault) -> Snapshot {
        var replay = LogReplay(detail: detail, tombstones: tombstones)
        try await applyCommits(segment, to: &replay)
        if let checkpoint = segment.checkpoint { try await apply(checkpoint, to: &replay) }
        do {
            return try replay.finish(at: segment.version)
        } catch {
            throw Fault(error: StoreError(error, in: table))
        }
    }

    // MARK: Commits

    private struct Piece: Sendable {
        var index: Int
        var bytes: Result<[UInt8], StoreError>
    }

    /// Applies the commits from the newest to the oldest, while those that follow are being read.
    private func applyCommits(_ segment: LogSegment, to replay: inout LogReplay) async throws(Fault) {
        let pieces = Array(segment.commits.reversed())
        if pieces.count == 1 {
            let piece = await Self.read(pieces[0].name, 0, of: table)
            return try apply(pieces[0], piece.bytes, to: &replay)
        }
        let table = table
        let result = await withTaskGroup(of: Piece.self) { [replay] group -> Result<LogReplay, Fault> in
            var replay = replay
            var waiting: [Int: Result<[UInt8], StoreError>] = [:]
            var next = 0
            for index in pieces.indices.prefix(Self.readAhead) {
                group.addTask { await Self.read(pieces[index].name, index, of: table) }
            }
            for await piece in group {
                waiting[piece.index] = piece.bytes
                while let bytes = waiting.removeValue(forKey: next) {
                    do throws(Fault) {
                        try apply(pieces[next], bytes, to: &replay)
                    } catch {
                        group.cancelAll()
                        return .failure(error)
                    }
                    let following = next + Self.readAhead
                    next += 1
                    if following < pieces.count {
                        group.addTask { await Self.read(pieces[following].name, following, of: table) }
                    }
                }
            }
            return .success(replay)
        }
        replay = try result.get()
    }

    private static func read(_ name: String, _ index: Int, of table: TableFolder) async -> Piece {
        do throws(StoreError) {
            return Piece(index: index, bytes: .success(try await table.read(name)))
        } catch {
            return Piece(index: index, bytes: .failure(error))
        }
    }

    private func apply(
        _ piece: LogSegment.Piece, _ bytes: Result<[UInt8], StoreError>, to replay: inout LogReplay
    ) throws(Fault) {
        let dispensable = if case .compacted = piece { [piece.name] } else { [String]() }
        switch bytes {
        case .failure(let error): throw Fault(error: error, dispensable: dispensable)
        case .success(let bytes):
            do {
                try replay.apply(commit: bytes, file: piece.name, of: piece.version)
            } catch {
                throw Fault(error: StoreError(error, in: table), dispensable: dispensable)
            }
        }
    }

    // MARK: Checkpoints

    private func apply(_ checkpoint: LogSegment.Checkpoint, to replay: inout LogReplay) async throws(Fault) {
        if case .v2(json: true) = checkpoint.kind {
            for file in checkpoint.files {
                switch await Self.read(file, 0, of: table).bytes {
                case .failure(let error): throw Fault(error: error, dispensable: checkpoint.files)
                case .success(let bytes):
                    do {
                        try replay.applyCheckpoint(json: bytes, file: file)
                    } catch {
                        throw damaged(checkpoint, file: file, reason: error.message)
                    }
                }
            }
        } else {
            try read(checkpoint.files.compactMap { table.log.appending($0) }, of: checkpoint, into: &replay)
        }
        guard files, !replay.sidecars.isEmpty else { return }
        var paths: [ObjectPath] = []
        for sidecar in replay.sidecars {
            guard let name = sidecar.name, let path = table.log.appending("\(Sidecar.folder)/\(name)") else {
                throw damaged(
                    checkpoint, file: checkpoint.files.first ?? "",
                    reason: "it names a file outside of _delta_log/_sidecars: \(sidecar.path)")
            }
            paths.append(path)
        }
        try read(paths, of: checkpoint, into: &replay)
    }

    private func read(
        _ paths: [ObjectPath], of checkpoint: LogSegment.Checkpoint, into replay: inout LogReplay
    ) throws(Fault) {
        do {
            try checkpoints.read(
                paths.map { table.objects.location(of: $0) }, files: files, statistics: detail.needsStatistics,
                tombstones: tombstones, into: &replay)
        } catch {
            throw damaged(checkpoint, file: checkpoint.files.first ?? "", reason: "\(error)")
        }
    }

    private func damaged(_ checkpoint: LogSegment.Checkpoint, file: String, reason: String) -> Fault {
        let error = StoreError(
            .corruptLog, dataset: table.name, path: "\(table.objects.location(of: table.log))/\(file)",
            message: "\(table.name): the checkpoint of version \(checkpoint.version) cannot be read: \(reason)",
            hint: StoreError.wayOut(of: table))
        return Fault(error: error, dispensable: checkpoint.files)
    }
}

extension FileDetail {
    /// Whether the statistics are more than a number of rows.
    fileprivate var needsStatistics: Bool {
        if case .withoutStatistics = self { false } else { true }
    }
}
