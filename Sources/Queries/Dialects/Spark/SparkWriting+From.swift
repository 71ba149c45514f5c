extension SparkWriting {
    /// What stands after FROM, empty for nothing; its columns come into the scope.
    func from(_ reference: SQLTableReference, _ scope: SparkScope, _ outer: SparkScope?) -> String {
        switch reference {
        case .none: return ""
        case .table(let table): return at(table.traits.position) { named(table, scope) }
        case .join(let join): return at(join.traits.position) { self.join(join, scope, outer) }
        case .subquery(let subquery):
            // All of DuckDB's are lateral; Spark wants to be told.
            let isLateral = !scope.columns.isEmpty && names(subquery.query, anyOf: scope)
            let lateral = SparkScope(scope.columns, parent: outer)
            let relation = query(subquery.query, isLateral ? lateral : outer)
            let alias = subquery.traits.alias ?? fresh("t")
            let text = enter("(\(relation.text))", relation.columns, alias, subquery.traits, scope)
            return isLateral ? "LATERAL \(text)" : text
        case .function(let function): return at(function.traits.position) { self.function(function, scope, outer) }
        case .values(let values): return self.values(values, scope, outer)
        case .pivot(let pivot): return at(pivot.traits.position) { self.pivot(pivot, scope, outer) }
        case .show(let show):
            fault("DESCRIBE, SUMMARIZE and SHOW have no form in Spark", at: show.traits.position)
            return ""
        case .other(let kind, _):
            fault("translation does not know \(kind)")
            return ""
        }
    }

    private func named(_ table: SQLNamedTable, _ scope: SparkScope) -> String {
        let alias = table.traits.alias ?? table.name
        if table.moment != nil { fault("AT of a table is not for translation: its version is told by the plan") }
        if table.schema == nil,
            let common = commonTables.last(where: { $0.name.lowercased() == table.name.lowercased() })
        {
            return enter(SparkText.name(common.name), common.columns, alias, table.traits, scope)
        }
        let full = [table.catalog, table.schema, table.name].compactMap { $0?.lowercased() }.joined(separator: ".")
        guard let known = tables[full] ?? tables[table.name.lowercased()] else {
            let near = Nearness.nearest(table.name, among: tables.keys.sorted() + commonTables.map(\.name))
            fault(
                "no table \"\(table.name)\" is known",
                hint: near.isEmpty ? nil : "did you mean \(near.joined(separator: ", "))?")
            return "(SELECT NULL)"
        }
        return enter(known.source, known.columns, alias, table.traits, scope)
    }

    /// Puts a table's columns into the scope, under their alias.
    func enter(
        _ source: String, _ columns: [DuckType.Field], _ alias: String, _ traits: SQLTableTraits, _ scope: SparkScope
    ) -> String {
        let renamed = named(columns, traits.columnAliases)
        let names = renamed.map { SparkText.name($0.name) }
        let table = SparkText.name(alias)
        scope.columns += zip(renamed, names).map {
            SparkColumn(table: alias, name: $0.name, type: $0.type, text: "\(table).\($1)")
        }
        var text = source
        if let sample = traits.sample { text += self.sample(sample) }
        text += " AS \(table)"
        if renamed.map(\.name) != columns.map(\.name) || source.hasPrefix("(") {
            text += "(\(names.joined(separator: ", ")))"
        }
        return text
    }

    private func values(_ table: SQLValuesTable, _ scope: SparkScope, _ outer: SparkScope?) -> String {
        let inner = SparkScope([], parent: outer)
        let rows = table.rows.map { row in row.map { piece($0, inner) } }
        let width = rows.first?.count ?? 0
        guard rows.allSatisfy({ $0.count == width }) else {
            fault("the rows of VALUES differ in length")
            return ""
        }
        let types = (0..<width).map { column in
            let type = common(rows.map { $0[column] }, "a column of VALUES")
            return type == .null ? .integer : type
        }
        let text = rows.map { row in
            "(" + zip(row, types).map { coerced($0, to: $1).text }.joined(separator: ", ") + ")"
        }
        let names = (0..<width).map { table.names.indices.contains($0) ? table.names[$0] : "col\($0)" }
        let columns = zip(names, types).map { DuckType.Field(name: $0, type: $1) }
        return enter(
            "(VALUES \(text.joined(separator: ", ")))", columns, table.traits.alias ?? fresh("v"), table.traits, scope)
    }

    // MARK: Joins

    private func join(_ join: SQLJoin, _ scope: SparkScope, _ outer: SparkScope?) -> String {
        let left = from(join.left, scope, outer)
        let boundary = scope.columns.count
        let right = from(join.right, scope, outer)
        guard let kind = join.kind, let pairing = join.pairing else {
            fault("translation does not know this join")
            return left
        }
        switch pairing {
        case .cross:
            if case .join = join.right { return "\(left) CROSS JOIN (\(right))" }
            return "\(left) CROSS JOIN \(right)"
        case .positional:
            fault("rows have no places on Spark to be joined by", hint: "join by a key")
            return left
        case .asof:
            return asof(join, kind, left, right, boundary, scope)
        case .regular, .natural: break
        }
        var shared = join.using
        if pairing == .natural {
            let others = Set(scope.columns[boundary...].filter { !$0.isHidden }.map { $0.name.lowercased() })
            shared = scope.columns[..<boundary].filter { !$0.isHidden && others.contains($0.name.lowercased()) }
                .map(\.name)
        }
        var conditions: [String] = []
        var merged: [(place: Int, other: Int)] = []
        for name in shared {
            let isNamed: (SparkColumn) -> Bool = { $0.name.lowercased() == name.lowercased() && !$0.isHidden }
            guard let one = scope.columns[..<boundary].firstIndex(where: isNamed),
                let other = scope.columns[boundary...].firstIndex(where: isNamed)
            else {
                fault("USING (\(name)): not both sides have such a column")
                continue
            }
            conditions.append(comparison(.equal, value(scope.columns[one]), value(scope.columns[other])).text)
            merged.append((one, other))
        }
        if let condition = join.condition { conditions.append(truth(condition, scope)) }
        merge(merged, kind, scope)
        let word =
            switch kind {
            case .inner: "JOIN"
            case .left: "LEFT JOIN"
            case .right: "RIGHT JOIN"
            case .full: "FULL JOIN"
            case .semi: "LEFT SEMI JOIN"
            case .anti: "LEFT ANTI JOIN"
            }
        if kind == .semi || kind == .anti { scope.columns.removeSubrange(boundary...) }
        let on = conditions.isEmpty ? "" : " ON \(conditions.joined(separator: " AND "))"
        let side = if case .join = join.right { "(\(right))" } else { right }
        return "\(left) \(word) \(side)\(on)"
    }

    private func value(_ column: SparkColumn) -> SparkPiece { SparkPiece(column.text, column.type) }

    /// Makes one column of two that USING has made equal, with the value of the side that always has one.
    private func merge(_ pairs: [(place: Int, other: Int)], _ kind: SQLJoin.Kind, _ scope: SparkScope) {
        for (place, other) in pairs {
            let (left, right) = (scope.columns[place], scope.columns[other])
            scope.columns[other].isHidden = true
            guard kind == .right || kind == .full else { continue }
            scope.columns[place].isHidden = true
            let type = DuckType.common(left.type, right.type) ?? left.type
            let text =
                kind == .right
                ? coerced(value(right), to: type).text
                : "coalesce(\(coerced(value(left), to: type).text), \(coerced(value(right), to: type).text))"
            scope.columns.append(SparkColumn(table: nil, name: left.name, type: type, text: text))
            // It stands where the left one stood.
            let last = scope.columns.removeLast()
            scope.columns.insert(last, at: place)
            // The places after it have moved.
            return merge(
                pairs.filter { $0.place != place }.map { ($0.place > place ? $0.place + 1 : $0.place, $0.other + 1) },
                kind, scope)
        }
    }

    /// The nearest partner: of those that the inequality lets in, the one with the greatest (or least) value.
    private func asof(
        _ join: SQLJoin, _ kind: SQLJoin.Kind, _ left: String, _ right: String, _ boundary: Int, _ scope: SparkScope
    ) -> String {
        guard kind == .inner || kind == .left else {
            fault("an ASOF join that is neither inner nor left has no form in Spark")
            return left
        }
        let rightColumns = Array(scope.columns[boundary...])
        guard join.using.isEmpty, let condition = join.condition, rightColumns.allSatisfy({ $0.table != nil }) else {
            fault("an ASOF join with USING is not translated", hint: "write ON with an inequality")
            return left
        }
        var parts: [SQLExpression] = [condition]
        if case .conjunction(.and, let all) = condition.kind { parts = all }
        var nearest: (text: String, isGreatest: Bool)?
        for part in parts {
            guard case .comparison(let comparison, let one, let other) = part.kind, comparison != .equal else {
                continue
            }
            let isLeftFirst = belongs(piece(one, SparkScope(rightColumns, parent: nil)), quietly: true) == false
            let later = isLeftFirst ? other : one
            let isAtLeast = comparison == .greaterOrEqual || comparison == .greater
            nearest = (piece(later, scope).text, isLeftFirst == isAtLeast)
        }
        guard let nearest else {
            fault("an ASOF join needs an inequality")
            return left
        }
        let list = rightColumns.map { "\($0.text) AS \(SparkText.name($0.name))" }
        let condition0 = truth(condition, scope)
        let alias = rightColumns.first?.table ?? fresh("a")
        guard rightColumns.allSatisfy({ $0.table == alias }),
            Set(rightColumns.map { $0.name.lowercased() }).count == list.count
        else {
            fault("an ASOF join takes one table at its right", hint: "put the others into a subquery")
            return left
        }
        let sort = "\(nearest.text) \(nearest.isGreatest ? "DESC" : "ASC")"
        let body =
            "(SELECT \(list.joined(separator: ", ")) FROM \(right) WHERE \(condition0) ORDER BY \(sort) LIMIT 1) AS \(SparkText.name(alias))"
        return "\(left) \(kind == .left ? "LEFT JOIN" : "JOIN") LATERAL \(body)\(kind == .left ? " ON true" : "")"
    }

    /// Whether a piece could be translated; the faults of the attempt are forgotten.
    private func belongs(_ piece: @autoclosure () -> SparkPiece, quietly: Bool) -> Bool {
        attempt { _ = piece() }
    }

    // MARK: Lateral

    /// Whether a query names columns that stand before it in FROM.
    private func names(_ query: SQLQuery, anyOf scope: SparkScope) -> Bool {
        !attempt { _ = self.query(query, nil) }
            && attempt { _ = self.query(query, SparkScope(scope.columns, parent: nil)) }
    }
}
