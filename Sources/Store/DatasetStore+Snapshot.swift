import DeltaLog
import ObjectStore
package import Project

extension DatasetStore {
    /// One version of a dataset; nil is the newest.
    ///
    /// - Parameters:
    ///   - name: the dataset.
    ///   - version: its version.
    /// - Returns: the version's columns and files.
    /// - Throws: `noTable`, `noSuchVersion`, `expiredVersion`, `newerProtocol`, `gap`, `corruptLog`.
    package func snapshot(
        of name: DatasetName, at version: Version? = nil
    ) async throws(StoreError) -> TableSnapshot {
        let table = try TableFolder(name)
        guard let state = try await state(of: table, at: version?.number) else {
            throw StoreError(
                .noTable, dataset: name, path: objects.location(of: table.path),
                message: "\(name) has no version yet", hint: "Run the step that makes it: millrace run \(name)")
        }
        do {
            try state.checkReadable()
        } catch {
            throw StoreError(error, dataset: name, folder: objects.location(of: table.path))
        }
        return try tableSnapshot(state, of: table)
    }

    /// Makes sure that every file of the snapshot is there, and as large as the log says.
    ///
    /// - Throws: `missingFile`, naming the first that is not.
    package func verifyFiles(of snapshot: TableSnapshot) async throws(StoreError) {
        for file in snapshot.files where file.path.hasPrefix(location.folder + "/") {
            guard let path = ObjectPath(String(file.path.dropFirst(location.folder.count + 1))) else { continue }
            let found = try? await objects.head(path)
            guard found?.size != file.size else { continue }
            let reason = found.map { "has \($0.size) bytes instead of \(file.size)" } ?? "is missing"
            throw StoreError(
                .missingFile, dataset: snapshot.name, path: file.path,
                message: "\(snapshot.name): a file of version \(snapshot.pinned.version) \(reason)",
                hint:
                    "Restore the file from a copy, or make a new version: millrace run --full-refresh \(snapshot.name)")
        }
    }

    private func tableSnapshot(_ state: Snapshot, of table: TableFolder) throws(StoreError) -> TableSnapshot {
        let folder = objects.location(of: table.path)
        let digest = state.metadata.schema.digest
        var files: [TableSnapshot.File] = []
        files.reserveCapacity(state.files.count)
        for file in state.files {
            guard !DataPath.leavesTable(file.path) else {
                throw StoreError(
                    .corruptLog, dataset: table.name, path: objects.location(of: table.log),
                    message: "\(table.name): the log names a file outside of the table's folder: \(file.path)")
            }
            let tag = file.tags[AddFile.columnsTag] ?? nil
            files.append(
                TableSnapshot.File(
                    path: DataPath.location(of: file.path, in: folder), size: file.size,
                    rows: FileStatistics.rows(in: file.statistics), partitionValues: file.partitionValues,
                    columns: tag == nil ? .unknown : tag == digest ? .all : .fewer, statistics: file.statistics,
                    modified: file.modificationTime))
        }
        return TableSnapshot(
            name: table.name,
            pinned: PinnedVersion(version: Version(state.version), table: state.metadata.id),
            columns: state.metadata.schema.fields.map {
                TableSnapshot.Column(
                    name: $0.name, duckDBType: $0.type.duckDBType.text, type: $0.type, description: $0.comment)
            },
            partitionColumns: state.metadata.partitionColumns, files: files, description: state.metadata.description,
            folder: folder,
            transactions: Dictionary(
                state.transactions.map { ($0.application, $0.version) }, uniquingKeysWith: { _, last in last }))
    }
}
