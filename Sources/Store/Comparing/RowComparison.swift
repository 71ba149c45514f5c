import DeltaLog
import DuckDB
import Project

/// The rows of two versions, compared by DuckDB.
struct RowComparison: Sendable {
    private struct ComparedColumn: Sendable {
        var old: String
        var new: String
        /// Values of types that have nothing in common are compared as texts.
        var asText: Bool

        var isChanged: String {
            let (before, after) = ("o.\(SQL.quoted(old))", "n.\(SQL.quoted(new))")
            return asText
                ? "CAST(\(before) AS VARCHAR) IS DISTINCT FROM CAST(\(after) AS VARCHAR)"
                : "\(before) IS DISTINCT FROM \(after)"
        }
    }

    private let old: TableSnapshot
    private let new: TableSnapshot
    private let key: [ComparedColumn]
    /// The columns of both that are no part of the key.
    private let values: [ComparedColumn]

    /// - Throws: `noSuchColumn`.
    init(_ old: TableSnapshot, _ new: TableSnapshot, key names: [String]) throws(StoreError) {
        self.old = old
        self.new = new
        var key: [ComparedColumn] = []
        for name in names {
            key.append(
                ComparedColumn(
                    old: try Self.column(name, of: old).name, new: try Self.column(name, of: new).name, asText: false))
        }
        let folded = Set(names.map { $0.lowercased() })
        var values: [ComparedColumn] = []
        for column in new.columns where !folded.contains(column.name.lowercased()) {
            guard let other = old.columns.first(where: { $0.name.lowercased() == column.name.lowercased() }) else {
                continue
            }
            let isComparable =
                other.type.shape == column.type.shape || other.type.canWiden(to: column.type)
                || column.type.canWiden(to: other.type)
            values.append(ComparedColumn(old: other.name, new: column.name, asText: !isComparable))
        }
        self.key = key
        self.values = values
    }

