package import DuckDB

extension StagedFile {
    /// A file as DuckDB reports it: a row of what `COPY … (FORMAT parquet, RETURN_STATS)` returns.
    ///
    /// - Returns: nil when the row is no such report.
    package init?(returnedBy row: Row) {
        guard let path = row["filename"].text, let rows = row["count"].int, let size = row["file_size_bytes"].int else {
            return nil
        }
        var statistics: [String: [String: String]] = [:]
        for column in row["column_statistics"].map ?? [] {
            guard let name = column.key.text else { continue }
            var texts: [String: String] = [:]
            for entry in column.value.map ?? [] {
                if let key = entry.key.text { texts[key] = entry.value.text }
            }
            statistics[name] = texts
        }
        var values: [String: String?] = [:]
        for entry in row["partition_keys"].map ?? [] {
            if let key = entry.key.text { values.updateValue(entry.value.text, forKey: key) }
        }
        self.init(
            path: path, size: Int(size), rows: Int(rows), partitionValues: values, columnStatistics: statistics)
    }
}
