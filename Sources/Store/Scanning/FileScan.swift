import DeltaLog
import DuckDB

/// The rows of a snapshot's files as SQL.
struct FileScan {
    private typealias File = TableSnapshot.File
    private typealias Column = TableSnapshot.Column

    private let snapshot: TableSnapshot
    private let columns: [TableSnapshot.Column]
    private let fileColumn: String?

    init(snapshot: TableSnapshot, columns: [TableSnapshot.Column], fileColumn: String?) {
        self.snapshot = snapshot
        self.columns = columns
        self.fileColumn = fileColumn
    }

    /// Nil when there are no files.
    var sql: String? {
        var exact: [String] = []
        var groups: [Group: [File]] = [:]
        let isPlain = snapshot.mapping == .none && canReadAsIs
        let texts = snapshot.columns.filter { snapshot.partitionColumns.contains($0.name) && $0.type == .string }
        for file in snapshot.files {
            let hasDeletions = file.deletionVector != nil
            let mayBeEmpty = texts.contains { (file.partitionValues[$0.name] ?? nil) == nil }
            if isPlain, file.columns == .all, !hasDeletions, !mayBeEmpty {
                exact.append(file.path)
            } else {
                let group = Group(isOwn: file.columns != .unknown, hasDeletions: hasDeletions)
                groups[group, default: []].append(file)
            }
        }
        var parts: [String] = []
        if !exact.isEmpty { parts.append(read(exact)) }
        for group in Group.all {
            if let files = groups[group] { parts.append(complete(files, group)) }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "\nUNION ALL\n")
    }

    /// Files that are read by one call.
    private struct Group: Hashable {
        /// Millrace wrote them: they hold the columns that the table is partitioned by.
        var isOwn: Bool
        var hasDeletions: Bool

        static let all = [
            Group(isOwn: true, hasDeletions: false), Group(isOwn: false, hasDeletions: false),
            Group(isOwn: true, hasDeletions: true), Group(isOwn: false, hasDeletions: true),
        ]
    }

    /// DuckDB's own columns are hidden by those of a table that have their names.
    private var canReadAsIs: Bool {
        fileColumn == nil || !snapshot.columns.contains { $0.name.lowercased() == "filename" }
    }

    /// Files that have every column, in the table's types.
    private func read(_ files: [String]) -> String {
        var selected = columns.map { SQL.quoted($0.name) }
        if let fileColumn { selected.append("filename AS \(SQL.quoted(fileColumn))") }
        if selected.isEmpty { selected.append("1") }
        return "SELECT \(selected.joined(separator: ", ")) FROM \(ParquetSource.reader(of: files))"
    }

    /// Files that are read by the table's columns rather than by their own.
    private func complete(_ files: [File], _ group: Group) -> String {
        let isInLog = { (column: Column) in !group.isOwn && snapshot.partitionColumns.contains(column.name) }
        let partitions = PartitionTable(columns.filter(isInLog), of: files)
        let mapping = group.isOwn ? snapshot.mapping.ofOwnFiles : snapshot.mapping
        var stored: [PhysicalColumn] = []
        var selected: [String] = []
        for column in columns {
            if let value = partitions.expression(of: column) {
                selected.append("\(value) AS \(SQL.quoted(column.name))")
            } else {
                // Aliases, because a table's column may have the name of one of DuckDB's own.
                let physical = PhysicalColumn(column, alias: "c\(stored.count)", mapping: mapping)
                stored.append(physical)
                // For the protocol, and so for all other readers, an empty text that partitions a table is NULL.
                let isEmptyNull = column.type == .string && snapshot.partitionColumns.contains(column.name)
                let value = isEmptyNull ? "nullif(\(physical.expression), '')" : physical.expression
                selected.append("\(value) AS \(SQL.quoted(column.name))")
            }
        }
        if let fileColumn { selected.append("f.filename AS \(SQL.quoted(fileColumn))") }
        if selected.isEmpty { selected.append("1") }
        // Without a column to read there would be no rows to count.
        if stored.isEmpty { stored.append(.none) }

        let schema = "schema = MAP {\(stored.map(\.definition).joined(separator: ", "))}"
        // DuckDB takes files with a schema for empty, and would build the hash table of a join from them.
        let cardinality = "explicit_cardinality = \(Self.rows(in: files))"
        var source = "\(ParquetSource.reader(of: files.map(\.path), options: [schema, cardinality])) AS f"
        if let values = partitions.sql { source += "\nJOIN (\(values)) AS p ON p.file = f.file_index" }
        if group.hasDeletions {
            let deletions = DeletionTable(
                files.map { file in file.deletionVector.flatMap { snapshot.deletions[$0.uniqueID] } ?? RowSet() })
            source += "\nLEFT JOIN (\(deletions.sql)) AS d ON \(deletions.condition)\nWHERE \(deletions.isKept)"
        }
        return "SELECT \(selected.joined(separator: ", ")) FROM \(source)"
    }
}

extension FileScan {
    /// About as many rows as the files have; where one does not tell, as its size lets suppose. At least one.
    private static func rows(in files: [TableSnapshot.File]) -> Int {
        let bytesPerRow = 50
        var rows = 0
        for file in files {
            let (sum, overflows) = rows.addingReportingOverflow(max(file.rows ?? file.size / bytesPerRow, 0))
            if overflows { return Int.max }
            rows = sum
        }
        return max(rows, 1)
    }
}

extension ColumnMappingMode {
    /// How columns are found in files of Millrace, which writes no field numbers.
    fileprivate var ofOwnFiles: ColumnMappingMode { self == .id ? .name : self }
}
