/// Why a part of a query cannot be translated with DuckDB's meaning, and where it stands.
package struct TranslationFault: Error, Sendable, Equatable {
    /// The byte of the query, if known.
    package var position: Int?
    package var message: String
    package var hint: String?

    package init(position: Int? = nil, message: String, hint: String? = nil) {
        self.position = position
        self.message = message
        self.hint = hint
    }
}

/// All that is wrong with a query.
package struct TranslationFaults: Error, Sendable, Equatable {
    package var faults: [TranslationFault]
}
