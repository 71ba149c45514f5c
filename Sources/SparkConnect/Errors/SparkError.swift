/// Why something that was asked of a Spark server did not happen.
package struct SparkError: Error, Hashable, Sendable {
    package let code: Code
    /// For a person, and whole by itself.
    package let message: String
    /// Spark's own name for the kind of error, such as `TABLE_OR_VIEW_NOT_FOUND`; with a dot before a sub-kind.
    package var errorClass: String?
    package var sqlState: String?
    /// What the message was made from, such as `relationName`.
    package var parameters: [String: String] = [:]
    /// Where in the statement, from outside in.
    package var contexts: [Context] = []
    /// What led to it, the nearest first.
    package var causes: [Cause] = []

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What a caller can do about an error.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String

        /// Nobody answers, or what answers is no Spark Connect server. It may work later.
        package static let unreachable = Code(description: "unreachable")
        /// The server does not let this user in.
        package static let refused = Code(description: "refused")
        /// The server no longer has the session, and with it views and settings. Only a new session helps.
        package static let sessionLost = Code(description: "session lost")
        /// The server no longer knows how far the execution had come.
        package static let operationLost = Code(description: "operation lost")
        /// Somebody ended the execution.
        package static let cancelled = Code(description: "cancelled")
        /// Spark could not do it: the plan is wrong, or failed while it ran.
        package static let failed = Code(description: "failed")
        /// The answer breaks the protocol.
        package static let malformed = Code(description: "malformed")
        /// It is not allowed or makes no sense, and nothing was sent.
        package static let invalid = Code(description: "invalid")
    }

    /// A piece of the statement that the error is about.
    package struct Context: Hashable, Sendable {
        /// In code points from the statement's start; nil when Spark does not say.
        package let start: Int?
        /// After the last character.
        package let end: Int?
        package let fragment: String
        /// Such as `VIEW`, with its name: then the places are in that object's text.
        package let objectType: String
        package let objectName: String
        /// Spark's own picture of it, in several lines.
        package let summary: String
    }

    package struct Cause: Hashable, Sendable {
        /// The name of its class in Java, or an empty text.
        package let type: String
        package let message: String
        package let errorClass: String?
        package var sqlState: String?
        /// Where in the statement, from outside in.
        package var contexts: [Context] = []
    }
}

extension SparkError: CustomStringConvertible {
    package var description: String {
        guard let errorClass else { return message }
        return message.hasPrefix("[") ? message : "[\(errorClass)] \(message)"
    }
}

extension SparkError.Context {
    /// The place in a text that contains the statement; nil when Spark did not say it, or the text is another one.
    package func range(in statement: String) -> Range<String.Index>? {
        guard let start, let end, 0 <= start, start <= end else { return nil }
        let points = statement.unicodeScalars
        guard let lower = points.index(points.startIndex, offsetBy: start, limitedBy: points.endIndex),
            let upper = points.index(lower, offsetBy: end - start, limitedBy: points.endIndex)
        else { return nil }
        return lower..<upper
    }
}
