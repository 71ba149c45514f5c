/// A decimal number of any length, to compare exactly.
struct Decimal: Hashable, Sendable {
    private(set) var isNegative = false
    /// Significant digits, without zeros at either end; none for zero.
    private(set) var digits: [UInt8] = []
    /// The value is `0.digits` times ten to this power.
    private var exponent = 0

    init(_ value: Int) {
        isNegative = value < 0
        set(String(value.magnitude).utf8.map { $0 - UInt8(ascii: "0") }, point: nil, power: 0)
    }

    /// Reads `-12.50`, also with an exponent; nil for anything else.
    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            bytes.removeFirst()
        }
        var power = 0
        if let mark = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            guard let value = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)), abs(value) < 1_000_000 else {
                return nil
            }
            power = value
            bytes = bytes[..<mark]
        }
        var all: [UInt8] = []
        var point: Int?
        for byte in bytes {
            if byte == UInt8(ascii: "."), point == nil {
                point = all.count
            } else {
                guard byte &- UInt8(ascii: "0") < 10 else { return nil }
                all.append(byte - UInt8(ascii: "0"))
            }
        }
        guard !all.isEmpty else { return nil }
        set(all, point: point, power: power)
    }

    private mutating func set(_ all: [UInt8], point: Int?, power: Int) {
        guard let first = all.firstIndex(where: { $0 != 0 }), let last = all.lastIndex(where: { $0 != 0 }) else {
            isNegative = false
            return
        }
        digits = Array(all[first...last])
        exponent = (point ?? all.count) - first + power
    }

    /// Less than 0 when this is less than the other, 0 when they are equal.
    func order(to other: Decimal) -> Int {
        if isNegative != other.isNegative { return isNegative ? -1 : 1 }
        let sign = isNegative ? -1 : 1
        if digits.isEmpty || other.digits.isEmpty {
            return digits.isEmpty ? (other.digits.isEmpty ? 0 : -sign) : sign
        }
        if exponent != other.exponent { return exponent < other.exponent ? -sign : sign }
        if digits == other.digits { return 0 }
        return digits.lexicographicallyPrecedes(other.digits) ? -sign : sign
    }

    /// The nearest double; nil outside of what doubles hold.
    var double: Double? {
        guard !digits.isEmpty else { return 0 }
        let text = String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
        return Double("\(isNegative ? "-" : "")0.\(text)e\(exponent)")
    }
}
