/// Follows columns through a query's tree. What it cannot follow it takes for all columns in reach.
struct LineageResolver {
    let inputs: (String) -> ColumnLineage.Input?

    func result(of query: SQLQuery, _ environment: LineageEnvironment) -> LineageResult {
        result(of: query.node, environment)
    }

    func result(of node: SQLQueryNode, _ environment: LineageEnvironment) -> LineageResult {
        switch node {
        case .select(let select): result(of: select, environment)
        case .setOperation(let operation): result(of: operation, environment)
        case .recursive(let table): result(of: table, environment)
        case .other: unknown(environment)
        }
    }

    /// The result of a query that nothing is known about.
    func unknown(_ environment: LineageEnvironment) -> LineageResult {
        LineageResult(fields: [LineageField(origins: reach(environment), isSpread: true)], rows: .none)
    }

    /// All that can be named at a place.
    func reach(_ environment: LineageEnvironment) -> Origins {
        let relations = environment.scopes.flatMap(\.relations)
        return Origins(joining: relations.map(\.everything)).blurred
    }

    /// The environment with common table expressions, each of which sees those before it.
    func adding(_ tables: [SQLCommonTable], to environment: LineageEnvironment) -> LineageEnvironment {
        var environment = environment
        for table in tables {
            let found = result(of: table.query, environment).renamed(table.aliases)
            environment.tables[table.name.lowercased()] = found
        }
        return environment
    }

    // MARK: SELECT

    private func result(of select: SQLSelect, _ outer: LineageEnvironment) -> LineageResult {
        let outer = adding(select.commonTables, to: outer)
        let from = source(select.from, outer)
        var scope = from.scope
        var rows = from.rows
        var fields: [LineageField] = []
        for item in select.list {
            let made = self.fields(of: item, outer.inner(scope))
            fields += made
            // The same alias may be given twice, and one for `COLUMNS(…)` is that of several.
            guard let alias = item.alias?.lowercased() else { continue }
            scope.aliases[alias] = Origins(joining: [scope.aliases[alias] ?? .none] + made.map(\.origins))
        }
        let inner = outer.inner(scope)
        // A list in a row makes several rows of it.
        for item in select.list {
            rows.formUnion(origins(of: Unnesting.arguments(in: item), inner).deciding(.join))
        }
        if let condition = select.condition { rows.formUnion(origins(of: condition, inner).deciding(.filter)) }
        rows.formUnion(grouping(of: select, fields, inner).deciding(.groupBy))
        scope.takesBoth = true
        if let having = select.having { rows.formUnion(origins(of: having, outer.inner(scope)).deciding(.filter)) }
        scope.takesBoth = false
        if let qualify = select.qualify { rows.formUnion(origins(of: qualify, inner).deciding(.filter)) }
        return apply(select.modifiers, to: LineageResult(fields: fields, rows: rows), scope, outer)
    }

    private func grouping(
        of select: SQLSelect, _ fields: [LineageField], _ environment: LineageEnvironment
    ) -> Origins {
        var result = Origins(
            joining: select.grouping.expressions.map { place($0, fields) ?? origins(of: $0, environment) })
        if select.grouping.isByAll {
            for item in select.list where !Aggregates.contains(item) {
                result.formUnion(Origins(joining: self.fields(of: item, environment).map(\.origins)))
            }
        }
        return result
    }

    /// The column that `GROUP BY 1`, `ORDER BY 1` and `#1` mean.
    private func place(_ expression: SQLExpression, _ fields: [LineageField]) -> Origins? {
        let number: Int
        switch expression.kind {
        case .constant(let constant):
            guard case .number(let found) = constant.value, case .none = constant.type.details else { return nil }
            number = found
        case .place(let found): number = found
        default: return nil
        }
        guard number >= 1 else { return nil }
        if let spread = fields.firstIndex(where: \.isSpread), spread < number {
            return Origins(joining: fields[spread...].map(\.origins))
        }
        return number <= fields.count ? fields[number - 1].origins : nil
    }

    // MARK: The end of a query

    /// - Parameter scope: what names mean in the query itself.
    func apply(
        _ modifiers: [SQLModifier], to result: LineageResult, _ scope: LineageScope, _ outer: LineageEnvironment
    ) -> LineageResult {
        guard !modifiers.isEmpty else { return result }
        var result = result
        var scope = scope
        scope.prefersAliases = true
        for field in result.fields {
            guard let name = field.folded, scope.aliases[name] == nil,
                scope.find([name], written: [name]) == nil
            else { continue }
            scope.aliases[name] = field.origins
        }
        let environment = outer.inner(scope)
        func chosen(_ expression: SQLExpression) -> Origins {
            if case .star(let star) = expression.kind, star.selector == nil { return result.everything }
            return place(expression, result.fields) ?? origins(of: expression, environment)
        }
        for modifier in modifiers {
            switch modifier {
            case .order(let orders):
                for order in orders { result.rows.formUnion(chosen(order.expression).deciding(.sort)) }
            case .limit(let limit, let offset, _):
                for expression in [limit, offset].compactMap({ $0 }) {
                    result.rows.formUnion(origins(of: expression, environment).deciding(.filter))
                }
            case .distinct(let targets):
                let origins = targets.isEmpty ? result.everything : Origins(joining: targets.map(chosen))
                result.rows.formUnion(origins.deciding(.groupBy))
            case .other: result.rows.formUnion((reach(environment) + result.everything).deciding(.filter))
            }
        }
        return result
    }
}
