/// Which version of a dataset is meant: by its number, or by a tag. Written behind an `@`: `flights@3`, `flights@v1.2`.
package enum VersionPin: Sendable, Hashable, CustomStringConvertible {
    case version(Version)
    case tag(String)

    /// Nil when the text is neither a number nor a tag.
    package init?(_ text: String) {
        if !text.isEmpty, text.utf8.allSatisfy(Self.isDigit) {
            guard let number = Int(text) else { return nil }
            self = .version(Version(number))
        } else if Self.isTag(text) {
            self = .tag(text)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .version(let version): "\(version)"
        case .tag(let tag): tag
        }
    }

    /// Letters, digits, `_`, `-` and `.`, beginning with a letter or `_`; at most 128 bytes. Case matters.
    package static func isTag(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 128, first == UInt8(ascii: "_") || isLetter(first) else {
            return false
        }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || "_-.".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
