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

    init(_ job: StepJob, on connection: Connection) throws {
        for input in job.inputs {
            try connection.execute("CREATE OR REPLACE TEMP VIEW \(Quote.name(input.name.text)) AS \(input.scanSQL)")
        }
        switch job.dataset.step {
        case .sql(let text):
            self.init(select: SQLNormaliser.withoutTail(text.text))
        case .ingest(let ingest):
            guard let query = SourceQuery(job.dataset, files: job.sourceFiles) else {
                throw StepError([.error("'\(job.dataset.name)' is no ingest", at: job.dataset.span)])
            }
            try HeaderCheck.run(query, files: job.sourceFiles, ingest: ingest, on: connection)
            if ingest.format == .jsonl {
                try self.init(JSONLines(query, ingest, on: connection))
            } else {
                self.init(
                    select: query.select(fileAs: Self.sourceFile),
                    provenance: [Provenance(name: Self.fileColumn, type: "VARCHAR", sql: Quote.name(Self.sourceFile))],
                    hidden: [Self.sourceFile], notesRejects: query.notesRejects)
            }
        }
    }

    private init(
        select: String, provenance: [Provenance] = [], hidden: Set<String> = [], notesRejects: Bool = false,
        rules: [RowRule] = []
    ) {
        self.select = select
        self.provenance = provenance
        self.hidden = hidden
        self.notesRejects = notesRejects
        self.rules = rules
    }

    private init(_ lines: JSONLines) throws {
        guard lines.ingest.onError == .quarantine else {
            self.init(
                select: lines.query.json(columns: lines.columns, fileAs: Self.sourceFile),
                provenance: [Provenance(name: Self.fileColumn, type: "VARCHAR", sql: Quote.name(Self.sourceFile))],
                hidden: [Self.sourceFile])
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
            ])
    }

    /// The reader's column with the file of a row.
    private static let sourceFile = "_millrace_file"
    private static let faultColumn = "_millrace_unreadable"
}
