import DeltaLog
import FoundationEssentials
import ObjectStore
package import Project

/// What `restore` did.
package struct RestoreReport: Sendable, Equatable {
    /// The version that was live before.
    package var from: PinnedVersion
    /// The version whose rows are live again.
    package var to: PinnedVersion
    /// The version that it made; `from` when the rows were live already.
    package var version: PinnedVersion
    /// Nil when a file has no statistics.
    package var rowsBefore: Int?
    package var rowsAfter: Int?
}

extension DatasetStore {
    /// Makes the rows and columns of an older version those of a new one. The record of how they were made comes back
    /// with them: a later run goes on from there.
    ///
    /// - Throws: `noTable`, `noSuchVersion`, `expiredVersion`; `missingFile`, naming the version and the file, when a
    ///   vacuum has deleted what the version needs; `conflict`. Nothing is committed then.
    package func restore(_ name: DatasetName, to pin: VersionPin) async throws(StoreError) -> RestoreReport {
        let table = try TableFolder(name, in: objects)
        let wanted = try await snapshot(of: name, at: pin).pinned
        let (base, _) = try await upkeepBase(of: table, "RESTORE", changesRows: true)
        guard let target = try await state(of: table, at: wanted.version.number) else { throw noTable(table) }
        let from = PinnedVersion(version: Version(base.version), table: base.metadata.id)
        var report = RestoreReport(
            from: from, to: wanted, version: from, rowsBefore: Self.rows(of: base), rowsAfter: Self.rows(of: target))
        guard !Self.isSame(target, base) else { return report }
        try await verifyFiles(of: target, otherThan: base, in: table)

        let record = try await record(before: target.version, of: table)
        let note = UpkeepNote(
            "RESTORE", changesRows: true, record: record, bringsRecord: true, dataVersion: base.version)
        let change = TableChange(
            kind: .restore(to: target), transactionID: UUID().uuidString.lowercased(), engine: engineName)
        switch try await commit(change, to: table, after: base, id: base.metadata.id, note: note) {
        case .committed(let version):
            report.version.version = Version(version)
            return report
        case .conflict(let conflict):
            throw StoreError(
                conflict, dataset: name, "nothing was restored",
                hint: "Look at the newest version, and restore again if that is still what you want.")
        }
    }

    private static func rows(of snapshot: Snapshot) -> Int? {
        snapshot.files.totalRows.map { rows in
            snapshot.files.indices.reduce(rows) { $0 - (snapshot.files.deletionVector(at: $1)?.cardinality ?? 0) }
        }
    }

    private static func isSame(_ one: Snapshot, _ other: Snapshot) -> Bool {
        guard one.metadata.schema == other.metadata.schema, one.files.count == other.files.count,
            one.metadata.partitionColumns == other.metadata.partitionColumns
        else { return false }
        return keys(of: one.files) == keys(of: other.files)
    }

    private static func keys(of files: LiveFiles) -> Set<[String]> {
        var keys: Set<[String]> = []
        for index in files.indices {
            keys.insert([DataPath.canonical(files.path(at: index)), files.deletionVector(at: index)?.uniqueID ?? ""])
        }
        return keys
    }

    /// Makes sure that the files which are not live now are still there.
    private func verifyFiles(
        of target: Snapshot, otherThan base: Snapshot, in table: TableFolder
    ) async throws(StoreError) {
        let live = Set(base.files.indices.map { DataPath.canonical(base.files.path(at: $0)) })
        let back = target.files.filter { !live.contains(DataPath.canonical($0.path)) }
        _ = try await concurrently(back) { (file) throws(StoreError) -> Void in
            // What is outside of the table's folder is not for vacuum to delete.
            guard let path = table.path.appending(DataPath.canonical(file.path)) else { return }
            guard let found = try await self.entry(of: path, in: table) else {
                throw StoreError(
                    .missingFile, dataset: table.name, path: self.objects.location(of: path),
                    message:
                        "\(table.name): version \(target.version) cannot be restored, because a file of it is gone",
                    hint: "A vacuum deletes the files of old versions that have no tag. Nothing was changed.")
            }
            guard found.size == file.size else {
                throw StoreError(
                    .missingFile, dataset: table.name, path: self.objects.location(of: path),
                    message: "\(table.name): version \(target.version) cannot be restored, because a file of it has "
                        + "\(found.size) bytes instead of \(file.size)", hint: "Nothing was changed.")
            }
        }
    }

    /// How the rows of a version were made, as far as the log tells.
    private func record(before version: Int, of table: TableFolder) async throws(StoreError) -> VersionRecord? {
        var number = version
        let names = Set(try await logNames(of: table, from: nil) ?? [])
        while number >= 0, names.contains(LogFile.commit(number).name) {
            if let record = Provenance(try await commit(number, of: table)).record { return record }
            number -= 1
        }
        return nil
    }
}
