import CLZ4
import CZstd

/// How the buffers of a body are compressed; numbered as in Arrow's metadata.
package enum Codec: Int8, Hashable, Sendable, CaseIterable {
    case lz4 = 0
    case zstd = 1
}

extension Codec {
    /// The most bytes that so many compressed ones can stand for.
    fileprivate func bound(_ compressed: Int) -> Int {
        switch self {
        // A byte of a match's length stands for at most 255.
        case .lz4: compressed.multipliedReportingOverflow(by: 255).partialValue
        // A block of four bytes can stand for 128 KiB.
        case .zstd: compressed.multipliedReportingOverflow(by: 1 << 15).partialValue + 1 << 17
        }
    }

    /// Nil when the result would not be smaller.
    func compress(_ buffer: Buffer, level: Int) throws -> Buffer? {
        let bound = self == .lz4 ? LZ4F_compressFrameBound(buffer.count, nil) : ZSTD_compressBound(buffer.count)
        // The length before it is the writer's, so it is left room for here.
        let memory = try HeapMemory(count: bound + 8)
        let written: Int
        switch self {
        case .lz4:
            var preferences = LZ4F_preferences_t()
            preferences.compressionLevel = Int32(clamping: level)
            written = LZ4F_compressFrame(memory.start + 8, bound, buffer.start, buffer.count, &preferences)
            guard LZ4F_isError(written) == 0 else { throw ColumnarError.limit("LZ4 cannot compress") }
        case .zstd:
            written = ZSTD_compress(memory.start + 8, bound, buffer.start, buffer.count, Int32(clamping: level))
            guard ZSTD_isError(written) == 0 else { throw ColumnarError.limit("Zstandard cannot compress") }
        }
        guard written < buffer.count else { return nil }
        memory.start.storeBytes(of: Int64(buffer.count).littleEndian, as: Int64.self)
        return Buffer(owner: memory, start: UnsafeRawPointer(memory.start), count: written + 8)
    }
}

/// Decompresses the buffers of one body. What the libraries need for that is made once.
final class Decompressor {
    private let codec: Codec
    private var lz4: OpaquePointer?
    private var zstd: OpaquePointer?

    init(_ codec: Codec) {
        self.codec = codec
    }

    deinit {
        LZ4F_freeDecompressionContext(lz4)
        ZSTD_freeDCtx(zstd)
    }

    /// - Parameter size: what the compressed bytes must give, to the byte.
    func decompress(_ compressed: Buffer, size: Int) throws -> Buffer {
        guard size <= codec.bound(compressed.count) else {
            throw ColumnarError.malformed("\(compressed.count) compressed bytes cannot be \(size)")
        }
        let memory = try HeapMemory(count: size)
        let written = try codec == .lz4 ? decompressLZ4(compressed, memory) : decompressZstandard(compressed, memory)
        guard written == size else { throw ColumnarError.malformed("\(written) bytes were compressed, not \(size)") }
        return Buffer(owner: memory, start: UnsafeRawPointer(memory.start), count: size)
    }

    private func decompressZstandard(_ compressed: Buffer, _ memory: HeapMemory) throws -> Int {
        if zstd == nil { zstd = ZSTD_createDCtx() }
        guard let zstd else { throw ColumnarError.limit("there is no memory for Zstandard") }
        let written = ZSTD_decompressDCtx(zstd, memory.start, memory.count, compressed.start, compressed.count)
        guard ZSTD_isError(written) == 0 else {
            throw ColumnarError.malformed("Zstandard: \(String(cString: ZSTD_getErrorName(written)))")
        }
        return written
    }

    private func decompressLZ4(_ compressed: Buffer, _ memory: HeapMemory) throws -> Int {
        if lz4 == nil { LZ4F_createDecompressionContext(&lz4, UInt32(LZ4F_VERSION)) }
        guard let lz4 else { throw ColumnarError.limit("there is no memory for LZ4") }
        LZ4F_resetDecompressionContext(lz4)
        var options = LZ4F_decompressOptions_t()
        // The bytes written so far stay where they are, so LZ4 needs no copy of them.
        options.stableDst = 1
        var read = 0
        var written = 0
        while true {
            var source = compressed.count - read
            var room = memory.count - written
            let hint = LZ4F_decompress(
                lz4, memory.start + written, &room, compressed.start + read, &source, &options)
            if LZ4F_isError(hint) != 0 {
                throw ColumnarError.malformed("LZ4: \(String(cString: LZ4F_getErrorName(hint)))")
            }
            read += source
            written += room
            if hint == 0 { return written }
            guard source > 0 || room > 0 else { throw ColumnarError.malformed("an LZ4 frame that does not end") }
        }
    }
}
