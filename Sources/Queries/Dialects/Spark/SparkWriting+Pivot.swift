extension SparkWriting {
    func pivot(_ pivot: SQLPivot, _ scope: SparkScope, _ outer: SparkScope?) -> String {
        let inner = SparkScope([], parent: outer)
        let source = from(pivot.source, inner, outer)
        return pivot.isUnpivot
            ? unpivot(pivot, source, inner, scope) : pivotted(pivot, source, inner, scope)
    }

    /// An aggregate for each value, of the rows that have it.
    private func pivotted(_ pivot: SQLPivot, _ source: String, _ inner: SparkScope, _ scope: SparkScope) -> String {
        var combinations: [(conditions: [String], name: String)] = [([], "")]
        var used: Set<String> = []
        for column in pivot.columns {
            guard column.enumeration == nil, !column.entries.isEmpty, column.entries.allSatisfy({ $0.star == nil })
            else {
                fault("PIVOT takes its values in the query", hint: "write PIVOT … ON c IN ('a', 'b')")
                return ""
            }
            let keys = column.expressions.map { piece($0, inner) }
            column.expressions.forEach { collect($0, &used) }
            combinations = combinations.flatMap { before in
                column.entries.map { entry in
                    let values = entry.values.map { constant($0) }
                    let conditions = zip(keys, values).map { comparison(.notDistinct, $0, $1).text }
                    let shown = entry.values.map { $0.isNull ? "NULL" : $0.text ?? $0.numeral ?? "" }.joined(
                        separator: "_")
                    let name = entry.alias ?? shown
                    return (before.conditions + conditions, before.name.isEmpty ? name : "\(before.name)_\(name)")
                }
            }
        }
        pivot.aggregates.forEach { collect($0, &used) }
        let groups: [SparkColumn] =
            pivot.groups.isEmpty
            ? inner.visible.filter { !used.contains($0.name.lowercased()) }
            : pivot.groups.compactMap { name in inner.visible.first { $0.name.lowercased() == name.lowercased() } }
        var list = groups.map { "\($0.text) AS \(SparkText.name($0.name))" }
        var columns = groups.map { DuckType.Field(name: $0.name, type: $0.type) }
        for combination in combinations {
            for aggregate in pivot.aggregates {
                guard case .function(let call) = aggregate.kind, call.filter == nil, call.order.isEmpty,
                    !call.isDistinct
                else {
                    fault("PIVOT takes plain aggregates here", at: aggregate.position)
                    continue
                }
                let filter = " FILTER (WHERE \(combination.conditions.joined(separator: " AND ")))"
                let value = self.aggregate(
                    call.name.lowercased(), call.arguments, order: [], isDistinct: false, suffix: filter, inner)
                let isNamed = pivot.aggregates.count > 1 || aggregate.alias != nil
                let name = isNamed ? "\(combination.name)_\(self.name(of: aggregate))" : combination.name
                list.append("\(value.text) AS \(SparkText.name(name))")
                columns.append(DuckType.Field(name: name, type: value.type))
            }
        }
        let keys = groups.map(\.text).joined(separator: ", ")
        let body = "(SELECT \(list.joined(separator: ", ")) FROM \(source)\(groups.isEmpty ? "" : " GROUP BY \(keys)"))"
        return enter(body, columns, pivot.traits.alias ?? fresh("pivot"), pivot.traits, scope)
    }

    private func collect(_ expression: SQLExpression, _ names: inout Set<String>) {
        if case .column(let parts) = expression.kind, let last = parts.last { names.insert(last.lowercased()) }
        for child in expression.children { collect(child, &names) }
    }

    /// A row for each column.
    private func unpivot(_ pivot: SQLPivot, _ source: String, _ inner: SparkScope, _ scope: SparkScope) -> String {
        guard pivot.columns.count == 1, pivot.valueNames.count == 1, let column = pivot.columns.first,
            let nameColumn = column.names.first
        else {
            fault("UNPIVOT of several columns at once is not translated")
            return ""
        }
        var entries: [(label: String, column: SparkColumn)] = []
        for entry in column.entries {
            var names = entry.values.compactMap(\.text)
            if let star = entry.star { names += expanded([star], inner).compactMap(\.alias) }
            for name in names {
                guard let found = inner.visible.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                    fault("UNPIVOT: there is no column \"\(name)\"")
                    continue
                }
                entries.append((entry.alias ?? found.name, found))
            }
        }
        let used = Set(entries.map { $0.column.name.lowercased() })
        let kept = inner.visible.filter { !used.contains($0.name.lowercased()) }
        let type = common(entries.map { SparkPiece("", $0.column.type) }, "the columns of UNPIVOT")
        let rows = entries.map { entry in
            "\(SparkText.text(entry.label)), \(coerced(SparkPiece(entry.column.text, entry.column.type), to: type).text)"
        }
        let list = kept.map { "\($0.text) AS \(SparkText.name($0.name))" }
        let alias = fresh("u")
        let stack = "LATERAL stack(\(rows.count), \(rows.joined(separator: ", "))) AS \(alias)(n, v)"
        var body = "SELECT \((list + ["\(alias).n", "\(alias).v"]).joined(separator: ", ")) FROM \(source), \(stack)"
        if !pivot.includesNulls { body += " WHERE \(alias).v IS NOT NULL" }
        let columns =
            kept.map { DuckType.Field(name: $0.name, type: $0.type) }
            + [DuckType.Field(name: nameColumn, type: .varchar), DuckType.Field(name: pivot.valueNames[0], type: type)]
        return enter("(\(body))", columns, pivot.traits.alias ?? fresh("unpivot"), pivot.traits, scope)
    }
}
