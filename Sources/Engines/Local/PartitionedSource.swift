import Checks
import DuckDB
import Project
import Queries
import Store
import Synchronization
import Timetable

/// What a step of a partitioned dataset reads: its rows, cut down to those of the partitions that it makes, each with
/// the partition that it is of.
struct PartitionedSource {
    let source: StepSource
    /// Counts the rows before the first partition; registered for this step alone.
    let function: ScalarFunction?
    private let job: StepJob
    private let partitions: PartitionJob
    private let level: PartitionCondition.Level
    private let leftOut = LeftOutRows()

    /// The hidden columns: the partition of a row, or the range of partitions that share its file, and whether the row
    /// belongs to none.
    static let keyColumn = "_millrace_partition"
    private static let strayColumn = "_millrace_stray"

    /// A temporary table that tells the partition of each source file.
    private static let filesTable = "_millrace_files"
    private static let nameColumn = "_millrace_name"
    private static let fileKeyColumn = "_millrace_key"

    /// A run of more partitions puts several into one file. Each file costs a table's readers, and this run, some
    /// milliseconds.
    private static let mostFiles = 1_000

    /// - Parameters:
    ///   - columns: those of the step's rows.
    ///   - number: makes the name of the function the step's own.
    /// - Throws: a `StepError` when the column is not there, or of a type that tells no partition.
    init(
        _ source: StepSource, _ job: StepJob, _ partitions: PartitionJob, columns: [QueryColumn], number: Int,
        on connection: Connection
    ) throws {
        self.job = job
        self.partitions = partitions
        let partitioning = partitions.partitioning
        let condition: PartitionCondition
        switch PartitionColumn.condition(of: partitioning, in: job.dataset, columns: columns) {
        case .success(let found): condition = found
        case .failure(let problem): throw StepError([problem])
        }
        let period = partitioning.period.flatMap { PartitionCondition.Level(rawValue: $0.rawValue) }
        level =
            partitions.files == nil
            ? PartitionCondition.level(of: partitions.making, groups: Self.mostFiles) : period ?? .day
        if let files = partitions.files {
            function = nil
            try Self.define(files, on: connection)
            self.source = source.wrapped(
                before: """
                    SELECT s.*, m.\(Quote.name(Self.fileKeyColumn)) AS \(Quote.name(Self.keyColumn)), \
                    (\(condition.group(level))) IS DISTINCT FROM m.\(Quote.name(Self.fileKeyColumn)) \
                    AS \(Quote.name(Self.strayColumn)) FROM (

                    """,
                after: """

                    ) AS s LEFT JOIN \(Self.filesTable) AS m \
                    ON s.\(Quote.name(StepSource.sourceFile)) = m.\(Quote.name(Self.nameColumn))
                    """,
                adding: Self.provenance, rule: Self.rule(after: source, job, "is not of the partition of its file"))
            return
        }
        var isWanted = condition.isIn(partitions.making)
        var stray = "false"
        var function: ScalarFunction?
        if partitions.seeksStrays {
            let all: [String] = if case .list(let values) = partitioning.scheme { values } else { [] }
            stray = condition.isNowhere(all)
            isWanted = "(\(isWanted) OR \(stray))"
            if case .time(_, let start) = partitioning.scheme {
                let name = "_millrace_before_\(number)"
                let leftOut = leftOut
                function = ScalarFunction(
                    name: name, parameters: ["ANY"], returns: "BOOLEAN", isVolatile: true, handlesNulls: true
                ) { chunk, result in
                    leftOut.count.wrappingAdd(chunk.rowCount, ordering: .relaxed)
                    try result.fill(false)
                }
                let column = Quote.name(partitioning.column.value)
                isWanted = "CASE WHEN \(condition.isBefore(start)) THEN \(name)(\(column)) ELSE \(isWanted) END"
            }
        }
        self.function = function
        let group = condition.group(level)
        self.source = source.wrapped(
            before: """
                SELECT *, \(partitions.seeksStrays ? "CASE WHEN NOT \(stray) THEN \(group) END" : group) \
                AS \(Quote.name(Self.keyColumn)), \(stray) AS \(Quote.name(Self.strayColumn)) FROM (

                """,
            after: "\n) WHERE \(isWanted)", adding: Self.provenance,
            rule: partitions.seeksStrays ? Self.rule(after: source, job, "is of no partition") : nil)
    }

    private static let provenance = [
        StepSource.Provenance(name: keyColumn, type: "VARCHAR", sql: Quote.name(keyColumn)),
        StepSource.Provenance(name: strayColumn, type: "BOOLEAN", sql: Quote.name(strayColumn)),
    ]

