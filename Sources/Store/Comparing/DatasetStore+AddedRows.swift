import DeltaLog
import DuckDB
import ObjectStore
package import Project

extension DatasetStore {
    /// The rows that were added to a dataset since a version, once each, however its files were rearranged since.
    ///
    /// A merge of Millrace that takes no row out without a new one counts as adding its new rows. Of rows that were
    /// added, and then replaced by such a merge, only the last are given.
    ///
    /// - Throws: `noTable`; `expiredVersion` when the log no longer tells.
    package func addedRows(to name: DatasetName, since: PinnedVersion) async throws(StoreError) -> AddedRows {
        try await addedRows(to: try TableFolder(name, in: objects), since: since, through: nil)
    }

    /// The rows that were added to a table outside of the store.
    ///
    /// - Parameters:
    ///   - place: its folder or URL.
    ///   - through: the version up to which; nil is the newest.
    /// - Throws: `noSuchVersion` when `through` comes before `since`.
    package func addedRows(
        toTableAt place: String, since: PinnedVersion, through: Int? = nil
    ) async throws(StoreError) -> AddedRows {
        try await addedRows(to: try foreignTable(place), since: since, through: through)
    }

    private func addedRows(
        to table: TableFolder, since: PinnedVersion, through: Int?
    ) async throws(StoreError) -> AddedRows {
        guard let state = try await state(of: table, at: through, tombstones: false) else { throw noTable(table) }
        do {
            try state.checkReadable()
        } catch {
            throw StoreError(error, dataset: table.name, folder: table.location)
        }
        let pinned = PinnedVersion(version: Version(state.version), table: state.metadata.id)
        guard since.table == pinned.table else { return AddedRows(rows: .otherTable, through: pinned) }
        guard since.version.number <= state.version else {
            guard through != nil else { return AddedRows(rows: .otherTable, through: pinned) }
            throw StoreError(
                .noSuchVersion, dataset: table.name,
                message:
                    "\(table.name): version \(state.version) comes before version \(since.version), which was read "
                    + "already", hint: "Name version \(since.version) or a later one, or make the dataset anew.")
        }
        var collected = CollectedRows()
        for (version, commit) in try await commits(from: since.version.number + 1, through: state.version, of: table) {
            guard collected.add(commit) else {
                let operation = commit.info?["operation"]?.text ?? "a commit"
                return AddedRows(rows: .replaced(at: Version(version), operation: operation), through: pinned)
            }
        }
        if let version = try await versionOfLostFile(collected, state, in: table) {
            return AddedRows(
                rows: .replaced(at: Version(version), operation: "files were rearranged, and then vacuumed"),
                through: pinned)
        }
        return AddedRows(rows: .files(try await rows(collected, state, in: table)), through: pinned)
    }

    /// The newest version, when a file that is no longer live is gone for good.
    private func versionOfLostFile(
        _ collected: CollectedRows, _ state: Snapshot, in table: TableFolder
    ) async throws(StoreError) -> Int? {
        let candidates = collected.files.filter { collected.gone.contains(FileIdentity($0.file)) }
        let lost = try await concurrently(candidates.map(\.file)) { (file) throws(StoreError) -> Bool in
            guard let path = table.path.appending(DataPath.canonical(file.path)) else { return false }
            return try await self.entry(of: path, in: table) == nil
        }
        return lost.contains(true) ? state.version : nil
    }

    private func rows(
        _ collected: CollectedRows, _ state: Snapshot, in table: TableFolder
    ) async throws(StoreError) -> TableSnapshot {
        var snapshot = try await tableSnapshot(state, files: collected.files.map(\.file), of: table)
        guard collected.files.contains(where: { !$0.superseded.isEmpty }) else { return snapshot }
        var groups: [(superseded: [Int], files: [AddFile])] = []
        for entry in collected.files {
            if let index = groups.firstIndex(where: { $0.superseded == entry.superseded }) {
                groups[index].files.append(entry.file)
            } else {
                groups.append((entry.superseded, [entry.file]))
            }
        }
        var parts: [TableSnapshot.Part] = []
        for group in groups {
            var part = TableSnapshot.Part(
                rows: try await tableSnapshot(state, files: group.files, of: table), superseded: [])
            for index in group.superseded {
                let merge = collected.merges[index]
                part.superseded.append(
                    (by: try await tableSnapshot(state, files: merge.files, of: table), key: merge.key))
            }
            parts.append(part)
        }
        snapshot.parts = parts
        return snapshot
    }
}

/// The files that commits brought with rows that were not there before.
private struct CollectedRows {
    struct Entry {
        var file: AddFile
        /// The merges that replaced some of its rows, as indices of `merges`.
        var superseded: [Int] = []
    }

    struct Merge {
        var key: [String]
        /// With the rows that came in the place of others.
        var files: [AddFile]
    }

    private(set) var files: [Entry] = []
    private(set) var merges: [Merge] = []
    /// Files that are no longer live.
    private(set) var gone: Set<FileIdentity> = []

    /// - Returns: false when the commit changed or took out rows in a way that leaves open which are new.
    mutating func add(_ commit: Commit) -> Bool {
        var removed: Set<FileIdentity> = []
        var added: [AddFile] = []
        for action in commit.actions {
            switch action {
            case .remove(let file):
                gone.insert(FileIdentity(file))
                if file.dataChange { removed.insert(FileIdentity(file)) }
            case .add(let file) where file.dataChange: added.append(file)
            default: break
            }
        }
        guard !removed.isEmpty else {
            files += added.map { Entry(file: $0) }
            return true
        }
        guard let note = MergeNote(commit), note.deleted == 0 else { return false }
        let fresh = added.filter { !$0.isCarried }
        if !note.key.isEmpty, !fresh.isEmpty {
            merges.append(Merge(key: note.key, files: fresh))
            // A rearranged file stands for its rows as well as the one that it became: all that came before may have
            // rows that this merge replaced.
            for index in files.indices { files[index].superseded.append(merges.count - 1) }
        }
        files += fresh.map { Entry(file: $0) }
        return true
    }
}
