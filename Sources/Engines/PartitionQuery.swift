import Checks
import Project
import Queries
import Store
import Timetable

/// What cuts the rows of a partitioned dataset's step down to the partitions that it makes, in DuckDB's SQL over them,
/// and what tells afterwards which files have which.
struct PartitionQuery {
    let job: StepJob
    let partitions: PartitionJob
    let level: PartitionCondition.Level
    let condition: PartitionCondition

    /// The hidden columns: the partition of a row, or the range of partitions that share its file, and whether the row
    /// belongs to none.
    static let keyColumn = "_millrace_partition"
    static let strayColumn = "_millrace_stray"

    /// A run of more partitions puts several into one file. Each file costs a table's readers, and this run, some
    /// milliseconds.
    private static let mostFiles = 1_000

    /// - Parameter columns: those of the step's rows.
    /// - Throws: a `StepError` when the column is not there, or of a type that tells no partition.
    init(_ job: StepJob, _ partitions: PartitionJob, columns: [QueryColumn]) throws {
        self.job = job
        self.partitions = partitions
        let partitioning = partitions.partitioning
        switch PartitionColumn.condition(of: partitioning, in: job.dataset, columns: columns) {
        case .success(let found): condition = found
        case .failure(let problem): throw StepError([problem])
        }
        let period = partitioning.period.flatMap { PartitionCondition.Level(rawValue: $0.rawValue) }
        level =
            partitions.files == nil
            ? PartitionCondition.level(of: partitions.making, groups: Self.mostFiles) : period ?? .day
    }

    var group: String { condition.group(level) }

    /// True for rows that belong to no partition.
    var stray: String {
        guard partitions.seeksStrays else { return "false" }
        let all: [String] = if case .list(let values) = partitions.partitioning.scheme { values } else { [] }
        return condition.isNowhere(all)
    }

    /// The partition of a row; NULL for a stray.
    var key: String { partitions.seeksStrays ? "CASE WHEN NOT \(stray) THEN \(group) END" : group }

    /// True for rows that the step takes.
    var isWanted: String {
        let wanted = condition.isIn(partitions.making)
        return partitions.seeksStrays ? "(\(wanted) OR \(stray))" : wanted
    }

    /// True for rows before the first partition, which are counted and left out; nil where there is no such thing.
    var isBefore: String? {
        guard partitions.seeksStrays, case .time(_, let start) = partitions.partitioning.scheme else { return nil }
        return condition.isBefore(start)
    }

    /// Rows that belong to no partition are refused, not forgotten.
    func rule(after rules: [RowRule], unlessUnreadable: Bool, _ reason: String) -> RowRule {
        let check = Check(
            rule: .notNull, onFail: .quarantine, givenName: "partition", span: partitions.partitioning.span)
        // A line that cannot be read has no values, and is refused for that.
        let failing =
            Quote.name(Self.strayColumn) + (unlessUnreadable ? " AND NOT \(Quote.name(StepSource.faultColumn))" : "")
        return RowRule(
            check: check, bit: rules.count, failing: failing,
            reason: "partition: by its \(partitions.partitioning.column.value) it \(reason)")
    }

    static let strayReason = "is of no partition"

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
    func outcome(leftOut count: Int) -> CheckOutcome? {
        guard count > 0, case .time(_, let start) = partitions.partitioning.scheme else { return nil }
        return CheckOutcome(
            name: "start", status: .warned, failing: count,
            message: "\(Count.grouped(count)) \(count == 1 ? "row is" : "rows are") left out: before the first "
                + "partition, \(start)")
    }
}
