import DuckDB
import Ingesting
import Project
import Queries
import Store

/// What a step reads, made ready on a connection.
struct StepSource {
    /// The user's query without its tail, or the reader of an ingest's files.
    let select: String
    /// Columns that tell where a row came from, as refused rows carry them.
    let provenance: [(name: String, sql: String)]
    /// Columns of `select` that are not the dataset's.
    let hidden: Set<String>
    /// True when unreadable lines are noted in the reader's tables.
    let notesRejects: Bool

    /// Names of the columns by which refused rows tell where they came from.
    static let fileColumn = "_file"
    static let lineColumn = "_line"
    static let rawColumn = "_raw"
    /// The reader's column with the file of a row.
    private static let sourceFile = "_millrace_file"

    init(_ job: StepJob, on connection: Connection) throws {
        for input in job.inputs {
            let select = input.scanSQL
            try connection.execute("CREATE OR REPLACE TEMP VIEW \(Quote.name(input.name.text)) AS \(select)")
        }
        switch job.dataset.step {
        case .sql(let text):
            select = SQLNormaliser.withoutTail(text.text)
            provenance = []
            hidden = []
            notesRejects = false
        case .ingest(let ingest):
            guard let query = SourceQuery(job.dataset, files: job.sourceFiles) else {
                throw StepError([.error("'\(job.dataset.name)' is no ingest", at: job.dataset.span)])
            }
            try HeaderCheck.run(query, files: job.sourceFiles, ingest: ingest, on: connection)
            select = query.select(fileAs: Self.sourceFile)
            provenance = [(Self.fileColumn, Quote.name(Self.sourceFile))]
            hidden = [Self.sourceFile]
            notesRejects = query.notesRejects
        }
    }
}
