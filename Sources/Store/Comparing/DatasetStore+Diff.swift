import DeltaLog
import DuckDB
import Project

extension DatasetStore {
    /// Compares two versions, of one dataset or of two. Values are compared in the columns that both have.
    ///
    /// Files that both versions have are not read. Memory stays bounded, because DuckDB spills.
    ///
    /// - Parameters:
    ///   - old: the first version.
    ///   - new: the second version.
    ///   - key: the columns that tell which row is which. Without any, rows are compared as a whole: then none is
    ///     changed.
    ///   - examples: how many rows of each kind to show, those with the least keys.
    /// - Throws: `noSuchColumn`, `duplicateKeys`, `missingFile`.
    package func diff(
        _ old: TableSnapshot, _ new: TableSnapshot, key: [String], examples: Int = 5
    ) async throws(StoreError) -> TableDiff {
        let columns = Self.columnChanges(old, new)
        let (before, after, common) = Self.withoutCommonFiles(old, new)
        let comparison = try RowComparison(before, after, key: key)
        return try await reading(old, new) { connection in
            var diff = TableDiff(columns: columns)
            try comparison.run(on: connection, examples: examples, into: &diff)
            for files in common { diff.unchanged += try Self.count(files, on: connection) }
            return diff
        }
    }

    static func columnChanges(_ old: TableSnapshot, _ new: TableSnapshot) -> [TableDiff.ColumnChange] {
        var changes: [TableDiff.ColumnChange] = []
        for column in old.columns {
            let other = new.columns.first { $0.name.lowercased() == column.name.lowercased() }
            if other?.duckDBType != column.duckDBType || other?.name != column.name {
                changes.append(
                    .init(name: column.name, before: column.duckDBType, after: other?.duckDBType))
            }
        }
        for column in new.columns
        where !old.columns.contains(where: { $0.name.lowercased() == column.name.lowercased() }) {
            changes.append(.init(name: column.name, before: nil, after: column.duckDBType))
        }
        return changes
    }

    /// Files that two versions of a table share hold rows that are the same in both.
    private static func withoutCommonFiles(
        _ old: TableSnapshot, _ new: TableSnapshot
    ) -> (TableSnapshot, TableSnapshot, common: [TableSnapshot]) {
        func identity(_ file: TableSnapshot.File) -> [String] { [file.path, file.deletionVector?.uniqueID ?? ""] }
        guard old.pinned.table == new.pinned.table, old.parts == nil, new.parts == nil else {
            return (old, new, [])
        }
        let before = Set(old.files.lazy.map(identity))
        let shared = new.files.filter { before.contains(identity($0)) }
        guard !shared.isEmpty else { return (old, new, []) }
        let common = Set(shared.map(identity))
        return (
            old.restricted(to: TableSnapshot.Files(old.files.filter { !common.contains(identity($0)) })),
            new.restricted(to: TableSnapshot.Files(new.files.filter { !common.contains(identity($0)) })),
            [new.restricted(to: TableSnapshot.Files(shared))]
        )
    }

    private static func count(_ snapshot: TableSnapshot, on connection: Connection) throws -> Int {
        if let rows = snapshot.rowCount { return rows }
        return Int(try connection.query("SELECT count(*) AS n FROM (\(snapshot.scanSQL))").first?["n"].int ?? 0)
    }
}
