import DeltaLog
import ObjectStore
package import Project

/// What all new files of one change have in common.
struct NewFiles: Sendable {
    /// The columns that they hold, those that the table is partitioned by among them.
    var schema: DeltaSchema
    var partitionColumns: [String]
    var indexing: StatisticsColumns
    /// Beside the tag that tells the columns.
    var tags: [String: String?] = [:]
    /// The partition that all of them belong to, as the log writes its values; nil when DuckDB says it for each.
    var partition: [String: String?]?
}

extension AddFile {
    /// The tag of files whose rows a merge took over from files that it took out.
    static let carriedTag = "millrace.carried"

    /// The tag of files whose rows are in an order, which its value tells.
    static let orderTag = "millrace.order"
}

extension DatasetStore {
    /// Files looked at or waited for at the same time.
    static let filesAtOnce = 16

    /// The `add` actions of new files, once they would survive a loss of power.
    ///
    /// - Throws: `missingFile` when one is not there, not of the announced size or not in the table's folder;
    ///   `schemaMismatch` when its partition is not known.
    func addFiles(_ staged: [StagedFile], _ new: NewFiles, in table: TableFolder) async throws(StoreError) -> [AddFile]
    {
        let folder = objects.location(of: table.path) + "/"
        let digest = new.schema.digest
        let excluded = Set(new.partitionColumns)
        return try await concurrently(staged) { (file) throws(StoreError) -> AddFile in
            let relative = file.path.hasPrefix(folder) ? String(file.path.dropFirst(folder.count)) : file.path
            guard let path = table.path.appending(relative) else {
                throw StoreError(
                    .missingFile, dataset: table.name, path: file.path,
                    message: "\(table.name): a staged file must be in the table's folder \(folder)")
            }
            let entry = try await self.synchronized(path, of: table)
            guard entry.size == file.size else {
                throw StoreError(
                    .missingFile, dataset: table.name, path: file.path,
                    message: "\(table.name): a staged file has \(entry.size) bytes instead of \(file.size)")
            }
            let statistics = FileStatistics(
                rows: file.rows, columns: file.columnStatistics, schema: new.schema, excluding: excluded,
                indexing: new.indexing)
            var tags = new.tags
            tags[AddFile.columnsTag] = digest
            if let partition = file.partition { tags[AddFile.partitionTag] = partition }
            if let sources = file.sources { tags[AddFile.sourcesTag] = sources }
            return AddFile(
                path: DataPath.encoded(relative), partitionValues: try Self.partition(of: file, new, in: table),
                size: file.size, modificationTime: entry.modified,
                statistics: JSONValue.object(statistics.json).serialized, tags: tags)
        }
    }

    private func synchronized(_ path: ObjectPath, of table: TableFolder) async throws(StoreError) -> ObjectEntry {
        do {
            let entry = try await objects.head(path)
            try await objects.synchronize(path)
            return entry
        } catch {
            throw StoreError(error, dataset: table.name)
        }
    }

    private static func partition(
        of file: StagedFile, _ new: NewFiles, in table: TableFolder
    ) throws(StoreError) -> [String: String?] {
        if let partition = new.partition { return partition }
        var values: [String: String?] = [:]
        for column in new.partitionColumns {
            guard let text = file.partitionValues[column], let type = new.schema[column]?.type else {
                throw StoreError(
                    .schemaMismatch, dataset: table.name, path: file.path,
                    message: "\(table.name): a staged file has no value for the partition column \(column)")
            }
            values.updateValue(PartitionValue.serialized(text, type: type), forKey: column)
        }
        return values
    }

    /// Deletes new files that will not be part of the table, as far as possible. What stays is never read.
    func discard(_ staged: [StagedFile], of table: TableFolder) async {
        let folder = objects.location(of: table.path) + "/"
        await forEach(staged) { file in
            let relative = file.path.hasPrefix(folder) ? String(file.path.dropFirst(folder.count)) : file.path
            if let path = table.path.appending(relative) { try? await self.objects.delete(path) }
        }
        // Folders that nobody else writes into: other engines give each attempt one of its own.
        let own = staged.map { $0.path.hasPrefix(folder) ? String($0.path.dropFirst(folder.count)) : $0.path }
            .filter { $0.hasPrefix("part-") && $0.contains("/") }
        if !own.isEmpty { await removeEmptyFolders(of: own, in: table) }
    }

    /// Deletes the files of one attempt that no commit names, as far as possible.
    ///
    /// - Parameters:
    ///   - name: the dataset.
    ///   - prefix: what the names of the attempt's files, or of the folders that they are in, begin with.
    ///   - mayBePublished: whether a commit was tried that names the files.
    package func discardStaged(of name: DatasetName, prefix: String, mayBePublished: Bool = true) async {
        guard !prefix.isEmpty, let table = try? TableFolder(name, in: objects),
            let entries = try? await objects.list(table.path, recursively: true)
        else { return }
        let inside = table.path.text.utf8.count + 1
        let staged = entries.filter { entry in
            guard !entry.path.text.hasPrefix(table.log.text + "/") else { return false }
            return entry.path.text.utf8.dropFirst(inside).split(separator: UInt8(ascii: "/"))
                .contains { $0.starts(with: prefix.utf8) }
        }
        if !staged.isEmpty {
            // When the outcome of a commit is unknown, it may stand, and its files with it.
            guard let live = mayBePublished ? await liveFiles(of: table) : [] else { return }
            await forEach(staged) { entry in
                let relative = String(entry.path.text.dropFirst(table.path.text.utf8.count + 1))
                if !live.contains(relative) { try? await self.objects.delete(entry.path) }
            }
            await removeEmptyFolders(of: staged.map { String($0.path.text.utf8.dropFirst(inside)) ?? "" }, in: table)
        }
        // An engine may have made a folder, and not got to write into it.
        for name in (try? await objects.folders(in: table.path)) ?? [] where name.utf8.starts(with: prefix.utf8) {
            if let folder = table.path.appending(name) { await removeEmptyFolders(in: folder) }
        }
    }

    /// Removes a folder, as far as there is nothing but folders in it.
    private func removeEmptyFolders(in folder: ObjectPath) async {
        for name in (try? await objects.folders(in: folder)) ?? [] {
            if let inner = folder.appending(name) { await removeEmptyFolders(in: inner) }
        }
        try? await objects.removeEmptyFolder(folder)
    }

    /// The paths of a table's live files; nil when they cannot be told.
    private func liveFiles(of table: TableFolder) async -> Set<String>? {
        guard case .success(let state) = await attempt({ () throws(StoreError) in try await self.state(of: table) })
        else { return nil }
        return Set(
            state.map { state in state.files.indices.map { DataPath.canonical(state.files.path(at: $0)) } } ?? [])
    }
}
