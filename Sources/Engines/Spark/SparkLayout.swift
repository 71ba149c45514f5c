import Checks
import Project
import Queries
import Store

/// By which columns the executors put a step's rows into folders: which rules refuse a row, its partition, and what the
/// table itself is partitioned by. Spark does not write such columns into the files, so all of them are further ones.
struct SparkLayout {
    /// Tells which rules refuse a row, a digit for each, `0` for those that it passes; nil when there are no such rules.
    let maskColumn: String?
    /// The places of the rules that refuse, in the order of the digits.
    let refusing: [Int]
    private let layout: PartitionLayout
    private let partitions: PartitionQuery?

    init(_ dataset: Dataset, columns: [String], rules: RowRules, partitions: PartitionQuery?) {
        self.partitions = partitions
        layout = PartitionLayout(partitionBy: dataset.partitionBy.map(\.value), besides: columns + [Splits.column])
        refusing = rules.rules.indices.filter { rules.rules[$0].refuses }
        var mask = "refused"
        let taken = Set((columns + [Splits.column, layout.column] + layout.copies.map(\.copy)).map { $0.lowercased() })
        while taken.contains(mask) { mask += "_" }
        maskColumn = refusing.isEmpty ? nil : mask
    }

    var copies: [(copy: String, column: String)] { layout.copies }

    /// The folders' columns, from the outside in.
    var columns: [String] {
        [maskColumn].compactMap { $0 } + (partitions == nil ? [] : [layout.column]) + layout.copies.map(\.copy)
    }

    /// The folders' columns as expressions of Spark's over the ruled rows.
    var selected: [String] {
        var selected: [String] = []
        if let maskColumn {
            let digits = refusing.map { "IF(\(SparkText.name(SparkStepQuery.ruleColumn($0))), '1', '0')" }
            selected.append("concat(\(digits.joined(separator: ", "))) AS \(SparkText.name(maskColumn))")
        }
        if partitions != nil {
            selected.append("\(SparkText.name(PartitionQuery.keyColumn)) AS \(SparkText.name(layout.column))")
        }
        return selected + layout.copies.map { SparkText.name($0.copy) }
    }

    /// The files of rows that stay, with what tells their partitions; and those of refused rows, with the mask of each.
    func sorted(_ files: [StagedFile]) throws -> (kept: [StagedFile], refused: [(file: StagedFile, mask: String)]) {
        var kept: [StagedFile] = []
        var refused: [(file: StagedFile, mask: String)] = []
        for var file in files {
            let mask = maskColumn.flatMap { file.partitionValues.removeValue(forKey: $0) ?? nil }
            if let mask, mask.contains("1") { refused.append((file, mask)) } else { kept.append(file) }
        }
        return (try tagged(kept), refused)
    }

    private func tagged(_ files: [StagedFile]) throws -> [StagedFile] {
        if let partitions { return try partitions.tagged(files, layout) }
        return files.map { file in
            var file = file
            for (copy, column) in layout.copies {
                let value = file.partitionValues.removeValue(forKey: copy) ?? nil
                file.partitionValues.updateValue(value, forKey: column)
            }
            return file
        }
    }

    /// The files of the quarantine, with what tells their partitions.
    func taggedQuarantine(_ files: [StagedFile]) throws -> [StagedFile] {
        guard let partitions else { return files }
        return try partitions.tagged(files, PartitionLayout(naming: layout.column))
    }

    /// The column that tells the partition of a row, of refused ones as well; nil without partitions.
    var partitionColumn: String? { partitions == nil ? nil : layout.column }
}
