/// An integer of 256 bits, in memory as Arrow has it.
package struct WideInteger: BitwiseCopyable, Hashable, Sendable {
    /// The lowest 64 bits come first; the sign is the highest bit of the last.
    package var words: (UInt64, UInt64, UInt64, UInt64)

    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    package init(_ value: Int128) {
        let sign: UInt64 = value < 0 ? .max : 0
        words = (UInt64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value >> 64), sign, sign)
    }

    package init(_ value: Int64) {
        self.init(Int128(value))
    }

    /// Decimal digits with or without a minus sign; nil for anything else, or what 256 bits cannot hold.
    package init?(_ text: some StringProtocol) {
        var digits = Substring(text)
        let isNegative = digits.hasPrefix("-")
        if isNegative { digits.removeFirst() }
        guard !digits.isEmpty else { return nil }
        var magnitude: [UInt64] = [0, 0, 0, 0]
        for digit in digits.utf8 {
            guard (0x30...0x39).contains(digit) else { return nil }
            var carry = UInt64(digit - 0x30)
            for index in 0..<4 {
                let (high, low) = magnitude[index].multipliedFullWidth(by: 10)
                let (sum, overflow) = low.addingReportingOverflow(carry)
                magnitude[index] = sum
                carry = high + (overflow ? 1 : 0)
            }
            guard carry == 0 else { return nil }
        }
        words = (magnitude[0], magnitude[1], magnitude[2], magnitude[3])
        if isNegative { self = negated }
        guard isNegative == self.isNegative || self == WideInteger(0 as Int64) else { return nil }
    }

    /// Nil when 128 bits do not hold it.
    package var int128: Int128? {
        let value = Int128(Int64(bitPattern: words.1)) << 64 | Int128(words.0)
        return WideInteger(value) == self ? value : nil
    }

    package var isNegative: Bool { Int64(bitPattern: words.3) < 0 }

    private var negated: WideInteger {
        var result = [~words.0, ~words.1, ~words.2, ~words.3]
        for index in 0..<4 {
            let (sum, overflow) = result[index].addingReportingOverflow(1)
            result[index] = sum
            if !overflow { break }
        }
        return WideInteger(words: (result[0], result[1], result[2], result[3]))
    }

    package static func == (left: WideInteger, right: WideInteger) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension WideInteger: CustomStringConvertible {
    package var description: String {
        let isNegative = self.isNegative
        let magnitude = isNegative ? negated : self
        var words = [magnitude.words.3, magnitude.words.2, magnitude.words.1, magnitude.words.0]
        var digits: [UInt8] = []
        repeat {
            var remainder: UInt64 = 0
            for index in 0..<4 {
                (words[index], remainder) = UInt64(10).dividingFullWidth((remainder, words[index]))
            }
            digits.append(UInt8(remainder) + 0x30)
        } while words.contains { $0 != 0 }
        return (isNegative ? "-" : "") + String(decoding: digits.reversed(), as: UTF8.self)
    }
}
