import DeltaLog
import DuckDB
import Project

/// The rows of two tables, compared by DuckDB as multisets, but for the rounding of floating numbers.
///
/// Rows that are equal to the bit cancel each other out in one aggregation over both tables. What is left is paired: by
/// the key if there is one, else by all columns without floating numbers; within a group in the order of the other
/// columns. A pair whose values are close is one row in both tables. So rows are never taken for equal that are not;
/// where many rows of a group differ by little more than their rounding, a pair may be a false one, and is told.
struct ParityComparison: Sendable {
    private struct ComparedColumn: Sendable {
        var first: String
        var second: String
        /// Nil where the types have nothing in common: values are compared as texts.
        var type: DeltaType?

        var holdsFloats: Bool { type?.containsFloat ?? false }
    }

    private let first: TableSnapshot
    private let second: TableSnapshot
    private let columns: [ComparedColumn]
    /// By which rows are paired, as places in `columns`.
    private let group: [Int]
    private let values: [Int]
    private let closeness: Closeness

    /// - Parameter key: the columns that tell which row is which; not used when one is missing or holds floating numbers.
    init(_ first: TableSnapshot, _ second: TableSnapshot, key: [String], tolerance: FloatTolerance) {
        self.first = first
        self.second = second
        closeness = Closeness(tolerance: tolerance)
        var columns: [ComparedColumn] = []
        for column in first.columns {
            guard let other = second.columns.first(where: { $0.name.lowercased() == column.name.lowercased() }) else {
                continue
            }
            columns.append(
                ComparedColumn(first: column.name, second: other.name, type: Self.common(column.type, other.type)))
        }
        self.columns = columns
        let places = key.compactMap { name in
            columns.firstIndex { $0.first.lowercased() == name.lowercased() && !$0.holdsFloats }
        }
        let isKey = !key.isEmpty && places.count == key.count
        let group = isKey ? places : columns.indices.filter { !columns[$0].holdsFloats }
        self.group = group
        values = columns.indices.filter { !group.contains($0) }
    }

    /// The type in which values of both can be compared.
    private static func common(_ first: DeltaType, _ second: DeltaType) -> DeltaType? {
        if first.shape == second.shape || second.canWiden(to: first) { return first }
        return first.canWiden(to: second) ? second : nil
    }

    /// The columns by which rows are told apart.
    var key: [String] { group.map { columns[$0].first } }

    // MARK: Comparing

