/// Parses SQL; the embedded engine implements it.
package protocol SQLParser: Sendable {
    /// The parse tree of each text, in the same order: DuckDB's `json_serialize_sql`, or the fault that it found.
    func parse(_ texts: [String]) throws -> [Result<SQLTree, SQLFault>]

    /// The same with types for its nodes, and nothing left out.
    func queries(_ texts: [String]) throws -> [Result<SQLQuery, SQLFault>]
}

/// Why a text is no query, and where.
package struct SQLFault: Error, Sendable, Equatable {
    package var message: String
    /// The byte of the text, if known.
    package var position: Int?
    package var hint: String?

    package init(message: String, position: Int? = nil, hint: String? = nil) {
        self.message = message
        self.position = position
        self.hint = hint
    }
}
