import Timetable

/// The name of one run: its start in UTC and a random tail, so that names sort by time
/// (`20260304T050607-1a2b3c`).
package struct RunID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// A name for what begins at a moment (milliseconds since 1970): `20260304T050607-1a2b3c`, in UTC.
    /// - Parameter number: its lowest 24 bits tell apart what begins in the same second.
    package init(at milliseconds: Int, number: UInt32) {
        let tail = String(number & 0xff_ffff | 1 << 24, radix: 16).dropFirst()
        text = "\(CivilTime(utc: milliseconds).compactText)-\(tail)"
    }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }
}
