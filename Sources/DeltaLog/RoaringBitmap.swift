/// Reads 64-bit Roaring bitmaps in the portable format of the Roaring specification.
///
/// What it makes takes memory in proportion to the bytes that it reads, whatever they say.
enum RoaringBitmap {
    private enum Cookie {
        static let withoutRuns: UInt32 = 12_346
        static let withRuns: UInt32 = 12_347
    }

    /// From so many containers on, their offsets are listed even when there are runs.
    private static let offsetThreshold = 4
    private static let arrayLimit = 4_096

    /// - Throws: `corrupt` when the bytes are no bitmap, or the rows in it do not ascend.
    static func rows(in bytes: ArraySlice<UInt8>) throws(DeltaLogError) -> RowSet {
        var reader = ByteReader(bytes)
        let buckets = try reader.number(UInt64.self)
        var rows = RowSet()
        for _ in 0..<buckets {
            // Ends at the latest when the bytes do: each bucket takes some.
            let high = try reader.number(UInt32.self)
            // A file has fewer than 2^63 rows.
            guard high < UInt32(1) << 31 else { throw malformed("a row beyond the end of any file") }
            try readBucket(&reader, base: Int(high) << 32, into: &rows)
        }
        guard reader.isAtEnd else { throw malformed("\(reader.remaining) bytes too many") }
        return rows
    }

    /// Reads the format of before the portable one, which the protocol's examples still have: the bitmaps of all buckets
    /// from the first on, each with its size.
    ///
    /// - Throws: as `rows(in:)`.
    static func nativeRows(in bytes: ArraySlice<UInt8>) throws(DeltaLogError) -> RowSet {
        var reader = ByteReader(bytes)
        let buckets = try reader.number(UInt32.self).byteSwapped
        var rows = RowSet()
        for bucket in 0..<buckets {
            guard bucket < UInt32(1) << 31 else { throw malformed("a row beyond the end of any file") }
            var inner = ByteReader(try reader.bytes(Int(try reader.number(UInt32.self).byteSwapped)))
            try readBucket(&inner, base: Int(bucket) << 32, into: &rows)
        }
        guard reader.isAtEnd else { throw malformed("\(reader.remaining) bytes too many") }
        return rows
    }

    private static func readBucket(
        _ reader: inout ByteReader, base: Int, into rows: inout RowSet
    ) throws(DeltaLogError) {
        let cookie = try reader.number(UInt32.self)
        let count: Int
        var hasRuns: [UInt8] = []
        if cookie & 0xFFFF == Cookie.withRuns {
            count = Int(cookie >> 16) + 1
            hasRuns = Array(try reader.bytes((count + 7) / 8))
        } else if cookie == Cookie.withoutRuns {
            count = Int(try reader.number(UInt32.self))
            guard count <= 1 << 16 else { throw malformed("\(count) containers") }
        } else {
            throw malformed("an unknown cookie")
        }
        let header = try reader.bytes(count * 4)
        // Containers follow one another; their offsets say nothing new.
        if hasRuns.isEmpty || count >= offsetThreshold { _ = try reader.bytes(count * 4) }
        for index in 0..<count {
            let at = header.startIndex + index * 4
            let key = Int(header[at]) | Int(header[at + 1]) << 8
            let cardinality = (Int(header[at + 2]) | Int(header[at + 3]) << 8) + 1
            let containerBase = base + key << 16
            if let last = rows.lastBase, last >= containerBase { throw malformed("containers out of order") }
            let isRuns = !hasRuns.isEmpty && hasRuns[index / 8] >> UInt8(index % 8) & 1 == 1
            rows.append(try container(&reader, base: containerBase, cardinality: cardinality, isRuns: isRuns))
        }
    }

    private static func container(
        _ reader: inout ByteReader, base: Int, cardinality: Int, isRuns: Bool
    ) throws(DeltaLogError) -> RowSet.Container {
        if isRuns {
            let runs = try runs(&reader)
            let count = runs.reduce(0) { $0 + $1.count }
            return RowSet.Container(base: base, values: .runs(runs), count: count)
        }
        if cardinality <= arrayLimit {
            let bytes = try reader.bytes(cardinality * 2)
            var rows: [UInt16] = []
            rows.reserveCapacity(cardinality)
            for at in stride(from: bytes.startIndex, to: bytes.endIndex, by: 2) {
                let row = UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8
                if let last = rows.last, last >= row { throw malformed("rows out of order") }
                rows.append(row)
            }
            return RowSet.Container(base: base, values: .array(rows), count: cardinality)
        }
        let bytes = try reader.bytes(1_024 * 8)
        let words = bytes.withUnsafeBytes { buffer in
            (0..<1_024).map { UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
        guard words.reduce(0, { $0 + $1.nonzeroBitCount }) == cardinality else {
            throw malformed("a bitmap with another number of rows than it announces")
        }
        return RowSet.Container(base: base, values: .bitmap(words), count: cardinality)
    }

    private static func runs(_ reader: inout ByteReader) throws(DeltaLogError) -> [ClosedRange<UInt16>] {
        let count = Int(try reader.number(UInt16.self))
        let bytes = try reader.bytes(count * 4)
        var runs: [ClosedRange<UInt16>] = []
        runs.reserveCapacity(count)
        for at in stride(from: bytes.startIndex, to: bytes.endIndex, by: 4) {
            let start = UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8
            let (end, overflowed) = start.addingReportingOverflow(UInt16(bytes[at + 2]) | UInt16(bytes[at + 3]) << 8)
            if let last = runs.last, last.upperBound >= start { throw malformed("runs out of order") }
            guard !overflowed else { throw malformed("a run that leaves its container") }
            runs.append(start...end)
        }
        return runs
    }

    private static func malformed(_ what: String) -> DeltaLogError {
        DeltaLogError(.corrupt, "the deletion vector is no Roaring bitmap: \(what)")
    }
}

/// Takes little-endian numbers off the front of some bytes.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }
    var remaining: Int { rest.count }

    mutating func bytes(_ count: Int) throws(DeltaLogError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw DeltaLogError(.corrupt, "the deletion vector ends too early") }
        defer { rest.removeFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) throws(DeltaLogError)
        -> Number
    {
        let bytes = try bytes(Number.bitWidth / 8)
        return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(as: Number.self)) }
    }
}
