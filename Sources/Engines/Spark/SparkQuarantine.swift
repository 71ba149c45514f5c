import Checks
import Project
import Queries
import SparkConnect
import Store

/// Writes the refused rows of a step, each with its reasons, into the quarantine's folder.
struct SparkQuarantine {
    let job: StepJob
    let views: SparkViews
    let rules: RowRules
    /// Those of a row, without the split.
    let columns: [QueryColumn]
    let layout: SparkLayout

    /// The columns of the quarantine table.
    var allColumns: [QueryColumn] { [QueryColumn(name: Quarantine.reasonsColumn, type: "VARCHAR[]")] + columns }

    /// - Parameter refused: the files of refused rows, each with the mask that all of its rows have.
    func write(_ refused: [(file: StagedFile, mask: String)]) async throws {
        var selects: [String] = []
        let session = views.session
        for (number, mask) in Set(refused.map(\.mask)).sorted().enumerated() {
            for (partition, files) in groups(of: refused.filter { $0.mask == mask }.map(\.file)) {
                let view = "\(views.prefix)refused\(number)_\(selects.count)"
                try await session.run(
                    .makeView(
                        view,
                        of: .files(
                            files.map { SparkViews.location($0.path) }, format: "parquet", schema: try schema,
                            options: SparkViews.readingOptions)))
                var selected = ["\(reasons(of: mask)) AS \(SparkText.name(Quarantine.reasonsColumn))"]
                selected += columns.map { SparkText.name($0.name) }
                if let column = layout.partitionColumn {
                    selected.append(
                        "CAST(\(partition.map(SparkText.text) ?? "NULL") AS STRING) AS \(SparkText.name(column))")
                }
                selects.append("SELECT \(selected.joined(separator: ", ")) FROM \(SparkText.name(view))")
            }
        }
        try await session.run(
            .write(
                .sql(selects.joined(separator: "\nUNION ALL\n")),
                to: SparkViews.location(job.quarantineFolder + "/" + job.filePrefix),
                partitionedBy: [layout.partitionColumn].compactMap { $0 },
                options: SparkSteps.writingOptions(job.quarantineFolder)))
    }

    /// By partition, in order; all in one without partitions.
    private func groups(of files: [StagedFile]) -> [(partition: String?, files: [StagedFile])] {
        guard let column = layout.partitionColumn else { return [(nil, files)] }
        let groups = Dictionary(grouping: files) { $0.partitionValues[column] ?? nil }
        return groups.map { ($0, $1) }.sorted { ($0.partition ?? "") < ($1.partition ?? "") }
    }

    private var schema: String {
        get throws {
            try columns.map { column in
                guard let type = DuckType(column.type)?.spark else {
                    throw StepError([.error("no type of Spark's for \(column.type)", at: job.dataset.span)])
                }
                return "\(SparkText.name(column.name)) \(type)"
            }.joined(separator: ", ")
        }
    }

    private func reasons(of mask: String) -> String {
        let texts = zip(mask, layout.refusing).filter { $0.0 == "1" }.map { SparkText.text(rules.rules[$0.1].reason) }
        return "array(\(texts.joined(separator: ", ")))"
    }
}
