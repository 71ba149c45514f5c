import DeltaLog
import ObjectStore
import Project

extension DatasetStore {
    /// The table's state at a version, or at the newest; nil when there is no table.
    func state(of table: TableFolder, at version: Int? = nil) async throws(StoreError) -> Snapshot? {
        // The hint saves listing a long log; a stale or damaged one costs a second listing.
        if let hint = await lastCheckpoint(of: table), hint.version <= version ?? Int.max,
            let names = try await logNames(of: table, from: LogFile.firstName(from: hint.version)),
            let segment = try? LogSegment(names: names, version: version), segment.checkpoint != nil,
            let snapshot = try? await snapshot(of: segment, in: table)
        {
            return snapshot
        }
        guard let names = try await logNames(of: table, from: nil) else { return nil }
        guard let segment = try segment(of: names, version, in: table) else { return nil }
        do {
            return try await snapshot(of: segment, in: table)
        } catch  where error.code == .corruptLog && segment.checkpoint != nil {
            // A damaged checkpoint costs nothing as long as the commits before it are still there.
            let damaged = Set(segment.checkpoint?.files ?? [])
            guard let detour = try? LogSegment(names: names.filter { !damaged.contains($0) }, version: segment.version)
            else { throw error }
            return try await snapshot(of: detour, in: table)
        }
    }

    private func segment(of names: [String], _ version: Int?, in table: TableFolder) throws(StoreError) -> LogSegment? {
        do {
            return try LogSegment(names: names, version: version)
        } catch {
            throw StoreError(error, dataset: table.name, folder: objects.location(of: table.log))
        }
    }

    private func lastCheckpoint(of table: TableFolder) async -> LastCheckpoint? {
        guard let path = try? table.file(LastCheckpoint.name), let bytes = try? await objects.read(path) else {
            return nil
        }
        return LastCheckpoint(bytes: bytes)
    }

    private func snapshot(of segment: LogSegment, in table: TableFolder) async throws(StoreError) -> Snapshot {
        var builder = Snapshot.Builder()
        if let checkpoint = segment.checkpoint {
            var files: [String] = []
            for file in checkpoint.files { files.append(objects.location(of: try table.file(file))) }
            do {
                try checkpoints.read(files) { builder.apply($0) }
            } catch {
                throw StoreError(
                    .corruptLog, dataset: table.name, path: files.first,
                    message: "\(table.name): the checkpoint of version \(checkpoint.version) cannot be read: \(error)",
                    hint:
                        "Restore the file from a copy; if there is none, move the table's folder away and run the step again."
                )
            }
        }
        for version in segment.commits {
            for action in try await commit(version, of: table).actions { builder.apply(action) }
        }
        do {
            return try builder.snapshot(at: segment.version)
        } catch {
            throw StoreError(error, dataset: table.name, folder: objects.location(of: table.log))
        }
    }

    func commit(_ version: Int, of table: TableFolder) async throws(StoreError) -> Commit {
        let name = LogFile.commit(version).name
        let bytes: [UInt8]
        do {
            bytes = try await objects.read(try table.file(name))
        } catch let error as ObjectStoreError {
            throw StoreError(error, dataset: table.name)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.inputOutput, dataset: table.name, message: "\(table.name): \(error)")
        }
        do {
            return try Commit(bytes: bytes, file: name)
        } catch {
            throw StoreError(error, dataset: table.name, folder: objects.location(of: table.log))
        }
    }
}
