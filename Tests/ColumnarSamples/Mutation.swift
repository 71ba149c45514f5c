/// Bytes that were right once.
package struct Mutation {
    private var random: SplitMix64

    package init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// - Parameter others: right ones, for pieces to be taken from.
    package mutating func mutate(_ bytes: [UInt8], others: [[UInt8]]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<random.pick([1, 1, 1, 2, 3, 8]) where !bytes.isEmpty {
            let place = random.int(0..<bytes.count)
            switch random.int(0..<9) {
            case 0, 1: bytes[place] ^= 1 << UInt8(random.int(0..<8))
            case 2: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 3: bytes.removeLast(bytes.count - place)
            case 4: store(random.pick(Self.numbers), width: 4, place, &bytes)
            case 5: store(random.pick(Self.numbers), width: 8, place, &bytes)
            case 6:
                let length = min(bytes.count - place, random.int(1..<64))
                bytes.removeSubrange(place..<place + length)
            case 7:
                let other = random.pick(others)
                guard !other.isEmpty else { continue }
                let start = random.int(0..<other.count)
                let piece = other[start..<min(other.count, start + random.int(1..<256))]
                if random.once(in: 2) {
                    bytes.insert(contentsOf: piece, at: place)
                } else {
                    bytes.replaceSubrange(place..<min(bytes.count, place + piece.count), with: piece)
                }
            default:
                // A number a little larger or smaller, where numbers are likely.
                let aligned = place / 4 * 4
                guard aligned + 4 <= bytes.count else { continue }
                bytes[aligned] = bytes[aligned] &+ random.pick([1, 2, 4, 8, 64, 255, 254, 248])
            }
        }
        return bytes
    }

    private static let numbers: [UInt64] = [
        0, 1, 7, 8, 255, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max,
        .max - 7, 0x1_0000_0000, 0x10_0000, 0x4000_0000_0000_0000,
    ]

    private func store(_ number: UInt64, width: Int, _ place: Int, _ bytes: inout [UInt8]) {
        let aligned = place / width * width
        for index in 0..<width where aligned + index < bytes.count {
            bytes[aligned + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
        }
    }
}
