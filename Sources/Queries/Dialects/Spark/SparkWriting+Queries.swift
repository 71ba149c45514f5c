extension SparkWriting {
    func query(_ query: SQLQuery, _ outer: SparkScope?) -> SparkRelation { node(query.node, outer) }

    func node(_ node: SQLQueryNode, _ outer: SparkScope?) -> SparkRelation {
        switch node {
        case .select(let select): return withTables(select.commonTables, outer) { self.select(select, outer) }
        case .setOperation(let operation):
            return withTables(operation.commonTables, outer) { setOperation(operation, outer) }
        case .recursive:
            fault("a recursive query stands in WITH RECURSIVE only")
            return SparkRelation(text: "SELECT NULL", columns: [])
        case .other(let kind, _):
            fault("translation does not know \(kind)")
            return SparkRelation(text: "SELECT NULL", columns: [])
        }
    }

    private func withTables(
        _ tables: [SQLCommonTable], _ outer: SparkScope?, _ body: () -> SparkRelation
    ) -> SparkRelation {
        guard !tables.isEmpty else { return body() }
        let depth = commonTables.count
        defer { commonTables.removeLast(commonTables.count - depth) }
        var isRecursive = false
        var definitions: [String] = []
        for table in tables {
            var relation: SparkRelation
            if case .recursive(let recursion) = table.query.node {
                isRecursive = true
                relation = recursive(table, recursion, outer)
            } else {
                relation = query(table.query, outer)
                relation.columns = named(relation.columns, table.aliases)
            }
            let names = relation.columns.map { SparkText.name($0.name) }.joined(separator: ", ")
            definitions.append("\(SparkText.name(table.name))(\(names)) AS (\(relation.text))")
            commonTables.append((table.name, relation.columns))
        }
        var relation = body()
        relation.text = "WITH \(isRecursive ? "RECURSIVE " : "")\(definitions.joined(separator: ", ")) \(relation.text)"
        return relation
    }

    /// Columns under the names of a table that has them: aliases for the first ones, and none twice.
    func named(_ columns: [DuckType.Field], _ aliases: [String]) -> [DuckType.Field] {
        if aliases.count > columns.count {
            fault("there are \(aliases.count) names for \(columns.count) columns")
        }
        let names = columns.enumerated().map { $0 < aliases.count ? aliases[$0] : $1.name }
        return zip(distinct(names), columns).map { DuckType.Field(name: $0, type: $1.type) }
    }

    private func recursive(
        _ table: SQLCommonTable, _ recursion: SQLRecursiveTable, _ outer: SparkScope?
    ) -> SparkRelation {
        if !recursion.isAll {
            fault(
                "a recursive UNION that drops rows it has seen has no form in Spark",
                hint: "write UNION ALL with a condition that ends it")
        }
        if !recursion.keys.isEmpty || !table.keys.isEmpty { fault("USING KEY has no form in Spark") }
        if !recursion.modifiers.isEmpty { fault("ORDER BY and LIMIT of a recursive table have no form in Spark") }
        var start = node(recursion.start, outer)
        start = recast(start, to: start.columns.map { DuckType.Field(name: $0.name, type: $0.type.settled) })
        start.columns = named(start.columns, table.aliases.isEmpty ? recursion.aliases : table.aliases)
        commonTables.append((table.name, start.columns))
        let step = recast(node(recursion.step, outer), to: start.columns)
        commonTables.removeLast()
        return SparkRelation(text: "\(start.text) UNION ALL \(step.text)", columns: start.columns)
    }

    // MARK: Set operations

    private func setOperation(_ operation: SQLSetOperation, _ outer: SparkScope?) -> SparkRelation {
        depth += 1
        defer { depth -= 1 }
        let parts = operation.parts.map { node($0, outer) }
        guard var result = parts.first, let kind = operation.operator else {
            fault("translation does not know this set operation")
            return SparkRelation(text: "SELECT NULL", columns: [])
        }
        for part in parts.dropFirst() { result = combined(result, part, kind, isAll: operation.isAll) }
        if depth == 1 {
            result = recast(
                result, to: result.columns.map { DuckType.Field(name: $0.name, type: $0.type.settled) })
        }
        return finished(result, operation.modifiers, outer)
    }

    private func combined(
        _ left: SparkRelation, _ right: SparkRelation, _ kind: SQLSetOperation.Operator, isAll: Bool
    ) -> SparkRelation {
        var (left, right) = (left, right)
        if kind == .unionByName { (left, right) = aligned(left, right) }
        guard left.columns.count == right.columns.count else {
            fault("the sides have \(left.columns.count) and \(right.columns.count) columns")
            return left
        }
        let columns = zip(left.columns, right.columns).map { one, other in
            let type = self.common(
                [SparkPiece("", one.type), SparkPiece("", other.type)], "the sides of a set operation")
            return DuckType.Field(name: one.name, type: type)
        }
        let word =
            switch kind {
            case .union, .unionByName: "UNION"
            case .intersect: "INTERSECT"
            case .except: "EXCEPT"
            }
        let sides = [recast(left, to: columns), recast(right, to: columns)].map { "(\($0.text))" }
        return SparkRelation(text: sides.joined(separator: " \(word)\(isAll ? " ALL" : "") "), columns: columns)
    }

    /// Both sides with the columns of both, NULL where a side has none.
    private func aligned(_ left: SparkRelation, _ right: SparkRelation) -> (SparkRelation, SparkRelation) {
        func has(_ relation: SparkRelation, _ name: String) -> DuckType.Field? {
            relation.columns.first { $0.name.lowercased() == name.lowercased() }
        }
        let all = left.columns + right.columns.filter { has(left, $0.name) == nil }
        func side(_ relation: SparkRelation) -> SparkRelation {
            let alias = fresh("u")
            var columns: [DuckType.Field] = []
            let list = all.map { column in
                let name = SparkText.name(column.name)
                guard let own = has(relation, column.name) else {
                    columns.append(DuckType.Field(name: column.name, type: .null))
                    return "NULL AS \(name)"
                }
                columns.append(DuckType.Field(name: column.name, type: own.type))
                return "\(alias).\(SparkText.name(own.name)) AS \(name)"
            }
            return SparkRelation(
                text: "SELECT \(list.joined(separator: ", ")) FROM (\(relation.text)) AS \(alias)", columns: columns)
        }
        return (side(left), side(right))
    }

    // MARK: Modifiers

    /// ORDER BY and LIMIT of a set operation: only its columns may be named.
    func finished(_ relation: SparkRelation, _ modifiers: [SQLModifier], _ outer: SparkScope?) -> SparkRelation {
        guard !modifiers.isEmpty else { return relation }
        let alias = fresh("s")
        let scope = SparkScope(
            relation.columns.map {
                SparkColumn(name: $0.name, type: $0.type, text: "\(alias).\(SparkText.name($0.name))")
            }, parent: outer)
        var text = "SELECT * FROM (\(relation.text)) AS \(alias)"
        var isOrdered = false
        for modifier in modifiers {
            switch modifier {
            case .order(let orders):
                isOrdered = true
                text +=
                    " ORDER BY "
                    + orders.flatMap { order in
                        terms(order, list: relation.columns.indices.map { _ in nil }, columns: relation.columns, scope)
                    }.joined(separator: ", ")
            case .limit: text += limit(modifier, isOrdered: isOrdered, scope)
            case .distinct, .other: fault("translation does not know this end of a set operation")
            }
        }
        return SparkRelation(text: text, columns: relation.columns)
    }

    func limit(_ modifier: SQLModifier, isOrdered: Bool, _ scope: SparkScope) -> String {
        guard case .limit(let count, let offset, let isPercentage) = modifier else { return "" }
        if isPercentage {
            fault("LIMIT with a percentage has no form in Spark", hint: "compute the number of rows first")
        }
        if !isOrdered, count.flatMap({ piece($0, scope).constantInteger }) != 0 {
            fault(
                "LIMIT without ORDER BY takes rows as they happen to come, which are others on Spark",
                hint: "write ORDER BY before it", at: count?.position ?? offset?.position)
        }
        var text = ""
        if let count { text += " LIMIT \(bound(count, scope))" }
        if let offset { text += " OFFSET \(bound(offset, scope))" }
        return text
    }

    private func bound(_ expression: SQLExpression, _ scope: SparkScope) -> String {
        let piece = piece(expression, scope)
        guard let number = piece.constantInteger, number <= Int128(Int32.max) else {
            fault(
                "LIMIT and OFFSET take a constant on Spark", hint: "use row_number() and WHERE", at: expression.position
            )
            return "0"
        }
        return "\(number)"
    }
}
