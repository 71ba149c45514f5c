import Crypto

/// Random names, seals and comparisons that take the same time whatever they compare.
struct Secrets: Sendable {
    private let key = SymmetricKey(size: .bits256)

    /// 256 random bits as text.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return hexadecimal((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    static func areEqual(_ left: String, _ right: String) -> Bool {
        // Of digests of one length every byte is compared.
        let (left, right) = (SHA256.hash(data: Array(left.utf8)), SHA256.hash(data: Array(right.utf8)))
        return zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    /// The token that a form of this visit must bring back.
    func seal(_ visit: String) -> String {
        Self.hexadecimal(Array(HMAC<SHA256>.authenticationCode(for: Array(visit.utf8), using: key)))
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[start..<start + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
