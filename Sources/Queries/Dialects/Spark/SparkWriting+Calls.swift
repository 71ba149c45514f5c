extension SparkWriting {
    func call(_ call: SQLFunctionCall, _ scope: SparkScope) -> SparkPiece {
        let name = call.name.lowercased()
        if call.exportsState { return refuse("EXPORT_STATE has no form in Spark") }
        if name == "unnest" {
            if let moved = scope.moved.first(where: {
                $0.call.arguments.first?.position == call.arguments.first?.position
            }) {
                return moved.piece
            }
            return refuse("unnest stands in a list or in FROM only")
        }
        // Of `a.upper()` the column comes as the schema.
        var call = call
        if let schema = call.schema, schema.lowercased() != "main", schema.lowercased() != "pg_catalog" {
            call.arguments.insert(SQLExpression(kind: .column([schema])), at: 0)
        }
        if let result = `operator`(call, scope) { return result }
        if let result = special(name, call, scope) { return result }
        let filter = call.filter.map { " FILTER (WHERE \(truth($0, scope)))" } ?? ""
        return aggregateOrScalar(call, filter, scope)
    }

    private func aggregateOrScalar(_ call: SQLFunctionCall, _ filter: String, _ scope: SparkScope) -> SparkPiece {
        let name = call.name.lowercased()
        if SparkFunctions.isAggregate(name) {
            return aggregate(
                name, call.arguments, order: call.order, isDistinct: call.isDistinct, suffix: filter, scope)
        }
        if !filter.isEmpty || !call.order.isEmpty || call.isDistinct {
            return refuse("\(name) is no aggregate that is translated")
        }
        return apply(name, call.arguments, scope, suffix: "")
    }

    /// A call by its table row, of expressions.
    func apply(_ name: String, _ arguments: [SQLExpression], _ scope: SparkScope, suffix: String) -> SparkPiece {
        let rows = SparkFunctions.rows(name)
        guard !rows.isEmpty else { return unknownFunction(name) }
        var pieces: [SparkPiece] = []
        for argument in arguments {
            if case .lambda(let parameters, let body) = argument.kind {
                pieces.append(lambda(parameters, body, pieces, scope, isFold: rows.contains(where: \.isFold)))
            } else {
                pieces.append(piece(argument, scope))
            }
        }
        return apply(name, rows, pieces, suffix)
    }

    func call(named name: String, _ pieces: [SparkPiece]) -> SparkPiece {
        apply(name, SparkFunctions.rows(name), pieces, "")
    }

    private func unknownFunction(_ name: String) -> SparkPiece {
        let near = Nearness.nearest(name, among: SparkFunctions.names)
        return refuse(
            "the function \(name) has no translation",
            hint: near.isEmpty ? nil : "did you mean \(near.joined(separator: ", "))?")
    }

    private func apply(_ name: String, _ rows: [SparkFunction], _ pieces: [SparkPiece], _ suffix: String) -> SparkPiece
    {
        if pieces.contains(where: { $0.type == .unknown }) { return .missing }
        if let reason = rows.first?.refusal { return refuse("\(name): \(reason.reason)", hint: reason.hint) }
        let ranked = rows.compactMap { row in row.cost(of: pieces).map { (row, $0) } }
        guard let (row, _) = ranked.min(by: { $0.1 < $1.1 }) else {
            let shown = pieces.map(\.type.description).joined(separator: ", ")
            return refuse(
                "\(name)(\(shown)) is not translated",
                hint: "it is for \(rows.map(\.signature).joined(separator: "; "))")
        }
        if let reason = row.refusal { return refuse("\(name): \(reason.reason)", hint: reason.hint) }
        let bound = row.bind(pieces, self)
        return row.render(bound, suffix, self)
    }

    /// The lambda of a list function: its parameters are an element and its place, or what was made so far and an
    /// element.
    private func lambda(
        _ parameters: SQLExpression, _ body: SQLExpression, _ before: [SparkPiece], _ scope: SparkScope, isFold: Bool
    ) -> SparkPiece {
        let names: [String] =
            switch parameters.kind {
            case .column(let names): [names.last ?? "x"]
            case .function(let call):
                call.arguments.compactMap { if case .column(let names) = $0.kind { names.last } else { nil } }
            default: []
            }
        guard let element = before.first?.type.element else {
            if before.first?.type != .unknown { fault("a lambda is for the elements of a list") }
            return .missing
        }
        let variables = names.map { _ in fresh("x") }
        let inner = SparkScope([], parent: scope, isSameQuery: true)
        inner.columns = zip(names, variables).enumerated().map { place, pair in
            let isPlace = !isFold && place == 1 || isFold && place == 2
            return SparkColumn(
                name: pair.0, type: isPlace ? .bigint : element,
                text: isPlace ? "CAST(\(pair.1) + 1 AS BIGINT)" : pair.1)
        }
        inner.aliases = [:]
        let result = piece(body, inner)
        let list = variables.count == 1 ? variables[0] : "(\(variables.joined(separator: ", ")))"
        return SparkPiece("\(list) -> \(result.text)", result.type)
    }

    // MARK: Aggregates

    func aggregate(
        _ name: String, _ arguments: [SQLExpression], order: [SQLOrder], isDistinct: Bool, suffix: String,
        _ scope: SparkScope
    ) -> SparkPiece {
        let prefersAliases = scope.prefersAliases
        scope.prefersAliases = false
        defer { scope.prefersAliases = prefersAliases }
        let terms = terms(order, scope)
        let isStar: Bool = arguments.contains { if case .star = $0.kind { true } else { false } }
        if name == "count" && (arguments.isEmpty || isStar) || name == "count_star" {
            return SparkPiece("count(*)\(suffix)", .bigint)
        }
        if !order.isEmpty, let ordered = SparkFunctions.ordered(name) {
            let pieces = arguments.map { piece($0, scope) }
            if isDistinct { return refuse("\(name)(DISTINCT … ORDER BY …) is not translated") }
            return ordered(pieces, order, terms, suffix, self)
        }
        // What does not hang on the order needs none.
        if isDistinct {
            let pieces = arguments.map { piece($0, scope) }
            guard let first = pieces.first, pieces.count == 1 else {
                return refuse("\(name)(DISTINCT …) of several values is not translated")
            }
            switch name {
            case "min", "max", "bool_and", "bool_or": break
            case "count", "sum", "avg", "mean":
                var distinct = first
                distinct.text = "\u{1}\(first.text)"
                let result = apply(name, SparkFunctions.rows(name), [distinct], suffix)
                // The mark has gone into the argument of the one aggregate: DISTINCT stands before the whole of it.
                return SparkPiece(Self.distinct(result.text), result.type)
            default:
                return refuse(
                    "\(name)(DISTINCT …) is not translated", hint: "aggregate SELECT DISTINCT … of a subquery")
            }
        }
        return apply(name, arguments, scope, suffix: suffix)
    }

    /// Puts DISTINCT at the opening of each aggregate whose argument is marked.
    private static func distinct(_ text: String) -> String {
        var result = ""
        var openings: [(name: String, place: String.Index)] = []
        var word = ""
        for character in text {
            switch character {
            case "(":
                openings.append((word, result.endIndex))
                result.append(character)
                word = ""
            case ")":
                _ = openings.popLast()
                result.append(character)
                word = ""
            case "\u{1}":
                if let opening = openings.last(where: { ["sum", "count", "avg"].contains($0.name) }) {
                    result.insert(contentsOf: "DISTINCT ", at: result.index(after: opening.place))
                }
                word = ""
            default:
                result.append(character)
                word = character.isLetter || character == "_" ? word + String(character) : ""
            }
        }
        return result
    }
}
