package import DuckDB
import Project

extension TableSnapshot {
    /// Runs statements that read tables: an error that is about their files is thrown as a `StoreError` which names the
    /// file.
    package static func reading<R>(
        _ tables: [TableSnapshot], on connection: Connection, _ work: () throws -> R
    ) throws -> R {
        do {
            return try work()
        } catch let error as DuckDBError {
            throw fault(of: error, in: tables, on: connection)?.error ?? error
        }
    }

    /// What an error of DuckDB, met while it read the `scanSQL` of tables, says about their files.
    ///
    /// Of most damage DuckDB tells neither the table nor the file. Then each file is read by itself until one fails, which
    /// costs what one scan of the tables costs.
    ///
    /// - Returns: the index of the table, and what is wrong with it; nil when the error is about something else.
    package static func fault(
        of error: DuckDBError, in tables: [TableSnapshot], on connection: Connection
    ) -> (table: Int, error: StoreError)? {
        let named = tables.enumerated().compactMap { index, table in table.fault(of: error).map { (index, $0) } }
        if let found = named.first(where: { $0.1.path != tables[$0.0].folder }) { return found }
        // Also where only one table can be meant, its folder is a poor answer.
        guard !named.isEmpty || error.mayBeDamage else { return nil }
        return unreadableFile(of: tables, on: connection) ?? (tables.count == 1 ? named.first : nil)
    }

    /// What an error says about the table's files by its words alone: one is missing, damaged, or not of the columns'
    /// types. The path is the table's folder when they do not name the file. Nil when the error is about something else.
    func fault(of error: DuckDBError) -> StoreError? {
        guard let (code, reason) = error.fileFault else { return nil }
        let file = error.quotedFile
        // Without a name in the message it may be about any file that the query read.
        if let file, !file.hasPrefix(folder), !files.contains(where: { $0.path == file }) { return nil }
        return fault(code, of: file, reason)
    }

    private func fault(_ code: StoreError.Code, of file: String?, _ reason: String) -> StoreError {
        let owner = name.owner ?? name
        return StoreError(
            code, dataset: name, path: file ?? folder,
            message: "\(name): a file of version \(pinned.version) \(reason)",
            hint: isForeign
                ? "Restore the file from a copy, or ask whoever writes the table."
                : "Restore the file from a copy, or make the table anew: millrace run --full-refresh \(owner)")
    }

    // MARK: Reading file by file

    /// More files than this are not looked at.
    private static let mostSuspects = 100_000

    /// Files that are read at once, and one by one only when that fails.
    private static let suspectsAtOnce = 32

    private static func unreadableFile(
        of tables: [TableSnapshot], on connection: Connection
    ) -> (table: Int, error: StoreError)? {
        // A fault of DuckDB itself may have made the database unusable: then no file would be readable.
        guard (try? connection.execute("SELECT 1")) != nil else { return nil }
        var left = mostSuspects
        for (index, table) in tables.enumerated() {
            let count = min(table.files.count, left)
            left -= count
            for start in stride(from: 0, to: count, by: suspectsAtOnce) {
                let files = table.files[start..<min(start + suspectsAtOnce, count)]
                guard let error = table.error(reading: Array(files), on: connection) else { continue }
                guard error.mayBeDamage || error.fileFault != nil else { return nil }
                for file in files {
                    guard let error = table.error(reading: [file], on: connection) else { continue }
                    guard error.mayBeDamage || error.fileFault != nil else { return nil }
                    let (code, reason) = error.fileFault ?? (.corruptFile, "is damaged")
                    return (index, table.fault(code, of: file.path, reason))
                }
            }
        }
        return nil
    }

    private func error(reading suspects: [File], on connection: Connection) -> DuckDBError? {
        var suspicious = restricted(to: Files(suspects))
        suspicious.parts = nil
        do {
            // What only counts does not look at the values.
            try connection.execute("SELECT bit_xor(hash(COLUMNS(*))) FROM (\(suspicious.scanSQL))")
            return nil
        } catch let error as DuckDBError {
            return error
        } catch {
            return nil
        }
    }
}

extension DuckDBError {
    /// What the words say about a Parquet file.
    fileprivate var fileFault: (code: StoreError.Code, reason: String)? {
        if message.contains("No files found that match") || message.contains("Cannot open file") {
            (.missingFile, "is missing")
        } else if message.contains("No magic bytes") || message.contains("too small to be a Parquet file") {
            (.corruptFile, "is no whole Parquet file")
        } else if message.hasPrefix("Failed to read file") || message.hasPrefix("Could not read enough bytes") {
            (.corruptFile, "is damaged")
        } else if message.contains("failed to cast column") {
            (.corruptFile, "has a column that is not of the table's type")
        } else {
            nil
        }
    }

    /// Whether it may come of damaged bytes, although no file is named: what DuckDB's readers stumble over they throw
    /// without a kind. No error about SQL or values is like that.
    fileprivate var mayBeDamage: Bool {
        switch code {
        case .unclassified, .internalError, .fatal: true
        case .io: quotedFile == nil && !message.contains("No space left")
        case .invalidInput: message.contains("Parquet") || message.contains("string encoding")
        default: false
        }
    }

    /// The file that the message names in quotes.
    fileprivate var quotedFile: String? {
        guard let start = message.firstIndex(where: { $0 == "\"" || $0 == "'" }) else { return nil }
        let rest = message[message.index(after: start)...]
        guard let end = rest.firstIndex(of: message[start]) else { return nil }
        var file = String(rest[..<end])
        for wild in ["*", "?", "["] { file = file.replacing("[\(wild)]", with: wild) }
        return file
    }
}
