/// The lines of a text, by their numbers from 1.
struct LogLines {
    private let bytes: UnsafeRawBufferPointer
    private var ends: [Int] = []

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = 0
        while index < bytes.count {
            if index + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let newline = word ^ (ones &* 0x0A)
                // The lowest high bit that is set stands for a byte that is zero, and so for a line's end.
                let found = (newline &- ones) & ~newline & (ones &* 0x80)
                guard found != 0 else {
                    index += 8
                    continue
                }
                index += found.trailingZeroBitCount / 8
            } else if bytes[index] != 0x0A {
                index += 1
                continue
            }
            ends.append(index)
            index += 1
        }
        if ends.last.map({ $0 + 1 }) ?? 0 < bytes.count { ends.append(bytes.count) }
    }

    var count: Int { ends.count }

    subscript(_ number: Int) -> UnsafeRawBufferPointer {
        let start = number > 1 ? ends[number - 2] + 1 : 0
        return UnsafeRawBufferPointer(rebasing: bytes[start..<ends[number - 1]])
    }
}
