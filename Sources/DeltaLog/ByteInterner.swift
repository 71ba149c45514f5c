/// Byte strings, each kept once and known by a number: 0 for the first, counting up. They lie one after the other in
/// chunks that never move, so that growing copies none of them.
struct ByteInterner: Sendable {
    private static let chunkSize = 256 * 1_024

    private struct Place: Sendable {
        var chunk: UInt32
        var start: UInt32
        var length: UInt32
    }

    private var chunks: [[UInt8]] = []
    private var places: [Place] = []
    private var hashes: [UInt64] = []
    /// Open addressing: the number of an entry plus one; 0 is free. A power of two, at most two thirds full.
    private var slots: [UInt32] = []

    var count: Int { places.count }
    var isEmpty: Bool { places.isEmpty }

    /// The number of the bytes; nil when they were never interned.
    func index(of bytes: UnsafeRawBufferPointer) -> Int? {
        guard !slots.isEmpty else { return nil }
        let hash = Self.hash(bytes)
        let entry = slots[slot(of: bytes, hash)]
        return entry == 0 ? nil : Int(entry) - 1
    }

    func contains(_ bytes: UnsafeRawBufferPointer) -> Bool { index(of: bytes) != nil }

    /// - Returns: the number of the bytes, and whether they are new.
    @discardableResult
    mutating func insert(_ bytes: UnsafeRawBufferPointer) -> (index: Int, isNew: Bool) {
        if places.count * 3 >= slots.count * 2 { grow() }
        let hash = Self.hash(bytes)
        let slot = slot(of: bytes, hash)
        if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
        places.append(store(bytes))
        hashes.append(hash)
        slots[slot] = UInt32(places.count)
        return (places.count - 1, true)
    }

    func withBytes<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let place = places[index]
        return chunks[Int(place.chunk)].withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[Int(place.start)..<Int(place.start) + Int(place.length)]))
        }
    }

    private mutating func store(_ bytes: UnsafeRawBufferPointer) -> Place {
        if chunks.isEmpty || chunks[chunks.count - 1].count + bytes.count > Self.chunkSize {
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(places.isEmpty ? bytes.count : max(Self.chunkSize, bytes.count))
        }
        let chunk = chunks.count - 1
        let start = chunks[chunk].count
        chunks[chunk].append(contentsOf: bytes)
        return Place(chunk: UInt32(chunk), start: UInt32(start), length: UInt32(truncatingIfNeeded: bytes.count))
    }

    /// Where the bytes are, or where they belong.
    private func slot(of bytes: UnsafeRawBufferPointer, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if hashes[index] == hash, withBytes(at: index, { Self.areEqual($0, bytes) }) { break }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func grow() {
        let count = max(16, slots.count * 2)
        slots = [UInt32](repeating: 0, count: count)
        for (index, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
            slots[slot] = UInt32(index + 1)
        }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        var index = 0
        while index + 8 <= left.count {
            let one = left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard one == right.loadUnaligned(fromByteOffset: index, as: UInt64.self) else { return false }
            index += 8
        }
        while index < left.count {
            guard left[index] == right[index] else { return false }
            index += 1
        }
        return true
    }
}
