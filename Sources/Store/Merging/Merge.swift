import DeltaLog
import DuckDB
import FoundationEssentials
import Project

/// A merge as DuckDB computes it: the keys of the new rows, the files that have rows with these keys, and what stays of
/// such files.
struct Merge: Sendable {
    struct KeyColumn: Sendable {
        /// Its name in the table.
        var table: String
        /// Its name in the new rows.
        var staged: String
        var type: DeltaType
        /// The DuckDB type that holds the values of both.
        var comparedType: String
    }

    /// What the new rows are.
    struct Staged: Sendable {
        var rows = 0
        /// Those that take rows out.
        var deletes = 0
    }

    /// Which rows of the table have a key of the new rows.
    struct Found: Sendable {
        /// By the file's path as DuckDB opens it: how many of its rows.
        var rows: [String: Int] = [:]
        var updated = 0
        var deleted = 0
        /// New rows that stay, whose key no row of the table has.
        var inserted = 0
    }

    let dataset: DatasetName
    let key: [KeyColumn]
    let deleteWhen: String?
    /// A SELECT of the new rows.
    let stagedRows: String

    /// A table of the new rows' keys, which all connections see while the merge lasts.
    private let keys = SQL.quoted("_millrace_keys_" + UUID().uuidString)
    private static let isDelete = "\"_millrace_delete\""
    private static let fileColumn = "_millrace_file"

    // MARK: The new rows

    /// Collects the keys of the new rows.
    ///
    /// - Throws: `duplicateKeys` when a key is NULL or there twice; `invalidCondition` for `deleteWhen`.
    func collectKeys(on connection: Connection) throws -> Staged {
        if let deleteWhen {
            try Condition(deleteWhen, named: "delete_when").check(over: stagedRows, of: dataset, on: connection)
        }
        let names = key.map { SQL.quoted($0.staged) }.joined(separator: ", ")
        let isDelete = deleteWhen.map { "((\($0)\n) IS TRUE)" } ?? "false"
        try connection.execute(
            """
            CREATE TABLE \(keys) AS
            SELECT \(names), \(isDelete) AS \(Self.isDelete) FROM (\(stagedRows)) AS \(SQL.quoted(dataset.text))
            """)
        try checkKeys(on: connection)
        let counts = try connection.query(
            "SELECT count(*) AS n, count(*) FILTER (\(Self.isDelete)) AS deletes FROM \(keys)")
        return Staged(rows: Int(counts.first?["n"].int ?? 0), deletes: Int(counts.first?["deletes"].int ?? 0))
    }

    func dropKeys(on connection: Connection) throws { try connection.execute("DROP TABLE IF EXISTS \(keys)") }

    private func checkKeys(on connection: Connection) throws {
        let names = key.map { SQL.quoted($0.staged) }
        let isNull = names.map { "\($0) IS NULL" }.joined(separator: " OR ")
        let texts = names.enumerated().map { "CAST(\($1) AS VARCHAR) AS k\($0)" }.joined(separator: ", ")
        let wrong = try connection.query(
            """
            SELECT \(texts), n FROM (
                SELECT \(names.joined(separator: ", ")), count(*) AS n FROM \(keys) GROUP BY ALL
                HAVING count(*) > 1 OR \(isNull)
            ) ORDER BY ALL LIMIT 6
            """)
        guard !wrong.isEmpty else { return }
        let examples = wrong.prefix(5).map { row in
            let values = key.indices.map { "\(key[$0].staged) = \(row["k\($0)"].text ?? "NULL")" }
            return "(\(values.joined(separator: ", "))) \(row["n"].int ?? 0)×"
        }
        throw StoreError(
            .duplicateKeys, dataset: dataset,
            message: "\(dataset): nothing was merged, because new rows have the same key, or none: "
                + examples.joined(separator: ", ") + (wrong.count > 5 ? ", …" : ""),
            hint: "Let the query give one row for each key, for instance the latest: "
                + "QUALIFY row_number() OVER (PARTITION BY \(names.joined(separator: ", ")) ORDER BY … DESC) = 1")
    }

    /// A SELECT of those new rows that stay.
    var remainingRows: String {
        guard let deleteWhen else { return stagedRows }
        return "SELECT * FROM (\(stagedRows)) AS \(SQL.quoted(dataset.text)) WHERE (\(deleteWhen)\n) IS NOT TRUE"
    }

