/// Names of types as users write them.
package enum ColumnTypes {
    private static let aliases: [String: String] = [
        "STRING": "VARCHAR", "TEXT": "VARCHAR", "CHAR": "VARCHAR", "INT": "INTEGER", "INT4": "INTEGER",
        "INT8": "BIGINT",
        "LONG": "BIGINT", "SHORT": "SMALLINT", "INT2": "SMALLINT", "BYTE": "TINYINT", "INT1": "TINYINT",
        "BOOL": "BOOLEAN",
        "REAL": "FLOAT", "FLOAT4": "FLOAT", "FLOAT8": "DOUBLE", "BINARY": "BLOB", "BYTEA": "BLOB",
        "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NTZ": "TIMESTAMP", "DATETIME": "TIMESTAMP",
        "DECIMAL": "DECIMAL(18,3)", "NUMERIC": "DECIMAL(18,3)",
    ]

    /// Names that users may write, for suggestions.
    package static let names =
        aliases.keys.sorted() + [
            "VARCHAR", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BOOLEAN", "FLOAT", "DOUBLE", "DATE", "TIMESTAMP",
            "TIME",
            "BLOB", "UUID", "JSON", "HUGEINT",
        ]

    /// The type as DuckDB writes it: `string` → `VARCHAR`, `decimal(10, 2)` → `DECIMAL(10,2)`, `int[]` → `INTEGER[]`.
    package static func canonical(_ type: String) -> String {
        var text = type.uppercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if text.hasSuffix("[]") { return canonical(String(text.dropLast(2))) + "[]" }
        if text.hasPrefix("NUMERIC(") { text = "DECIMAL(" + text.dropFirst(8) }
        if text.hasPrefix("DECIMAL(") || text.hasPrefix("VARCHAR(") {
            text = text.filter { $0 != " " }
            if text.hasPrefix("VARCHAR(") { return "VARCHAR" }
        }
        return aliases[text] ?? text
    }

    package static func isSame(_ left: String, _ right: String) -> Bool {
        canonical(left) == canonical(right)
    }
}
