import Checks
import DuckDB
import Project
import Queries
import Store
import Synchronization

/// What a step of a partitioned dataset reads: its rows, cut down to those of the partitions that it makes, each with
/// the partition that it is of.
struct PartitionedSource {
    let source: StepSource
    let query: PartitionQuery
    /// Counts the rows before the first partition; registered for this step alone.
    let function: ScalarFunction?
    private let leftOut = LeftOutRows()

    /// A temporary table that tells the partition of each source file.
    private static let filesTable = "_millrace_files"
    private static let nameColumn = "_millrace_name"
    private static let fileKeyColumn = "_millrace_key"

    /// - Parameters:
    ///   - columns: those of the step's rows.
    ///   - number: makes the name of the function the step's own.
    /// - Throws: a `StepError` when the column is not there, or of a type that tells no partition.
    init(
        _ source: StepSource, _ job: StepJob, _ partitions: PartitionJob, columns: [QueryColumn], number: Int,
        on connection: Connection
    ) throws {
        let query = try PartitionQuery(job, partitions, columns: columns)
        self.query = query
        let hasFaults = source.provenance.contains { $0.name == StepSource.faultColumn }
        func rule(_ reason: String) -> RowRule {
            query.rule(after: source.rules, unlessUnreadable: hasFaults, reason)
        }
        let key = Quote.name(PartitionQuery.keyColumn)
        let stray = Quote.name(PartitionQuery.strayColumn)
        if let files = partitions.files {
            function = nil
            try Self.define(files, on: connection)
            self.source = source.wrapped(
                before: """
                    SELECT s.*, m.\(Quote.name(Self.fileKeyColumn)) AS \(key), \
                    (\(query.group)) IS DISTINCT FROM m.\(Quote.name(Self.fileKeyColumn)) AS \(stray) FROM (

                    """,
                after: """

                    ) AS s LEFT JOIN \(Self.filesTable) AS m \
                    ON s.\(Quote.name(StepSource.sourceFile)) = m.\(Quote.name(Self.nameColumn))
                    """,
                adding: Self.provenance, rule: rule("is not of the partition of its file"))
            return
        }
        var isWanted = query.isWanted
        var early = ""
        var function: ScalarFunction?
        if let isBefore = query.isBefore {
            let name = "_millrace_before_\(number)"
            let leftOut = leftOut
            function = ScalarFunction(
                name: name, parameters: ["ANY"], returns: "BOOLEAN", isVolatile: true, handlesNulls: true
            ) { chunk, result in
                leftOut.count.wrappingAdd(chunk.rowCount, ordering: .relaxed)
                try result.fill(true)
            }
            let column = Quote.name(partitions.partitioning.column.value)
            // Counted in a column, so that DuckDB does not move the filter to where there are other rows (`StepQuery`).
            early = ", CASE WHEN \(isBefore) THEN \(name)(\(column)) ELSE false END AS \(Self.earlyColumn)"
            isWanted = "CASE WHEN \(Self.earlyColumn) THEN false ELSE \(isWanted) END"
        }
        self.function = function
        self.source = source.wrapped(
            before: early.isEmpty
                ? "SELECT *, \(query.key) AS \(key), \(query.stray) AS \(stray) FROM (\n"
                : "SELECT * EXCLUDE (\(Self.earlyColumn)), \(query.key) AS \(key), \(query.stray) AS \(stray) "
                    + "FROM (SELECT *\(early) FROM (\n",
            after: "\n)\(early.isEmpty ? "" : ")") WHERE \(isWanted)", adding: Self.provenance,
            rule: partitions.seeksStrays ? rule(PartitionQuery.strayReason) : nil)
    }

    private static let earlyColumn = "\"_millrace_early\""

    private static let provenance = [
        StepSource.Provenance(
            name: PartitionQuery.keyColumn, type: "VARCHAR", sql: Quote.name(PartitionQuery.keyColumn)),
        StepSource.Provenance(
            name: PartitionQuery.strayColumn, type: "BOOLEAN", sql: Quote.name(PartitionQuery.strayColumn)),
    ]

    private static func define(_ files: [String: String], on connection: Connection) throws {
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(filesTable) (\(nameColumn) VARCHAR, \(fileKeyColumn) VARCHAR)")
        let rows = files.sorted { $0.key < $1.key }
        for start in stride(from: 0, to: rows.count, by: 1_000) {
            let values = rows[start..<min(start + 1_000, rows.count)].map {
                "(\(Quote.text($0.key)), \(Quote.text($0.value)))"
            }
            try connection.execute("INSERT INTO \(filesTable) VALUES \(values.joined(separator: ", "))")
        }
    }

    /// The partition of a source file, as SQL; NULL where rows of all partitions share the files.
    func key(ofFile column: String) -> String {
        guard query.partitions.files != nil else { return "NULL::VARCHAR" }
        return
            "(SELECT any_value(\(Self.fileKeyColumn)) FROM \(Self.filesTable) WHERE \(Self.nameColumn) = \(column))"
    }

    /// What became of rows before the first partition; nil when there were none.
    var outcome: CheckOutcome? { query.outcome(leftOut: leftOut.count.load(ordering: .sequentiallyConsistent)) }
}

/// Rows before the first partition, counted on all of the engine's threads.
private final class LeftOutRows: Sendable {
    let count = Atomic<Int>(0)
}
