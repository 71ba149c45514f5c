import DuckDB
import Foundation

/// What a table should hold: one table of DuckDB for each of its versions, in a schema of its own.
final class TableModel {
    let connection: Connection
    let schema: String
    /// The version that the next operation starts from; nil before the first.
    private(set) var current: Int?
    /// The versions whose rows are known.
    private(set) var versions: Set<Int> = []
    private var columns: [Int: RandomTable] = [:]

    init(_ connection: Connection, schema: String) throws {
        self.connection = connection
        self.schema = schema
        try connection.execute("CREATE SCHEMA \(SQL.quoted(schema))")
    }

    func close() throws { try connection.execute("DROP SCHEMA \(SQL.quoted(schema)) CASCADE") }

    /// The rows of a version, as SQL names them.
    func relation(_ version: Int) -> String { "\(SQL.quoted(schema)).v\(version)" }

    /// The rows that are about to be written, as SQL names them.
    var batch: String { "\(SQL.quoted(schema)).batch" }

    /// The rows as every reader of the log sees them: an empty text in a partition column is NULL there.
    var seenBatch: String { "\(SQL.quoted(schema)).seen" }

    func table(_ version: Int) -> RandomTable? { columns[version] }

    /// Makes the batch of the query's rows.
    func prepare(_ sql: String, _ table: RandomTable) throws {
        let empty = table.columns.filter { table.partitionBy.contains($0.name) && $0.type == .string }
        let replaced = empty.map { "nullif(\(SQL.quoted($0.name)), '') AS \(SQL.quoted($0.name))" }
        let seen = replaced.isEmpty ? "*" : "* REPLACE (\(replaced.joined(separator: ", ")))"
        try connection.execute(
            """
            CREATE OR REPLACE TABLE \(batch) AS \(sql);
            CREATE OR REPLACE VIEW \(seenBatch) AS SELECT \(seen) FROM \(batch);
            """)
    }

    /// Records a version that consists of the query's rows.
    func record(_ version: Int, _ sql: String, _ table: RandomTable) throws {
        try connection.execute("CREATE TABLE \(relation(version)) AS \(sql)")
        columns[version] = table
        versions.insert(version)
        current = version
    }

    /// Records a version with the rows of an earlier one.
    func record(_ version: Int, sameAs earlier: Int) throws {
        try connection.execute("CREATE VIEW \(relation(version)) AS FROM \(relation(earlier))")
        columns[version] = columns[earlier]
        versions.insert(version)
        current = version
    }

    /// Versions that nobody can read any more.
    func forget(_ forgotten: Set<Int>) { versions.subtract(forgotten) }

    /// How what was found differs from a version; nil when it does not.
    func difference(of scan: String, from version: Int) throws -> String? {
        try Difference.between(scan, and: "FROM \(relation(version))", on: connection)
    }

    func write(_ version: Int, to file: String) throws {
        try connection.execute("COPY (FROM \(relation(version))) TO \(SQL.literal(file)) (FORMAT parquet)")
    }
}
