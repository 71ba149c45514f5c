/// Makes checks of one rule's fields.
struct CheckBuilder {
    let context: ReadingContext
    let rule: CheckRule
    let entry: YAMLEntry
    /// The column that the check belongs to; nil when it names its own.
    let column: Located<String>?
    let common: CommonFields

    // MARK: From the mapping

    func checks(_ values: FieldValues) -> [Check] {
        if rule.name == "not_null" || rule.name == "unique" { return presence(columns(values)) }
        switch rule.name {
        case "rows":
            let (min, max) = bounds(values) { values.integer($0) }
            guard min != nil || max != nil else { return [] }
            return [check(.rows(min: min, max: max), [])]
        case "sql":
            return values.entry("query").map { sql($0.value, named: "query") } ?? []
        default: break
        }
        let own = column ?? values.located("column")
        let content = self.content(values)
        guard let own else { return [] }
        return content.map { check($0.resolved(for: own.value), [own]) }
    }

    private func content(_ values: FieldValues) -> [Check.Rule] {
        switch rule.name {
        case "accepted":
            return values.entry("values").flatMap { literals($0.value) }.map { [.accepted($0)] } ?? []
        case "range":
            let (min, max) = bounds(values) { limit($0, values) }
            return min != nil || max != nil ? [.range(min: min, max: max)] : []
        case "pattern":
            return values.text("regex").map { [.pattern($0)] } ?? []
        case "length":
            let (min, max) = bounds(values) { values.integer($0) }
            return min != nil || max != nil ? [.length(min: min, max: max)] : []
        case "references":
            let column = values.text("to")
            return values.located("dataset").flatMap { other($0) }.map {
                [.references(dataset: $0, column: column ?? "")]
            }
                ?? []
        case "type":
            return values.located("is").map { [.type($0)] } ?? []
        case "metric":
            return metrics(values)
        default:
            return []
        }
    }

    // MARK: From the short form

    func checks(_ node: YAMLNode) -> [Check] {
        let field = Field(rule.name, (column == nil ? rule.short : rule.columnShort) ?? .text, "")
        let written = YAMLEntry(name: entry.name, key: entry.key, value: node)
        switch rule.name {
        case "not_null", "unique":
            return presence(distinct(context.texts(written, field: field, allowsEmpty: false)))
        case "sql":
            return sql(node, named: "sql")
        case "accepted":
            return literals(node).map { own(.accepted($0)) } ?? []
        case "pattern":
            return context.located(written, field: field).map { own(.pattern($0.value)) } ?? []
        case "references":
            return context.located(written, field: field).flatMap { other($0) }
                .map { own(.references(dataset: $0, column: "")) } ?? []
        case "type":
            return context.located(written, field: field).map { own(.type($0)) } ?? []
        default:
            return []
        }
    }

    // MARK: Pieces

    private func check(_ content: Check.Rule, _ columns: [Located<String>]) -> Check {
        Check(
            rule: content, columns: columns, condition: common.condition, mostly: common.mostly,
            onFail: common.onFail, givenName: common.name, span: entry.span)
    }

    private func own(_ content: Check.Rule) -> [Check] {
        column.map { [check(content.resolved(for: $0.value), [$0])] } ?? []
    }

    /// `not_null` is a check per column, `unique` one about all of them.
    private func presence(_ columns: [Located<String>]) -> [Check] {
        guard !columns.isEmpty else { return [] }
        return rule.name == "unique" ? [check(.unique, columns)] : columns.map { check(.notNull, [$0]) }
    }

    private func columns(_ values: FieldValues) -> [Located<String>] {
        if let column { return [column] }
        switch (values.entry("column"), values.entry("columns")) {
        case (nil, nil):
            context.error("'\(rule.name)' names no column", at: entry.span, hint: "for example '\(rule.example)'")
            return []
        case (_?, let second?):
            context.error(
                "'\(rule.name)' has both 'column' and 'columns'", at: second.span, hint: "keep 'columns'")
            return []
        case (_?, nil): return values.located("column").map { [$0] } ?? []
        case (nil, _?): return values.names("columns")
        }
    }

    private func distinct(_ columns: [Located<String>]) -> [Located<String>] {
        var seen: Set<String> = []
        return columns.filter { column in
            if seen.insert(column.value.lowercased()).inserted { return true }
            context.error("'\(rule.name)' names a column twice", at: column.span, hint: "remove one of them")
            return false
        }
    }

