import DeltaLog
import DuckDB

@testable import Store

extension OperationSequence {
    /// A condition on one column, for SQL and for skipping files.
    private struct Condition {
        var sql: String
        var predicate: FilePredicate
    }

    /// Files that are left out have no row for which a random condition is true.
    func compareSkipping() async throws {
        guard let first = try condition(), let second = try condition() else { return }
        let condition =
            switch generator.below(3) {
            case 0:
                Condition(
                    sql: "(\(first.sql)) AND (\(second.sql))", predicate: .and([first.predicate, second.predicate]))
            case 1:
                Condition(
                    sql: "(\(first.sql)) OR (\(second.sql))", predicate: .or([first.predicate, second.predicate]))
            default: first
            }
        let snapshot = try await store.snapshot(of: dataset, matching: condition.predicate)
        let difference = try Difference.between(
            "SELECT * FROM (\(snapshot.scanSQL)) WHERE \(condition.sql)",
            and: "FROM \(model.relation(version)) WHERE \(condition.sql)", on: connection)
        if let difference { throw failure("where \(condition.sql): \(difference)") }
    }

    /// Nil when the column that was chosen has no value to compare with.
    private func condition() throws -> Condition? {
        let column = generator.pick(table.columns.filter(\.type.isPrimitive))
        let name = SQL.quoted(column.name)
        let file = FileColumn([column.name])
        switch generator.below(8) {
        case 0: return Condition(sql: "\(name) IS NULL", predicate: .isNull(file))
        case 1: return Condition(sql: "\(name) IS NOT NULL", predicate: .isNotNull(file))
        case 2:
            guard let one = try value(of: column), let two = try value(of: column) else { return nil }
            return Condition(
                sql: "\(name) IN (\(one.sql), \(two.sql))", predicate: .isIn(file, [one.literal, two.literal]))
        default:
            guard let value = try value(of: column) else { return nil }
            let comparison = generator.pick(FilePredicate.Comparison.allCases)
            return Condition(
                sql: "\(name) \(comparison.rawValue) \(value.sql)", predicate: .compare(file, comparison, value.literal)
            )
        }
    }

    /// A value that the column has, or could have.
    private func value(of column: RandomTable.Column) throws -> (sql: String, literal: FileLiteral)? {
        var sql = column.type.literal(&generator, nullable: false)
        if generator.percent(60) {
            let found = try connection.query(
                """
                SELECT CAST(v AS VARCHAR) AS v FROM (
                    SELECT DISTINCT \(SQL.quoted(column.name)) AS v FROM \(model.relation(version))
                ) WHERE v IS NOT NULL ORDER BY 1
                """
            ).compactMap { $0["v"].text }
            guard !found.isEmpty else { return nil }
            sql = "CAST(\(SQL.literal(generator.pick(found))) AS \(column.type.text))"
        }
        func query(_ expression: String) throws -> Value {
            try connection.query("SELECT \(expression)").first?[0] ?? .null
        }
        let literal: FileLiteral?
        switch column.type {
        case .byte, .short, .integer, .long: literal = try query(sql).int.map { .integer(Int($0)) }
        case .decimal: literal = try query("CAST(\(sql) AS VARCHAR)").text.map { .decimal($0) }
        case .float, .double: literal = try query("CAST(\(sql) AS DOUBLE)").double.map { .double($0) }
        case .string: literal = try query(sql).text.map { .text($0) }
        case .boolean: literal = try query(sql).bool.map { .boolean($0) }
        case .date: literal = try query("datediff('day', DATE '1970-01-01', \(sql))").int.map { .date(Int($0)) }
        case .timestamp, .timestampNTZ: literal = try query("epoch_us(\(sql))").int.map { .timestamp(Int($0)) }
        default: literal = nil
        }
        return literal.map { (sql, $0) }
    }
}
