import Crypto
import Project

/// Identities that follow from the run's name alone: whoever knows the name finds the trace, and a run that is taken up
/// again goes on under the same ones.
enum Identities {
    /// 16 bytes of a trace.
    static func trace(of run: RunID) -> [UInt8] { digest("trace", [run.text], count: 16) }

    /// 8 bytes of a span: of the run itself, of one of its steps, or of a part of that.
    static func span(of run: RunID, _ parts: String...) -> [UInt8] { digest("span", [run.text] + parts, count: 8) }

    /// A UUID by name (RFC 9562, version 5).
    static func uuid(_ parts: String...) -> String {
        var bytes = Array(Insecure.SHA1.hash(data: namespace + joined(parts)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(hex(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Drawn once, and never to be changed.
    private static let namespace: [UInt8] = [
        0x3C, 0x5D, 0x0E, 0x71, 0x8A, 0x42, 0x4F, 0x96, 0xB1, 0x07, 0xE4, 0x2B, 0x90, 0xD6, 0x5F, 0x18,
    ]

    private static func digest(_ kind: String, _ parts: [String], count: Int) -> [UInt8] {
        let bytes = Array(SHA256.hash(data: joined([kind] + parts)).prefix(count))
        // Nothing but zeros would mean that there is none.
        return bytes.allSatisfy { $0 == 0 } ? bytes.dropLast() + [1] : bytes
    }

    /// No two lists of texts give the same bytes.
    private static func joined(_ parts: [String]) -> [UInt8] {
        parts.flatMap { Array("\($0.utf8.count):\($0)".utf8) }
    }
}
