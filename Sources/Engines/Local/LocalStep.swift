import Checks
import DuckDB
import Foundation
import Ingesting
import Project
import Queries
import Store
import Synchronization

/// One step on the embedded engine, from its inputs to staged and audited files.
final class LocalStep: Sendable {
    private struct Running {
        var interrupters: [Interrupter] = []
        var program: LocalProgram?
        var progress: ProgressReader?
        var phase = StepProgressReport.Phase.writing
        var isCancelled = false
    }

    private let job: StepJob
    /// Makes the names of this step's functions its own.
    private let number: Int
    private let database: Database
    private let programs: ProgramContext
    private let running = Mutex(Running())

    init(_ job: StepJob, number: Int, database: Database, programs: ProgramContext) {
        self.programs = programs
        self.job = job
        self.number = number
        self.database = database
    }

    private var dataset: Dataset { job.dataset }

    // MARK: From outside

    func cancel() {
        let (interrupters, program) = running.withLock { running in
            running.isCancelled = true
            return (running.interrupters, running.program)
        }
        program?.cancel()
        for interrupter in interrupters { interrupter.cancel() }
    }

    func reportProgress(_ report: (StepProgressReport) -> Void) {
        let (reader, phase) = running.withLock { ($0.progress, $0.phase) }
        guard let progress = reader?.read() else { return report(StepProgressReport(phase: phase)) }
        report(
            StepProgressReport(
                phase: phase, fraction: progress.fraction, rows: progress.rows, totalRows: progress.totalRows))
    }

    // MARK: The step

    func run(report: @escaping @Sendable (StepProgressReport) -> Void) throws -> StagedStep {
        guard let step = dataset.step.program else { return try stage(report: report) }
        let naming = try database.connect()
        let errors = ErrorTranslator(dataset: dataset, tables: job.inputs, connection: naming)
        let program = try errors.translating(offset: nil) {
            try LocalProgram(job, step, number: number, database: database, context: programs) { line in
                report(StepProgressReport(lines: [line], phase: .writing))
            }
        }
        defer { program.close() }
        let isCancelled = running.withLock { running in
            running.program = program
            return running.isCancelled
        }
        if isCancelled { program.cancel() }
        let answers = try errors.translating(offset: nil) { try program.answers() }
        defer {
            // The view must not outlive what it reads.
            try? naming.execute("DROP VIEW IF EXISTS \(Quote.name(program.view))")
            withExtendedLifetime(answers) {}
        }
        return try errors.translating(offset: nil) {
            try naming.createView(program.view, over: answers)
            return try program.translating { try stage(program, report: report) }
        }
    }

    private func stage(
        _ program: LocalProgram? = nil, report: @Sendable (StepProgressReport) -> Void
    ) throws -> StagedStep {
        let connection = try connect()
        defer { connection.close() }
        let errors = ErrorTranslator(
            dataset: dataset,
            tables: job.inputs + job.foreign.map(\.table) + [job.sourceTable, job.appendTo].compactMap { $0 },
            connection: connection)
        var source = try errors.translating(offset: nil) { try StepSource(job, on: connection, answers: program?.view) }
        let columns = try unreadable(on: connection) {
            try errors.translating(offset: source.offset) {
                try connection.columns(of: source.select).filter { !source.hidden.contains($0.name) }
            }
        }
        let stored = try columns.map {
            try StorableColumn(name: $0.name, duckDBType: $0.type, dataset: dataset.name).fitting(job.tableColumns)
        }
        var partitioned: PartitionedSource?
        var layout: PartitionLayout?
        if let partitions = job.partitions {
            let found = try PartitionedSource(
                source, job, partitions, columns: columns.map { QueryColumn(name: $0.name, type: $0.type) },
                number: number, on: connection)
            source = found.source
            partitioned = found
            layout = PartitionLayout(
                partitionBy: dataset.partitionBy.map(\.value), besides: stored.map(\.name) + [Splits.column])
        }
        let storedColumns = stored.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
        let (checks, faults) = CheckPlan.compile(dataset, columns: storedColumns, preceding: source.rules)
        guard !faults.contains(where: { $0.severity == .error }) else { throw StepError(faults) }

        let query = StepQuery(
            source: source.select, dataset: dataset, columns: stored, provenance: source.provenance,
            rules: checks.rowRules, layout: layout)
        var written = try write(query, checks, source, partitioned, on: connection, errors)
        defer { written.refused?.close() }
        if let program, job.leavesOut == nil, program.rowsOut != written.rowsRead {
            throw UnbalancedRows(
                dataset: dataset.name,
                rows: RowAccount(read: program.rowsOut, published: written.rowsRead, quarantined: 0))
        }

        if let partitioned, let layout { written.files = try partitioned.query.tagged(written.files, layout) }
        running.withLock { $0.phase = .checking }
        report(StepProgressReport(phase: .checking))
        var published = storedColumns
        if dataset.splits != nil { published.append(QueryColumn(name: Splits.column, type: "VARCHAR")) }
        let quarantine = try Quarantine(
            job, source: source, rules: checks.rowRules, columns: storedColumns, partitioned: partitioned)
        let quarantined = try quarantine.write(
            from: written.refused, rejects: connection, threads: track,
            guilty: program?.guiltyRows(on: connection) ?? [])
        let rows = RowAccount(
            read: written.rowsRead + quarantined.rejectedLines, published: written.files.reduce(0) { $0 + $1.rows },
            quarantined: quarantined.files.reduce(0) { $0 + $1.rows })
        guard rows.isBalanced else { throw UnbalancedRows(dataset: dataset.name, rows: rows) }

        let audit = Audit(job: job, checks: checks, columns: published, files: written.files)
        let found = try errors.translating(offset: nil) {
            try audit.run(on: connection, refused: written.refused, failures: written.failures, rows: rows)
        }
        let outcomes = [quarantined.outcome, partitioned?.outcome].compactMap { $0 } + found.outcomes
        return StagedStep(
            columns: published, files: written.files, quarantineColumns: quarantine.columns,
            quarantineFiles: quarantined.files, rows: rows,
            checks: outcomes, splits: found.splits,
            // The project's name for it is the set's business.
            engine: EngineRecord(name: "", software: "DuckDB", version: try Library.open().version))
    }

