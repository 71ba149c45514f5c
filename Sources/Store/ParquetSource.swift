import DuckDB

/// Parquet files as DuckDB reads them.
enum ParquetSource {
    /// `read_parquet` of exactly these files: no columns from their folders' names, no wildcards in theirs.
    static func reader(of files: [String], unionByName: Bool = false) -> String {
        let list = files.map { SQL.literal(literalPattern($0)) }.joined(separator: ", ")
        return "read_parquet([\(list)], hive_partitioning = false\(unionByName ? ", union_by_name = true" : ""))"
    }

    /// DuckDB takes every path for a pattern; a character in brackets stands for itself.
    private static func literalPattern(_ path: String) -> String {
        guard path.utf8.contains(where: { [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "[")].contains($0) })
        else {
            return path
        }
        var pattern = ""
        for character in path {
            pattern += ["*", "?", "["].contains(character) ? "[\(character)]" : String(character)
        }
        return pattern
    }
}