    // MARK: The table's rows

    /// Counts the rows that have a key of the new rows.
    func find(in candidates: TableSnapshot, of staged: Staged, on connection: Connection) throws -> Found {
        var found = Found()
        found.inserted = staged.rows - staged.deletes
        guard !candidates.files.isEmpty, staged.rows > 0 else { return found }
        let scan = candidates.scanSQL(columns: key.map(\.table), fileColumn: Self.fileColumn)
        let file = SQL.quoted(Self.fileColumn)
        let rows = try connection.query(
            """
            SELECT file, count(*) AS n, count(*) FILTER (is_delete) AS deletes,
                count(DISTINCT key_row) FILTER (NOT is_delete) AS keys
            FROM (
                SELECT old.\(file) AS file, new.\(Self.isDelete) AS is_delete, new.rowid AS key_row
                FROM (SELECT * FROM (\(scan)) AS old WHERE \(hasNewKey) IS TRUE) AS old
                JOIN \(keys) AS new ON \(isSameKey)
            ) GROUP BY GROUPING SETS ((file), ()) ORDER BY file
            """)
        for row in rows {
            let count = Int(row["n"].int ?? 0)
            if let path = row["file"].text {
                found.rows[path] = count
            } else {
                found.deleted = Int(row["deletes"].int ?? 0)
                found.updated = count - found.deleted
                found.inserted -= Int(row["keys"].int ?? 0)
            }
        }
        return found
    }

    /// A SELECT of the rows whose key no new row has.
    ///
    /// - Parameter columns: what to select of the table's columns: SQL with a name each.
    func carriedRows(of snapshot: TableSnapshot, columns: [String]) -> String {
        "SELECT \(columns.joined(separator: ", ")) FROM (\(snapshot.scanSQL)) AS old WHERE \(hasNewKey) IS NOT TRUE"
    }

    /// Whether a row of the table has a key of the new rows.
    ///
    /// As a condition rather than a join, because DuckDB makes a hash table of the side of a join that it takes for the
    /// smaller one, and it knows nothing of the size of files that it reads by a given schema. The keys must be it.
    private var hasNewKey: String {
        func tuple(_ table: String, _ name: (KeyColumn) -> String) -> String {
            let values = key.map { "CAST(\(table).\(SQL.quoted(name($0))) AS \($0.comparedType))" }
            guard values.count > 1 else { return values.joined() }
            return "struct_pack(\(values.enumerated().map { "k\($0) := \($1)" }.joined(separator: ", ")))"
        }
        return "(\(tuple("old", \.table)) IN (SELECT \(tuple("new", \.staged)) FROM \(keys) AS new))"
    }

    private var isSameKey: String {
        key.map { "old.\(SQL.quoted($0.table)) = new.\(SQL.quoted($0.staged))" }.joined(separator: " AND ")
    }

    // MARK: Which files to look at

    /// A condition that every row of the table meets which has a key of the new rows.
    ///
    /// - Parameter ranges: how finely to tell; each costs time for every file.
    func predicate(ranges: Int, on connection: Connection) throws -> FilePredicate {
        var parts: [FilePredicate] = []
        for column in key {
            guard let literal = KeyLiteral(column.type) else { continue }
            let name = SQL.quoted(column.staged)
            let bounds = try connection.query(
                """
                SELECT \(literal.sql("min(k)")) AS low, \(literal.sql("max(k)")) AS high
                FROM (SELECT k, ntile(\(ranges)) OVER (ORDER BY k) AS range FROM (SELECT DISTINCT \(name) AS k FROM \(keys)))
                GROUP BY range ORDER BY range
                """)
            let intervals = bounds.compactMap { row -> FilePredicate? in
                guard let low = literal.literal(row["low"]), let high = literal.literal(row["high"]) else { return nil }
                let file = FileColumn([column.table])
                return .and([.compare(file, .greaterOrEqual, low), .compare(file, .lessOrEqual, high)])
            }
            if !intervals.isEmpty, intervals.count == bounds.count { parts.append(.or(intervals)) }
        }
        return parts.isEmpty ? .always : .and(parts)
    }
}
