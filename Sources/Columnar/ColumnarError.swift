/// Bytes, a foreign array or a value that cannot be what it should be, and where.
package struct ColumnarError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The input ends too early; with more bytes it may be whole.
        package static let truncated = Code(rawValue: "truncated")
        /// The input breaks the format's rules.
        package static let malformed = Code(rawValue: "malformed")
        /// Something that the format allows and this reader or writer does not know.
        package static let unsupported = Code(rawValue: "unsupported")
        /// More than the reader's limits allow.
        package static let limit = Code(rawValue: "limit")
        /// Values, columns or a schema do not fit together: a caller's mistake.
        package static let mismatch = Code(rawValue: "mismatch")
        /// The other side of a C stream reported an error; `number` is its code.
        package static let foreign = Code(rawValue: "foreign")
        /// The system could not read or write; `number` is `errno`.
        package static let io = Code(rawValue: "io")
    }

    package var code: Code
    package var message: String
    /// From the outside in: `["batch 3", "orders", "item"]`.
    package var place: [String]
    /// The error number of the system or of a foreign stream.
    package var number: Int32?

    package init(_ code: Code, _ message: String, number: Int32? = nil) {
        self.code = code
        self.message = message
        self.number = number
        place = []
    }

    package var description: String {
        place.isEmpty ? message : "\(message) (in \(place.joined(separator: " / ")))"
    }

    static func malformed(_ message: String) -> ColumnarError { ColumnarError(.malformed, message) }
    static func truncated(_ message: String) -> ColumnarError { ColumnarError(.truncated, message) }
    static func unsupported(_ message: String) -> ColumnarError { ColumnarError(.unsupported, message) }
    static func limit(_ message: String) -> ColumnarError { ColumnarError(.limit, message) }
    static func mismatch(_ message: String) -> ColumnarError { ColumnarError(.mismatch, message) }
}

/// Runs something whose errors happen at a place, and tells the place with them.
@inline(__always)
func at<R>(_ place: @autoclosure () -> String, _ body: () throws -> R) throws -> R {
    do {
        return try body()
    } catch var error as ColumnarError {
        error.place.insert(place(), at: 0)
        throw error
    }
}

extension Int {
    /// Sizes come from the input: what does not fit an `Int` is refused like anything too long.
    func times(_ other: Int) throws -> Int {
        let (result, overflow) = multipliedReportingOverflow(by: other)
        guard !overflow else { throw ColumnarError.malformed("\(self) × \(other) bytes are more than there can be") }
        return result
    }

    func plus(_ other: Int) throws -> Int {
        let (result, overflow) = addingReportingOverflow(other)
        guard !overflow else { throw ColumnarError.malformed("\(self) + \(other) is more than there can be") }
        return result
    }

    func roundedUp(to multiple: Int) -> Int {
        (self &+ multiple &- 1) / multiple * multiple
    }
}
