/// Reads `checks`, of a dataset or of one of its columns.
struct CheckReader {
    let context: ReadingContext
    /// The column that the checks belong to; nil for those of a dataset.
    let column: Located<String>?

    func checks(_ entry: YAMLEntry?) -> [Check] {
        guard let entry else { return [] }
        guard let items = entry.value.list else {
            let isMapping = entry.value.mapping != nil
            context.error(
                "'checks' takes a list of checks, not \(entry.value.found)", at: entry.value.span,
                hint: isMapping ? "put '- ' before each check" : "for example 'checks: [\(example)]'")
            return []
        }
        return items.flatMap { check($0) }
    }

    private var example: String { column == nil ? "{ not_null: [id] }" : "not_null" }

    private func check(_ node: YAMLNode) -> [Check] {
        switch node.content {
        case .list:
            context.error(
                "a check is a mapping such as '{ \(FieldRegistry.checkRules[0].example) }', not a list", at: node.span)
            return []
        case .scalar(let scalar):
            return word(scalar, node)
        case .mapping(let entries):
            return mapping(entries, node)
        }
    }

    /// A check that is one word: `not_null`.
    private func word(_ scalar: YAMLScalar, _ node: YAMLNode) -> [Check] {
        guard let rule = FieldRegistry.checkRule(scalar.text) else {
            reportUnknown(scalar.text, node)
            return []
        }
        guard let column else {
            context.error("'\(rule.name)' says too little here", at: node.span, hint: "write '\(rule.example)'")
            return []
        }
        guard rule.isWordForColumn else {
            report(incomplete: rule, at: node.span)
            return []
        }
        let content: Check.Rule = rule.name == "unique" ? .unique : .notNull
        return [Check(rule: content, columns: [column], span: node.span)]
    }

    private func mapping(_ entries: [YAMLEntry], _ node: YAMLNode) -> [Check] {
        let rules = entries.filter { FieldRegistry.checkRule($0.name) != nil }
        let beside = entries.filter { FieldRegistry.checkRule($0.name) == nil }
        let commonNames = FieldRegistry.common.map(\.name)
        for entry in beside where !commonNames.contains(entry.name) {
            if rules.isEmpty {
                reportUnknown(entry.name, entry.key)
            } else {
                context.error(
                    "unknown field '\(entry.name)'", at: entry.span,
                    hint: context.suggestion(
                        for: entry.name, among: commonNames,
                        otherwise: "beside a rule there can be \(commonNames.joined(separator: ", "))"))
            }
        }
        guard let entry = rules.first, let rule = FieldRegistry.checkRule(entry.name) else {
            if beside.allSatisfy({ commonNames.contains($0.name) }) {
                context.error("a check needs a rule", at: node.span, hint: ruleNames)
            }
            return []
        }
        for other in rules.dropFirst() {
            context.error(
                "a check has one rule, but this one has '\(entry.name)' and '\(other.name)'", at: other.span,
                hint: "make a check of each")
        }
        if rule.looksAt == .table, let column {
            context.error(
                "'\(rule.name)' is no check of a column: it looks at the whole table", at: entry.span,
                notes: ["it stands under the column '\(column.value)'"],
                hint: "put it under the dataset's 'checks'")
            return []
        }
        return distinct(read(rule, entry, beside: beside.filter { commonNames.contains($0.name) }))
    }

    /// One name for several checks would make their results look like one: each adds what it is about.
    private func distinct(_ checks: [Check]) -> [Check] {
        guard checks.count > 1 else { return checks }
        return checks.map { check in
            guard let name = check.givenName else { return check }
            var own = check
            own.givenName = nil
            own.givenName = "\(name): \(own.name)"
            return own
        }
    }

    private func read(_ rule: CheckRule, _ entry: YAMLEntry, beside: [YAMLEntry]) -> [Check] {
        let section = column == nil ? rule.section : rule.columnSection
        var node = entry.value
        if node.isNull, column != nil, rule.isWordForColumn {
            node.content = .mapping([])
        }
        let short = column == nil ? rule.short : rule.columnShort
        if node.mapping == nil, short == nil || node.isNull {
            if rule.isWordForColumn {
                report(incomplete: rule, at: entry.span)
            } else {
                let own = section.fields.filter { field in !FieldRegistry.common.contains { $0.name == field.name } }
                let kind = FieldKind.section(Section(section.title, "", fields: own)).phrase
                context.error(
                    "'\(rule.name)' takes \(kind), not \(node.found)", at: node.isNull ? entry.span : node.span,
                    hint: "for example '\(rule.example)'")
            }
            return []
        }
        if let mapping = node.mapping {
            node.content = .mapping(admitted(mapping, rule, section))
            guard let values = FieldValues(node, as: section, named: rule.name, at: entry.span, in: context) else {
                return []
            }
            let common = CommonFields(rule: rule, inside: values, beside: beside, context)
            return CheckBuilder(context: context, rule: rule, entry: entry, column: column, common: common)
                .checks(values)
        }
        let common = CommonFields(rule: rule, inside: nil, beside: beside, context)
        return CheckBuilder(context: context, rule: rule, entry: entry, column: column, common: common).checks(node)
    }

    /// The fields of a rule's mapping that can be there at all.
    private func admitted(_ mapping: [YAMLEntry], _ rule: CheckRule, _ section: Section) -> [YAMLEntry] {
        mapping.filter { entry in
            if section.field(entry.name) != nil { return true }
            if column != nil, entry.name == "column" || entry.name == "columns" {
                context.error(
                    "a column's check needs no '\(entry.name)'", at: entry.span,
                    hint: "remove it, or put the check under the dataset's 'checks'")
                return false
            }
            return !CommonFields.report(entry, notFor: rule, context)
        }
    }

    // MARK: Messages

    private var ruleNames: String {
        "the rules are \(FieldRegistry.checkRules.map(\.name).joined(separator: ", "))"
    }

    private func report(incomplete rule: CheckRule, at span: SourceSpan) {
        let fields = (column == nil ? rule.section : rule.columnSection).fields
        let own = fields.filter { field in !FieldRegistry.common.contains { $0.name == field.name } }
        let needed = own.map { "'\($0.name)'" }.joined(separator: ", ")
        context.error("'\(rule.name)' needs more: \(needed)", at: span, hint: "for example '\(rule.example)'")
    }

    private func reportUnknown(_ name: String, _ node: YAMLNode) {
        guard node.scalar.map({ !$0.isNull }) ?? false else {
            context.error("a check is missing here", at: node.span, hint: ruleNames)
            return
        }
        let known = FieldRegistry.checkRules.map(\.name) + FieldRegistry.common.map(\.name)
        context.error(
            "unknown check \(node.found)", at: node.span,
            hint: context.suggestion(for: name, among: known, otherwise: ruleNames))
    }
}
