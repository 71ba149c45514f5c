package import Project

extension TableSnapshot {
    /// Staged files as the version that they would be.
    ///
    /// - Parameters:
    ///   - columns: those of the files.
    ///   - folder: the one in which they were staged.
    /// - Throws: `unsupportedType`.
    package init(
        staged files: [StagedFile], columns: [Publication.Column], of name: DatasetName, in folder: String
    ) throws(StoreError) {
        var stored: [Column] = []
        for column in columns {
            let storable = try StorableColumn(name: column.name, duckDBType: column.duckDBType, dataset: name)
            stored.append(Column(name: column.name, duckDBType: storable.duckDBType, type: storable.type))
        }
        self.init(
            name: name, pinned: PinnedVersion(version: Version(0), table: ""), columns: stored, partitionColumns: [],
            files: Self.plain(files, in: folder), description: nil, folder: folder, transactions: [:])
    }

    /// The same table, as if these files, which hold all of its columns, were its only ones.
    package func consisting(of files: [StagedFile]) -> TableSnapshot {
        var table = TableSnapshot(
            name: name, pinned: pinned,
            columns: columns.map {
                Column(name: $0.name, duckDBType: $0.duckDBType, type: $0.type, description: $0.description)
            },
            partitionColumns: [], files: Self.plain(files, in: folder), description: description, folder: folder,
            transactions: transactions)
        table.isForeign = isForeign
        return table
    }

    private static func plain(_ files: [StagedFile], in folder: String) -> Files {
        Files(
            files.filter { $0.rows > 0 }.map { file in
                File(
                    path: file.path, logPath: file.path, size: file.size, rows: file.rows, partitionValues: [:],
                    columns: .all, modified: 0, tags: [:])
            })
    }
}