    private static func column(
        _ name: String, of snapshot: TableSnapshot
    ) throws(StoreError) -> TableSnapshot.Column {
        guard let column = snapshot.columns.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw StoreError(
                .noSuchColumn, dataset: snapshot.name,
                message: "\(snapshot.name): version \(snapshot.pinned.version) has no column \(name) to compare rows by"
            )
        }
        return column
    }

    func run(on connection: Connection, examples: Int, into diff: inout TableDiff) throws {
        guard !old.files.isEmpty || !new.files.isEmpty || old.parts != nil || new.parts != nil else { return }
        if key.isEmpty {
            try compareWhole(on: connection, examples, &diff)
        } else {
            try checkKeys(of: old, key.map(\.old), on: connection)
            try checkKeys(of: new, key.map(\.new), on: connection)
            try compareByKey(on: connection, examples, &diff)
        }
    }

    // MARK: By key

    private func compareByKey(on connection: Connection, _ examples: Int, _ diff: inout TableDiff) throws {
        let changed = values.isEmpty ? "false" : values.map(\.isChanged).joined(separator: " OR ")
        let flags = values.enumerated().map { "(o.p AND n.p AND \($1.isChanged)) AS d\($0)" }
        let order = key.enumerated().map { index, column in
            "k\(index) := coalesce(o.\(SQL.quoted(column.old)), n.\(SQL.quoted(column.new)))"
        }
        let on = key.map { "o.\(SQL.quoted($0.old)) IS NOT DISTINCT FROM n.\(SQL.quoted($0.new))" }
        let counts = values.indices.map { ", count(*) FILTER (d\($0)) AS c\($0)" }.joined()
        let most = max(0, examples)
        let samples =
            most == 0
            ? ""
            : """
            , arg_min(after, k, \(most)) FILTER (kind = 1) AS added_rows,
            arg_min(before, k, \(most)) FILTER (kind = 2) AS removed_rows,
            arg_min({'before': before, 'after': after}, k, \(most)) FILTER (kind = 3) AS changed_rows
            """
        let row = try connection.query(
            """
            SELECT count(*) FILTER (kind = 1) AS added, count(*) FILTER (kind = 2) AS removed,
                count(*) FILTER (kind = 3) AS changed, count(*) FILTER (kind = 0) AS same\(counts)\(samples)
            FROM (
                SELECT CASE WHEN o.p IS NULL THEN 1 WHEN n.p IS NULL THEN 2 WHEN \(changed) THEN 3 ELSE 0 END AS kind,
                    \(flags.isEmpty ? "" : flags.joined(separator: ", ") + ",")
                    \(Self.texts("o", (key + values).map(\.old))) AS before,
                    \(Self.texts("n", (key + values).map(\.new))) AS after,
                    struct_pack(\(order.joined(separator: ", "))) AS k
                FROM (SELECT *, true AS p FROM (\(old.scanSQL))) AS o
                FULL JOIN (SELECT *, true AS p FROM (\(new.scanSQL))) AS n ON \(on.joined(separator: " AND "))
            )
            """
        ).first
        guard let row else { return }
        diff.added = Int(row["added"].int ?? 0)
        diff.removed = Int(row["removed"].int ?? 0)
        diff.changed = Int(row["changed"].int ?? 0)
        diff.unchanged = Int(row["same"].int ?? 0)
        diff.changesByColumn = values.enumerated().map { index, column in
            TableDiff.ColumnCount(column: column.new, rows: Int(row["c\(index)"].int ?? 0))
        }.filter { $0.rows > 0 }.sorted { ($1.rows, $0.column) < ($0.rows, $1.column) }
        diff.addedExamples = (row["added_rows"].list ?? []).map { Self.fields($0, (key + values).map(\.new)) }
        diff.removedExamples = (row["removed_rows"].list ?? []).map { Self.fields($0, (key + values).map(\.old)) }
        diff.changedExamples = (row["changed_rows"].list ?? []).compactMap(changedRow)
    }

    private func changedRow(_ value: Value) -> TableDiff.ChangedRow? {
        guard case .structure(let parts) = value, parts.count == 2 else { return nil }
        let before = Self.fields(parts[0].value, (key + values).map(\.new))
        let after = Self.fields(parts[1].value, (key + values).map(\.new))
        guard before.count == after.count else { return nil }
        let changes = zip(before, after).dropFirst(key.count).filter { $0.value != $1.value }
        return TableDiff.ChangedRow(
            key: Array(after.prefix(key.count)),
            fields: changes.map { .init(column: $1.column, before: $0.value, after: $1.value) })
    }

    /// - Throws: `duplicateKeys`: the same key twice leaves open which row is which.
    private func checkKeys(of snapshot: TableSnapshot, _ names: [String], on connection: Connection) throws {
        let columns = names.map(SQL.quoted).joined(separator: ", ")
        let texts = names.enumerated().map { "CAST(\(SQL.quoted($1)) AS VARCHAR) AS k\($0)" }.joined(separator: ", ")
        let wrong = try connection.query(
            """
            SELECT \(texts), n FROM (
                SELECT \(columns), count(*) AS n FROM (\(snapshot.scanSQL(columns: names))) GROUP BY ALL HAVING count(*) > 1
            ) ORDER BY ALL LIMIT 3
            """)
        guard let first = wrong.first else { return }
        let values = names.indices.map { "\(names[$0]) = \(first["k\($0)"].text ?? "NULL")" }
        throw StoreError(
            .duplicateKeys, dataset: snapshot.name,
            message: "\(snapshot.name): version \(snapshot.pinned.version) has \(first["n"].int ?? 0) rows with "
                + values.joined(separator: ", ") + ", so that \(names.joined(separator: ", ")) does not tell which row "
                + "is which", hint: "Name columns that are a key, or none to compare rows as a whole.")
    }

    // MARK: Without a key

    private func compareWhole(on connection: Connection, _ examples: Int, _ diff: inout TableDiff) throws {
        func select(_ snapshot: TableSnapshot, _ name: (ComparedColumn) -> String) -> String {
            let columns = values.enumerated().map { index, column in
                let value = SQL.quoted(name(column))
                return "\(column.asText ? "CAST(\(value) AS VARCHAR)" : value) AS c\(index)"
            }
            return "SELECT \(columns.isEmpty ? "1 AS c" : columns.joined(separator: ", ")) FROM (\(snapshot.scanSQL))"
        }
        let before = select(old, \.old)
        let after = select(new, \.new)
        (diff.added, diff.addedExamples) = try only(after, not: before, names: values.map(\.new), examples, connection)
        (diff.removed, diff.removedExamples) = try only(
            before, not: after, names: values.map(\.old), examples, connection)
        let rows = try connection.query("SELECT count(*) AS n FROM (\(new.scanSQL))").first?["n"].int ?? 0
        diff.unchanged = Int(rows) - diff.added
    }

    private func only(
        _ rows: String, not others: String, names: [String], _ examples: Int, _ connection: Connection
    ) throws -> (Int, [[ExampleField]]) {
        let columns = names.indices.map { "c\($0)" }
        let row = try connection.query(
            """
            SELECT count(*) AS n, list(t ORDER BY t) FILTER (i <= \(max(0, examples))) AS examples FROM (
                SELECT \(Self.texts(nil, columns)) AS t, row_number() OVER () AS i FROM ((\(rows)) EXCEPT ALL (\(others)))
            )
            """
        ).first
        return (
            Int(row?["n"].int ?? 0), (row?["examples"].list ?? []).map { Self.fields($0, names) }
        )
    }

    // MARK: Texts

    /// A list of values as texts.
    private static func texts(_ table: String?, _ columns: [String]) -> String {
        let prefix = table.map { "\($0)." } ?? ""
        let texts = columns.map { "CAST(\(prefix)\(SQL.quoted($0)) AS VARCHAR)" }
        return texts.isEmpty ? "[]::VARCHAR[]" : "[\(texts.joined(separator: ", "))]"
    }

    private static func fields(_ value: Value, _ names: [String]) -> [ExampleField] {
        zip(names, value.list ?? []).map { ExampleField(column: $0, value: $1.text) }
    }
}
