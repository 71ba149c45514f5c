import DeltaLog
import DuckDB

extension TableSnapshot {
    /// A SELECT of the version's rows that any connection of DuckDB can run: the table's columns in its order and types.
    ///
    /// Files of Millrace are read as they are. For others a missing column is NULL, and a partition column has the value
    /// that the log gives for the file.
    package var scanSQL: String {
        let exact = files.filter { $0.columns == .all }
        let fewer = files.filter { $0.columns == .fewer }
        let foreign = files.filter { $0.columns == .unknown }
        var parts: [String] = []
        if !exact.isEmpty {
            parts.append("SELECT \(names) FROM \(ParquetSource.reader(of: exact.map(\.path)))")
        }
        if !fewer.isEmpty { parts.append(completed(fewer, constants: [:])) }
        for group in groupedByPartition(foreign) {
            parts.append(completed(group, constants: partitionConstants(of: group)))
        }
        return parts.isEmpty ? emptySQL : parts.joined(separator: "\nUNION ALL\n")
    }

    /// A SELECT of no rows with the table's columns.
    package var emptySQL: String {
        let columns = columns.map { "CAST(NULL AS \($0.duckDBType)) AS \(SQL.quoted($0.name))" }
        return "SELECT \(columns.joined(separator: ", ")) WHERE false"
    }

    private var names: String { columns.map { SQL.quoted($0.name) }.joined(separator: ", ") }

    /// The files' rows with every column of the table. The empty SELECT gives the names and types of those that no file
    /// has.
    private func completed(_ files: [File], constants: [String: String]) -> String {
        let stored = columns.filter { constants[$0.name] == nil }
        let typed = stored.map { "CAST(NULL AS \($0.duckDBType)) AS \(SQL.quoted($0.name))" }.joined(separator: ", ")
        let selected = columns.map { column in
            "\(constants[column.name] ?? "CAST(\(SQL.quoted(column.name)) AS \(column.duckDBType))") AS "
                + SQL.quoted(column.name)
        }
        let excluded = constants.keys.sorted().map { SQL.literal($0) }.joined(separator: ", ")
        let found = constants.isEmpty ? "*" : "COLUMNS(lambda name: name NOT IN (\(excluded)))"
        let reader = ParquetSource.reader(of: files.map(\.path), unionByName: true)
        return """
            SELECT \(selected.joined(separator: ", ")) FROM (
                SELECT \(typed) WHERE false UNION ALL BY NAME SELECT \(found) FROM \(reader)
            )
            """
    }

    private func groupedByPartition(_ files: [File]) -> [[File]] {
        guard !partitionColumns.isEmpty else { return files.isEmpty ? [] : [files] }
        var groups: [[File]] = []
        var indices: [[String?]: Int] = [:]
        for file in files {
            let key = partitionColumns.map { file.partitionValues[$0] ?? nil }
            if let index = indices[key] {
                groups[index].append(file)
            } else {
                indices[key] = groups.count
                groups.append([file])
            }
        }
        return groups
    }

    private func partitionConstants(of group: [File]) -> [String: String] {
        var constants: [String: String] = [:]
        for column in columns where partitionColumns.contains(column.name) {
            constants[column.name] = PartitionValue.literal(
                group.first?.partitionValues[column.name] ?? nil, type: column.type)
        }
        return constants
    }
}
