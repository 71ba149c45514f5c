package import DuckDB
import Project

extension TableSnapshot {
    /// What an error of DuckDB, met while it read `scanSQL`, says about the table's files: one is missing, damaged, or
    /// not of the columns' types. Nil when the error is about something else.
    package func fault(of error: DuckDBError) -> StoreError? {
        let message = error.message
        let reason: String
        let code: StoreError.Code
        if message.contains("No files found that match") || message.contains("Cannot open file") {
            (code, reason) = (.missingFile, "is missing")
        } else if message.contains("No magic bytes") || message.contains("too small to be a Parquet file") {
            (code, reason) = (.corruptFile, "is no whole Parquet file")
        } else if message.hasPrefix("Failed to read file") || message.contains("TProtocolException")
            || message.contains("don't know what type")
        {
            (code, reason) = (.corruptFile, "is damaged")
        } else if message.contains("failed to cast column") {
            (code, reason) = (.corruptFile, "has a column that is not of the table's type")
        } else {
            return nil
        }
        let file = Self.file(in: message)
        // Without a name in the message it may be about any file that the query read.
        if let file, !file.hasPrefix(folder), !files.contains(where: { $0.path == file }) { return nil }
        return StoreError(
            code, dataset: name, path: file ?? folder,
            message: "\(name): \(file == nil ? "a file" : "the file") of version \(pinned.version) \(reason)",
            hint: "Restore the file from a copy, or make a new version of the table.")
    }

    /// The file that a message names in quotes.
    private static func file(in message: String) -> String? {
        guard let start = message.firstIndex(where: { $0 == "\"" || $0 == "'" }) else { return nil }
        let rest = message[message.index(after: start)...]
        guard let end = rest.firstIndex(of: message[start]) else { return nil }
        var file = String(rest[..<end])
        for wild in ["*", "?", "["] { file = file.replacing("[\(wild)]", with: wild) }
        return file
    }
}
