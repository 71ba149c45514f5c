import Checks
import DuckDB
import Ingesting
import Project
import Queries
import Store

/// What a step reads, made ready on a connection.
struct StepSource {
    /// A column that tells where a row came from, as refused rows carry it.
    struct Provenance {
        var name: String
        var type: String
        /// The column of `select`.
        var sql: String
    }

    /// The user's query without its tail, or the reader of an ingest's files.
    let select: String
    /// The bytes of `select` that stand before the user's query.
    let offset: Int
    let provenance: [Provenance]
    /// Columns of `select` that are not the dataset's.
    let hidden: Set<String>
    /// True when unreadable lines are noted in the reader's tables.
    let notesRejects: Bool
    /// Rules that come with the source: which lines can be read.
    let rules: [RowRule]

    /// Names of the columns by which refused rows tell where they came from.
    static let fileColumn = "_file"
    static let lineColumn = "_line"
    static let rawColumn = "_raw"

    /// - Parameter answers: the view of what the step's program answers.
    init(_ job: StepJob, on connection: Connection, answers: String? = nil) throws {
        for input in job.inputs {
            try connection.execute("CREATE OR REPLACE TEMP VIEW \(Quote.name(input.name.text)) AS \(input.scanSQL)")
        }
        for foreign in job.foreign {
            try connection.execute(
                "CREATE OR REPLACE TEMP VIEW \(Quote.name(foreign.view)) AS \(foreign.table.scanSQL)")
        }
        switch job.dataset.step {
        case .sql(let text):
            self.init(
                select: DeltaScans(SQLNormaliser.withoutTail(text.text)).sql, leavesOut: job.leavesOut)
        case .run:
            self.init(select: "SELECT * FROM \(Quote.name(answers ?? ""))", leavesOut: job.leavesOut)
        case .ingest(let ingest):
            if let table = job.sourceTable {
                self.init(select: table.scanSQL, leavesOut: job.leavesOut)
                return
            }
            guard var query = SourceQuery(job.dataset, files: job.sourceFiles) else {
                throw StepError([.error("'\(job.dataset.name)' is no ingest", at: job.dataset.span)])
            }
            try HeaderCheck.run(query, files: job.sourceFiles, ingest: ingest, on: connection)
            query.established = try Self.established(job, query, on: connection)
            if ingest.format == .jsonl {
                try self.init(JSONLines(query, ingest, on: connection), leavesOut: job.leavesOut)
            } else {
                self.init(
                    select: query.select(fileAs: Self.sourceFile),
                    provenance: [Provenance(name: Self.fileColumn, type: "VARCHAR", sql: Quote.name(Self.sourceFile))],
                    hidden: [Self.sourceFile], notesRejects: query.notesRejects, leavesOut: job.leavesOut)
            }
        }
    }

    /// The table's columns that the files have as well.
    private static func established(
        _ job: StepJob, _ query: SourceQuery, on connection: Connection
    ) throws -> [QueryColumn] {
        guard job.dataset.schema != .widen else { return [] }
        let columns = job.tableColumns.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
        guard !columns.isEmpty, job.dataset.step.ingest?.format == .csv else { return columns }
        // Types for columns that a file does not have are an error to the reader.
        guard let first = job.sourceFiles.first, let header = query.header(of: first) else { return [] }
        let present = Set(try connection.columns(of: header).map(\.name))
        return columns.filter { present.contains($0.name) }
    }

    private init(
        select: String, provenance: [Provenance] = [], hidden: Set<String> = [], notesRejects: Bool = false,
        rules: [RowRule] = [], leavesOut: SQLText?
    ) {
        if let leavesOut {
            let head = "SELECT * FROM (\n"
            self.select = "\(head)\(select)\n) WHERE (\(leavesOut.text)) IS NOT TRUE"
            offset = head.utf8.count
        } else {
            self.select = select
            offset = 0
        }
        self.provenance = provenance
        self.hidden = hidden
        self.notesRejects = notesRejects
        self.rules = rules
    }

    /// The source inside of another query.
    /// - Parameters:
    ///   - before: the SQL that stands before it.
    ///   - after: the SQL that follows it.
    ///   - adding: columns that the other query adds, which are not the dataset's.
    ///   - rule: a rule about those.
    func wrapped(before: String, after: String, adding: [Provenance], rule: RowRule?) -> StepSource {
        StepSource(
            select: before + select + after, offset: before.utf8.count + offset, provenance: provenance + adding,
            hidden: hidden.union(adding.map(\.name)), notesRejects: notesRejects,
            rules: rules + [rule].compactMap { $0 })
    }

    private init(
        select: String, offset: Int, provenance: [Provenance], hidden: Set<String>, notesRejects: Bool, rules: [RowRule]
    ) {
        self.select = select
        self.offset = offset
        self.provenance = provenance
        self.hidden = hidden
        self.notesRejects = notesRejects
        self.rules = rules
    }

    private init(_ lines: JSONLines, leavesOut: SQLText?) throws {
        guard lines.ingest.onError == .quarantine else {
            self.init(
                select: lines.query.json(columns: lines.columns, fileAs: Self.sourceFile),
                provenance: [Provenance(name: Self.fileColumn, type: "VARCHAR", sql: Quote.name(Self.sourceFile))],
                hidden: [Self.sourceFile], leavesOut: leavesOut)
            return
        }
        let readable = Check(
            rule: .notNull, onFail: .quarantine, givenName: "readable", span: lines.ingest.span)
        self.init(
            select: lines.query.jsonLines(columns: lines.columns),
            provenance: [
                Provenance(name: Self.fileColumn, type: "VARCHAR", sql: Quote.name(SourceQuery.lineFile)),
                Provenance(name: Self.lineColumn, type: "BIGINT", sql: Quote.name(SourceQuery.lineNumber)),
                Provenance(name: Self.rawColumn, type: "VARCHAR", sql: Quote.name(SourceQuery.lineText)),
                Provenance(name: Self.faultColumn, type: "BOOLEAN", sql: Quote.name(SourceQuery.lineFault)),
            ],
            hidden: [
                SourceQuery.lineFile, SourceQuery.lineNumber, SourceQuery.lineText, SourceQuery.lineFault,
            ],
            rules: [
                RowRule(
                    check: readable, bit: 0, failing: Quote.name(Self.faultColumn),
                    reason: "readable: no JSON object, or a value that does not fit its column's type")
            ], leavesOut: leavesOut)
    }

    /// The reader's column with the file of a row.
    static let sourceFile = "_millrace_file"
    static let faultColumn = "_millrace_unreadable"
}
