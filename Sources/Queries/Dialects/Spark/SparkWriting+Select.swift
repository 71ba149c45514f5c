extension SparkWriting {
    private struct Item {
        var expression: SQLExpression?
        var piece: SparkPiece
        var name: String
    }

    func select(_ select: SQLSelect, _ outer: SparkScope?) -> SparkRelation {
        depth += 1
        defer { depth -= 1 }
        let scope = SparkScope([], parent: outer)
        var from = from(select.from, scope, outer)
        let list = expanded(select.list, scope)
        for item in list {
            guard let alias = item.alias else { continue }
            scope.aliases[alias.lowercased()] = item
        }
        from += movedUnnests(list, scope)
        var items = list.map { expression in
            let piece = piece(expression, scope)
            return Item(expression: expression, piece: piece, name: name(of: expression))
        }
        let columns = items.map { DuckType.Field(name: $0.name, type: $0.piece.type) }
        for (place, item) in items.enumerated()
        where depth == 1 && item.piece.type.contains(where: { $0 == .null }) {
            // DuckDB makes such a column one of integers at the end, and no sooner.
            items[place].piece = coerced(item.piece, to: item.piece.type.settled)
        }
        var clauses = from.isEmpty ? "" : " FROM \(from)"
        if let sample = select.sample { clauses += self.sample(sample) }
        if let condition = select.condition { clauses += " WHERE \(self.condition(condition, scope))" }
        clauses += grouping(select, list, items.map(\.piece), scope)
        if let having = select.having { clauses += " HAVING \(self.having(having, list, scope))" }
        return stages(
            select, items,
            columns.enumerated().map { place, column in
                DuckType.Field(name: column.name, type: items[place].piece.type)
            }, clauses, scope)
    }

    /// QUALIFY and DISTINCT ON need a query around what they look at.
    private func stages(
        _ select: SQLSelect, _ items: [Item], _ columns: [DuckType.Field], _ clauses: String, _ scope: SparkScope
    ) -> SparkRelation {
        var orders: [SQLOrder] = []
        var limits = ""
        var isDistinct = false
        var on: [SQLExpression] = []
        for modifier in select.modifiers {
            switch modifier {
            case .order(let list): orders = list
            case .limit: limits += limit(modifier, isOrdered: !orders.isEmpty || isOneRow(select), scope)
            case .distinct(let expressions):
                isDistinct = expressions.isEmpty
                on = expressions
            case .other(let kind, _): fault("translation does not know \(kind)")
            }
        }
        let pieces = items.map { Optional($0.piece) }
        guard select.qualify != nil || !on.isEmpty else {
            let list = items.map { "\($0.piece.text) AS \(SparkText.name($0.name))" }.joined(separator: ", ")
            var text = "SELECT \(isDistinct ? "DISTINCT " : "")\(list)\(clauses)"
            let terms = orders.flatMap { self.terms($0, list: pieces, columns: columns, scope) }
            if !terms.isEmpty { text += " ORDER BY \(terms.joined(separator: ", "))" }
            return SparkRelation(text: text + limits, columns: columns)
        }
        // Within: every column by its number, and what is looked at outside.
        var inner = items.enumerated().map { "\($1.piece.text) AS c\($0)" }
        var conditions: [String] = []
        if let qualify = select.qualify {
            inner.append("\(truth(qualify, scope)) AS q0")
            conditions.append("q0")
        }
        var sorts: [String] = []
        for order in orders {
            for term in terms(order, list: pieces, columns: columns, scope) {
                let parts = term.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
                if let number = Int(parts[0]) {
                    sorts.append("c\(number - 1) \(parts[1])")
                } else {
                    let name = "o\(sorts.count)"
                    inner.append("\(term.dropLast(direction(order).count + 1)) AS \(name)")
                    sorts.append("\(name) \(direction(order))")
                }
            }
        }
        let outerList = columns.enumerated().map { "c\($0) AS \(SparkText.name($1.name))" }.joined(separator: ", ")
        var body = "SELECT \(inner.joined(separator: ", "))\(clauses)"
        if !conditions.isEmpty { body = "SELECT * FROM (\(body)) WHERE q0" }
        if !on.isEmpty {
            if sorts.isEmpty {
                fault(
                    "DISTINCT ON without ORDER BY keeps rows as they happen to come, which are others on Spark",
                    hint: "write ORDER BY", at: on.first?.position)
            }
            let keys = on.map { expression -> String in
                if case .constant(let constant) = expression.kind, let number = constant.numeral.flatMap({ Int($0) }),
                    (1...columns.count).contains(number)
                {
                    return "c\(number - 1)"
                }
                let key = piece(expression, scope).text
                if let place = items.firstIndex(where: { $0.piece.text == key }) { return "c\(place)" }
                fault("DISTINCT ON takes expressions that are in the list as well", at: expression.position)
                return "c0"
            }
            let order = sorts.isEmpty ? "1" : sorts.joined(separator: ", ")
            body =
                "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY \(keys.joined(separator: ", ")) ORDER BY \(order)) AS d0 FROM (\(body))) WHERE d0 = 1"
        }
        var text = "SELECT \(isDistinct ? "DISTINCT " : "")\(outerList) FROM (\(body))"
        if !sorts.isEmpty { text += " ORDER BY \(sorts.joined(separator: ", "))" }
        return SparkRelation(text: text + limits, columns: columns)
    }

    /// One row needs no order.
    private func isOneRow(_ select: SQLSelect) -> Bool {
        if case .none = select.from { return true }
        return select.grouping.expressions.isEmpty && !select.grouping.isByAll
            && select.list.contains { isAggregate($0) }
    }

    // MARK: GROUP BY

    private func grouping(
        _ select: SQLSelect, _ list: [SQLExpression], _ pieces: [SparkPiece], _ scope: SparkScope
    ) -> String {
        let grouping = select.grouping
        if grouping.isByAll {
            let keys = zip(list, pieces).filter { !isAggregate($0.0) }.map { group($0.1) }
            scope.keys = Set(keys)
            return keys.isEmpty ? "" : " GROUP BY \(keys.joined(separator: ", "))"
        }
        guard !grouping.expressions.isEmpty else {
            // GROUP BY () gives one row, as aggregates without it do.
            return ""
        }
        let keys = grouping.expressions.map { expression -> String in
            if case .constant(let constant) = expression.kind, constant.type.identifier == "INTEGER",
                let number = constant.numeral.flatMap({ Int($0) })
            {
                guard pieces.indices.contains(number - 1) else {
                    fault("GROUP BY \(number): there are \(pieces.count) columns", at: expression.position)
                    return "NULL"
                }
                return group(pieces[number - 1])
            }
            return group(piece(expression, scope))
        }
        scope.keys = Set(keys)
        guard grouping.sets.count > 1 else { return " GROUP BY \(keys.joined(separator: ", "))" }
        let sets = grouping.sets.map { set in
            "(" + set.compactMap { keys.indices.contains($0) ? keys[$0] : nil }.joined(separator: ", ") + ")"
        }
        return " GROUP BY GROUPING SETS (\(sets.joined(separator: ", ")))"
    }

    private func group(_ piece: SparkPiece) -> String {
        if case .map = piece.type { fault("Spark does not group by maps", hint: "group by map_entries(…)") }
        // A number would be a place in the list.
        return piece.constant == nil ? piece.text : "CAST(\(piece.text) AS \(piece.type.spark ?? "STRING"))"
    }

    /// Whether an expression is computed from groups of rows; what stands in OVER is not.
    func isAggregate(_ expression: SQLExpression) -> Bool {
        switch expression.kind {
        case .function(let call):
            if SparkFunctions.isAggregate(call.name) { return true }
        case .operation(.grouping, _): return true
        case .subquery(let subquery): return subquery.child.map { isAggregate($0) } ?? false
        default: break
        }
        return expression.children.contains { isAggregate($0) }
    }

    /// Here what the list calls a column goes before what the tables call one.
    private func having(_ expression: SQLExpression, _ list: [SQLExpression], _ scope: SparkScope) -> String {
        scope.prefersAliases = true
        defer { scope.prefersAliases = false }
        return condition(expression, scope)
    }

    // MARK: Names

    func name(of expression: SQLExpression) -> String {
        if let alias = expression.alias { return alias }
        return ResultNames.name(of: expression) ?? fresh("column")
    }

    func truth(_ expression: SQLExpression, _ scope: SparkScope) -> String {
        let piece = piece(expression, scope)
        return piece.type == .boolean || piece.type == .unknown ? piece.text : coerced(piece, to: .boolean).text
    }

    func sample(_ sample: SQLSample) -> String {
        fault(
            "a sample takes other rows on Spark: the engines' random numbers differ",
            hint: "choose rows by a hash of a key: WHERE md5(key || 'seed') < '4'")
        return ""
    }
}
