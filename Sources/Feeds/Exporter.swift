package import DuckDB
import Foundation
import Project
import Queries

/// A format of files for training.
package enum ExportFormat: String, Sendable, CaseIterable {
    case parquet, jsonl

    var copyOptions: String {
        switch self {
        case .parquet: "FORMAT parquet, COMPRESSION zstd"
        case .jsonl: "FORMAT json"
        }
    }
}

/// A file that was exported.
package struct ExportedFile: Sendable {
    package var path: String
    package var rows: Int
    /// In bytes.
    package var bytes: Int
}

/// Writes training files. A file appears under its name only when it is whole.
package enum Exporter {
    /// - Parameters:
    ///   - path: absolute; its folder is made if need be.
    ///   - overwrite: replace a file of that name.
    /// - Throws: a `Diagnostic` when the file is there already or cannot be written; `DuckDBError`.
    package static func write(
        _ query: String, format: ExportFormat, to path: String, overwrite: Bool, on connection: Connection
    ) throws -> ExportedFile {
        if !overwrite, access(path, F_OK) == 0 {
            throw Diagnostic.error(
                "'\(path)' is there already", hint: "give --force to replace it, or another --output")
        }
        let url = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw Diagnostic.error(
                "cannot make the folder '\(url.deletingLastPathComponent().path)'", notes: [error.localizedDescription],
                hint: "choose another place with --output")
        }
        let temporary = url.deletingLastPathComponent().path + "/.\(url.lastPathComponent).\(getpid()).tmp"
        defer { unlink(temporary) }
        let rows = try connection.query("COPY (\(query)) TO \(Quote.text(temporary)) (\(format.copyOptions))")
        guard rename(temporary, path) == 0 else {
            throw Diagnostic.error("cannot write '\(path)': \(String(cString: strerror(errno)))")
        }
        var status = stat()
        stat(path, &status)
        return ExportedFile(path: path, rows: Int(rows.first?[0].int ?? 0), bytes: Int(status.st_size))
    }
}
