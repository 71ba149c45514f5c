import Foundation
package import Project

/// What the first and last bytes of a file already tell: before anything is read, a file that cannot be what it should
/// be is named.
package enum FileHead {
    package static func problem(of path: String, in ingest: Ingest) -> Diagnostic? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        let span = ingest.files.first?.span
        let head = bytes(4, of: file)
        if head.isEmpty, ingest.format != .jsonl {
            return .error(
                "'\(path)' is empty" + (ingest.format == .csv ? ": it has not even a header line" : ""), at: span,
                hint: "remove the file, or write it again; the last version stays live")
        }
        switch Integrity.compression(of: path, in: ingest) {
        case .gzip where !head.isEmpty && !head.starts(with: [0x1F, 0x8B]):
            return misnamed(path, "gzip", span)
        case .zstd
        where !head.isEmpty && !head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) && head.first.map { $0 & 0xF0 } != 0x50:
            return misnamed(path, "Zstandard", span)
        default: break
        }
        if ingest.format == .parquet {
            fseek(file, -4, SEEK_END)
            let mark = Array("PAR1".utf8)
            guard head == mark, bytes(4, of: file) == mark else {
                return .error(
                    "'\(path)' is not a whole Parquet file", at: span,
                    hint: "copy or download the file again, or name its true format under 'format'")
            }
        }
        return nil
    }

    private static func bytes(_ count: Int, of file: UnsafeMutablePointer<FILE>) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let count = fread(&buffer, 1, count, file)
        return Array(buffer.prefix(count))
    }

    private static func misnamed(_ path: String, _ format: String, _ span: SourceSpan?) -> Diagnostic {
        .error(
            "'\(path)' is not a \(format) file, as its name says", at: span,
            hint: "set 'compression: none' if it is not compressed, or copy the file again")
    }
}
