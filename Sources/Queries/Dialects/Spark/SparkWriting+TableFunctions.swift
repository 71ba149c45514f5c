extension SparkWriting {
    func function(_ function: SQLTableFunction, _ scope: SparkScope, _ outer: SparkScope?) -> String {
        guard case .function(let call) = function.call.kind else {
            fault("translation does not know this table function")
            return ""
        }
        let inner = SparkScope(scope.columns, parent: outer)
        let name = call.name.lowercased()
        let list: SparkPiece
        var column = name
        switch name {
        case "unnest":
            guard call.arguments.count == 1 else {
                fault("unnest takes one list here", hint: "write unnest in the list of a SELECT for several")
                return ""
            }
            list = piece(call.arguments[0], inner)
        case "range", "generate_series":
            column = name
            list = at(function.call.position) { self.call(call, inner) }
        default:
            let near = Nearness.nearest(name, among: ["unnest", "range", "generate_series"])
            fault(
                "the table function \(name) has no form in Spark",
                hint: near.first.map { "did you mean \($0)?" } ?? "read it in a step that runs on this machine",
                at: function.call.position)
            return ""
        }
        guard let element = list.type.element else {
            if list.type != .unknown {
                fault("unnest of \(list.type) is not translated", hint: "unnest takes lists")
            }
            return ""
        }
        let alias = function.traits.alias ?? name
        if function.hasOrdinality {
            let columns = [
                DuckType.Field(name: column, type: element), DuckType.Field(name: "ordinality", type: .bigint),
            ]
            let body =
                "(SELECT value, CAST(place + 1 AS BIGINT) FROM (SELECT posexplode(\(list.text)) AS (place, value)))"
            return "LATERAL " + enter(body, columns, alias, function.traits, scope)
        }
        let text = enter(
            "explode(\(list.text))", [DuckType.Field(name: column, type: element)], alias, function.traits, scope)
        // Its column is called `col` unless it is named.
        return "LATERAL "
            + (text.hasSuffix(")") && !function.traits.columnAliases.isEmpty
                ? text : "\(text)(\(SparkText.name(column)))")
    }

    /// Calls of unnest in a list become a lateral table that gives the values of all of them side by side.
    func movedUnnests(_ list: [SQLExpression], _ scope: SparkScope) -> String {
        var calls: [SQLFunctionCall] = []
        func collect(_ expression: SQLExpression) {
            if case .function(let call) = expression.kind, call.name.lowercased() == "unnest" { calls.append(call) }
            expression.children.forEach(collect)
        }
        list.forEach(collect)
        guard !calls.isEmpty else { return "" }
        if list.contains(where: { isAggregate($0) }) {
            fault("unnest beside aggregates is not translated", hint: "aggregate in a subquery")
            return ""
        }
        let alias = fresh("unnest")
        var lists: [SparkPiece] = []
        for call in calls {
            guard let argument = call.arguments.first, call.arguments.count == 1 else {
                fault("unnest with options is not translated")
                return ""
            }
            let list = piece(argument, scope)
            guard let element = list.type.element else {
                if list.type != .unknown { fault("unnest of \(list.type) is not translated", at: argument.position) }
                return ""
            }
            scope.moved.append(
                (call, SparkPiece(calls.count == 1 ? "\(alias).v" : "\(alias).v.`\(lists.count)`", element)))
            lists.append(list)
        }
        let join = scope.columns.isEmpty ? "" : ", LATERAL "
        guard calls.count > 1 else { return "\(join)explode(\(lists[0].text)) AS \(alias)(v)" }
        // Shorter lists go on with NULL.
        let zipped = lists.map { "coalesce(\($0.text), array())" }.joined(separator: ", ")
        return "\(join)explode(arrays_zip(\(zipped))) AS \(alias)(v)"
    }
}
