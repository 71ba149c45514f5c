import DuckDB

/// How two queries differ.
enum Difference {
    /// The columns, or up to six of the rows, in which the first query's result is another than the second's, whatever
    /// the order of the rows; nil when there is no difference.
    static func between(_ found: String, and expected: String, on connection: Connection) throws -> String? {
        try connection.execute("CREATE OR REPLACE TEMP TABLE found AS \(found)")
        let columns = try connection.columns(of: "FROM found")
        let wanted = try connection.columns(of: expected)
        guard columns == wanted else {
            return "columns \(described(columns)) instead of \(described(wanted))"
        }
        // Rows whose hashes add up to the same are the same; where they do not, because zero has two signs for instance,
        // the rows themselves are looked at.
        let sums = try connection.query(
            """
            SELECT (SELECT (count(*), sum(hash(f)::HUGEINT)) FROM found AS f)
                IS NOT DISTINCT FROM (SELECT (count(*), sum(hash(e)::HUGEINT)) FROM (\(expected)) AS e) AS same
            """)
        if sums.first?["same"].bool == true { return nil }
        let rows = try connection.query(
            """
            WITH expected AS (\(expected))
            SELECT 'found' AS side, * FROM (FROM found EXCEPT ALL FROM expected)
            UNION ALL SELECT 'expected', * FROM (FROM expected EXCEPT ALL FROM found) LIMIT 6
            """)
        guard !rows.isEmpty else { return nil }
        let lines = rows.map { $0.values.map(\.description).joined(separator: " | ") }
        return "rows differ:\n" + lines.joined(separator: "\n")
    }

    private static func described(_ columns: [Column]) -> [String] { columns.map { "\($0.name) \($0.type)" } }
}
