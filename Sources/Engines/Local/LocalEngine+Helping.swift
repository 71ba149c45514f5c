import Columnar
import DuckDB
import Project
import Queries
import Store
import Synchronization

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

    /// A few rows of another engine's, with their values as DuckDB writes them.
    func fields(of batches: [RecordBatch], _ columns: [DuckType.Field]) async throws -> [[ExampleField]] {
        guard let schema = batches.first?.schema else { return [] }
        return try await run {
            try self.database().withConnection { connection in
                let view = "_millrace_examples_\(UInt64.random(in: 0...UInt64.max))"
                let rest = Mutex(batches[...])
                let source = ArrowSource(schema) { rest.withLock { $0.popFirst() } }
                try connection.createView(view, over: source)
                defer {
                    try? connection.execute("DROP VIEW IF EXISTS \(Quote.name(view))")
                    withExtendedLifetime(source) {}
                }
                let values = columns.map { "\(Quote.name($0.name))::\($0.type)" }.joined(separator: ", ")
                return try connection.query("SELECT \(values) FROM \(Quote.name(view))").map { row in
                    zip(columns, row.values).map { column, value in
                        ExampleField(column: column.name, value: value.isNull ? nil : value.description)
                    }
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
