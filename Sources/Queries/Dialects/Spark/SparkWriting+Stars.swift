extension SparkWriting {
    /// A list with columns in place of its stars.
    func expanded(_ list: [SQLExpression], _ scope: SparkScope) -> [SQLExpression] {
        list.flatMap { expression -> [SQLExpression] in
            guard let star = star(in: expression) else { return [expression] }
            return at(expression.position) { columns(of: star, scope) }.map { column in
                var result = replacing(expression, by: column)
                if result.alias == nil { result.alias = column.alias }
                return result
            }
        }
    }

    private func star(in expression: SQLExpression) -> SQLStar? {
        if case .star(let star) = expression.kind { return star }
        if case .function(let call) = expression.kind, call.name.lowercased() == "count" || call.name == "count_star",
            call.arguments.count == 1, case .star(let star) = call.arguments[0].kind, !star.isColumns
        {
            return nil
        }
        for child in expression.children { if let star = star(in: child) { return star } }
        return nil
    }

    /// What a star stands for, each with the name that it has in the result.
    private func columns(of star: SQLStar, _ scope: SparkScope) -> [SQLExpression] {
        var found = scope.visible
        if let relation = star.relation {
            found = scope.columns.filter { $0.table?.lowercased() == relation.lowercased() }
            if found.isEmpty {
                if let column = scope.visible.first(where: { $0.name.lowercased() == relation.lowercased() }),
                    case .structure(let fields) = column.type
                {
                    return fields.map { SQLExpression(kind: .column([column.name, $0.name]), alias: $0.name) }
                }
                fault("no table \"\(relation)\" stands in FROM")
            }
        }
        var columns = found.map { column in
            SQLExpression(
                kind: .column(column.table.map { [$0, column.name] } ?? [column.name]), alias: column.name)
        }
        func isMeant(_ name: SQLStar.Name, _ place: Int) -> Bool {
            found[place].name.lowercased() == name.column.lowercased()
                && (name.table == nil || name.table?.lowercased() == found[place].table?.lowercased())
        }
        for (name, expression) in star.replaced {
            for place in columns.indices where found[place].name.lowercased() == name.lowercased() {
                columns[place] = expression
                columns[place].alias = found[place].name
            }
        }
        for (name, new) in star.renamed {
            for place in columns.indices where isMeant(name, place) { columns[place].alias = new }
        }
        for name in star.excluded where !found.indices.contains(where: { isMeant(name, $0) }) {
            fault("EXCLUDE: there is no column \"\(name.column)\"")
        }
        let kept = found.indices.filter { place in !star.excluded.contains { isMeant($0, place) } }
        return selected(kept.map { columns[$0] }, star.selector)
    }

    /// Those that `COLUMNS(…)` selects.
    private func selected(_ columns: [SQLExpression], _ selector: SQLExpression?) -> [SQLExpression] {
        guard let selector else { return columns }
        switch selector.kind {
        case .constant(let constant):
            guard let pattern = constant.text, let regex = try? Regex(pattern) else {
                fault("COLUMNS takes a pattern that is no regular expression here")
                return []
            }
            return columns.filter { ($0.alias ?? "").firstMatch(of: regex) != nil }
        case .operation(.list, let names):
            return chosen(columns, names)
        case .function(let call) where call.name.lowercased() == "list_value":
            return chosen(columns, call.arguments)
        case .star(let star) where star.selector == nil: return columns
        default:
            fault("COLUMNS takes a pattern or a list of names here", hint: "write the columns")
            return []
        }
    }

    private func chosen(_ columns: [SQLExpression], _ names: [SQLExpression]) -> [SQLExpression] {
        let wanted = names.compactMap { name -> String? in
            if case .constant(let constant) = name.kind { return constant.text }
            return nil
        }
        return wanted.compactMap { name in
            columns.first { $0.alias?.lowercased() == name.lowercased() }
        }
    }

    /// An expression with another in place of its star.
    private func replacing(_ expression: SQLExpression, by column: SQLExpression) -> SQLExpression {
        func each(_ child: SQLExpression) -> SQLExpression { replacing(child, by: column) }
        var result = expression
        switch expression.kind {
        case .star:
            var plain = column
            plain.alias = expression.alias ?? column.alias
            plain.position = expression.position
            return plain
        case .function(var call):
            call.arguments = call.arguments.map(plain)
            call.filter = call.filter.map(plain)
            result.kind = .function(call)
        case .window(var call):
            call.arguments = call.arguments.map(plain)
            call.partitions = call.partitions.map(plain)
            result.kind = .window(call)
        case .cast(let child, let type, let isTry): result.kind = .cast(plain(child), to: type, isTry: isTry)
        case .comparison(let word, let one, let other): result.kind = .comparison(word, plain(one), plain(other))
        case .conjunction(let word, let parts): result.kind = .conjunction(word, parts.map(plain))
        case .between(let input, let lower, let upper):
            result.kind = .between(plain(input), lower: plain(lower), upper: plain(upper))
        case .operation(let word, let children): result.kind = .operation(word, children.map(plain))
        case .case(let branches, let otherwise):
            result.kind = .case(
                branches.map { branch in
                    var branch = branch
                    branch.condition = plain(branch.condition)
                    branch.result = plain(branch.result)
                    return branch
                }, otherwise: otherwise.map(plain))
        default: break
        }
        return result

        func plain(_ child: SQLExpression) -> SQLExpression {
            let name = child.alias
            var inner = each(child)
            if case .star = child.kind { inner.alias = name }
            return inner
        }
    }
}
