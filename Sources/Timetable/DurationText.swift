/// A length of time as users write it: numbers with the units `ms`, `s`, `m`, `h`, `d` and `w`, the larger first.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Milliseconds: `90d`, `1h30m`, `1.5h`, `500ms`. Nil when the text is no length, or one of more than a century.
    package static func milliseconds(_ text: String) -> Int? {
        var rest = Array(text.utf8)[...]
        var total = 0.0
        var lastUnit = -1
        while !rest.isEmpty {
            let digits = rest.prefix { ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: ".") }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
            rest = rest.dropFirst(letters.count)
            let name = String(decoding: letters, as: UTF8.self)
            guard digits.first != UInt8(ascii: "."), digits.last != UInt8(ascii: "."),
                let number = Double(String(decoding: digits, as: UTF8.self)),
                let unit = units.firstIndex(where: { $0.name == name }), unit > lastUnit
            else { return nil }
            lastUnit = unit
            total += number * Double(units[unit].milliseconds)
        }
        guard lastUnit >= 0, total <= 3.2e12 else { return nil }
        return Int(total.rounded())
    }

    /// The shortest text for so many milliseconds: `1h30m`, `500ms`, `0s`.
    package static func text(milliseconds: Int) -> String {
        guard milliseconds > 0 else { return milliseconds == 0 ? "0s" : "-" + text(milliseconds: -milliseconds) }
        var rest = milliseconds
        var text = ""
        // Weeks are written only where nothing is left over: 8d is easier to read than 1w1d.
        for unit in units where unit.name != "w" || rest.isMultiple(of: unit.milliseconds) {
            let count = rest / unit.milliseconds
            if count > 0 { text += "\(count)\(unit.name)" }
            rest -= count * unit.milliseconds
        }
        return text
    }

    package static func text(seconds: Int) -> String { text(milliseconds: seconds * 1000) }
}
