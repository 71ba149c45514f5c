import DuckDB
import FoundationEssentials

/// Writes rows into new files of a table's folder, which no commit names yet.
struct DataFileWriter: Sendable {
    /// The table's folder as DuckDB opens it.
    let folder: String
    let partitionColumns: [String]
    /// Of a file, in bytes.
    let fileSize: Int
    /// What the names of all files begin with: unique to this writer.
    let prefix: String

    init(
        folder: String, partitionColumns: [String], fileSize: Int = ParquetOptions.standardFileSize,
        prefix: String = "part-\(UUID().uuidString.lowercased())"
    ) {
        self.folder = folder
        self.partitionColumns = partitionColumns
        self.fileSize = fileSize
        self.prefix = prefix
    }

    /// Partitions that one statement may write to. DuckDB keeps that many files open; for more it closes some, and
    /// begins others for the same partition.
    static let partitionsAtOnce = 64

    /// Writes rows in any order, those of each partition into one file.
    ///
    /// - Parameters:
    ///   - select: a SELECT of the table's columns.
    ///   - number: tells this statement's files from those of others of this writer.
    func write(_ select: String, number: Int, on connection: Connection) throws -> [StagedFile] {
        // Two partitions may share a folder: that of NULL, and that of the text by which NULL's is called.
        let pattern = "\(prefix)-\(number)-\(partitionColumns.isEmpty ? "{i}" : "{uuid}")"
        var options = ParquetOptions.copy + ["FILENAME_PATTERN \(SQL.literal(pattern))"]
        if partitionColumns.isEmpty {
            options.append(ParquetOptions.fileSize(fileSize))
        } else {
            let names = partitionColumns.map(SQL.quoted).joined(separator: ", ")
            options += ["PARTITION_BY (\(names))", "WRITE_PARTITION_COLUMNS true"]
        }
        return try copy(select, to: folder, options, on: connection)
    }

    /// Writes rows in the order given, all of one partition.
    ///
    /// - Parameters:
    ///   - select: a SELECT of the table's columns and whatever `order` needs.
    ///   - columns: the table's columns.
    ///   - order: SQL of what to sort by.
    ///   - bytes: about how large it will be.
    ///   - subfolder: in the table's folder, where the partition's other files are; empty without partitions.
    func write(
        _ select: String, columns: [String], sortedBy order: String, bytes: Int, in subfolder: String, number: Int,
        on connection: Connection
    ) throws -> [StagedFile] {
        let names = columns.map(SQL.quoted).joined(separator: ", ")
        let place = subfolder.isEmpty ? folder : "\(folder)/\(subfolder)"
        func file(_ index: Int) -> String { "\(place)/\(prefix)-\(number)-\(index).parquet" }
        let parts = max(1, (bytes + fileSize / 2) / fileSize)
        let options = ParquetOptions.copy.filter { $0 != "OVERWRITE_OR_IGNORE" }
        guard parts > 1 else {
            return try copy("SELECT \(names) FROM (\(select)) ORDER BY \(order)", to: file(0), options, on: connection)
        }
        // Several files at once would not keep the order. The sorted rows spill like any other.
        let table = "\"_millrace_sorted\""
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(table) AS SELECT \(names) FROM (\(select)) ORDER BY \(order)")
        defer { try? connection.execute("DROP TABLE IF EXISTS \(table)") }
        let rows = Int(try connection.query("SELECT count(*) AS n FROM \(table)").first?["n"].int ?? 0)
        let length = max(1, (rows + parts - 1) / parts)
        var files: [StagedFile] = []
        for (index, start) in stride(from: 0, to: rows, by: length).enumerated() {
            files += try copy(
                "SELECT * FROM \(table) WHERE rowid >= \(start) AND rowid < \(start + length)", to: file(index),
                options,
                on: connection)
        }
        return files
    }

    private func copy(
        _ select: String, to target: String, _ options: [String], on connection: Connection
    ) throws -> [StagedFile] {
        try connection.query("COPY (\(select)\n) TO \(SQL.literal(target)) (\(options.joined(separator: ", ")))")
            .compactMap { StagedFile(returnedBy: $0) }
    }
}
