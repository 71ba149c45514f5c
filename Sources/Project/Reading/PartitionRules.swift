/// Finds what does not go together with `partitions`.
struct PartitionRules {
    let context: ReadingContext
    let values: FieldValues

    func report(_ dataset: Dataset) {
        guard dataset.partitioning != nil else {
            // What is wrong with partitions that cannot be read is said already.
            guard values.entry("partitions") == nil else { return }
            for file in dataset.step.ingest?.files ?? [] where file.value.contains(Ingest.partitionPlaceholder) {
                context.error(
                    "'\(Ingest.partitionPlaceholder)' stands for a partition, and '\(dataset.name)' has none",
                    at: file.span,
                    hint: "add 'partitions: { by: day, column: COLUMN, start: 2024-01-01 }', or write '*'")
            }
            return
        }
        if dataset.step.program != nil, let partitions = values.entry("partitions") {
            context.error(
                "'partitions' does not go with 'run': a program makes its dataset as a whole", at: partitions.span,
                hint: "let a SQL step make the partitions, and the program its input or what comes after it")
        }
        if dataset.mode != .replace, let mode = values.entry("mode") {
            context.error(
                "'mode: \(dataset.mode.rawValue)' does not go with 'partitions': the rows of a run take the place of "
                    + "those of its partitions", at: mode.value.span, hint: "remove 'mode', or remove 'partitions'")
        }
        guard let ingest = dataset.step.ingest, ingest.namesPartitions else { return }
        for file in ingest.files where !file.value.contains(Ingest.partitionPlaceholder) {
            context.error(
                "the files of '\(file.value)' tell no partition, and others do", at: file.span,
                hint: "write '\(Ingest.partitionPlaceholder)' where the partition's key stands, or make a dataset of "
                    + "each kind of file")
        }
    }
}
