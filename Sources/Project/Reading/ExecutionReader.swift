import Timetable

/// Reads how a dataset's step is executed: `retries`, `timeout`, `pool`, `priority`, `freshness`, `partitions`.
struct ExecutionReader {
    let context: ReadingContext
    let values: FieldValues

    func read(into dataset: inout Dataset) {
        dataset.limits = StepLimits(
            retries: values.present("retries").flatMap(retries) ?? .none, timeout: values.duration("timeout"),
            pool: values.present("pool").flatMap(pool), priority: values.integer("priority") ?? 0)
        dataset.freshness = section("freshness", FieldRegistry.freshness).flatMap { fields, entry in
            fields.seconds("within").map { Freshness(within: $0, span: entry.span) }
        }
        dataset.partitioning = section("partitions", FieldRegistry.partitions).flatMap(partitioning)
    }

    private func section(_ name: String, _ section: Section) -> (FieldValues, YAMLEntry)? {
        guard let entry = values.entry(name) else { return nil }
        return FieldValues(entry.value, as: section, named: name, at: entry.span, in: context).map { ($0, entry) }
    }

    private func retries(_ entry: YAMLEntry) -> RetryPolicy? {
        guard entry.value.mapping != nil else {
            guard let field = values.section.field("retries") else { return nil }
            guard let text = context.located(entry, field: field)?.value, let count = YAMLScalar.integer(text),
                count >= 0
            else {
                if entry.value.scalar != nil { context.mismatch(field, entry.value, at: entry) }
                return nil
            }
            return RetryPolicy(count: count)
        }
        guard let (fields, _) = section("retries", FieldRegistry.retries) else { return nil }
        var policy = RetryPolicy(count: fields.integer("count") ?? 0)
        if let delay = fields.duration("delay") { policy.delay = delay }
        if let factor = fields.number("factor") { policy.factor = factor }
        if let longest = fields.duration("longest_delay") { policy.longestDelay = longest }
        if let jitter = fields.number("jitter") { policy.jitter = jitter }
        if let longest = fields.entry("longest_delay"), policy.longestDelay < policy.delay {
            context.error(
                "'longest_delay' is shorter than the first delay, \(DurationText.text(milliseconds: policy.delay))",
                at: longest.value.span, hint: "write a longer one, or a shorter 'delay'")
        }
        return policy
    }

    private func pool(_ entry: YAMLEntry) -> PoolUse? {
        guard entry.value.mapping != nil else { return values.located("pool").map { PoolUse(pool: $0) } }
        guard let (fields, _) = section("pool", FieldRegistry.poolUse) else { return nil }
        let weight = fields.integer("weight") ?? 1
        return fields.located("name").map { PoolUse(pool: $0, weight: weight) }
    }

    // MARK: Partitions

    private func partitioning(_ fields: FieldValues, at entry: YAMLEntry) -> Partitioning? {
        let column = fields.located("column")
        if let by = fields.entry("by"), let list = fields.entry("values") {
            context.error(
                "partitions are periods or values, not both", at: list.span,
                notes: ["'by' is at \(ReadingContext.place(of: by.span))"], hint: "keep one of them")
            return nil
        }
        let scheme = fields.entry("values") == nil ? periods(fields) : list(fields)
        guard let scheme, let column else { return nil }
        return Partitioning(scheme: scheme, column: column, span: entry.span)
    }

    private func periods(_ fields: FieldValues) -> Partitioning.Scheme? {
        guard let by = fields.entry("by") else {
            _ = fields.located("start")
            return nil
        }
        let period = fields.word("by", as: PartitionPeriod.self)
        guard fields.entry("start") != nil else {
            let example = period.map { ", for example 'start: \($0.key(containing: Self.exampleTime))'" } ?? ""
            context.error("partitions by time need 'start': the first one", at: by.span, hint: "add it\(example)")
            return nil
        }
        guard let start = fields.located("start"), let period else { return nil }
        let key = PartitionKey(start.value)
        guard period.isValid(key) else {
            let shown = context.redaction.redact(start.value)
            context.error(
                "'start' takes \(period.keyForm), not '\(shown)'", at: start.span,
                hint: Self.nearest(to: start.value, period).map { "write \($0)" })
            return nil
        }
        return .time(period, start: key)
    }

    private static let exampleTime = CivilTime(CivilDate(days: 19_723))

    /// The key of the period that a date, a month or an hour lies in.
    private static func nearest(to text: String, _ period: PartitionPeriod) -> PartitionKey? {
        [PartitionPeriod.day, .hour, .month].lazy.compactMap { $0.start(of: PartitionKey(text)) }.first
            .map(period.key(containing:))
    }

    private func list(_ fields: FieldValues) -> Partitioning.Scheme? {
        if let start = fields.entry("start") {
            context.error("'start' means nothing for a list of values", at: start.span, hint: "remove it")
        }
        var seen: Set<String> = []
        let members = fields.texts("values").filter { value in
            if seen.insert(value.value).inserted { return true }
            context.error(
                "the partition '\(context.redaction.redact(value.value))' is listed twice", at: value.span,
                hint: "remove one of them")
            return false
        }
        return members.isEmpty ? nil : .list(members.map(\.value))
    }
}
