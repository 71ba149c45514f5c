/// What DuckDB refused to do, or why DuckDB itself cannot be used.
package struct DuckDBError: Error, Sendable, CustomStringConvertible {
    /// The kind of error, named as DuckDB names it.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The SQL text is not SQL.
        package static let parser = Code(rawValue: "Parser")
        /// A name or a type in the SQL does not fit what is there: unknown columns, wrong arguments.
        package static let binder = Code(rawValue: "Binder")
        /// A table, function, setting or other thing that is unknown, or known already.
        package static let catalog = Code(rawValue: "Catalog")
        /// A value cannot be turned into the type asked for; an ill-formed line of a file.
        package static let conversion = Code(rawValue: "Conversion")
        package static let outOfRange = Code(rawValue: "Out of Range")
        package static let mismatchType = Code(rawValue: "Mismatch Type")
        package static let invalidType = Code(rawValue: "Invalid type")
        package static let invalidInput = Code(rawValue: "Invalid Input")
        package static let invalidConfiguration = Code(rawValue: "Invalid Configuration")
        package static let notImplemented = Code(rawValue: "Not implemented")
        package static let constraint = Code(rawValue: "Constraint")
        package static let transaction = Code(rawValue: "TransactionContext")
        package static let dependency = Code(rawValue: "Dependency")
        package static let serialization = Code(rawValue: "Serialization")
        package static let missingExtension = Code(rawValue: "Missing Extension")
        /// A file or folder cannot be read or written: missing, no space, no permission.
        package static let io = Code(rawValue: "IO")
        package static let http = Code(rawValue: "HTTP")
        package static let permission = Code(rawValue: "Permission")
        /// The memory limit is used up and nothing more can be spilled.
        package static let outOfMemory = Code(rawValue: "Out of Memory")
        /// Somebody interrupted the query.
        package static let interrupt = Code(rawValue: "INTERRUPT")
        /// A fault of DuckDB: the database cannot be used any more.
        package static let fatal = Code(rawValue: "FATAL")
        /// A fault of DuckDB.
        package static let internalError = Code(rawValue: "INTERNAL")
        /// The connection or appender was closed before it was used.
        package static let closed = Code(rawValue: "Closed")
        /// The library of DuckDB is missing or of another version.
        package static let libraryMissing = Code(rawValue: "Library")
        package static let other = Code(rawValue: "Unknown")
        /// Thrown inside DuckDB without a kind, as its readers do over bytes that they cannot make sense of.
        package static let unclassified = Code(rawValue: "Invalid")
    }

    package var code: Code
    /// DuckDB's words, without the excerpt of the SQL that DuckDB adds below them.
    package var message: String
    /// Where in the SQL text, in bytes from its beginning, when DuckDB says so.
    package var position: Int?
    /// Names that were meant, perhaps, the likeliest first.
    package var candidates: [String]
    /// DuckDB's finer kind, such as `COLUMN_NOT_FOUND` or `MISSING_ENTRY`.
    package var sqlSubtype: String?
    /// The name that DuckDB stumbled upon, where the error is about a name.
    package var name: String?

    package init(
        code: Code,
        message: String,
        position: Int? = nil,
        candidates: [String] = [],
        sqlSubtype: String? = nil,
        name: String? = nil
    ) {
        self.code = code
        self.message = message
        self.position = position
        self.candidates = candidates
        self.sqlSubtype = sqlSubtype
        self.name = name
    }

    /// The kind, the message and what may have been meant, without the position.
    package var description: String {
        guard code != .libraryMissing, code != .missingExtension else { return message }
        let text = "\(code.rawValue) Error: \(message)"
        guard !candidates.isEmpty else { return text }
        if sqlSubtype == "NO_MATCHING_FUNCTION" { return text + " It takes: " + candidates.joined(separator: "; ") }
        return text + " Did you mean " + candidates.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ") + "?"
    }

    static func libraryMissing(_ message: String) -> DuckDBError {
        DuckDBError(code: .libraryMissing, message: message)
    }

    static func invalidInput(_ message: String) -> DuckDBError {
        DuckDBError(code: .invalidInput, message: message)
    }

    static let interrupted = DuckDBError(code: .interrupt, message: "Interrupted!")
    static let connectionClosed = DuckDBError(code: .closed, message: "The connection is closed.")
}