    private func bounds<Bound>(_ values: FieldValues, _ take: (String) -> Bound?) -> (Bound?, Bound?) {
        if values.entry("min") == nil, values.entry("max") == nil {
            context.error(
                "'\(entry.name)' has neither 'min' nor 'max'", at: entry.span, hint: "for example '\(rule.example)'")
        }
        let result = (take("min"), take("max"))
        if let min = values.entry("min")?.value, let max = values.entry("max")?.value,
            let low = min.scalar.flatMap({ YAMLScalar.double($0.text) }),
            let high = max.scalar.flatMap({ YAMLScalar.double($0.text) }),
            low > high
        {
            context.error("'min' is above 'max': no value can pass", at: min.span, hint: "exchange them")
        }
        return result
    }

    private func limit(_ name: String, _ values: FieldValues) -> Literal? {
        guard let entry = values.entry(name), let field = values.section.field(name) else { return nil }
        guard let literal = context.literal(entry.value, field: field) else { return nil }
        if case .bool = literal {
            context.error("'\(name)' takes a number or text, not \(entry.value.found)", at: entry.value.span)
            return nil
        }
        return literal
    }

    private func literals(_ node: YAMLNode) -> [Literal]? {
        let field = Field(rule.name == "accepted" ? "values" : rule.name, .list(.literal), "")
        guard let items = node.list, !items.isEmpty else {
            context.error(
                "'accepted' takes a list of values, not \(node.list == nil ? node.found : "an empty list")",
                at: node.span, hint: "for example '[EWR, JFK, LGA]'")
            return nil
        }
        let found = items.compactMap { context.literal($0, field: field) }
        return found.count == items.count ? found : nil
    }

    private func other(_ written: Located<String>) -> Located<DatasetName>? {
        guard let name = DatasetName(written.value) else {
            context.error("this is no name of a dataset", at: written.span, hint: "names are letters, digits and '_'")
            return nil
        }
        context.remember(reference: written)
        return Located(name, at: written.span)
    }

    private func sql(_ node: YAMLNode, named name: String) -> [Check] {
        switch SQLSource(node, named: name, context) {
        case .inline(let text): return [check(.sql(text), [])]
        case .file(let path, let span):
            guard let file = context.source(path, namedAt: span), let text = context.sql(of: file) else { return [] }
            if FrontMatter.isWithoutSQL(text.text) {
                context.error("'\(file.path)' holds no SQL", at: span, hint: "write a SELECT that finds offending rows")
                return []
            }
            return [check(.sql(text), [])]
        case nil: return []
        }
    }

    // MARK: Metrics

    private static let figures: [(name: String, metric: Check.Metric)] = [
        ("mean", .mean), ("sum", .sum), ("min", .min), ("max", .max), ("distinct_share", .distinctShare),
    ]

    private func metrics(_ values: FieldValues) -> [Check.Rule] {
        let written = (Self.figures.map(\.name) + ["quantile"]).compactMap { values.entry($0) }
            .sorted { $0.span.offset < $1.span.offset }
        if written.isEmpty {
            context.error("'metric' names no figure", at: entry.span, hint: "for example '\(rule.example)'")
        }
        return written.compactMap { figure in
            guard let field = values.section.field(figure.name), case .section(let section) = field.kind,
                let fields = FieldValues(
                    figure.value, as: section, named: figure.name, at: figure.span, in: context)
            else { return nil }
            let inner = CheckBuilder(context: context, rule: rule, entry: figure, column: column, common: common)
            let (min, max) = inner.bounds(fields) { fields.number($0) }
            guard min != nil || max != nil else { return nil }
            if figure.name == "quantile" {
                return fields.number("q").map { .metric(.quantile($0), min: min, max: max) }
            }
            return Self.figures.first { $0.name == figure.name }.map { .metric($0.metric, min: min, max: max) }
        }
    }
}

extension Check.Rule {
    /// A reference without a column of the other dataset means the one of the same name.
    fileprivate func resolved(for column: String) -> Check.Rule {
        if case .references(let dataset, "") = self { return .references(dataset: dataset, column: column) }
        return self
    }
}
