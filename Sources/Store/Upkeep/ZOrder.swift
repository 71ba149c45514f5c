import DuckDB
import Project

/// Sorts rows along a curve through several columns at once: the Z-order curve of Morton. Each column's values become
/// ranks from 0 to 255, so that each value range counts as much as it has rows, and the bits of the ranks take turns.
struct ZOrder: Sendable {
    static let mostColumns = 8

    private static let bits = 8
    /// The number of rows by which ranks are told.
    private static let sample = 50_000

    let columns: [String]

    /// A SELECT of the rows with their ranks besides, and the SQL to sort them by.
    ///
    /// - Parameter rows: a SELECT of the rows.
    func ranked(_ rows: String, on connection: Connection) throws -> (select: String, order: String) {
        let names = columns.map(SQL.quoted)
        let ranks = (1 << Self.bits) - 2
        let fractions = (1...ranks).map { "\(Double($0) / Double(ranks + 1))" }.joined(separator: ",")
        let quantiles = names.enumerated().map { index, name in
            "CAST(list_distinct(quantile_disc(\(name), [\(fractions)])) AS VARCHAR[]) AS c\(index), any_value(typeof(\(name))) AS t\(index)"
        }
        let found = try connection.query(
            """
            SELECT \(quantiles.joined(separator: ", ")) FROM (
                SELECT \(names.joined(separator: ", ")) FROM (\(rows)) USING SAMPLE reservoir(\(Self.sample) ROWS) REPEATABLE (7)
            )
            """)
        var parts: [String] = []
        var ranked: [String] = []
        for (index, name) in names.enumerated() {
            let type = found.first?["t\(index)"].text ?? "VARCHAR"
            let texts = found.first?["c\(index)"].list?.compactMap(\.text) ?? []
            let bounds = try Self.sorted(texts, as: type, on: connection)
            let rank = SQL.quoted("_millrace_rank\(index)")
            ranked.append("CAST(\(Self.rank(of: name, bounds[...], from: 1)) AS UBIGINT) AS \(rank)")
            for bit in 0..<Self.bits {
                let place = bit * columns.count + (columns.count - 1 - index)
                parts.append("(((\(rank) >> \(bit)) & 1) << \(place))")
            }
        }
        return ("SELECT *, \(ranked.joined(separator: ", ")) FROM (\(rows))", parts.joined(separator: " | "))
    }

    private static func sorted(_ texts: [String], as type: String, on connection: Connection) throws -> [String] {
        guard !texts.isEmpty else { return [] }
        return try connection.query(
            "SELECT CAST(v AS VARCHAR) AS t FROM (SELECT CAST(unnest(?::VARCHAR[]) AS \(type)) AS v) ORDER BY v",
            [.list(texts.map { .text($0) })]
        ).compactMap { $0["t"].text }.map { "CAST(\(SQL.literal($0)) AS \(type))" }
    }

    /// The number of bounds that are not greater than the value, found by halving; 0 is for NULL.
    private static func rank(of name: String, _ bounds: ArraySlice<String>, from first: Int) -> String {
        let search = halving(name, bounds, first)
        return "CASE WHEN \(name) IS NULL THEN 0 ELSE \(search) END"
    }

    private static func halving(_ name: String, _ bounds: ArraySlice<String>, _ first: Int) -> String {
        guard !bounds.isEmpty else { return String(first) }
        let middle = bounds.startIndex + bounds.count / 2
        let below = halving(name, bounds[..<middle], first)
        let above = halving(name, bounds[(middle + 1)...], first + (middle - bounds.startIndex) + 1)
        return "CASE WHEN \(name) < \(bounds[middle]) THEN \(below) ELSE \(above) END"
    }
}
