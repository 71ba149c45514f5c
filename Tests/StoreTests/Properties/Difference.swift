import DuckDB

/// How two queries differ.
enum Difference {
    /// The columns, or up to six of the rows, in which the first query's result is another than the second's, whatever
    /// the order of the rows; nil when there is no difference.
    static func between(_ found: String, and expected: String, on connection: Connection) throws -> String? {
        let columns = try connection.columns(of: found)
        let wanted = try connection.columns(of: expected)
        guard columns == wanted else {
            return
                "columns \(columns.map { "\($0.name) \($0.type)" }) instead of \(wanted.map { "\($0.name) \($0.type)" })"
        }
        let rows = try connection.query(
            """
            WITH found AS (\(found)), expected AS (\(expected))
            SELECT 'found' AS side, * FROM (FROM found EXCEPT ALL FROM expected)
            UNION ALL SELECT 'expected', * FROM (FROM expected EXCEPT ALL FROM found) LIMIT 6
            """)
        guard !rows.isEmpty else { return nil }
        return "rows differ:\n"
            + rows.map { $0.values.map(\.description).joined(separator: " | ") }.joined(separator: "\n")
    }
}
