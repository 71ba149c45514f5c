/// What a scalar means, by YAML 1.2's core schema: `no` and `on` are words, and only `true` and `false` are truth
/// values. Text in quotes is always text.
extension YAMLScalar {
    var isNull: Bool {
        style == .plain && (text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL")
    }

    var bool: Bool? { style == .plain ? Self.bool(text) : nil }

    static func bool(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// The digits of a number as SQL writes them, none lost; nil when the text is no number.
    static func number(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return nil }
        if bytes.count > 2, first == UInt8(ascii: "0") {
            if bytes[1] == UInt8(ascii: "x") { return Int(text.dropFirst(2), radix: 16).map(String.init) }
            if bytes[1] == UInt8(ascii: "o") { return Int(text.dropFirst(2), radix: 8).map(String.init) }
        }
        var index = first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? 1 : 0
        var digits = 0
        func isDigit(_ position: Int) -> Bool {
            position < bytes.count && bytes[position] >= UInt8(ascii: "0") && bytes[position] <= UInt8(ascii: "9")
        }
        while isDigit(index) {
            index += 1
            digits += 1
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            while isDigit(index) {
                index += 1
                digits += 1
            }
        }
        guard digits > 0 else { return nil }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
                index += 1
            }
            guard isDigit(index) else { return nil }
            while isDigit(index) { index += 1 }
        }
        guard index == bytes.count else { return nil }
        return first == UInt8(ascii: "+") ? String(text.dropFirst()) : text
    }

    static func integer(_ text: String) -> Int? { number(text).flatMap { Int($0) } }

    static func double(_ text: String) -> Double? { number(text).flatMap { Double($0) } }
}
