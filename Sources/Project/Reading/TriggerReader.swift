import Timetable

/// Reads one entry under `triggers`.
struct TriggerReader {
    let context: ReadingContext
    let zones: ZoneDatabase

    func trigger(_ entry: YAMLEntry) -> Trigger? {
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.trigger, named: entry.name, at: entry.span, in: context)
        else { return nil }
        let condition = condition(values)
        let selection = values.texts("select").map(\.value).joined(separator: " ")
        let trigger = Trigger(
            name: Located(entry.name, at: entry.span), condition: condition ?? .manual, selection: selection,
            overlap: values.word("overlap", as: Trigger.Overlap.self) ?? .queue, catchUp: values.seconds("catch_up"),
            jitter: values.seconds("jitter") ?? 0, debounce: values.seconds("debounce") ?? 0,
            priority: values.integer("priority") ?? 0, isFullRefresh: values.bool("full_refresh") ?? false,
            isPaused: values.bool("paused") ?? false, span: entry.span)
        guard condition != nil else { return nil }
        report(trigger, values)
        return trigger
    }

    // MARK: Conditions

    /// The one condition that a mapping states; nil, and reported, when there is none or more than one.
    private func condition(_ values: FieldValues) -> TriggerCondition? {
        let given = values.given(values.section.needsOneOf)
        reportZoneAlone(values)
        guard let entry = given.first else { return nil }
        if given.count > 1 {
            let names = given.map { "'\($0.name)'" }
            context.error(
                "\(values.section.title) has one condition, and here are \(names.joined(separator: " and "))",
                at: given[1].span,
                hint: "combine them: 'and: [{ … }, { … }]' waits for both, 'or: [{ … }, { … }]' for one of them")
            return nil
        }
        switch entry.name {
        case "cron": return cron(entry, values)
        case "every": return values.seconds("every").map(TriggerCondition.interval)
        case "files":
            let patterns = values.texts("files")
            return patterns.isEmpty
                ? nil : .files(patterns.map { Located(FilePath.resolve($0.value, in: context.root), at: $0.span) })
        case "dataset": return dataset(values)
        case "webhook": return values.isOn("webhook") ? .webhook : nil
        case "manual": return values.isOn("manual") ? .manual : nil
        case "after": return values.located("after").map(TriggerCondition.after)
        case "and": return parts(entry, values).map(TriggerCondition.and)
        default: return parts(entry, values).map(TriggerCondition.or)
        }
    }

    private func dataset(_ values: FieldValues) -> TriggerCondition? {
        guard let written = values.located("dataset") else { return nil }
        guard let name = DatasetName(written.value) else {
            context.error(
                "this is no name of a dataset", at: written.span,
                hint: "name one dataset, for example 'dataset: events'")
            return nil
        }
        context.remember(reference: written)
        return .dataset(Located(name, at: written.span))
    }

    private func parts(_ entry: YAMLEntry, _ values: FieldValues) -> [TriggerCondition]? {
        guard let items = entry.value.list else {
            if let field = values.section.field(entry.name) {
                context.mismatch(
                    field, entry.value, at: entry, hint: field.example.map { "for example '\(entry.name): \($0)'" })
            }
            return nil
        }
        if items.count < 2 {
            context.error(
                "'\(entry.name)' combines two conditions at least", at: entry.span,
                hint: items.isEmpty ? "list them, or remove it" : "use the one condition without '\(entry.name)'")
            return nil
        }
        let conditions = items.map { item -> TriggerCondition? in
            if let manual = item.mapping?.first(where: { $0.name == "manual" }) {
                context.error(
                    "'manual' cannot be combined: a person may start every trigger", at: manual.span, hint: "remove it")
                return nil
            }
            return FieldValues(
                item, as: FieldRegistry.triggerCondition, named: entry.name, at: item.span, in: context
            ).flatMap(condition)
        }
        let read = conditions.compactMap(\.self)
        return read.count == items.count ? read : nil
    }

    // MARK: Cron

    private func cron(_ entry: YAMLEntry, _ values: FieldValues) -> TriggerCondition? {
        let zone = zone(values)
        guard let written = values.located("cron"), let scalar = entry.value.scalar else { return nil }
        do throws(CronFault) {
            let expression = try CronExpression(text: written.value)
            return zone.map { .cron(Located(expression, at: written.span), timeZone: $0) }
        } catch {
            var span = written.span
            // A place in a value of the environment is none in the file.
            if written.value == scalar.text {
                let map = TextMap(of: scalar, in: entry.value.file.utf8, at: entry.value.offset)
                span = SourceSpan(
                    file: entry.value.file, offset: map.file(of: error.range.lowerBound),
                    length: max(1, error.range.count))
            }
            context.error(
                context.redaction.redact(error.message), at: span, hint: error.hint.map(context.redaction.redact))
            return nil
        }
    }

    /// The name of a zone that is there; nil, and reported, when it is not.
    private func zone(_ values: FieldValues) -> String? {
        guard values.entry("timezone") != nil else { return "UTC" }
        guard let written = values.located("timezone") else { return nil }
        guard zones.zone(written.value) == nil else { return written.value }
        let names = zones.names()
        let shown = context.redaction.redact(written.value)
        // A city alone is what people remember of a zone's name.
        let city = names.first {
            $0.split(separator: "/").last?.lowercased() == written.value.lowercased().replacing(" ", with: "_")
        }
        let otherwise =
            names.count > 1
            ? "write an IANA name such as Europe/Berlin or UTC"
            : "this machine has no time zone database; install the package 'tzdata'"
        context.error(
            "there is no time zone '\(shown)'", at: written.span,
            hint: city.map { "did you mean '\($0)'?" }
                ?? context.suggestion(for: written.value, among: names, otherwise: otherwise))
        return nil
    }

    private func reportZoneAlone(_ values: FieldValues) {
        guard let zone = values.entry("timezone"), values.entry("cron") == nil else { return }
        context.error(
            "'timezone' means nothing without 'cron'", at: zone.span,
            hint: values.entry("every") == nil
                ? "remove it" : "intervals count from 1970 in UTC; use 'cron' for times of the day")
    }

    // MARK: What does not go together

    private func report(_ trigger: Trigger, _ values: FieldValues) {
        let leaves = trigger.condition.leaves
        let watching = leaves.compactMap { leaf -> Located<String>? in
            if case .files(let patterns) = leaf { patterns.first } else { nil }
        }
        if watching.count > 1 {
            context.error(
                "a trigger watches files once, and '\(trigger.name.value)' does so in \(watching.count) places",
                at: watching[1].span, hint: "put the patterns into one list, or make two triggers")
        }
        let hasTimes = leaves.contains { leaf in
            switch leaf {
            case .cron, .interval: true
            default: false
            }
        }
        if let entry = values.entry("catch_up"), !hasTimes {
            context.error(
                "'catch_up' means nothing here: this trigger has no times that could be missed", at: entry.span,
                hint: "remove it")
        }
        if case .manual = trigger.condition {
            for entry in values.given(["jitter", "debounce", "paused"]) {
                context.error(
                    "'\(entry.name)' means nothing with 'manual': a person starts it at once", at: entry.span,
                    hint: "remove it")
            }
        }
    }
}
