extension SparkWriting {
    private static let rankings: Set<String> = [
        "row_number", "rank", "dense_rank", "rank_dense", "percent_rank", "cume_dist", "ntile",
    ]

    func window(_ call: SQLWindowCall, _ scope: SparkScope) -> SparkPiece {
        let name = call.name.lowercased()
        guard call.argumentOrder.isEmpty else { return refuse("ORDER BY within a window function is not translated") }
        if call.isDistinct { return refuse("\(name)(DISTINCT …) OVER has no form in Spark") }
        let partitions = call.partitions.map { piece($0, scope).text }
        var terms = terms(call.order, scope)
        if call.order.count == 1, let first = call.order.first, movesByInterval(call.frame),
            case let key = piece(first.expression, scope), key.type == .date
        {
            terms = ["CAST(\(key.text) AS TIMESTAMP_NTZ) \(direction(first))"]
        }
        let isRanking = Self.rankings.contains(name) || name == "lag" || name == "lead"
        if terms.isEmpty, isRanking || ["first_value", "last_value", "nth_value", "first", "last"].contains(name) {
            return refuse("\(name) without ORDER BY tells how rows happen to come", hint: "write ORDER BY in OVER")
        }
        var parts: [String] = []
        if !partitions.isEmpty { parts.append("PARTITION BY \(partitions.joined(separator: ", "))") }
        if !terms.isEmpty { parts.append("ORDER BY \(terms.joined(separator: ", "))") }
        if !isRanking {
            let frame = self.frame(call, scope)
            if !frame.isEmpty { parts.append(frame) }
        }
        let over = " OVER (\(parts.joined(separator: " ")))"
        if isRanking || ["first_value", "last_value", "nth_value", "first", "last"].contains(name) {
            if call.filter != nil { return refuse("FILTER of \(name) has no form in Spark") }
            return positional(name, call, over, scope)
        }
        var arguments = call.arguments
        if let filter = call.filter {
            // Aggregates pass over NULL: what is filtered out becomes that.
            guard ["sum", "count", "count_star", "avg", "min", "max", "mean"].contains(name) else {
                return refuse("FILTER of \(name) OVER has no form in Spark", hint: "put CASE WHEN … into its argument")
            }
            let one = SQLExpression(
                kind: .constant(
                    SQLConstant(
                        .object(["type": .object(["id": .text("INTEGER")]), "value": .number(1)]), TreeReading())))
            let isStar: Bool = arguments.isEmpty || { if case .star = arguments[0].kind { true } else { false } }()
            let value = isStar ? one : arguments[0]
            let condition = truth(filter, scope)
            var inner = piece(value, scope)
            inner = SparkPiece("(CASE WHEN \(condition) THEN \(inner.text) END)", inner.type)
            return apply(isStar ? "count" : name, inner, over)
        }
        arguments = call.arguments
        if SparkFunctions.ordered(name) != nil, !["sum", "count"].contains(name),
            SparkFunctions.rows(name).first?.refusal != nil
        {
            return refuse("\(name) OVER has no form in Spark that keeps its order")
        }
        guard SparkFunctions.isAggregate(name) else {
            return refuse("\(name) is no window function that is translated")
        }
        return aggregate(name, arguments, order: [], isDistinct: false, suffix: over, scope)
    }

    private func apply(_ name: String, _ piece: SparkPiece, _ over: String) -> SparkPiece {
        let rows = SparkFunctions.rows(name)
        guard let row = rows.compactMap({ row in row.cost(of: [piece]).map { (row, $0) } }).min(by: { $0.1 < $1.1 })?.0
        else {
            return refuse("\(name)(\(piece.type)) is not translated")
        }
        return row.render(row.bind([piece], self), over, self)
    }

