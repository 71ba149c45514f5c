import Checks
import DuckDB
import Ingesting
import Project
import Queries
import Store

/// Writes the refused rows of a step: those that fail a rule, and the lines that could not be read.
struct Quarantine {
    /// The columns of the quarantine table.
    let columns: [QueryColumn]
    private let job: StepJob
    private let source: StepSource
    private let rules: RowRules
    private let rowColumns: [QueryColumn]
    /// For a partitioned dataset: refused rows are kept apart by partition as well.
    private let partitioned: PartitionedSource?

    static let reasonsColumn = "_reasons"
    /// The row that a program was given, as JSON.
    static let inputColumn = "_input"

    struct Result {
        var files: [StagedFile] = []
        /// Lines of files that could not be read, or rows at which the step's program failed.
        var rejectedLines = 0
        /// What that means; nil when every line could be read.
        var outcome: CheckOutcome?
    }

    init(_ job: StepJob, source: StepSource, rules: RowRules, columns: [QueryColumn], partitioned: PartitionedSource?)
        throws
    {
        self.job = job
        self.source = source
        self.rules = rules
        rowColumns = columns
        self.partitioned = partitioned
        var all = [QueryColumn(name: Self.reasonsColumn, type: "VARCHAR[]")]
        if source.provenance.contains(where: { $0.name == StepSource.fileColumn }) {
            all.append(QueryColumn(name: StepSource.fileColumn, type: "VARCHAR"))
            all.append(QueryColumn(name: StepSource.lineColumn, type: "BIGINT"))
            all.append(QueryColumn(name: StepSource.rawColumn, type: "VARCHAR"))
        }
        if job.dataset.step.program != nil { all.append(QueryColumn(name: Self.inputColumn, type: "VARCHAR")) }
        self.columns = all + columns
    }

    /// - Parameters:
    ///   - refused: the rows that failed a rule.
    ///   - rejects: the connection whose reader noted unreadable lines.
    ///   - track: lets a cancellation reach a connection.
    ///   - guilty: the rows at which the step's program failed.
    func write(
        from refused: RefusedRows?, rejects: Connection, threads track: (Connection) -> Void,
        guilty: [(reason: String, input: String)] = []
    ) throws -> Result {
        var result = Result()
        if let refused, !rules.isRefused.isEmpty {
            let select =
                "SELECT \(rules.reasons) AS \(Quote.name(Self.reasonsColumn)), \(rest)\(key(Quote.name(PartitionQuery.keyColumn))) "
                + "FROM \(RefusedRows.table) WHERE \(rules.isRefused)"
            result.files += try copy(select, suffix: "refused", on: refused.connection)
        }
        if !guilty.isEmpty {
            let nulls = rowColumns.map { ", NULL::\($0.type)" }.joined()
            let rows = guilty.map { "([\(Quote.text($0.reason))], \(Quote.text($0.input)))" }.joined(separator: ", ")
            result.files += try copy(
                "SELECT reasons, input\(nulls) FROM (VALUES \(rows)) AS guilty(reasons, input)", suffix: "failed",
                on: rejects)
            result.rejectedLines = guilty.count
            result.outcome = CheckOutcome(
                name: "program", status: .quarantined, failing: guilty.count,
                message: "the program fails at \(Count.grouped(guilty.count)) \(guilty.count == 1 ? "row" : "rows")",
                examples: guilty.prefix(5).map { row in
                    [
                        ExampleField(
                            column: "reason",
                            value: row.reason.split(whereSeparator: \.isNewline).first.map(String.init)),
                        ExampleField(column: "input", value: row.input),
                    ]
                })
        }
        if source.notesRejects, let ingest = job.dataset.step.ingest {
            let lines = try RejectedLines.count(on: rejects)
            guard lines > 0 else { return result }
            result.rejectedLines = lines
            guard ingest.onError == .quarantine else {
                throw StepError([try RejectedLines.diagnostic(lines, of: ingest, on: rejects)])
            }
            let nulls = rowColumns.map { "NULL::\($0.type) AS \(Quote.name($0.name))" }.joined(separator: ", ")
            result.files += try copy(
                "SELECT reasons, file, line, raw, \(nulls)\(key(partitioned?.key(ofFile: "file") ?? "")) "
                    + "FROM (\(RejectedLines.select))", suffix: "rejected",
                on: rejects)
            result.outcome = CheckOutcome(
                name: "readable", status: .quarantined, failing: lines,
                message: "\(Count.grouped(lines)) lines cannot be read",
                examples: try RejectedLines.examples(on: rejects))
        }
        return result
    }

    /// The columns of a refused row after its reasons.
    private var rest: String {
        columns.dropFirst().map { column in
            let isKnown = source.provenance.contains { $0.name == column.name } || rowColumns.contains(column)
            return isKnown ? Quote.name(column.name) : "NULL::\(column.type) AS \(Quote.name(column.name))"
        }.joined(separator: ", ")
    }

    /// One more column of a SELECT, for a partitioned dataset: what tells the partition.
    private func key(_ sql: String) -> String { partitioned == nil ? "" : ", \(sql)" }

    private func copy(_ select: String, suffix: String, on connection: Connection) throws -> [StagedFile] {
        var names = columns.map { Quote.name($0.name) }
        let prefix = "\(job.filePrefix)-\(suffix)"
        let layout = partitioned.map { _ in PartitionLayout(partitionBy: [], besides: columns.map(\.name)) }
        var options = ParquetOptions.copy
        if let layout {
            names.append(Quote.name(layout.column))
            options += layout.options(filePrefix: prefix)
        } else {
            options += [ParquetOptions.fileSize, "FILENAME_PATTERN \(Quote.text("\(prefix)-{i}"))"]
        }
        let sql =
            "COPY (SELECT * FROM (\(select)) AS refused(\(names.joined(separator: ", ")))) "
            + "TO \(Quote.text(job.quarantineFolder)) (\(options.joined(separator: ", ")))"
        let files = try connection.query(sql).compactMap { StagedFile(returnedBy: $0) }
        guard let partitioned, let layout else { return files }
        return try partitioned.query.tagged(files, layout)
    }
}
