import DeltaLog
import ObjectStore
package import Project

/// What `vacuum` deleted, or would delete.
package struct VacuumReport: Sendable, Equatable {
    package var files: Int
    package var bytes: Int
    /// The files, relative to the table's folder, sorted.
    package var paths: [String]
    /// Files that were written or taken out in the last so many milliseconds stayed.
    package var retention: Int
    /// Temporary files of killed writers in the log, besides.
    package var logFiles: Int
}

extension DatasetStore {
    /// Deletes the files in a table's folder that no version needs which stays readable: the newest, those that were
    /// live within the retention, and tagged ones. Files that are younger than the retention stay, because a run may be
    /// about to publish them.
    ///
    /// - Parameters:
    ///   - name: the dataset.
    ///   - retention: in milliseconds; nil is what the table says, a week unless set.
    ///   - dryRun: only finds them.
    ///   - force: also when the table asks for a longer retention.
    ///   - keeping: further versions whose files stay.
    /// - Throws: `noTable`, `retentionTooShort`, `newerProtocol`; `corruptLog` when it is not known what a tag needs.
    ///   Nothing is deleted then.
    package func vacuum(
        _ name: DatasetName, retention: Int?, dryRun: Bool, force: Bool, keeping: Set<Version> = []
    ) async throws(StoreError) -> VacuumReport {
        let table = try TableFolder(name, in: objects)
        let (base, _) = try await upkeepBase(of: table, "VACUUM", changesRows: false)
        let asked = base.metadata.deletedFileRetention
        let retention = max(0, retention ?? asked)
        guard retention >= asked || force else {
            throw StoreError(
                .retentionTooShort, dataset: name,
                message: "\(name): files are to be kept for \(Self.words(retention)), but the table asks for "
                    + Self.words(asked),
                hint:
                    "Versions of the last \(Self.words(asked)) could not be read any more, and a run that is under way "
                    + "could lose its files. --force does it all the same.")
        }
        let cutoff = now() - retention
        let plan = try await plan(base, cutoff: cutoff, remembers: asked, keeping: keeping, in: table)
        let (entries, temporary) = try await entries(of: table, cutoff: cutoff)
        let prefix = table.path.text.utf8.count + 1
        let deletable = plan.deletable(
            entries.lazy.map { entry in
                VacuumPlan.Entry(
                    path: String(entry.path.text.utf8.dropFirst(prefix)) ?? "", size: entry.size,
                    modified: entry.modified)
            })
        let report = VacuumReport(
            files: deletable.count, bytes: deletable.reduce(0) { $0 + $1.size },
            paths: deletable.map(\.path).sorted(), retention: retention, logFiles: temporary.count)
        guard !dryRun else { return report }
        try await delete(deletable.compactMap { table.path.appending($0.path) } + temporary, of: table)
        await removeEmptyFolders(of: deletable.map(\.path), in: table)
        return report
    }

    /// What must stay.
    private func plan(
        _ base: Snapshot, cutoff: Int, remembers: Int, keeping: Set<Version>, in table: TableFolder
    ) async throws(StoreError) -> VacuumPlan {
        var plan: VacuumPlan
        do {
            plan = try VacuumPlan(base, cutoff: cutoff, root: objects.location(of: table.path))
        } catch {
            throw StoreError(error, dataset: table.name, folder: objects.location(of: table.log))
        }
        // What checkpoints have forgotten by now, commits still tell.
        if cutoff < now() - remembers { try await protectRemoved(since: cutoff, &plan, in: table) }
        for tag in try await tags(of: table.name) {
            let result = await attempt { () throws(StoreError) in try await state(of: table, at: tag.version.number) }
            guard case .success(let state?) = result else {
                throw StoreError(
                    .corruptLog, dataset: table.name,
                    message: "\(table.name): version \(tag.version) has the tag \(tag.name), but it cannot be read, so "
                        + "that nobody knows which files it needs; nothing was deleted",
                    hint: "Take the tag away: millrace tag --delete \(tag.name) \(table.name)")
            }
            try keep(state, &plan, in: table)
        }
        for version in keeping {
            let result = await attempt { () throws(StoreError) in try await state(of: table, at: version.number) }
            switch result {
            case .success(let state): if let state { try keep(state, &plan, in: table) }
            case .failure(let error):
                // A version that nobody can read any more needs no files.
                guard error.code == .expiredVersion || error.code == .noSuchVersion else { throw error }
            }
        }
        return plan
    }

    private func keep(_ state: Snapshot, _ plan: inout VacuumPlan, in table: TableFolder) throws(StoreError) {
        do {
            try plan.keep(state.files)
        } catch {
            throw StoreError(error, dataset: table.name, folder: objects.location(of: table.log))
        }
    }

    /// Protects the files that were taken out since a time.
    private func protectRemoved(
        since cutoff: Int, _ plan: inout VacuumPlan, in table: TableFolder
    ) async throws(StoreError) {
        for version in try await commits(from: 0, of: table).values {
            for case .remove(let file) in version.actions where file.deletionTimestamp ?? 0 >= cutoff {
                plan.protect(file.path)
            }
        }
    }

    /// The files that may be the table's data, and temporary ones of writers of its log that are long gone.
    private func entries(
        of table: TableFolder, cutoff: Int
    ) async throws(StoreError) -> (data: [ObjectEntry], temporary: [ObjectPath]) {
        let all: [ObjectEntry]
        do {
            all = try await objects.list(table.path, recursively: true)
        } catch {
            throw StoreError(error, dataset: table.name)
        }
        let log = table.log.text + "/"
        let day = 86_400_000
        let temporary = all.filter { entry in
            entry.path.text.hasPrefix(log) && entry.path.name.hasPrefix(LocalFolder.temporaryPrefix)
                && entry.modified < min(cutoff, now() - day)
        }
        return (all.filter { !$0.path.text.hasPrefix(log) }, temporary.map(\.path))
    }

    private func delete(_ paths: [ObjectPath], of table: TableFolder) async throws(StoreError) {
        _ = try await concurrently(paths) { (path) throws(StoreError) -> Void in
            try await self.translated(for: table.name) { () throws(ObjectStoreError) in
                try await self.objects.delete(path)
            }
        }
    }

    /// Takes away the folders in which nothing is left, the innermost first.
    func removeEmptyFolders(of paths: [String], in table: TableFolder) async {
        var folders: Set<String> = []
        for path in paths {
            var path = path[...]
            while let end = path.lastIndex(of: "/") {
                path = path[..<end]
                guard folders.insert(String(path)).inserted else { break }
            }
        }
        for folder in folders.sorted(by: { $0.utf8.count > $1.utf8.count }) {
            if let path = table.path.appending(folder) { try? await objects.removeEmptyFolder(path) }
        }
    }

    /// A span of time as people say it.
    private static func words(_ milliseconds: Int) -> String {
        let hours = milliseconds / 3_600_000
        if hours >= 48, hours.isMultiple(of: 24) { return "\(hours / 24) days" }
        return hours > 0 ? "\(hours) h" : "\(milliseconds / 1_000) s"
    }
}
