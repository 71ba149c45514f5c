import CZlib
import Foundation
package import Project

/// Makes sure that a compressed file is whole. DuckDB's readers take the end of a torn file for the end of the data,
/// and the rest would be lost without a word.
package enum Integrity {
    /// - Throws: a diagnostic that names the file. Task cancellation ends it early.
    package static func verify(_ path: String, compression: Ingest.Compression, at span: SourceSpan) throws {
        guard let file = fopen(path, "rb") else {
            throw Diagnostic.error("cannot open '\(path)': \(String(cString: strerror(errno)))", at: span)
        }
        defer { fclose(file) }
        switch compression {
        case .none: return
        case .gzip: try verifyGzip(file, path, span)
        case .zstd: try verifyZstandard(file, path, span)
        }
    }

    /// How a file's bytes are packed, by the name of the file when the user does not say.
    package static func compression(of path: String, in ingest: Ingest) -> Ingest.Compression {
        if ingest.format == .parquet { return .none }
        if let given = ingest.compression { return given }
        if path.hasSuffix(".gz") { return .gzip }
        return path.hasSuffix(".zst") || path.hasSuffix(".zstd") ? .zstd : .none
    }

    private static func torn(_ path: String, _ span: SourceSpan) -> Diagnostic {
        .error(
            "'\(path)' is truncated: the compressed data end in the middle", at: span,
            hint: "copy or download the file again; nothing of it was published")
    }

    private static func damaged(_ path: String, _ span: SourceSpan, _ format: String, _ reason: String) -> Diagnostic {
        .error(
            "'\(path)' is not a sound \(format) file: \(reason)", at: span,
            hint: "copy or download the file again, or set 'compression: none' if it is not compressed at all")
    }

    // MARK: gzip (RFC 1952)

    private static func verifyGzip(_ file: UnsafeMutablePointer<FILE>, _ path: String, _ span: SourceSpan) throws {
        var stream = z_stream()
        guard czlib_gzip_begin(&stream) == Z_OK else {
            throw damaged(path, span, "gzip", "no memory to unpack it")
        }
        defer { inflateEnd(&stream) }
        var input = [UInt8](repeating: 0, count: 1 << 18)
        var output = [UInt8](repeating: 0, count: 1 << 20)
        var ended = false
        try input.withUnsafeMutableBufferPointer { input in
            try output.withUnsafeMutableBufferPointer { output in
                while true {
                    try Task.checkCancellation()
                    let count = fread(input.baseAddress, 1, input.count, file)
                    if count == 0 { break }
                    stream.next_in = input.baseAddress
                    stream.avail_in = UInt32(count)
                    while stream.avail_in > 0 {
                        if ended {
                            // Another member may follow; zeros are padding.
                            guard let next = stream.next_in, next.pointee != 0 else { return }
                            inflateReset(&stream)
                            ended = false
                        }
                        stream.next_out = output.baseAddress
                        stream.avail_out = UInt32(output.count)
                        switch inflate(&stream, Z_NO_FLUSH) {
                        case Z_STREAM_END: ended = true
                        case Z_OK, Z_BUF_ERROR: break
                        default:
                            let reason = stream.msg.map { String(cString: $0) } ?? "its checksum is wrong"
                            throw damaged(path, span, "gzip", reason)
                        }
                    }
                }
                // What has been read but not yet put out is known to be there; only the end marker may be missing.
                if !ended {
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)
                    ended = inflate(&stream, Z_NO_FLUSH) == Z_STREAM_END
                }
            }
        }
        guard ended else { throw torn(path, span) }
    }

    // MARK: Zstandard (RFC 8878): frames are chains of blocks that tell their sizes

    private static func verifyZstandard(_ file: UnsafeMutablePointer<FILE>, _ path: String, _ span: SourceSpan) throws {
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        fseek(file, 0, SEEK_SET)
        var position = 0
        func bytes(_ count: Int) throws -> UInt64 {
            var buffer = [UInt8](repeating: 0, count: count)
            guard position + count <= size, fread(&buffer, 1, count, file) == count else { throw torn(path, span) }
            position += count
            return buffer.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        func skip(_ count: Int) throws {
            guard position + count <= size else { throw torn(path, span) }
            position += count
            fseek(file, position, SEEK_SET)
        }
        guard size > 0 else { throw torn(path, span) }
        while position < size {
            try Task.checkCancellation()
            let magic = try bytes(4)
            if magic & 0xFFFF_FFF0 == 0x184D_2A50 {
                try skip(Int(try bytes(4)))
                continue
            }
            guard magic == 0xFD2F_B528 else { throw damaged(path, span, "Zstandard", "it does not begin like one") }
            let descriptor = try bytes(1)
            let isSingleSegment = descriptor & 0x20 != 0
            let dictionary = [0, 1, 2, 4][Int(descriptor & 3)]
            let contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
            try skip((isSingleSegment ? 0 : 1) + dictionary + contentSize)
            var isLast = false
            while !isLast {
                let header = try bytes(3)
                isLast = header & 1 != 0
                let blockSize = Int(header >> 3)
                // A run-length block stores one byte, whatever its size.
                try skip((header >> 1) & 3 == 1 ? 1 : blockSize)
            }
            if descriptor & 4 != 0 { try skip(4) }
        }
    }
}
