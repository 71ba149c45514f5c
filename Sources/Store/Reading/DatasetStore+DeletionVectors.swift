import DeltaLog
import ObjectStore

extension DatasetStore {
    /// The rows that deletion vectors list, by the vectors' identities. Each of the files that hold them is read once.
    ///
    /// - Throws: `corruptLog` and `missingFile`, naming the file.
    func deletedRows(
        of vectors: [DeletionVector], in table: TableFolder
    ) async throws(StoreError) -> [String: RowSet] {
        var deletions: [String: RowSet] = [:]
        var files: [String: [DeletionVector]] = [:]
        for vector in vectors where deletions[vector.uniqueID] == nil {
            do throws(DeltaLogError) {
                if let file = try vector.file(in: table.location) {
                    files[TableSnapshot.FileReading.readable(file), default: []].append(vector)
                } else {
                    deletions[vector.uniqueID] = try vector.decodeInline()
                }
            } catch {
                throw StoreError(error, in: table)
            }
        }
        let results = try await concurrently(files.sorted { $0.key < $1.key }) { file throws(StoreError) in
            try await self.deletedRows(of: file.value, file: file.key, table)
        }
        for result in results { deletions.merge(result) { _, last in last } }
        return deletions
    }

    private func deletedRows(
        of vectors: [DeletionVector], file: String, _ table: TableFolder
    ) async throws(StoreError) -> [String: RowSet] {
        let bytes = try await bytes(ofFile: file, table)
        var deletions: [String: RowSet] = [:]
        for vector in vectors {
            do {
                deletions[vector.uniqueID] = try vector.rows(inFile: bytes)
            } catch {
                throw StoreError(
                    .corruptLog, dataset: table.name, path: file, message: "\(table.name): \(error.message)",
                    hint: StoreError.wayOut(of: table))
            }
        }
        return deletions
    }

    /// The bytes of a file of the table, or of another table that it refers to.
    private func bytes(ofFile location: String, _ table: TableFolder) async throws(StoreError) -> [UInt8] {
        do {
            if let path = Self.path(ofLocation: location, in: table.objects) {
                return try await table.objects.read(path)
            }
            let folder = location[..<(location.lastIndex(of: "/") ?? location.startIndex)]
            if let other = try elsewhere(String(folder)), let path = Self.path(ofLocation: location, in: other) {
                return try await other.read(path)
            }
        } catch let error as ObjectStoreError {
            var error = StoreError(error, dataset: table.name)
            error.hint = StoreError.wayOut(of: table)
            throw error
        } catch {
            throw StoreError(.inputOutput, dataset: table.name, path: location, message: "\(table.name): \(error)")
        }
        throw StoreError(
            .missingFile, dataset: table.name, path: location,
            message: "\(table.name): a deletion vector is in a place that cannot be read",
            hint: StoreError.wayOut(of: table))
    }
}
