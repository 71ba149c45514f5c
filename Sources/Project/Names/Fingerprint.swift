import Crypto

/// The SHA-256 of a definition, in lower-case hexadecimal.
package struct Fingerprint: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String

    init(text: String) { self.text = text }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { String(text.prefix(12)) }

    /// Collects the parts of a definition. Parts are framed by their length, so that `ab` + `c` differs from `a` + `bc`.
    package struct Builder {
        private var hash = SHA256()
        /// What the hash has not seen yet: a call for each part costs more than the hash itself.
        private var bytes: [UInt8] = []

        package init() {}

        package mutating func add(_ part: String) {
            bytes.append(contentsOf: String(part.utf8.count).utf8)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: part.utf8)
            guard bytes.count >= 1 << 14 else { return }
            hash.update(data: bytes)
            bytes.removeAll(keepingCapacity: true)
        }

        package mutating func add(_ part: String?) {
            add(part ?? "\u{0}none")
        }

        package func finish() -> Fingerprint {
            var hash = hash
            hash.update(data: bytes)
            let digits = Array("0123456789abcdef".utf8)
            var text: [UInt8] = []
            for byte in hash.finalize() {
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            }
            return Fingerprint(text: String(decoding: text, as: UTF8.self))
        }
    }
}
