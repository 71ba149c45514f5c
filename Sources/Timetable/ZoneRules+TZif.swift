extension ZoneRules {
    /// The rules in a compiled file of the time zone database.
    ///
    /// The format is TZif (RFC 9636): a block with 32-bit times for old readers, then, from version 2 on, one with
    /// 64-bit times and a line that says how things go on. Leap seconds and abbreviations are passed over.
    /// - Returns: nil when the bytes are no such file.
    package init?(name: String, tzif bytes: [UInt8]) {
        guard let first = TZifBlock(bytes, at: 0, timeSize: 4) else { return nil }
        var block = first
        if first.version >= UInt8(ascii: "2") {
            guard let second = TZifBlock(bytes, at: first.end, timeSize: 8) else { return nil }
            block = second
        }
        guard let (changes, offsets, firstOffset) = block.content(of: bytes) else { return nil }
        var standard: (standard: Int, rule: YearlyRule?)?
        if block.timeSize == 8, block.end + 1 < bytes.count {
            let footer = bytes[(block.end + 1)...].prefix { $0 != UInt8(ascii: "\n") }
            if !footer.isEmpty {
                guard let parsed = YearlyRule.parse(footer) else { return nil }
                standard = parsed
            }
        }
        self.init(
            name: name, changes: changes, offsets: offsets,
            firstOffset: changes.isEmpty ? standard?.standard ?? firstOffset : firstOffset, yearly: standard?.rule)
    }
}

/// One of the two blocks of a TZif file.
private struct TZifBlock {
    let version: UInt8
    let timeSize: Int
    /// Where its data begins, and the first byte after it.
    private let start: Int
    let end: Int
    private let timeCount: Int
    private let typeCount: Int

    /// Nil when there is no whole block at this place.
    init?(_ bytes: [UInt8], at offset: Int, timeSize: Int) {
        guard offset + 44 <= bytes.count, bytes[offset...].starts(with: "TZif".utf8) else { return nil }
        version = bytes[offset + 4]
        self.timeSize = timeSize
        let counts = (0..<6).map { Self.number(bytes, at: offset + 20 + $0 * 4, size: 4) }
        guard counts.allSatisfy({ (0...100_000).contains($0) }), counts[4] > 0 else { return nil }
        timeCount = counts[3]
        typeCount = counts[4]
        start = offset + 44
        end =
            start + timeCount * (timeSize + 1) + typeCount * 6 + counts[5] + counts[2] * (timeSize + 4) + counts[1]
            + counts[0]
        guard end <= bytes.count else { return nil }
    }

    func content(of bytes: [UInt8]) -> (changes: [Int], offsets: [Int32], firstOffset: Int)? {
        let types = start + timeCount * timeSize
        let infos = types + timeCount
        func offset(ofType type: Int) -> Int32 {
            Int32(truncatingIfNeeded: Self.number(bytes, at: infos + type * 6, size: 4))
        }
        var changes: [Int] = []
        var offsets: [Int32] = []
        changes.reserveCapacity(timeCount)
        offsets.reserveCapacity(timeCount)
        for index in 0..<timeCount {
            let type = Int(bytes[types + index])
            let time = Self.number(bytes, at: start + index * timeSize, size: timeSize)
            guard type < typeCount, time > changes.last ?? .min else { return nil }
            // Some writers begin with a change at the beginning of all time.
            changes.append(max(time, ZoneRules.beginning + index))
            offsets.append(offset(ofType: type))
        }
        return (changes, offsets, Int(offset(ofType: 0)))
    }

    /// A signed number, its most significant byte first.
    private static func number(_ bytes: [UInt8], at offset: Int, size: Int) -> Int {
        let value = bytes[offset..<offset + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return size == 8 ? Int(Int64(bitPattern: value)) : Int(Int32(truncatingIfNeeded: value))
    }
}
