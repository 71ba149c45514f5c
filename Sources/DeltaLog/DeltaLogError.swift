/// What is wrong with a table's log, or with what is to be written to it.
package struct DeltaLogError: Error, Sendable, CustomStringConvertible {
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String
        private init(_ name: String) { description = name }

        /// A line of the log cannot be read; `file` and `line` say which.
        package static let corrupt = Code("corrupt")
        /// Commits are missing.
        package static let gap = Code("gap")
        /// The version is newer than the log.
        package static let noSuchVersion = Code("no such version")
        /// The version is older than the log reaches.
        package static let expired = Code("expired")
        /// The table needs features that are not understood; `features` names them.
        package static let unsupportedFeatures = Code("unsupported features")
        /// A column's type has no counterpart in Delta.
        package static let unsupportedType = Code("unsupported type")
        /// A commit does not fit the table that it is for.
        package static let schemaMismatch = Code("schema mismatch")
        /// The table only allows appending.
        package static let appendOnly = Code("append only")
        /// A property of a table that is not known here, or not with that value.
        package static let unsupportedSetting = Code("unsupported setting")
        /// The application has written that transaction, or a later one, already.
        package static let staleTransaction = Code("stale transaction")
        /// A change contradicts itself or the state that it is for.
        package static let invalidChange = Code("invalid change")
    }

    package var code: Code
    /// The file's name in the log.
    package var file: String?
    /// The line in `file`, from 1.
    package var line: Int?
    package var features: [String]
    package var message: String

    package init(_ code: Code, _ message: String, file: String? = nil, line: Int? = nil, features: [String] = []) {
        self.code = code
        self.file = file
        self.line = line
        self.features = features
        self.message = message
    }

    package var description: String { message }
}
