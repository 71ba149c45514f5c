extension LineageResolver {
    func origins(of expressions: [SQLExpression], _ environment: LineageEnvironment) -> Origins {
        Origins(joining: expressions.map { origins(of: $0, environment) })
    }

    func origins(of expression: SQLExpression, _ environment: LineageEnvironment) -> Origins {
        switch expression.kind {
        case .column(let names): return column(names, environment)
        case .constant, .parameter, .defaultValue: return .none
        case .function(let call): return origins(of: call, environment)
        case .window(let call): return origins(of: call, environment)
        case .cast(let child, _, _), .collate(let child, _): return origins(of: child, environment).transformed
        case .case(let branches, let otherwise):
            let conditions = origins(of: branches.map(\.condition), environment)
            let results = origins(of: branches.map(\.result) + [otherwise].compactMap { $0 }, environment)
            return conditions.deciding(.conditional) + results.transformed
        case .comparison(_, let left, let right): return origins(of: [left, right], environment).transformed
        case .conjunction(_, let parts): return origins(of: parts, environment).transformed
        case .between(let input, let lower, let upper):
            return origins(of: [input, lower, upper], environment).transformed
        case .operation(.grouping, let children): return origins(of: children, environment).deciding(.groupBy)
        case .operation(.coalesce, let children):
            let found = origins(of: children, environment)
            return found.transformed + origins(of: Array(children.dropLast()), environment).deciding(.conditional)
        case .operation(_, let children): return origins(of: children, environment).transformed
        case .star(let star):
            if star.isColumns, let bound = environment.bound { return bound }
            return Origins(joining: fields(of: star, alias: nil, environment).map(\.origins)).transformed
        case .subquery(let subquery): return origins(of: subquery, environment)
        case .lambda(let parameter, let body):
            // Where no function takes a lambda, it is JSON's arrow.
            return origins(of: [parameter, body], environment).transformed
        case .place(let number):
            let star = environment.scopes.last?.star ?? []
            guard number >= 1, number <= star.count, !star[..<number].contains(where: \.isSpread) else {
                return Origins(joining: star.map(\.origins)).blurred
            }
            return star[number - 1].origins
        case .other: return reach(environment)
        }
    }

    private static let withoutColumns: Set<String> = [
        "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "user",
        "session_user", "current_role", "current_schema", "current_catalog",
    ]

    private func column(_ written: [String], _ environment: LineageEnvironment) -> Origins {
        let names = written.map { $0.lowercased() }
        guard let first = names.first else { return .none }
        if environment.parameters.contains(first) { return .none }
        // What may be a column of a table that is not known does not hide what certainly is one further out.
        var guesses = Origins.none
        for scope in environment.scopes.reversed() {
            if let found = scope.find(names, written: written) { return guesses + found }
            if let guess = scope.guess(written[0]) { guesses.formUnion(names.count > 1 ? guess.transformed : guess) }
        }
        if guesses != .none { return guesses }
        if names.count == 1, Self.withoutColumns.contains(first) { return .none }
        if names.last == "rowid", environment.scopes.last?.relations.contains(where: \.isStored) == true {
            return .none
        }
        return reach(environment)
    }

    // MARK: Calls

    private func origins(of call: SQLFunctionCall, _ environment: LineageEnvironment) -> Origins {
        let name = call.name.lowercased()
        var values: [SQLExpression] = []
        var result = Origins.none
        for argument in call.arguments {
            if case .lambda(let parameters, let body) = argument.kind, Lambdas.functions.contains(name) {
                var inner = environment
                inner.parameters.formUnion(Lambdas.parameters(parameters))
                result.formUnion(origins(of: body, inner))
            } else {
                values.append(argument)
            }
        }
        let isWithinGroup = Aggregates.isWithinGroup(call)
        if isWithinGroup { values += call.order.map(\.expression) }
        result.formUnion(origins(of: values, environment))
        result.formUnion(receiver(of: call.catalog, call.schema, environment))
        result = Aggregates.names.contains(name) ? result.aggregated : result.transformed
        if let filter = call.filter { result.formUnion(origins(of: filter, environment).deciding(.filter)) }
        guard !isWithinGroup else { return result }
        return result + origins(of: call.order.map(\.expression), environment).deciding(.sort)
    }

    /// The column in `column.upper()`, which the parser takes for a schema.
    private func receiver(of catalog: String?, _ schema: String?, _ environment: LineageEnvironment) -> Origins {
        guard let schema, !["main", "pg_catalog", "information_schema"].contains(schema.lowercased()) else {
            return .none
        }
        return column([catalog, schema].compactMap { $0 }, environment)
    }

    private func origins(of call: SQLWindowCall, _ environment: LineageEnvironment) -> Origins {
        let values = origins(of: call.arguments + [call.default].compactMap { $0 }, environment)
        var deciding = call.partitions + call.order.map(\.expression) + call.argumentOrder.map(\.expression)
        deciding += [call.filter, call.offset].compactMap { $0 }
        for case .preceding(let bound?) in [call.frame.start, call.frame.end] { deciding.append(bound) }
        for case .following(let bound?) in [call.frame.start, call.frame.end] { deciding.append(bound) }
        let isAggregate = call.kind == "WINDOW_AGGREGATE"
        return (isAggregate ? values.aggregated : values.transformed)
            + origins(of: deciding, environment).deciding(.window)
    }

    private func origins(of subquery: SQLSubquery, _ environment: LineageEnvironment) -> Origins {
        let found = result(of: subquery.query, environment)
        switch subquery.use {
        case .exists, .notExists: return found.rows
        case .scalar: return found.everything.transformed + found.rows
        case .any, nil:
            let child = subquery.child.map { origins(of: $0, environment) } ?? .none
            return (child + found.everything).transformed + found.rows
        }
    }
}
