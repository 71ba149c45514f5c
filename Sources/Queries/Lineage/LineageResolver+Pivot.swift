extension LineageResolver {
    func pivoted(_ pivot: SQLPivot, _ outer: LineageEnvironment) -> LineageFrom {
        let from = source(pivot.source, outer)
        let environment = outer.inner(from.scope)
        let keys = pivot.columns.flatMap(\.expressions)
        let used = Set(
            (pivot.aggregates + keys).flatMap { ColumnNames.all(in: $0) }.compactMap { $0.last?.lowercased() })
        let named = Set(pivot.groups.map { $0.lowercased() })
        let groups = from.scope.star.filter { field in
            guard let name = field.folded else { return named.isEmpty }
            return named.isEmpty ? !used.contains(name) : named.contains(name)
        }
        let deciding = Origins(joining: keys.map { origins(of: $0, environment) }).deciding(.conditional)
        let aggregates = pivot.aggregates.map { aggregate in
            (
                name: aggregate.alias ?? ResultNames.name(of: aggregate),
                origins: origins(of: aggregate, environment) + deciding
            )
        }
        var fields = groups
        if let words = Self.words(of: pivot.columns) {
            for word in words {
                for aggregate in aggregates {
                    let isAlone = aggregates.count == 1 && pivot.aggregates[0].alias == nil
                    let name = isAlone ? word : aggregate.name.map { "\(word)_\($0)" }
                    fields.append(LineageField(name: name, origins: aggregate.origins))
                }
            }
        } else {
            fields.append(LineageField(origins: Origins(joining: aggregates.map(\.origins)), isSpread: true))
        }
        let rows = from.rows + Origins(joining: groups.map(\.origins)).deciding(.groupBy)
        return LineageFrom(Self.relation(nil, of: LineageResult(fields: fields, rows: rows)), rows: rows)
    }

    /// The first part of the names of the columns that are made, in their order; nil when they are not in the query.
    private static func words(of columns: [SQLPivot.Column]) -> [String]? {
        var words = [""]
        for (index, column) in columns.enumerated() {
            guard column.enumeration == nil, !column.entries.contains(where: { $0.star != nil }) else { return nil }
            let own = column.entries.map { entry in
                entry.alias ?? entry.values.map { $0.text ?? $0.numeral ?? "NULL" }.joined(separator: "_")
            }
            words = index == 0 ? own : words.flatMap { word in own.map { "\(word)_\($0)" } }
        }
        return words
    }

    func unpivoted(_ pivot: SQLPivot, _ outer: LineageEnvironment) -> LineageFrom {
        let from = source(pivot.source, outer)
        let environment = outer.inner(from.scope)
        var values = Array(repeating: Origins.none, count: pivot.valueNames.count)
        var used: Set<String> = []
        var isUnsure = false
        for entry in pivot.columns.flatMap(\.entries) {
            var names = entry.values.compactMap(\.text)
            if let star = entry.star, case .star(let selection) = star.kind {
                let fields = self.fields(of: selection, alias: nil, environment)
                names = fields.compactMap(\.name)
                isUnsure = isUnsure || fields.contains { $0.isSpread }
                for index in values.indices { values[index].formUnion(Origins(joining: fields.map(\.origins))) }
            }
            for (index, name) in names.enumerated() {
                used.insert(name.lowercased())
                let origins = from.scope.find([name.lowercased()], written: [name]) ?? from.scope.guess(name) ?? .none
                if entry.star == nil, index < values.count { values[index].formUnion(origins) }
            }
        }
        var fields = from.scope.star.filter { field in field.folded.map { !used.contains($0) } ?? true }
        fields += pivot.columns.flatMap(\.names).map { LineageField(name: $0, origins: .none) }
        fields += zip(pivot.valueNames, values).map { LineageField(name: $0, origins: $1) }
        if isUnsure { fields.append(LineageField(origins: Origins(joining: values), isSpread: true)) }
        // Without a word to the contrary, nulls make no rows.
        let rows = from.rows + (pivot.includesNulls ? .none : Origins(joining: values).deciding(.filter))
        return LineageFrom(Self.relation(nil, of: LineageResult(fields: fields, rows: rows)), rows: rows)
    }
}
