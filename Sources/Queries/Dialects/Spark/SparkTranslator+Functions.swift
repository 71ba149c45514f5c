extension SparkTranslator {
    /// What is known of a function of DuckDB's.
    package struct KnownFunction: Sendable, Equatable {
        /// `left(varchar, bigint) varchar`; of one without a translation its name only.
        package var signature: String
        /// Why it has no form in Spark; nil if it has one.
        package var reason: String?
    }

    /// The table of functions under all their names, for those who want to read it.
    package static var functions: [String: [KnownFunction]] {
        var known: [String: [KnownFunction]] = [:]
        for name in SparkFunctions.names + SparkFunctions.synonyms.keys where !SparkFunctions.rows(name).isEmpty {
            known[name] = SparkFunctions.rows(name).map { row in
                KnownFunction(
                    signature: row.refusal == nil ? row.signature : row.name, reason: row.refusal?.reason)
            }
        }
        return known
    }
}
