import DuckDB
import Foundation
import Store

/// The files that a `COPY` wrote.
enum StagedFiles {
    /// Reads the rows of `COPY … (RETURN_STATS)`. Files without rows are deleted: nothing would ever need them.
    static func read(_ rows: [Row], partitionBy: [String]) throws -> [StagedFile] {
        var files: [StagedFile] = []
        for row in rows {
            guard let path = row["filename"].text, let count = row["count"].int, let size = row["file_size_bytes"].int
            else { continue }
            guard count > 0 else {
                unlink(path)
                continue
            }
            var statistics: [String: [String: String]] = [:]
            for column in row["column_statistics"].map ?? [] {
                guard let name = column.key.text else { continue }
                statistics[name] = Dictionary(
                    (column.value.map ?? []).compactMap { entry in
                        entry.key.text.flatMap { key in entry.value.text.map { (key, $0) } }
                    }, uniquingKeysWith: { first, _ in first })
            }
            var partition: [String: String?] = [:]
            for name in partitionBy { partition[name] = .some(row["partition_keys"][name].text) }
            files.append(
                StagedFile(
                    path: path, size: Int(size), rows: Int(count), partitionValues: partition,
                    columnStatistics: statistics))
        }
        return files
    }

    /// Deletes the files of one attempt, also in folders of partitions.
    static func remove(in folder: String, prefix: String) {
        guard let entries = FileManager.default.enumerator(atPath: folder) else { return }
        for case let path as String in entries {
            if path == "_delta_log" { entries.skipDescendants() }
            if path.split(separator: "/").last?.hasPrefix(prefix) == true { unlink(folder + "/" + path) }
        }
    }
}
