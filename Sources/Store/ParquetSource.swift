import DuckDB

/// Parquet files as DuckDB reads them.
package enum ParquetSource {
    /// `read_parquet` of exactly these files: no columns from their folders' names, no wildcards in theirs.
    package static func reader(of files: [String], unionByName: Bool = false) -> String {
        reader(of: files, options: unionByName ? ["union_by_name = true"] : [])
    }

    static func reader(of files: some Collection<String>, options: [String]) -> String {
        let list = files.map { SQL.literal($0.literalPattern) }.joined(separator: ", ")
        let options = ["hive_partitioning = false"] + options
        return "read_parquet([\(list)], \(options.joined(separator: ", ")))"
    }

    /// A file's name as a pattern that stands for itself: DuckDB takes every name for a pattern.
    package static func literalPattern(_ path: String) -> String { path.literalPattern }
}

extension String {
    /// The path as one of DuckDB's patterns that only it matches; a character in brackets stands for itself.
    var literalPattern: String {
        let wild: [UInt8] = [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "[")]
        guard utf8.contains(where: wild.contains) else { return self }
        var pattern = ""
        for scalar in unicodeScalars {
            if scalar == "*" || scalar == "?" || scalar == "[" {
                pattern += "[\(scalar)]"
            } else {
                pattern.unicodeScalars.append(scalar)
            }
        }
        return pattern
    }
}
