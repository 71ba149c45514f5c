/// The fields that every check may have, taken from the rule's mapping or from beside the rule.
struct CommonFields {
    var condition: Located<String>?
    var mostly: Double?
    var onFail = Check.OnFail.fail
    var name: String?

    /// `inside` is the rule's mapping, if it is one.
    init(rule: CheckRule, inside: FieldValues?, beside: [YAMLEntry], _ context: ReadingContext) {
        var entries: [String: YAMLEntry] = [:]
        for field in FieldRegistry.common {
            if let entry = inside?.entry(field.name) { entries[field.name] = entry }
        }
        for entry in beside where !Self.report(entry, notFor: rule, context) {
            if entries[entry.name] != nil {
                context.error(
                    "'\(entry.name)' is written twice: here and in '\(rule.name)'", at: entry.span,
                    hint: "keep one of them")
            } else {
                entries[entry.name] = entry
            }
        }
        func read<Value>(_ name: String, _ take: (YAMLEntry, Field) -> Value?) -> Value? {
            guard let entry = entries[name], let field = rule.common.first(where: { $0.name == name }) else {
                return nil
            }
            return take(entry, field)
        }
        condition = read("where") { context.located($0, field: $1) }
        mostly = read("mostly") { context.number($0, field: $1) }
        name = read("name") { context.located($0, field: $1)?.value }
        if rule.looksAt != .rows, let entry = entries["on_fail"],
            entry.value.scalar?.text == Check.OnFail.quarantine.rawValue
        {
            context.error(
                "a check '\(rule.name)' cannot quarantine: it does not look at single rows", at: entry.value.span,
                hint: "use 'fail' or 'warn'")
        } else if let word = read("on_fail", { context.word($0, field: $1) }) {
            onFail = Check.OnFail(rawValue: word) ?? .fail
        }
    }

    /// Reports a common field that this rule does not take; false when it does, or the field is no common one.
    static func report(_ entry: YAMLEntry, notFor rule: CheckRule, _ context: ReadingContext) -> Bool {
        guard FieldRegistry.common.contains(where: { $0.name == entry.name }),
            !rule.common.contains(where: { $0.name == entry.name })
        else { return false }
        let reason = entry.name == "mostly" ? "does not look at single rows" : "takes all rows"
        context.error("a check '\(rule.name)' has no '\(entry.name)': it \(reason)", at: entry.span, hint: "remove it")
        return true
    }
}
