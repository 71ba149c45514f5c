import Timetable

extension Dataset {
    /// Adds everything that decides what the step makes; descriptions, tags, names of checks and positions do not.
    /// `normalise` drops from SQL what means nothing: white space and comments.
    package func definition(into builder: inout Fingerprint.Builder, normalise: (String) -> String) {
        switch step {
        case .ingest(let ingest):
            builder.add("ingest")
            ingest.definition(into: &builder)
        case .sql(let text):
            builder.add("sql")
            builder.add(normalise(text.text))
        case .run(let program):
            builder.add("run")
            program.definition(into: &builder)
        }
        builder.add("mode")
        builder.add(mode.rawValue)
        // What a project of an earlier version could not have is added only where it is used: its fingerprints stay.
        if let incremental {
            builder.add("incremental")
            builder.add(incremental.value.folded)
        }
        if let deleteWhen {
            builder.add("delete_when")
            builder.add(normalise(deleteWhen.text))
        }
        if let partitioning {
            // Not the first partition and not the list: what they add is missing, and what is made stays.
            builder.add("partitions")
            builder.add(partitioning.period?.rawValue ?? "list")
            builder.add(partitioning.column.value)
        }
        builder.add("key", key.map(\.value))
        builder.add("partition_by", partitionBy.map(\.value))
        builder.add("columns", columns.flatMap { [$0.name.value, $0.type?.value ?? ""] })
        builder.add("checks \(checks.count)")
        for check in checks { check.definition(into: &builder, normalise: normalise) }
        guard let splits else { return }
        builder.add("splits")
        builder.add(splits.by.value)
        builder.add(String(splits.seed))
        builder.add("shares", splits.shares.flatMap { [$0.name, String($0.weight)] })
    }
}

extension Ingest {
    fileprivate func definition(into builder: inout Fingerprint.Builder) {
        if let delta {
            builder.add("delta")
            builder.add(delta.value)
            builder.add(version.map(String.init))
            return
        }
        builder.add("files", files.map(\.value))
        builder.add(format.rawValue)
        builder.add(compression?.rawValue)
        builder.add(onError.rawValue)
        builder.add("types", types.flatMap { [$0.column.value, $0.type.value] })
        for option in [csv.delimiter, csv.quote, csv.escape, csv.comment] { builder.add(option) }
        builder.add(csv.header.map(String.init))
        builder.add(csv.skip.map(String.init))
        builder.add("nulls", csv.nulls)
        for option in [csv.decimalSeparator, csv.dateFormat, csv.timestampFormat, csv.encoding] { builder.add(option) }
        builder.add(csv.nullPadding.map(String.init))
    }
}

extension Check {
    fileprivate func definition(into builder: inout Fingerprint.Builder, normalise: (String) -> String) {
        builder.add("columns", columns.map(\.value))
        builder.add(condition.map { normalise($0.value) })
        builder.add(mostly.map { String($0) })
        builder.add(onFail.rawValue)
        builder.add(ruleName)
        switch rule {
        case .notNull, .unique: break
        case .accepted(let values): builder.add("values", values.map(\.sql))
        case .range(let min, let max):
            builder.add(min?.sql)
            builder.add(max?.sql)
        case .pattern(let expression): builder.add(expression)
        case .length(let min, let max), .rows(let min, let max):
            builder.add(min.map(String.init))
            builder.add(max.map(String.init))
        case .references(let dataset, let column):
            builder.add(dataset.value.folded)
            builder.add(column)
        case .type(let type): builder.add(type.value)
        case .sql(let text): builder.add(normalise(text.text))
        case .metric(_, let min, let max):
            builder.add(min.map { String($0) })
            builder.add(max.map { String($0) })
        }
    }
}

extension Fingerprint.Builder {
    /// A list, told apart from its neighbours by its title and its length.
    fileprivate mutating func add(_ title: String, _ parts: [String]) {
        add("\(title) \(parts.count)")
        for part in parts { add(part) }
    }
}
