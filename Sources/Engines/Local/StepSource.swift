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
        let remaining = job.leavesOut.map {
            " AS \(Quote.name(job.dataset.name.text)) WHERE (\($0.text)\n) IS NOT TRUE"
        }
        switch job.dataset.step {
        case .sql(let text):
            self.init(
                select: DeltaScans(SQLNormaliser.withoutTail(text.text)).sql, remaining: remaining)
        case .run:
            self.init(select: "SELECT * FROM \(Quote.name(answers ?? ""))", remaining: remaining)
        case .ingest(let ingest):
            if let table = job.sourceTable {
                self.init(select: table.scanSQL, remaining: remaining)
                return
            }
            guard var query = SourceQuery(job.dataset, files: job.sourceFiles) else {
                throw StepError([.error("'\(job.dataset.name)' is no ingest", at: job.dataset.span)])
            }
            try HeaderCheck.run(query, files: job.sourceFiles, ingest: ingest, on: connection)
            query.established = try Self.established(job, query, on: connection)
            if ingest.format == .jsonl {
                try self.init(JSONLines(query, ingest, on: connection), remaining: remaining)
            } else {
                self.init(
                    select: query.select(fileAs: Self.sourceFile),
                    provenance: [Provenance(name: Self.fileColumn, type: "VARCHAR", sql: Quote.name(Self.sourceFile))],
                    hidden: [Self.sourceFile], notesRejects: query.notesRejects, remaining: remaining)
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
        rules: [RowRule] = [], remaining: String?
    ) {
        if let remaining {
            let head = "SELECT * FROM (\n"
            self.select = "\(head)\(select)\n)\(remaining)"
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

    private init(_ lines: JSONLines, remaining: String?) throws {
        guard lines.ingest.onError == .quarantine else {
            self.init(
                select: lines.query.json(columns: lines.columns, fileAs: Self.sourceFile),
                provenance: [Provenance(name: Self.fileColumn, type: "VARCHAR", sql: Quote.name(Self.sourceFile))],
                hidden: [Self.sourceFile], remaining: remaining)
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
            ], remaining: remaining)
    }

    /// The reader's column with the file of a row.
    static let sourceFile = "_millrace_file"
    static let faultColumn = "_millrace_unreadable"
}