    func run(on connection: Connection, examples: Int, into parity: inout TableParity) throws {
        guard !columns.isEmpty else { return }
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(Self.residue) AS
            SELECT \(names), sum(side)::BIGINT AS n
            FROM (SELECT *, 1 AS side FROM (\(rows(of: first, \.first)))
                UNION ALL SELECT *, -1 FROM (\(rows(of: second, \.second))))
            GROUP BY \(names) HAVING sum(side) <> 0
            """)
        defer { try? connection.execute("DROP TABLE IF EXISTS \(Self.residue)") }
        if let row = try connection.query(pairing(examples: max(0, examples))).first { read(row, into: &parity) }
        let count = try first.rowCount ?? Self.count(first, on: connection)
        parity.difference.unchanged = count - parity.difference.removed - parity.difference.changed
    }

    private static let residue = "\"_millrace_residue\""

    private var names: String { columns.indices.map { "c\($0)" }.joined(separator: ", ") }

    private func rows(of table: TableSnapshot, _ name: (ComparedColumn) -> String) -> String {
        let selected = columns.enumerated().map { index, column in
            let value = SQL.quoted(name(column))
            return "\(column.type == nil ? "CAST(\(value) AS VARCHAR)" : value) AS c\(index)"
        }
        return "SELECT \(selected.joined(separator: ", ")) FROM (\(table.scanSQL))"
    }

    /// The rows that only one side has, each numbered among those of its group.
    private func numbered(_ copies: String, where condition: String) -> String {
        let by = group.isEmpty ? "" : "PARTITION BY " + group.map { "c\($0)" }.joined(separator: ", ")
        let order = values.isEmpty ? "" : " ORDER BY " + self.order.joined(separator: ", ")
        return """
            SELECT \(names), row_number() OVER (\(by)\(order)) AS i
            FROM (SELECT \(names), unnest(range(\(copies))) AS copy FROM \(Self.residue) WHERE \(condition))
            """
    }

    /// Floating numbers first by fewer digits: then it is not their rounding that decides in what order rows come that
    /// differ in other columns.
    private var order: [String] {
        let exact = values.filter { !columns[$0].holdsFloats }
        let floats = values.filter { columns[$0].holdsFloats }
        let coarse = floats.filter { columns[$0].type == .double }
        return exact.map { "c\($0)" } + coarse.map { "TRY_CAST(c\($0) AS FLOAT)" } + floats.map { "c\($0)" }
    }

    private func pairing(examples: Int) -> String {
        let close = values.map { closeness.condition("a.c\($0)", "b.c\($0)", columns[$0].type) }
        let deviations = values.compactMap { closeness.deviation("a.c\($0)", "b.c\($0)", columns[$0].type) }
        let join = group.map { "a.c\($0) IS NOT DISTINCT FROM b.c\($0)" } + ["a.i = b.i"]
        let place = group.map { "k\($0) := coalesce(a.c\($0), b.c\($0))" } + ["i := coalesce(a.i, b.i)"]
        let flags = close.enumerated().map { "a.i IS NOT NULL AND b.i IS NOT NULL AND NOT \($1) AS d\($0)" }
        let counts = values.indices.map { ", count(*) FILTER (d\($0)) AS n\($0)" }.joined()
        let samples =
            examples == 0
            ? ""
            : """
            , arg_min(after, k, \(examples)) FILTER (kind = 1) AS added_rows,
            arg_min(before, k, \(examples)) FILTER (kind = 2) AS removed_rows,
            arg_min({'before': before, 'after': after, 'differs': differs}, k, \(examples))
                FILTER (kind = 3) AS changed_rows
            """
        let differs = values.indices.map { "d\($0)" }.joined(separator: ", ")
        return """
            WITH a AS (\(numbered("n", where: "n > 0"))), b AS (\(numbered("-n", where: "n < 0"))),
            pairs AS (
                SELECT \(flags.map { $0 + "," }.joined(separator: "\n"))
                    CASE WHEN a.i IS NULL THEN 1 WHEN b.i IS NULL THEN 2
                        WHEN \(close.isEmpty ? "true" : close.joined(separator: " AND ")) THEN 0 ELSE 3 END AS kind,
                    greatest(NULL::DOUBLE, \(deviations.isEmpty ? "NULL" : deviations.joined(separator: ", "))) AS deviation,
                    \(texts("a")) AS before, \(texts("b")) AS after, struct_pack(\(place.joined(separator: ", "))) AS k
                FROM a FULL JOIN b ON \(join.joined(separator: " AND "))
            )
            SELECT count(*) FILTER (kind = 1) AS added, count(*) FILTER (kind = 2) AS removed,
                count(*) FILTER (kind = 3) AS changed, count(*) FILTER (kind = 0) AS rounded,
                max(deviation) FILTER (kind = 0) AS deviation\(counts)\(samples)
            FROM (SELECT *, [\(differs)]::BOOLEAN[] AS differs FROM pairs)
            """
    }

    /// A row's values as texts.
    private func texts(_ table: String) -> String {
        "[\(columns.indices.map { "CAST(\(table).c\($0) AS VARCHAR)" }.joined(separator: ", "))]"
    }

    private static func count(_ table: TableSnapshot, on connection: Connection) throws -> Int {
        Int(try connection.query("SELECT count(*) AS n FROM (\(table.scanSQL))").first?["n"].int ?? 0)
    }

    // MARK: Reading the answer

    private func read(_ row: Row, into parity: inout TableParity) {
        var difference = parity.difference
        difference.added = Int(row["added"].int ?? 0)
        difference.removed = Int(row["removed"].int ?? 0)
        difference.changed = Int(row["changed"].int ?? 0)
        difference.changesByColumn = values.enumerated().map { number, place in
            TableDiff.ColumnCount(column: columns[place].first, rows: Int(row["n\(number)"].int ?? 0))
        }.filter { $0.rows > 0 }.sorted { ($1.rows, $0.column) < ($0.rows, $1.column) }
        difference.addedExamples = (row["added_rows"].list ?? []).map(fields)
        difference.removedExamples = (row["removed_rows"].list ?? []).map(fields)
        difference.changedExamples = (row["changed_rows"].list ?? []).compactMap(changedRow)
        parity.difference = difference
        parity.rounded = Int(row["rounded"].int ?? 0)
        parity.deviation = row["deviation"].double
    }

    private func fields(_ value: Value) -> [ExampleField] {
        zip(columns, value.list ?? []).map { ExampleField(column: $0.first, value: $1.text) }
    }

    private func changedRow(_ value: Value) -> TableDiff.ChangedRow? {
        guard case .structure(let parts) = value, parts.count == 3 else { return nil }
        let (before, after) = (fields(parts[0].value), fields(parts[1].value))
        let differs = parts[2].value.list ?? []
        guard before.count == columns.count, after.count == columns.count, differs.count == values.count else {
            return nil
        }
        return TableDiff.ChangedRow(
            key: group.map { before[$0] },
            fields: zip(values, differs).filter { $1.bool == true }.map { place, _ in
                TableDiff.ChangedField(
                    column: before[place].column, before: before[place].value, after: after[place].value)
            })
    }
}
