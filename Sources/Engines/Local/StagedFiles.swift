import DuckDB
import Foundation
import Store

/// The files that a `COPY` wrote.
enum StagedFiles {
    /// Reads the rows of `COPY … (RETURN_STATS)`. Files without rows are deleted: nothing would ever need them.
    static func read(_ rows: [Row]) -> [StagedFile] {
        rows.compactMap { row in
            guard let file = StagedFile(returnedBy: row) else { return nil }
            guard file.rows > 0 else {
                unlink(file.path)
                return nil
            }
            return file
        }
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