    private func positional(_ name: String, _ call: SQLWindowCall, _ over: String, _ scope: SparkScope) -> SparkPiece {
        let nulls = call.ignoresNulls ? " IGNORE NULLS" : ""
        switch name {
        case "row_number", "rank", "dense_rank", "rank_dense":
            let word = name == "rank_dense" ? "dense_rank" : name
            return SparkPiece("CAST(\(word)()\(over) AS BIGINT)", .bigint)
        case "percent_rank", "cume_dist": return SparkPiece("\(name)()\(over)", .double)
        case "ntile":
            guard let count = call.arguments.first.flatMap({ piece($0, scope).constantInteger }), count > 0 else {
                return refuse("ntile takes a constant on Spark")
            }
            return SparkPiece("CAST(ntile(\(count))\(over) AS BIGINT)", .bigint)
        case "lag", "lead":
            guard let argument = call.arguments.first else { return refuse("\(name) takes an argument") }
            let value = piece(argument, scope)
            let offset = call.offset.map { piece($0, scope) }
            if let offset, offset.constantInteger == nil { return refuse("\(name) takes a constant offset on Spark") }
            var text = "\(value.text), \(offset?.constantInteger ?? 1)"
            var type = value.type
            if let other = call.default.map({ piece($0, scope) }) {
                type = value.type == .null ? other.type : value.type
                text = "\(value.text), \(offset?.constantInteger ?? 1), \(coerced(other, to: type).text)"
            }
            return SparkPiece("\(name)(\(text))\(nulls)\(over)", type)
        default:
            guard let argument = call.arguments.first else { return refuse("\(name) takes an argument") }
            let value = piece(argument, scope)
            let word = ["first": "first_value", "last": "last_value"][name] ?? name
            guard name == "nth_value" else { return SparkPiece("\(word)(\(value.text))\(nulls)\(over)", value.type) }
            guard call.arguments.count == 2, let place = piece(call.arguments[1], scope).constantInteger, place > 0
            else {
                return refuse("nth_value takes a positive constant on Spark")
            }
            return SparkPiece("nth_value(\(value.text), \(place))\(nulls)\(over)", value.type)
        }
    }

    private func frame(_ call: SQLWindowCall, _ scope: SparkScope) -> String {
        let frame = call.frame
        if frame.exclusion != .none { fault("EXCLUDE in a window has no form in Spark") }
        let unit = frame.startUnit ?? frame.endUnit
        if case .unboundedPreceding = frame.start, case .currentRow = frame.end, frame.endUnit == .range { return "" }
        if unit == .groups {
            fault("GROUPS in a window has no form in Spark", hint: "use dense_rank() and RANGE")
            return ""
        }
        let isRange = unit == .range || unit == nil
        if call.order.isEmpty {
            // The whole partition is one and the same row to RANGE.
            if isRange { return "" }
            if case .unboundedPreceding = frame.start, case .unboundedFollowing = frame.end { return "" }
            fault("ROWS without ORDER BY counts rows as they happen to come", hint: "write ORDER BY in OVER")
            return ""
        }
        func bound(_ bound: SQLFrame.Bound) -> String {
            func value(_ expression: SQLExpression?) -> String {
                guard let expression else { return "0" }
                let piece = piece(expression, scope)
                if !isRange, piece.constantInteger == nil {
                    fault("ROWS takes constants on Spark", at: expression.position)
                }
                if isRange, piece.type == .interval {
                    if let literal = intervalLiteral(expression) { return literal }
                    fault("RANGE takes a constant interval on Spark", at: expression.position)
                }
                if let number = piece.constantInteger, isRange, let key = call.order.first {
                    return coerced(self.literal(number, piece.type), to: self.piece(key.expression, scope).type).text
                }
                return piece.text
            }
            switch bound {
            case .unboundedPreceding: return "UNBOUNDED PRECEDING"
            case .unboundedFollowing: return "UNBOUNDED FOLLOWING"
            case .currentRow: return "CURRENT ROW"
            case .preceding(let expression): return "\(value(expression)) PRECEDING"
            case .following(let expression): return "\(value(expression)) FOLLOWING"
            case .other(let word):
                fault("the bound \(word) of a window is not known")
                return "CURRENT ROW"
            }
        }
        return "\(isRange ? "RANGE" : "ROWS") BETWEEN \(bound(frame.start)) AND \(bound(frame.end))"
    }

    private func movesByInterval(_ frame: SQLFrame) -> Bool {
        [frame.start, frame.end].contains { bound in
            switch bound {
            case .preceding(let value?), .following(let value?): intervalLiteral(value) != nil
            default: false
            }
        }
    }

    private func intervalLiteral(_ expression: SQLExpression) -> String? {
        let units: [String: (factor: Int128, name: String)] = [
            "to_years": (1, "YEAR"), "to_quarters": (3, "MONTH"), "to_months": (1, "MONTH"), "to_weeks": (7, "DAY"),
            "to_days": (1, "DAY"), "to_hours": (1, "HOUR"), "to_minutes": (1, "MINUTE"), "to_seconds": (1, "SECOND"),
        ]
        guard case .function(let call) = expression.kind, let unit = units[call.name.lowercased()],
            let argument = call.arguments.first, let number = intervalCount(argument)
        else { return nil }
        return "INTERVAL '\(number * unit.factor)' \(unit.name)"
    }
}
