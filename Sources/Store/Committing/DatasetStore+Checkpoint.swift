import DeltaLog
import Foundation
import ObjectStore
package import Project

extension DatasetStore {
    /// After a commit: writes a checkpoint when one is due, and then takes away the part of the log that has expired.
    /// The version is published whether or not this works; the next one that is due tries again.
    func maintainLog(of table: TableFolder, at version: Int, interval: Int?) async {
        guard version > 0, version.isMultiple(of: interval ?? 10) else { return }
        guard let state = try? await checkpoint(table, at: version) else { return }
        await cleanLog(of: table, after: state)
    }

    /// Writes a checkpoint, from which later readers start instead of from the first commit.
    package func writeCheckpoint(of name: DatasetName, at version: Version) async throws(StoreError) {
        _ = try await checkpoint(try TableFolder(name, in: objects), at: version.number)
    }

    /// - Parameter isHint: whether readers should look there first: that is for the newest checkpoint.
    /// - Returns: the version's state; nil when there is none, or its features allow no such checkpoint.
    @discardableResult
    func checkpoint(_ table: TableFolder, at version: Int, isHint: Bool = true) async throws(StoreError) -> Snapshot? {
        guard let state = try await state(of: table, at: version), CheckpointFiles.canWrite(for: state) else {
            return nil
        }
        let path = try table.file(LogFile.checkpoint(version).name)
        let temporary = objects.temporaryLocation(for: path)
        let cutoff = now() - state.metadata.deletedFileRetention
        let checkpoints = checkpoints
        do {
            let count = try await inBackground(for: table.name) {
                try checkpoints.write(state, tombstonesSince: cutoff, to: temporary)
            }
            try await objects.put(path, movingFile: temporary)
            guard isHint else { return state }
            let size = try await objects.head(path).size
            let hint = LastCheckpoint(version: version, size: count, sizeInBytes: size, fileCount: state.files.count)
            try await objects.put(try table.file(LastCheckpoint.name), hint.bytes)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw StoreError(
                .inputOutput, dataset: table.name,
                message: "\(table.name): the checkpoint of version \(version) cannot be written: \(error)")
        }
        return state
    }
}
