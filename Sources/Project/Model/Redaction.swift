/// Keeps the values that came from the environment out of what people and files get to see.
package struct Redaction: Sendable {
    /// Longest first, so that a value that holds another is replaced as a whole.
    private var secrets: [(value: String, name: String)] = []

    package init() {}

    package var isEmpty: Bool { secrets.isEmpty }

    /// Remembers a value. Values under four characters are let through: replacing them would garble every message, and
    /// nothing secret is that short.
    package mutating func add(_ value: String, from name: String) {
        guard value.count >= 4, !secrets.contains(where: { $0.value == value }) else { return }
        let place = secrets.firstIndex { $0.value.utf8.count < value.utf8.count } ?? secrets.endIndex
        secrets.insert((value, name), at: place)
    }

    /// The text with `${env:NAME}` in place of each such value.
    package func redact(_ text: String) -> String {
        var text = text
        for (value, name) in secrets where text.contains(value) {
            text = Self.replace(value, by: "${env:\(name)}", in: text)
        }
        return text
    }

    private static func replace(_ value: String, by replacement: String, in text: String) -> String {
        let bytes = Array(text.utf8)
        let sought = Array(value.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == sought[0], bytes[index...].starts(with: sought) {
                result += replacement.utf8
                index += sought.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
