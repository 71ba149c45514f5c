extension LineageResolver {
    /// The columns that an expression of a SELECT's list gives.
    func fields(of item: SQLExpression, _ environment: LineageEnvironment) -> [LineageField] {
        switch item.kind {
        case .star(let star): return fields(of: star, alias: item.alias, environment)
        case .function(let call):
            if let fields = filtered(call, environment) { return fields }
            if let star = ColumnsCall.first(in: item) { return fields(of: item, over: star, environment) }
            var field = LineageField(
                name: item.alias ?? ResultNames.name(of: item), origins: origins(of: item, environment))
            if call.name.lowercased() == "unnest" {
                // A recursive one goes into structs as well.
                field.isSpread = call.arguments.count > 1
                field.mayBeSpread = item.alias == nil
            }
            return [field]
        default:
            if let star = ColumnsCall.first(in: item) { return fields(of: item, over: star, environment) }
            return [
                LineageField(name: item.alias ?? ResultNames.name(of: item), origins: origins(of: item, environment))
            ]
        }
    }

    /// An expression with `COLUMNS(…)` in it, once for each of the columns.
    private func fields(
        of item: SQLExpression, over star: SQLStar, _ environment: LineageEnvironment
    ) -> [LineageField] {
        fields(of: star, alias: nil, environment).map { column in
            var inner = environment
            inner.bound = column.origins
            return LineageField(
                name: item.alias ?? column.name, origins: origins(of: item, inner), isSpread: column.isSpread)
        }
    }

    /// `* LIKE 'a%'` and its like: what the parser makes of it is a call with a star in it.
    private func filtered(_ call: SQLFunctionCall, _ environment: LineageEnvironment) -> [LineageField]? {
        guard NamePatterns.functions.contains(call.name), let first = call.arguments.first,
            case .star(let star) = first.kind, !star.isColumns
        else { return nil }
        let all = fields(of: star, alias: nil, environment)
        guard call.arguments.count == 2, case .constant(let pattern) = call.arguments[1].kind, let text = pattern.text,
            let matches = NamePatterns.matcher(call.name, text)
        else { return all }
        return all.filter { $0.isSpread || $0.name.map(matches) ?? true }
    }

    /// The columns that a star stands for.
    func fields(of star: SQLStar, alias: String?, _ environment: LineageEnvironment) -> [LineageField] {
        guard let scope = environment.scopes.last else { return [] }
        var fields: [LineageField]
        if let name = star.relation?.lowercased() {
            if let relation = scope.relation(name) {
                fields = relation.all
            } else {
                // The fields of a struct.
                let origins = column(of: star.relation ?? name, environment).transformed
                fields = [LineageField(origins: origins, isSpread: true)]
            }
        } else {
            fields = scope.star
        }
        fields.removeAll { field in star.excluded.contains { Self.matches($0, field) } }
        for (column, expression) in star.replaced {
            guard let place = fields.firstIndex(where: { $0.folded == column.lowercased() }) else {
                if fields.contains(where: \.isSpread) {
                    fields.append(
                        LineageField(name: column, origins: origins(of: expression, environment), isSpread: true))
                }
                continue
            }
            fields[place].origins = origins(of: expression, environment)
        }
        for (column, name) in star.renamed {
            for index in fields.indices where Self.matches(column, fields[index]) { fields[index].name = name }
        }
        if let selector = star.selector { fields = selected(fields, by: selector) }
        if let alias, star.isColumns { for index in fields.indices { fields[index].name = alias } }
        return fields
    }

    private func column(of name: String, _ environment: LineageEnvironment) -> Origins {
        origins(of: SQLExpression(kind: .column([name])), environment)
    }

    private static func matches(_ name: SQLStar.Name, _ field: LineageField) -> Bool {
        guard field.folded == name.column.lowercased() else { return false }
        guard let table = name.table?.lowercased() else { return true }
        return field.table?.lowercased() == table
    }

    private func selected(_ fields: [LineageField], by selector: SQLExpression) -> [LineageField] {
        guard let matches = NamePatterns.selector(selector) else { return fields }
        return fields.filter { $0.isSpread || $0.name.map(matches) ?? true }
    }
}
