package import DeltaLog
import ObjectStore
package import Project

extension DatasetStore {
    /// One version of a dataset; nil is the newest.
    ///
    /// - Parameters:
    ///   - name: the dataset.
    ///   - version: its version.
    ///   - predicate: files in which no row can satisfy it are left out; how many says `skippedFiles`.
    /// - Returns: the version's columns and files.
    /// - Throws: `noTable`, `noSuchVersion`, `expiredVersion`, `newerProtocol`, `gap`, `corruptLog`, `missingFile`.
    package func snapshot(
        of name: DatasetName, at version: Version? = nil, matching predicate: FilePredicate? = nil
    ) async throws(StoreError) -> TableSnapshot {
        try await snapshot(of: try TableFolder(name, in: objects), at: version?.number, matching: predicate)
    }

    /// One version of a dataset, by its number or a tag; nil is the newest.
    ///
    /// - Throws: `noSuchTag`, and as for a number.
    package func snapshot(
        of name: DatasetName, at pin: VersionPin?, matching predicate: FilePredicate? = nil
    ) async throws(StoreError) -> TableSnapshot {
        let version: Version? = if let pin { try await self.version(of: name, pin) } else { nil }
        return try await snapshot(of: name, at: version, matching: predicate)
    }

    func snapshot(
        of table: TableFolder, at version: Int?, matching predicate: FilePredicate?
    ) async throws(StoreError) -> TableSnapshot {
        let detail: FileDetail = predicate.map { .matching($0) } ?? .withoutStatistics
        guard let state = try await state(of: table, at: version, detail: detail, tombstones: false) else {
            throw missing(table)
        }
        do {
            try state.checkReadable()
        } catch {
            throw StoreError(error, in: table)
        }
        return try await tableSnapshot(state, of: table)
    }

    private func missing(_ table: TableFolder) -> StoreError {
        guard table.isForeign else {
            return StoreError(
                .noTable, dataset: table.name, path: table.location, message: "\(table.name) has no version yet",
                hint: "Run the step that makes it: millrace run \(table.name)")
        }
        return StoreError(
            .noTable, path: table.location, message: "there is no Delta table",
            hint: "Name the folder that has _delta_log in it.")
    }

    /// Makes sure that every file of the snapshot is there, and as large as the log says.
    ///
    /// - Throws: `missingFile`, naming the first that is not.
    package func verifyFiles(of snapshot: TableSnapshot) async throws(StoreError) {
        let names = snapshot.files.map { (path: $0.path, size: $0.size) }
        let objects = objects
        _ = try await concurrently(names) { (file) throws(StoreError) in
            guard let path = Self.path(ofLocation: file.path, in: objects) else { return }
            let found = try? await objects.head(path)
            guard found?.size != file.size else { return }
            let reason = found.map { "has \($0.size) bytes instead of \(file.size)" } ?? "is missing"
            throw StoreError(
                .missingFile, dataset: snapshot.name, path: file.path,
                message: "\(snapshot.name): a file of version \(snapshot.pinned.version) \(reason)",
                hint:
                    "Restore the file from a copy, or make a new version: millrace run --full-refresh \(snapshot.name)")
        }
    }

    // MARK: Making

    /// A state of the log as what users see of it.
    func tableSnapshot(_ state: Snapshot, of table: TableFolder) async throws(StoreError) -> TableSnapshot {
        let reading = TableSnapshot.FileReading(folder: table.location, metadata: state.metadata)
        var vectors: [DeletionVector] = []
        var deletedRows = 0
        let mayDelete = (state.protocolVersion.readerFeatures ?? []).contains("deletionVectors")
        for index in state.files.indices {
            try check(path: state.files.path(at: index), of: table)
            if mayDelete, let vector = state.files.deletionVector(at: index) {
                vectors.append(vector)
                deletedRows += vector.cardinality
            }
        }
        return try await tableSnapshot(
            state, TableSnapshot.Files(state.files, reading, deletedRows: deletedRows), vectors, of: table)
    }

    /// The same for files of the table that are not those of the state: of a commit, say.
    func tableSnapshot(
        _ state: Snapshot, files: some Sequence<AddFile>, of table: TableFolder
    ) async throws(StoreError) -> TableSnapshot {
        let reading = TableSnapshot.FileReading(folder: table.location, metadata: state.metadata)
        var found: [TableSnapshot.File] = []
        for file in files {
            try check(path: file.path, of: table)
            found.append(reading.file(file))
        }
        return try await tableSnapshot(
            state, TableSnapshot.Files(found), found.compactMap(\.deletionVector), of: table)
    }

    private func tableSnapshot(
        _ state: Snapshot, _ files: TableSnapshot.Files, _ vectors: [DeletionVector], of table: TableFolder
    ) async throws(StoreError) -> TableSnapshot {
        let metadata = state.metadata
        guard let mapping = metadata.columnMapping else {
            throw StoreError(
                .newerProtocol, dataset: table.name, path: table.location, features: ["columnMapping"],
                message: "\(table.name): the table finds its columns in a way that is not known: "
                    + (metadata.configuration["delta.columnMapping.mode"] ?? ""),
                hint: "Use a newer Millrace, or write the table anew without it.")
        }
        var snapshot = TableSnapshot(
            name: table.name, pinned: PinnedVersion(version: Version(state.version), table: metadata.id),
            columns: metadata.schema.fields.map { field in
                var column = TableSnapshot.Column(
                    name: field.name, duckDBType: field.type.duckDBType.text, type: field.type,
                    description: field.comment)
                column.physicalName = metadata.physicalName(of: field)
                column.fieldID = field.fieldID
                return column
            },
            partitionColumns: metadata.partitionColumns, files: files, description: metadata.description,
            folder: table.location,
            transactions: Dictionary(
                state.transactions.map { ($0.application, $0.version) }, uniquingKeysWith: { _, last in last }))
        snapshot.isForeign = table.isForeign
        snapshot.mapping = mapping
        snapshot.skippedFiles = state.files.skipped
        if !vectors.isEmpty { snapshot.deletions = try await deletedRows(of: vectors, in: table) }
        return snapshot
    }

    /// The protocol lets a log name files anywhere by absolute paths, as shallow clones do; a relative path that leads
    /// out of the table is nobody's intention. A table in a folder does not send its readers to other machines.
    private func check(path: String, of table: TableFolder) throws(StoreError) {
        guard Self.isSuspicious(path) else { return }
        let location = TableSnapshot.FileReading.location(of: path, in: table.location)
        let leaves = location.split(separator: "/").contains("..")
        let isElsewhere = !location.hasPrefix("/") && table.location.hasPrefix("/")
        guard leaves || isElsewhere else { return }
        throw StoreError(
            .corruptLog, dataset: table.name, path: table.objects.location(of: table.log),
            message: "\(table.name): the log names a file outside of the table's folder, which is not opened: \(path)",
            hint: "Ask whoever writes the table, or restore an older version of it: its files belong into its folder.")
    }

    /// Whether a path has anything in it that a path which leads elsewhere has.
    private static func isSuspicious(_ path: String) -> Bool {
        let isSuspicious = path.utf8.withContiguousStorageIfAvailable { bytes in
            var previous = UInt8(0)
            for byte in bytes {
                // What is encoded may be anything.
                if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%") { return true }
                if byte == UInt8(ascii: "."), previous == byte { return true }
                previous = byte
            }
            return false
        }
        return isSuspicious ?? true
    }
}
