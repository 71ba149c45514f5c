import Project
import Queries
import Store
import Timetable

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

    /// Nothing but the partition, under a name that is free.
    init(naming column: String) {
        self.column = column
        copies = []
    }

    /// The columns for a SELECT, from those of the rows.
    var columns: [String] {
        ["\(Quote.name(PartitionQuery.keyColumn)) AS \(Quote.name(column))"]
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
