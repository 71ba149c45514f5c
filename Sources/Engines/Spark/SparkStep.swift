import Checks
import Columnar
import Project
import Queries
import SparkConnect
import Store
import Synchronization

/// One step on a Spark session, from its inputs to staged and audited files. The executors read the inputs and write
/// the files; to this program come counts, a few examples, and the files' footers.
struct SparkStep {
    let job: StepJob
    let session: SparkSession
    let views: SparkViews
    /// The engine's name, for messages.
    let engine: String
    let faults: SparkFaults
    /// Parses, tells names and types, and reads footers.
    let local: LocalEngine

    private var dataset: Dataset { job.dataset }
    private var span: SourceSpan { dataset.step.textSpan ?? dataset.span }

    func run(report: @escaping @Sendable (StepProgressReport) -> Void) async throws -> StagedStep {
        report(StepProgressReport(phase: .writing))
        let query = SparkStepQuery(
            dataset: dataset, engine: engine, parser: local, tables: try await defineInputs())
        let found = try await local.columns(of: job)
        let rows = try query.rows(names: found.map(\.name))
        var faults = faults
        faults.places = rows.places
        do {
            return try await stage(query, rows, found, report)
        } catch let error as SparkError {
            throw faults.translate(error)
        }
    }

    private func defineInputs() async throws -> [String: SparkTranslator.Table] {
        var tables: [String: SparkTranslator.Table] = [:]
        for (number, input) in job.inputs.enumerated() {
            tables[input.name.text] = try await views.define("input\(number)", input, at: span)
        }
        for (number, foreign) in job.foreign.enumerated() {
            tables[foreign.view] = try await views.define("foreign\(number)", foreign.table, at: span)
        }
        return tables
    }

    // MARK: Writing

    private func stage(
        _ query: SparkStepQuery, _ rows: SparkTranslator.Translation, _ found: [QueryColumn],
        _ report: @escaping @Sendable (StepProgressReport) -> Void
    ) async throws -> StagedStep {
        var source = try await views.define("rows", rows)
        if let condition = job.leavesOut {
            source = try await views.define("remaining", try query.remaining(of: source, without: condition))
        }
        let stored = try found.map {
            try StorableColumn(name: $0.name, duckDBType: $0.type, dataset: dataset.name).fitting(job.tableColumns)
        }
        let partitions = try job.partitions.map { try PartitionQuery(job, $0, columns: found) }
        var preceding: [RowRule] = []
        if let partitions {
            source = try await views.define("partitioned", try query.partitioned(source, by: partitions))
            if partitions.partitions.seeksStrays {
                preceding.append(
                    partitions.rule(after: [], unlessUnreadable: false, PartitionQuery.strayReason))
            }
        }
        let storedColumns = stored.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
        let (checks, problems) = CheckPlan.compile(dataset, columns: storedColumns, preceding: preceding)
        guard !problems.contains(where: { $0.severity == .error }) else { throw StepError(problems) }
        var hidden = partitions == nil ? [] : [PartitionQuery.keyColumn, PartitionQuery.strayColumn]
        var leftOut = 0
        if partitions?.isBefore != nil {
            if checks.rowRules.windows.isEmpty {
                hidden.append(SparkStepQuery.beforeColumn)
            } else {
                // What a rule compares with other rows must not see those.
                leftOut = try await leaveOut(&source)
            }
        }
        let layout = SparkLayout(
            dataset, columns: stored.map(\.name), rules: checks.rowRules, partitions: partitions)
        let shaped = try await views.define(
            "shaped", try query.shaped(source, columns: stored, hidden: hidden, copies: layout.copies))
        let ruled = try query.ruled(shaped, checks.rowRules)

        var published = storedColumns
        if dataset.splits != nil { published.append(QueryColumn(name: Splits.column, type: "VARCHAR")) }
        let written = try await write(
            ruled, published, checks.rowRules, layout, leavesOut: hidden.contains(SparkStepQuery.beforeColumn), report)
        let (kept, refused) = try layout.sorted(try await staged(in: job.folder + "/" + job.filePrefix, stored))
        let sum = (kept + refused.map(\.file)).reduce(0) { $0 + $1.rows }
        guard sum == written.rows else {
            throw sum < written.rows
                ? faults.invisible(rows: written.rows)
                : UnbalancedRows(
                    dataset: dataset.name, rows: RowAccount(read: written.rows, published: sum, quarantined: 0))
        }

        report(StepProgressReport(phase: .checking))
        let quarantine = SparkQuarantine(
            job: job, views: views, rules: checks.rowRules, columns: storedColumns, layout: layout)
        var refusedFiles: [StagedFile] = []
        if !refused.isEmpty {
            try await quarantine.write(refused)
            refusedFiles = try layout.taggedQuarantine(
                try await staged(in: job.quarantineFolder + "/" + job.filePrefix, []))
        }
        let account = RowAccount(
            read: written.rows, published: kept.reduce(0) { $0 + $1.rows },
            quarantined: refusedFiles.reduce(0) { $0 + $1.rows })
        guard account.isBalanced else { throw UnbalancedRows(dataset: dataset.name, rows: account) }

        let audit = SparkAudit(
            job: job, query: query, views: views, checks: checks, columns: published, kept: kept, refused: refused,
            layout: layout, local: local)
        let outcome = try await audit.run(failures: written.failures, rows: account)
        return StagedStep(
            columns: published, files: kept, quarantineColumns: quarantine.allColumns, quarantineFiles: refusedFiles,
            rows: account,
            checks: [partitions?.outcome(leftOut: leftOut + written.leftOut)].compactMap { $0 } + outcome.outcomes,
            splits: outcome.splits,
            engine: EngineRecord(name: engine, software: "Spark", version: session.serverVersion),
            leftovers: refused.map(\.file.path))
    }

