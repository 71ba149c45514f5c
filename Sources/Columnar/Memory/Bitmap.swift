import CArrow

/// Functions over bits, of which the lowest of each byte comes first.
enum Bitmap {
    @inline(__always)
    static func bit(_ start: UnsafeRawPointer, _ index: Int) -> Bool {
        start.load(fromByteOffset: index >> 3, as: UInt8.self) >> UInt8(index & 7) & 1 != 0
    }

    static func byteCount(_ bits: Int) -> Int {
        bits >> 3 + (bits & 7 == 0 ? 0 : 1)
    }

    /// How many bits are set.
    static func setCount(_ start: UnsafeRawPointer, offset: Int, count: Int) -> Int {
        var index = offset
        let end = offset + count
        var set = 0
        while index < end, index & 7 != 0 {
            set += bit(start, index) ? 1 : 0
            index += 1
        }
        let words = max(0, end - index) / 64
        set += Int(carrow_set_bits(start + index >> 3, Int64(words)))
        index += words * 64
        while end - index >= 8 {
            set += start.load(fromByteOffset: index >> 3, as: UInt8.self).nonzeroBitCount
            index += 8
        }
        while index < end {
            set += bit(start, index) ? 1 : 0
            index += 1
        }
        return set
    }

    /// The bits from `offset` on, moved to the start of a byte if they are not at one.
    static func moved(_ buffer: Buffer, offset: Int, count: Int) throws -> Buffer {
        let byteCount = byteCount(count)
        guard offset & 7 != 0 else { return try buffer.slice(offset >> 3, byteCount) }
        let memory = try HeapMemory(count: byteCount)
        let shift = UInt8(offset & 7)
        return buffer.withUnsafeBytes { source in
            let first = offset >> 3
            for index in 0..<byteCount {
                let low = source[first + index] >> shift
                let next = first + index + 1
                let high = next < source.count ? source[next] << (8 - shift) : 0
                memory.start.storeBytes(of: low | high, toByteOffset: index, as: UInt8.self)
            }
            return Buffer(owner: memory, start: UnsafeRawPointer(memory.start), count: byteCount)
        }
    }
}
