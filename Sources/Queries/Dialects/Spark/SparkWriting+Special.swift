extension SparkWriting {
    /// Calls whose arguments are not only values; nil for what is none of these.
    func special(_ name: String, _ call: SQLFunctionCall, _ scope: SparkScope) -> SparkPiece? {
        switch name {
        case "to_years", "to_quarters", "to_months", "to_weeks", "to_days", "to_hours", "to_minutes", "to_seconds",
            "to_milliseconds", "to_microseconds":
            // `INTERVAL 3 DAY` comes as a cast of a truncated cast of 3.
            guard let argument = call.arguments.first, let number = intervalCount(argument) else { return nil }
            return self.call(
                named: name,
                [literal(number, .integer)].map { piece in
                    SparkPiece(piece.text, .integer)
                })
        case "nullif":
            guard call.arguments.count == 2 else { return nil }
            let (one, other) = (piece(call.arguments[0], scope), piece(call.arguments[1], scope))
            let same = comparison(.equal, one, other)
            let value = one.type == .null ? SparkPiece("CAST(NULL AS INT)", .integer) : one
            return SparkPiece("(CASE WHEN \(same.text) THEN NULL ELSE \(value.text) END)", value.type)
        case "list_sort", "array_sort", "list_reverse_sort", "array_reverse_sort":
            // `list(x ORDER BY x)` comes as this: what is sorted needs no order before.
            guard let first = call.arguments.first, case .function(let inner) = first.kind,
                ["list", "array_agg"].contains(inner.name.lowercased()), inner.order.isEmpty, !inner.isDistinct,
                let collect = SparkFunctions.ordered("list")
            else { return nil }
            let filter = inner.filter.map { " FILTER (WHERE \(truth($0, scope)))" } ?? ""
            let list = collect(inner.arguments.map { piece($0, scope) }, [], [], filter, self)
            return self.call(named: name, [list] + call.arguments.dropFirst().map { piece($0, scope) })
        case "struct_pack", "row":
            let pieces = call.arguments.map { piece($0, scope) }
            let names = call.arguments.enumerated().map { place, argument -> String in
                if let alias = argument.alias { return alias }
                if case .column(let names) = argument.kind, name == "struct_pack" { return names.last ?? "" }
                return ""
            }
            guard names.allSatisfy({ !$0.isEmpty }) else {
                return refuse("a row whose fields have no names is not translated", hint: "write {'name': value}")
            }
            let typed = pieces.map { $0.type == .null ? SparkPiece("CAST(NULL AS INT)", .integer) : $0 }
            let fields = zip(names, typed).map { "\(SparkText.text($0)), \($1.text)" }
            return SparkPiece(
                "named_struct(\(fields.joined(separator: ", ")))",
                .structure(zip(names, typed).map { DuckType.Field(name: $0, type: $1.type) }))
        case "struct_insert":
            guard let first = call.arguments.first else { return nil }
            let base = piece(first, scope)
            guard case .structure(let fields) = base.type else { return refuse("struct_insert takes a STRUCT") }
            var parts = fields.map { "\(SparkText.text($0.name)), \(base.text).\(SparkText.name($0.name))" }
            var types = fields
            for argument in call.arguments.dropFirst() {
                let value = piece(argument, scope)
                parts.append("\(SparkText.text(argument.alias ?? "")), \(value.text)")
                types.append(DuckType.Field(name: argument.alias ?? "", type: value.type))
            }
            return SparkPiece("named_struct(\(parts.joined(separator: ", ")))", .structure(types))
        case "struct_extract":
            guard call.arguments.count == 2, let field = piece(call.arguments[1], scope).constantText else {
                return refuse("struct_extract takes a constant name")
            }
            return self.field(field, of: piece(call.arguments[0], scope))
        case "if":
            guard call.arguments.count == 3 else { return nil }
            let pieces = call.arguments.dropFirst().map { piece($0, scope) }
            let type = common(Array(pieces), "if")
            return SparkPiece(
                "(CASE WHEN \(truth(call.arguments[0], scope)) THEN \(coerced(pieces[0], to: type).text) ELSE \(coerced(pieces[1], to: type).text) END)",
                type)
        case "ifnull", "coalesce":
            let pieces = call.arguments.map { piece($0, scope) }
            let type = common(pieces, name)
            return SparkPiece("coalesce(\(pieces.map { coerced($0, to: type).text }.joined(separator: ", ")))", type)
        case "typeof", "pg_typeof":
            guard let argument = call.arguments.first else { return nil }
            let type = piece(argument, scope).type
            let shown: String =
                switch type {
                case .null: "\"NULL\""
                default: type.description
                }
            return SparkPiece(SparkText.text(shown), .varchar)
        case "array_value":
            return refuse("a list of a fixed length has no form in Spark", hint: "use list_value")
        case "list_value", "list_pack":
            let pieces = call.arguments.map { piece($0, scope) }
            let type = common(pieces, "the elements of a list")
            return SparkPiece(
                "array(\(pieces.map { coerced($0, to: type).text }.joined(separator: ", ")))",
                .list(type))
        case "map":
            if call.arguments.isEmpty { return refuse("a map of nothing has no types") }
            let pieces = call.arguments.map { piece($0, scope) }.map { piece in
                // Of nothing a map has integers as well.
                piece.type == .list(.null) ? coerced(piece, to: .list(.integer)) : piece
            }
            guard pieces.count == 2, let key = pieces[0].type.element, let value = pieces[1].type.element else {
                return nil
            }
            return SparkPiece("map_from_arrays(\(pieces[0].text), \(pieces[1].text))", .map(key, value))
        case "list_aggregate", "list_aggr", "array_aggregate", "aggregate", "array_aggr":
            guard call.arguments.count == 2, let kind = piece(call.arguments[1], scope).constantText else {
                return refuse("\(name) takes a constant name of an aggregate here")
            }
            return apply("list_\(kind)", [call.arguments[0]], scope, suffix: "")
        default: return nil
        }
    }

    func intervalCount(_ expression: SQLExpression) -> Int128? {
        switch expression.kind {
        case .cast(let child, _, _): return intervalCount(child)
        case .function(let call) where call.name == "trunc" && call.arguments.count == 1:
            return intervalCount(call.arguments[0])
        case .constant(let constant):
            return (constant.text ?? constant.numeral).flatMap { Int128($0) }
        default: return nil
        }
    }
}
