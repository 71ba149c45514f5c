/// A column of a result.
package struct Column: Sendable, Hashable {
    package var name: String
    /// As DuckDB writes it: `DECIMAL(18,3)`, `STRUCT(a INTEGER, b VARCHAR[])`.
    package var type: String

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }
}
