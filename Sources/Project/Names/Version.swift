/// The number of a published state of a dataset: its Delta version, counted from 0.
package struct Version: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let number: Int

    package init(_ number: Int) { self.number = number }

    package init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    package var next: Version { Version(number + 1) }
    package var description: String { String(number) }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