    /// Rows that belong to no partition are refused, not forgotten.
    private static func rule(after source: StepSource, _ job: StepJob, _ reason: String) -> RowRule {
        let check = Check(
            rule: .notNull, onFail: .quarantine, givenName: "partition",
            span: job.partitions?.partitioning.span ?? job.dataset.span)
        // A line that cannot be read has no values, and is refused for that.
        let fault = source.provenance.contains { $0.name == StepSource.faultColumn }
        let failing = Quote.name(strayColumn) + (fault ? " AND NOT \(Quote.name(StepSource.faultColumn))" : "")
        let column = job.partitions?.partitioning.column.value ?? ""
        return RowRule(
            check: check, bit: source.rules.count, failing: failing,
            reason: "partition: by its \(column) it \(reason)")
    }

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
        guard partitions.files != nil else { return "NULL::VARCHAR" }
        return
            "(SELECT any_value(\(Self.fileKeyColumn)) FROM \(Self.filesTable) WHERE \(Self.nameColumn) = \(column))"
    }

    // MARK: Afterwards

    /// The staged files with what tells their partitions.
    /// - Parameter layout: by whose folders they were written.
    func tagged(_ files: [StagedFile], _ layout: PartitionLayout) throws -> [StagedFile] {
        try files.map { file in
            var file = file
            let text = file.partitionValues.removeValue(forKey: layout.column) ?? nil
            for (copy, column) in layout.copies {
                if let value = file.partitionValues.removeValue(forKey: copy) {
                    file.partitionValues.updateValue(value, forKey: column)
                }
            }
            guard let text else {
                file.partition = ""
                return file
            }
            guard let held = PartitionCondition.partitions(in: text, at: level, among: partitions.making),
                held.intersection(partitions.making).isEmpty == false, let tag = held.texts.first
            else { throw UnknownPartition(dataset: job.dataset.name, text: text) }
            file.partition = tag
            file.sources = partitions.digests[text]
            return file
        }
    }

    /// What became of rows before the first partition; nil when there were none.
    var outcome: CheckOutcome? {
        let count = leftOut.count.load(ordering: .sequentiallyConsistent)
        guard count > 0, case .time(_, let start) = partitions.partitioning.scheme else { return nil }
        return CheckOutcome(
            name: "start", status: .warned, failing: count,
            message: "\(Count.grouped(count)) \(count == 1 ? "row is" : "rows are") left out: before the first "
                + "partition, \(start)")
    }
}

/// Rows before the first partition, counted on all of the engine's threads.
private final class LeftOutRows: Sendable {
    let count = Atomic<Int>(0)
}

/// Into which folders the rows of partitions are written: each into one of its own, whose name is no part of the table.
struct PartitionLayout {
    /// The column that tells the partition.
    let column: String
    /// For each column that the table itself is partitioned by, a copy: what folders are named by is not written into
    /// the files.
    let copies: [(copy: String, column: String)]

    /// - Parameter columns: the names that are taken.
    init(partitionBy: [String], besides columns: [String]) {
        var taken = Set(columns.map { $0.lowercased() })
        func free(_ name: String) -> String {
            var name = name
            while !taken.insert(name.lowercased()).inserted { name += "_" }
            return name
        }
        column = free("partition")
        copies = partitionBy.map { (free($0), $0) }
    }

    /// The columns for a SELECT, from those of the rows.
    var columns: [String] {
        ["\(Quote.name(PartitionedSource.keyColumn)) AS \(Quote.name(column))"]
            + copies.map { "\(Quote.name($0.column)) AS \(Quote.name($0.copy))" }
    }

    /// The options for COPY.
    func options(filePrefix: String) -> [String] {
        let names = ([column] + copies.map(\.copy)).map { Quote.name($0) }.joined(separator: ", ")
        return [
            "FILENAME_PATTERN \(Quote.text("\(filePrefix)-{uuid}"))", "PARTITION_BY (\(names))",
            "WRITE_PARTITION_COLUMNS false",
        ]
    }
}

/// A row came into a partition that the step does not make: a fault of Millrace, found before anything is published.
struct UnknownPartition: Error, CustomStringConvertible {
    var dataset: DatasetName
    var text: String

    var description: String { "'\(dataset)' made rows of the partition '\(text)', which it was not to make" }
}

/// The column that tells the partition of a row.
enum PartitionColumn {
    static func condition(
        of partitioning: Partitioning, in dataset: Dataset, columns: [QueryColumn]
    ) -> Result<PartitionCondition, Diagnostic> {
        let name = partitioning.column
        guard let column = columns.first(where: { $0.name.lowercased() == name.value.lowercased() }) else {
            return .failure(.missingColumn(name, of: dataset.name, among: columns))
        }
        guard
            let condition = PartitionCondition(
                column: column.name, type: column.type, period: partitioning.period)
        else {
            let period = partitioning.period?.rawValue ?? ""
            let cast = partitioning.period == .hour ? "TIMESTAMP" : "DATE"
            return .failure(
                .error(
                    "the column '\(column.name)' is \(column.type), which does not tell the \(period) of a row",
                    at: name.span, hint: "make it a \(cast): CAST(\(column.name) AS \(cast)) AS \(column.name)"))
        }
        return .success(condition)
    }
}