    private struct Written {
        var files: [StagedFile]
        var rowsRead: Int
        var refused: RefusedRows?
        var failures: [Int]
    }

    private func write(
        _ query: StepQuery, _ checks: CheckPlan, _ source: StepSource, _ partitioned: PartitionedSource?,
        on connection: Connection, _ errors: ErrorTranslator
    ) throws -> Written {
        var refused: RefusedRows?
        var routing: StepQuery.Routing?
        var functions: [ScalarFunction] = []
        // DuckDB keeps functions, and with them the rows' connection, as long as the database lives.
        defer { for function in functions { try? connection.withdraw(function) } }
        if let function = partitioned?.function {
            try connection.register(function)
            functions.append(function)
        }
        if !checks.rowRules.isEmpty {
            let names = StepQuery.Routing(count: "_millrace_count_\(number)", refuse: "_millrace_refuse_\(number)")
            let columns =
                source.provenance.map { QueryColumn(name: $0.name, type: $0.type) }
                + query.columns.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
            let rows = try RefusedRows(rules: checks.rowRules, columns: columns, database: database)
            track(rows.connection)
            for function in rows.functions(names) {
                try connection.register(function)
                functions.append(function)
            }
            refused = rows
            routing = names
        }
        let (copy, offset) = query.copy(to: job.folder, filePrefix: job.filePrefix, routing: routing)
        let files = try unreadable(on: connection) {
            try errors.translating(offset: offset + source.offset) {
                try connection.query(copy).compactMap { StagedFile(returnedBy: $0) }
            }
        }
        let failures = try refused?.finish() ?? []
        return Written(
            files: files, rowsRead: refused?.rowsSeen ?? files.reduce(0) { $0 + $1.rows }, refused: refused,
            failures: failures)
    }

    /// Names the lines of a JSON file that could not be read, where DuckDB only says that there is one.
    private func unreadable<Result>(on connection: Connection, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as StepError {
            guard let ingest = dataset.step.ingest, ingest.format == .jsonl, ingest.onError == .fail,
                let query = SourceQuery(dataset, files: job.sourceFiles),
                let found = try? JSONLines(query, ingest, on: connection).diagnostic(on: connection)
            else { throw error }
            throw StepError([found])
        }
    }

    private func connect() throws -> Connection {
        let connection = try database.connect()
        running.withLock { $0.progress = connection.progress }
        track(connection)
        return connection
    }

    /// Lets `cancel` reach a connection.
    private func track(_ connection: Connection) {
        let interrupter = connection.interrupter
        let isCancelled = running.withLock { running in
            running.interrupters.append(interrupter)
            return running.isCancelled
        }
        if isCancelled { interrupter.cancel() }
    }
}

/// Rows came in that went nowhere, or the other way round: a fault of Millrace, found before anything is published.
struct UnbalancedRows: Error, CustomStringConvertible {
    var dataset: DatasetName
    var rows: RowAccount

    var description: String {
        "the rows of '\(dataset)' do not add up: \(rows.read) read, but \(rows.published) to be published and "
            + "\(rows.quarantined) quarantined; nothing was published"
    }
}
