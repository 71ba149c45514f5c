import DeltaLog
import DuckDB
import ObjectStore
import Project

extension DatasetStore {
    /// Writes rows of live files into new ones.
    ///
    /// - Parameters:
    ///   - files: live files.
    ///   - snapshot: the version that they are of.
    ///   - fileSize: of the new files, in bytes.
    ///   - select: a SELECT of some of the rows of the files that it is given, with the columns given; nil: all rows.
    /// - Returns: the new files, which no commit names. None has no rows.
    private func rewrite(
        _ files: [AddFile], of snapshot: Snapshot, in table: TableFolder,
        fileSize: Int = ParquetOptions.standardFileSize,
        select: (@Sendable (_ files: TableSnapshot, _ columns: [String]) -> String)? = nil
    ) async throws(StoreError) -> [StagedFile] {
        guard !files.isEmpty else { return [] }
        let source = try await source(files, of: snapshot, in: table)
        let partitionColumns = snapshot.metadata.partitionColumns
        let groups = FileGroups.groups(of: files, partitionColumns: partitionColumns, fileSize: fileSize)
        let columns = snapshot.metadata.schema.fields.map { SQL.quoted($0.name) }
        let writer = DataFileWriter(
            folder: objects.location(of: table.path), partitionColumns: partitionColumns, fileSize: fileSize)
        return try await written(by: writer, from: [source.snapshot], in: table) { connection in
            var staged: [StagedFile] = []
            for (number, group) in groups.enumerated() {
                let part = source.restricted(to: group)
                let select =
                    select?(part, columns) ?? "SELECT \(columns.joined(separator: ", ")) FROM (\(part.scanSQL))"
                staged += try writer.write(select, number: number, on: connection)
            }
            return staged
        }
    }

    /// The same with the `add` actions of the new files. Rows of different partitions of a dataset stay in files of their
    /// own, which say so as the old ones did.
    ///
    /// - Parameter tags: of all new files.
    func rewritten(
        _ files: [AddFile], of snapshot: Snapshot, in table: TableFolder, tags: [String: String?] = [:],
        fileSize: Int = ParquetOptions.standardFileSize,
        select: (@Sendable (_ files: TableSnapshot, _ columns: [String]) -> String)? = nil
    ) async throws(StoreError) -> (added: [AddFile], staged: [StagedFile]) {
        var added: [AddFile] = []
        var staged: [StagedFile] = []
        for part in FileGroups.byTags(files) {
            let result = await attempt { () throws(StoreError) in
                let new = try await rewrite(part, of: snapshot, in: table, fileSize: fileSize, select: select)
                let tags = tags.merging(part.first?.partitionTags ?? [:]) { $1 }
                return (
                    new,
                    try await addFiles(
                        new,
                        NewFiles(
                            schema: snapshot.metadata.schema, partitionColumns: snapshot.metadata.partitionColumns,
                            indexing: snapshot.metadata.statisticsColumns, tags: tags), in: table)
                )
            }
            switch result {
            case .success((let new, let actions)):
                staged += new
                added += actions
            case .failure(let error):
                await discard(staged, of: table)
                throw error
            }
        }
        return (added, staged)
    }

    /// Live files, ready to be read by DuckDB.
    func source(
        _ files: [AddFile], of snapshot: Snapshot, in table: TableFolder
    ) async throws(StoreError) -> RewriteSource {
        let readable = try await tableSnapshot(snapshot, files: files, of: table)
        return RewriteSource(
            snapshot: readable,
            byPath: Dictionary(zip(files.map(\.path), readable.files), uniquingKeysWith: { first, _ in first }))
    }

    /// Runs what writes files. When that fails, they are gone; files without rows are gone in any case.
    ///
    /// - Parameter read: what is read, for errors.
    func written(
        by writer: DataFileWriter, from read: [TableSnapshot] = [], in table: TableFolder,
        _ work: @escaping @Sendable (Connection) throws -> [StagedFile]
    ) async throws(StoreError) -> [StagedFile] {
        let result = await attempt { () throws(StoreError) in
            try await withDuckDB(for: table.name) { connection in
                // Each file is read once: what DuckDB would remember of its bytes only takes memory.
                try connection.execute("SET enable_external_file_cache = false")
                return try TableSnapshot.reading(read, on: connection) { try work(connection) }
            }
        }
        switch result {
        case .failure(let error):
            await discardStaged(of: table.name, prefix: writer.prefix)
            throw error
        case .success(let staged):
            await discard(staged.filter { $0.rows == 0 }, of: table)
            return staged.filter { $0.rows > 0 }
        }
    }
}

extension DatasetStore {
    /// Runs work of DuckDB that reads versions' files, so that an error tells what is wrong with them.
    func reading<R: Sendable>(
        _ snapshot: TableSnapshot, _ others: TableSnapshot..., work: @escaping @Sendable (Connection) throws -> R
    ) async throws(StoreError) -> R {
        try await withDuckDB(for: snapshot.name) { connection in
            try TableSnapshot.reading([snapshot] + others, on: connection) { try work(connection) }
        }
    }
}

/// Live files of one version that are to be rewritten.
struct RewriteSource: Sendable {
    let snapshot: TableSnapshot
    fileprivate let byPath: [String: TableSnapshot.File]

    fileprivate init(snapshot: TableSnapshot, byPath: [String: TableSnapshot.File]) {
        self.snapshot = snapshot
        self.byPath = byPath
    }

    /// The rows of some of the files.
    func restricted(to files: [AddFile]) -> TableSnapshot {
        snapshot.restricted(to: TableSnapshot.Files(files.compactMap { byPath[$0.path] }))
    }

    /// The file that DuckDB opens for one of the log.
    func file(_ file: AddFile) -> TableSnapshot.File? { byPath[file.path] }
}
