/// The name of one partition: `2026-03-04T05` for an hour, `2026-03-04` for a day, and for a week its Monday, `2026-03`
/// for a month, or a member of a static list.
package struct PartitionKey: Sendable, Hashable, Codable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }
}
