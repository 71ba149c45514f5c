import DeltaLog
import ObjectStore
import Project

extension DatasetStore {
    /// Deletes the part of the log that only expired versions need; tagged versions stay readable. What cannot be
    /// deleted is left for the next time.
    ///
    /// - Parameter state: the version of the newest checkpoint.
    func cleanLog(of table: TableFolder, after state: Snapshot) async {
        // Sidecars belong to checkpoints that Millrace does not write: their tables are left to their own tools.
        guard state.metadata.cleansUpLog, let tags = try? await tags(of: table.name),
            let entries = try? await objects.list(table.log, recursively: false)
        else { return }
        let cleanup = LogCleanup(
            entries.map { LogCleanup.File(name: $0.path.name, modified: $0.modified) }, now: now(),
            retention: state.metadata.logRetention, keeping: Set(tags.map(\.version.number)))
        // One after the other, oldest first: whenever this stops, there is no gap.
        for name in cleanup.names {
            guard let path = try? table.file(name), (try? await objects.delete(path)) != nil else { return }
        }
    }
}