    /// Counts the rows before the first partition, and takes them out: a pass of its own.
    private func leaveOut(_ source: inout SparkTranslator.Table) async throws -> Int {
        let before = SparkText.name(SparkStepQuery.beforeColumn)
        let count = try await session.numbers(.sql("SELECT count_if(\(before)) FROM \(source.source)")).first ?? nil
        source = try await views.define(
            "started",
            SparkTranslator.Translation(
                sql: "SELECT * FROM \(source.source) WHERE NOT \(before)", columns: source.columns))
        return Int(count ?? 0)
    }

    private struct Written {
        var rows: Int
        /// Rows before the first partition, which are not among these.
        var leftOut: Int
        /// Of each row rule.
        var failures: [Int]
    }

    /// Lets the executors write all rows, and counts them, and those that fail each rule, in the same pass.
    /// - Parameter leavesOut: whether rows before the first partition are to be counted by themselves, and left out.
    private func write(
        _ ruled: SparkTranslator.Translation, _ columns: [QueryColumn], _ rules: RowRules, _ layout: SparkLayout,
        leavesOut: Bool, _ report: @escaping @Sendable (StepProgressReport) -> Void
    ) async throws -> Written {
        let before = SparkText.name(SparkStepQuery.beforeColumn)
        let isThere = leavesOut ? "NOT \(before)" : "true"
        var counts = ["count_if(\(isThere)) AS rows", "count_if(NOT (\(isThere))) AS before"]
        counts += rules.rules.indices.map {
            "count_if(\(SparkText.name(SparkStepQuery.ruleColumn($0))) AND \(isThere)) AS rule\($0)"
        }
        let counted = SparkRelation.sql(ruled.sql).observing("millrace", counts)
        let relation = (leavesOut ? counted.filter(isThere) : counted)
            .select(columns.map { SparkText.name($0.name) } + layout.selected)
        let plan = SparkPlan.write(
            relation, to: SparkViews.location(job.folder + "/" + job.filePrefix), partitionedBy: layout.columns,
            options: SparkSteps.writingOptions(job.folder))
        let observed = Mutex<SparkObservation?>(nil)
        try await session.execute(plan) { event in
            switch event {
            case .observed(let observation): observed.withLock { $0 = observation }
            case .progress(let progress):
                let share = progress.tasks > 0 ? Double(progress.completedTasks) / Double(progress.tasks) : nil
                report(StepProgressReport(phase: .writing, fraction: share))
            default: break
            }
        }
        guard let found = observed.withLock({ $0 }), let rows = found.count("rows") else {
            throw SparkError(.malformed, "the server at \(session.endpoint.address) did not count the rows")
        }
        return Written(
            rows: rows, leftOut: found.count("before") ?? 0,
            failures: rules.rules.indices.map { found.count("rule\($0)") ?? 0 })
    }

    private func staged(in folder: String, _ columns: [StorableColumn]) async throws -> [StagedFile] {
        try await local.footers(in: folder, columns: columns)
    }
}

/// What all steps on Spark have in common.
enum SparkSteps {
    /// Settings of the session, beside those that translations need.
    static let settings = [
        // A folder of few kinds of rows is written without sorting them first.
        "spark.sql.maxConcurrentOutputFileWriters": "64",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.parquet.writeLegacyFormat": "false",
        "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
        "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
        "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
        // What is missing or damaged is an error, never fewer rows.
        "spark.sql.files.ignoreMissingFiles": "false",
        "spark.sql.files.ignoreCorruptFiles": "false",
    ]

    static func writingOptions(_ folder: String) -> [String: String] {
        var options = ["compression": "zstd", "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false"]
        if folder.hasPrefix("/") {
            // Without files of checksums beside those of data.
            options["fs.file.impl"] = "org.apache.hadoop.fs.RawLocalFileSystem"
            options["fs.file.impl.disable.cache"] = "true"
        }
        return options
    }
}

extension SparkObservation {
    fileprivate func count(_ name: String) -> Int? {
        switch values[name] {
        case .long(let value): Int(value)
        case .integer(let value): Int(value)
        default: nil
        }
    }
}

extension SparkSession {
    /// The values of a result's first row, as numbers.
    func numbers(_ relation: SparkRelation) async throws -> [Double?] {
        for batch in try await collect(relation) where batch.count > 0 {
            return batch.columns.map { column in
                switch column.value(at: 0) {
                case .int(let value): Double(value)
                case .double(let value): value
                case .float(let value): Double(value)
                default: nil
                }
            }
        }
        return []
    }
}
