/// The name of a dataset: what SQL calls it, and the name of its folder in the store.
///
/// Letters, digits and `_`, not starting with a digit; at most 128 bytes. Compared without regard to case by SQL,
/// so two datasets whose names differ only in case are a mistake that reading a project reports.
package struct DatasetName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Nil when the text is not a valid name.
    package init?(_ text: String) {
        guard Self.isValid(text) else { return nil }
        self.text = text
    }

    init(unchecked text: String) { self.text = text }

    package var description: String { text }

    /// Where the rows go that this dataset refused.
    package var quarantine: DatasetName { DatasetName(unchecked: text + Self.quarantineSuffix) }

    /// True for the names that Millrace itself gives to tables of refused rows.
    package var isQuarantine: Bool { text.hasSuffix(Self.quarantineSuffix) }

    /// The table of the source files that this dataset's ingest has read.
    package var ledger: DatasetName { DatasetName(unchecked: text + Self.ledgerSuffix) }

    /// True for the names that Millrace itself gives to tables of source files.
    package var isLedger: Bool { text.hasSuffix(Self.ledgerSuffix) }

    /// The dataset that a quarantine or ledger belongs to; nil for a dataset's own name.
    package var owner: DatasetName? {
        for suffix in [Self.quarantineSuffix, Self.ledgerSuffix] where text.hasSuffix(suffix) {
            return DatasetName(String(text.dropLast(suffix.count)))
        }
        return nil
    }

    /// The form under which names are equal for SQL.
    package var folded: String { text.lowercased() }

    package static let quarantineSuffix = "__quarantine"
    package static let ledgerSuffix = "__sources"

    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 128, first == UInt8(ascii: "_") || isLetter(first) else {
            return false
        }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension DatasetName: Codable, CodingKeyRepresentable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = DatasetName(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no dataset name")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var codingKey: any CodingKey { NameKey(stringValue: text) }

    package init?<T: CodingKey>(codingKey: T) { self.init(codingKey.stringValue) }

    private struct NameKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
