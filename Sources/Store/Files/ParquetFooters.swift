package import DeltaLog
package import DuckDB

/// What the footers of Parquet files say that another engine has written.
package enum ParquetFooters {
    /// The files in a folder and in its subfolders, sorted by path; none when there is no such folder.
    ///
    /// - Parameters:
    ///   - folder: as DuckDB opens it.
    ///   - columns: those whose statistics are wanted.
    /// - Returns: the files; their `partitionValues` are what the names of the subfolders say (`NAME=VALUE`).
    package static func files(
        in folder: String, columns: [(name: String, type: DeltaType)], on connection: Connection
    ) throws -> [StagedFile] {
        let pattern = SQL.literal("\(folder.literalPattern)/**/*.parquet")
        let found = try connection.query("SELECT file FROM glob(\(pattern)) ORDER BY file").compactMap { $0[0].text }
        guard !found.isEmpty else { return [] }
        let list = found.map { SQL.literal($0.literalPattern) }.joined(separator: ", ")
        var files: [String: StagedFile] = [:]
        let sizes = try connection.query(
            "SELECT file_name, num_rows, file_size_bytes FROM parquet_file_metadata([\(list)])")
        for row in sizes {
            guard let path = row[0].text, let rows = row[1].int, let size = row[2].int else { continue }
            files[path] = StagedFile(
                path: path, size: Int(size), rows: Int(rows), partitionValues: values(in: path, below: folder))
        }
        let leaves = columns.flatMap { Self.leaves(of: $0.type, at: [$0.name]) }
        guard !leaves.isEmpty else { return found.compactMap { files[$0] } }
        let table = "\"_millrace_footers\""
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(table) AS
            SELECT file_name, path_in_schema, num_values, stats_null_count, stats_min_value, stats_max_value
            FROM parquet_metadata([\(list)])
            """)
        defer { try? connection.execute("DROP TABLE IF EXISTS \(table)") }
        for start in stride(from: 0, to: leaves.count, by: columnsAtOnce) {
            let some = leaves[start..<min(start + columnsAtOnce, leaves.count)]
            let parts = some.enumerated().map { index, leaf in bounds(of: leaf, number: start + index, in: table) }
            for row in try connection.query(parts.joined(separator: "\nUNION ALL\n")) {
                guard let path = row[0].text, let number = row[1].int else { continue }
                var texts: [String: String] = [:]
                texts["null_count"] = row[2].int.map(String.init)
                texts["min"] = row[3].text
                texts["max"] = row[4].text
                let name = leaves[Int(number)].path.map(SQL.quoted).joined(separator: ".")
                files[path]?.columnStatistics[name] = texts
            }
        }
        return found.compactMap { files[$0] }
    }

    /// So many columns are asked for in one statement.
    private static let columnsAtOnce = 50

    private struct Leaf {
        var path: [String]
        var type: DeltaType
    }

    private static func leaves(of type: DeltaType, at path: [String]) -> [Leaf] {
        if case .structure(let fields) = type { return fields.flatMap { leaves(of: $0.type, at: path + [$0.name]) } }
        return type.isPrimitive && type != .void ? [Leaf(path: path, type: type)] : []
    }

    /// The column's bounds over all row groups of each file. One that has values and does not tell its bounds leaves
    /// the file without any: that is how floating numbers that are not numbers look.
    private static func bounds(of leaf: Leaf, number: Int, in table: String) -> String {
        let type = leaf.type.duckDBType.text
        let isWhole = """
            NOT bool_or((stats_min_value IS NULL OR stats_max_value IS NULL) \
            AND (stats_null_count IS NULL OR num_values > stats_null_count))
            """
        func bound(_ aggregate: String, _ column: String) -> String {
            "CASE WHEN \(isWhole) THEN \(aggregate)(\(column), TRY_CAST(\(column) AS \(type))) END"
        }
        return """
            SELECT file_name, \(number), \
            CASE WHEN bool_and(stats_null_count IS NOT NULL) THEN sum(stats_null_count)::BIGINT END, \
            \(bound("arg_min", "stats_min_value")), \(bound("arg_max", "stats_max_value"))
            FROM \(table) WHERE path_in_schema = \(SQL.literal(leaf.path.joined(separator: ", "))) GROUP BY file_name
            """
    }

    /// The name that a folder has for NULL.
    private static let null = "__HIVE_DEFAULT_PARTITION__"

    private static func values(in path: String, below folder: String) -> [String: String?] {
        var values: [String: String?] = [:]
        let inside = path.utf8.dropFirst(folder.utf8.count).split(separator: UInt8(ascii: "/")).dropLast()
        for name in inside {
            guard let sign = name.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = decoded(name[name.index(after: sign)...])
            values.updateValue(value == null ? nil : value, forKey: decoded(name[..<sign]))
        }
        return values
    }

    /// Hive writes characters that a path cannot have as `%` and two digits.
    private static func decoded(_ text: Substring.UTF8View.SubSequence) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let code = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
