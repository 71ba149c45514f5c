/// Files that hold deletion vectors, one after the other.
package enum DeletionVectorFile {
    private static let version: UInt8 = 1
    private static let portableMagic: UInt32 = 1_681_511_377
    /// Its numbers have their highest byte first.
    private static let nativeMagic: UInt32 = 1_681_511_376

    /// The rows of the vector at an offset.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - offset: where the vector begins, in bytes.
    ///   - size: its size as the log says, in bytes.
    /// - Throws: `corrupt` when the file is damaged there.
    package static func rows(bytes: [UInt8], offset: Int, size: Int) throws(DeltaLogError) -> RowSet {
        guard let first = bytes.first else { throw malformed("the file is empty") }
        guard first == version else { throw malformed("the file has the version \(first)") }
        guard offset > 0, offset < bytes.count else { throw malformed("it lies beyond the end of its file") }
        return try rows(block: bytes[offset...], size: size)
    }

    /// The rows of the vector that begins with the bytes.
    ///
    /// - Parameters:
    ///   - block: from the vector's offset on; at least `size` and eight bytes more.
    ///   - size: its size as the log says, in bytes.
    /// - Throws: `corrupt` when it is damaged.
    package static func rows(block: ArraySlice<UInt8>, size: Int) throws(DeltaLogError) -> RowSet {
        guard size >= 0, size <= block.count - 8 else { throw malformed("its file ends too early") }
        let start = block.startIndex
        guard bigEndian(block[start..<start + 4]) == UInt32(truncatingIfNeeded: size) else {
            throw malformed("its size is not what the log says")
        }
        let data = block[start + 4..<start + 4 + size]
        guard bigEndian(block[start + 4 + size..<start + 8 + size]) == CRC32.checksum(data) else {
            throw malformed("its checksum is wrong")
        }
        return try rows(data: data)
    }

    /// The rows of a vector without size and checksum.
    static func rows(data: ArraySlice<UInt8>) throws(DeltaLogError) -> RowSet {
        var reader = ByteReader(data)
        let magic = try reader.number(UInt32.self)
        switch magic {
        case portableMagic: return try RoaringBitmap.rows(in: data.dropFirst(4))
        case nativeMagic.byteSwapped: return try RoaringBitmap.nativeRows(in: data.dropFirst(4))
        default: throw malformed("it has the unknown format \(magic)")
        }
    }

    private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func malformed(_ what: String) -> DeltaLogError {
        DeltaLogError(.corrupt, "a deletion vector cannot be read: \(what)")
    }
}

/// The checksum of ISO 3309, as zlib computes it.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
}

/// The text encoding of ZeroMQ's RFC 32: five characters for four bytes.
enum Z85 {
    private static let alphabet = Array(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

    private static let values: [UInt8: UInt64] = Dictionary(
        uniqueKeysWithValues: alphabet.enumerated().map { ($1, UInt64($0)) })

    /// - Throws: `corrupt` when the text is not encoded so.
    static func decoded(_ text: ArraySlice<UInt8>) throws(DeltaLogError) -> [UInt8] {
        guard text.count.isMultiple(of: 5) else { throw malformed }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 5 * 4)
        for start in stride(from: text.startIndex, to: text.endIndex, by: 5) {
            var group: UInt64 = 0
            for character in text[start..<start + 5] {
                guard let value = values[character] else { throw malformed }
                group = group * 85 + value
            }
            guard group <= UInt64(UInt32.max) else { throw malformed }
            for shift in [24, 16, 8, 0] as [UInt64] { bytes.append(UInt8(truncatingIfNeeded: group >> shift)) }
        }
        return bytes
    }

    private static var malformed: DeltaLogError {
        DeltaLogError(.corrupt, "a deletion vector cannot be read: it is no text in Z85")
    }
}
