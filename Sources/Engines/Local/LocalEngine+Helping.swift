import DuckDB
import Project
import Queries
import Store

/// What the embedded engine does for steps that run elsewhere.
extension LocalEngine {
    /// The columns of a SQL step's result, as DuckDB names and types them. No data is touched.
    func columns(of job: StepJob) async throws -> [QueryColumn] {
        guard let text = job.dataset.step.sql else { return [] }
        return try await run {
            try self.database().withConnection { connection in
                for input in job.inputs {
                    try connection.execute(
                        "CREATE OR REPLACE TEMP VIEW \(Quote.name(input.name.text)) AS \(input.emptySQL)")
                }
                for foreign in job.foreign {
                    try connection.execute(
                        "CREATE OR REPLACE TEMP VIEW \(Quote.name(foreign.view)) AS \(foreign.table.emptySQL)")
                }
                return try ErrorTranslator(dataset: job.dataset).translating(offset: 0) {
                    try connection.columns(of: DeltaScans(SQLNormaliser.withoutTail(text.text)).sql)
                        .map { QueryColumn(name: $0.name, type: $0.type) }
                }
            }
        }
    }

    /// What the footers of the files in a folder say.
    func footers(in folder: String, columns: [StorableColumn]) async throws -> [StagedFile] {
        try await run {
            try self.database().withConnection { connection in
                try ParquetFooters.files(in: folder, columns: columns.map { ($0.name, $0.type) }, on: connection)
            }
        }
    }
}
