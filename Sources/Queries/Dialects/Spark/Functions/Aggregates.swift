extension SparkFunctions {
    /// Aggregates. `§` stands behind each of Spark's.
    static let aggregates: [SparkFunction] =
        [
            agg("count(any) bigint", "count($1)§"),
            agg("sum(boolean) hugeint", "CAST(sum(CAST($1 AS INT))§ AS DECIMAL(38,0))"),
            agg("sum(int) hugeint") { arguments, suffix, _ in
                let value = arguments[0]
                let width = value.type == .hugeint ? 38 : 28
                let mark = value.text.hasPrefix("\u{1}") ? "\u{1}" : ""
                let text = mark.isEmpty ? value.text : String(value.text.dropFirst())
                return SparkPiece(
                    "CAST(sum(\(mark)CAST(\(text) AS DECIMAL(\(width),0)))\(suffix) AS DECIMAL(38,0))", .hugeint)
            },
            agg("sum(dec) any") { arguments, suffix, _ in
                let scale = arguments[0].type.decimalShape?.scale ?? 0
                return SparkPiece(
                    "CAST(sum(\(arguments[0].text))\(suffix) AS DECIMAL(38,\(scale)))", .decimal(38, scale))
            },
            agg("sum(double) double", "sum($1)§"),
            agg("avg(int) double", mean),
            agg("avg(dec) double", mean),
            agg("avg(double) double", "avg($1)§"),
            agg("min(any) $1", ordered("min")),
            agg("max(any) $1", ordered("max")),
            agg("bool_and(boolean) boolean", "bool_and($1)§"),
            agg("bool_or(boolean) boolean", "bool_or($1)§"),
            agg("count_if(boolean) hugeint", "CAST(count_if($1)§ AS DECIMAL(38,0))"),
            agg("any_value(any) $1", "any_value($1, true)§"),
            agg("bit_and(int) $1", "bit_and($1)§"),
            agg("bit_or(int) $1", "bit_or($1)§"),
            agg("bit_xor(int) $1", "bit_xor($1)§"),
            agg("arg_min(any, any) $1", extreme("min_by")),
            agg("arg_max(any, any) $1", extreme("max_by")),
            agg("quantile_disc(any, double) $1") { arguments, suffix, writing in
                guard arguments[1].constant != nil else { return writing.refuse("quantile_disc takes a constant") }
                writing.checkOrdered(arguments[0].type)
                let (a, q) = (writing.fresh("a"), arguments[1].text)
                let place = "CAST(greatest(1, size(\(a)) - floor(size(\(a)) - \(q) * size(\(a)))) AS INT)"
                return SparkPiece(
                    picked(arguments[0].text, suffix, a, "try_element_at(\(a), \(place))"), arguments[0].type)
            },
            agg("quantile_cont(double, double) double", quantile),
            agg("median(int) double", middle),
            agg("median(double) double", middle),
            agg("median(float) float") { _, _, writing in
                writing.refuse("median of a FLOAT is not translated", hint: "cast it to DOUBLE")
            },
            agg("median(dec) any") { _, _, writing in
                writing.refuse("median of a DECIMAL is not translated", hint: "cast it to DOUBLE, or use quantile_disc")
            },
            agg("var_pop(double) double", bounded("var_pop")),
            agg("var_samp(double) double", spread("var_samp")),
            agg("stddev_pop(double) double", bounded("stddev_pop")),
            agg("stddev_samp(double) double", spread("stddev_samp")),
            agg("covar_pop(double, double) double", "covar_pop($1, $2)§"),
            agg("covar_samp(double, double) double", "covar_samp($1, $2)§"),
            agg("corr(double, double) double", correlation),
            agg("regr_count(double, double) uinteger", "regr_count($1, $2)§"),
            agg("regr_avgx(double, double) double", "regr_avgx($1, $2)§"),
            agg("regr_avgy(double, double) double", "regr_avgy($1, $2)§"),
        ]
        + no(
            "first", "last", "list", "string_agg", "arbitrary", isAggregateReason: true)
        + no(
            "approx_count_distinct", "approx_quantile", "approx_top_k", "reservoir_quantile",
            because: "the engines estimate in different ways", hint: "use count(DISTINCT …) or quantile_disc",
            isAggregate: true)
        + no(
            "mode", because: "which of equally frequent values it gives differs",
            hint: "count by value and take the first by an ORDER BY", isAggregate: true)
        + no(
            "product", "fsum", "favg", "kurtosis", "kurtosis_pop", "skewness", "sem", "entropy", "mad",
            "regr_intercept",
            "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy", "geomean",
            because: "Spark computes it with other roundings or not at all",
            hint: "write it with sum and count", isAggregate: true)
        + no(
            "histogram", "histogram_exact", "bitstring_agg", "sum_no_overflow", "arg_min_null", "arg_max_null",
            "arg_min_nulls_last", "arg_max_nulls_last", because: "it has no form in Spark", isAggregate: true)

    private static func no(_ names: String..., isAggregateReason: Bool) -> [SparkFunction] {
        names.map {
            SparkFunction(
                "\($0)()",
                .none(
                    reason: "without ORDER BY in it, it gives values as they happen to come",
                    hint: "write \($0)(… ORDER BY …), or any_value if any will do"), isAggregate: true)
        }
    }

    /// The sum divided by the count: of exact numbers the sum is exact.
    private static let mean: @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece = { arguments, suffix, _ in
        let value = arguments[0]
        let isMarked = value.text.hasPrefix("\u{1}")
        let (mark, text) = isMarked ? ("\u{1}", String(value.text.dropFirst())) : ("", value.text)
        let shape = value.type.decimalShape ?? (28, 0)
        let scale = shape.scale
        let width = value.type.isDecimal ? min(38, shape.width) : 28
        let sum = "sum(\(mark)CAST(\(text) AS DECIMAL(\(width),\(scale))))\(suffix)"
        let count = "count(\(mark)\(text))\(suffix)"
        // Both of whole numbers, as DuckDB has it: the quotient is then the nearest double.
        let factor = "1" + String(repeating: "0", count: scale)
        let whole =
            scale == 0
            ? "CAST(\(sum) AS DOUBLE)"
            : "CAST(CAST(\(sum) * CAST('\(factor)' AS DECIMAL(\(scale + 1),0)) AS DECIMAL(38,0)) AS DOUBLE)"
        return SparkPiece("try_divide(\(whole), CAST(\(count) * \(factor)D AS DOUBLE))", .double)
    }

    private static func ordered(_ word: String) -> @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece {
        { arguments, suffix, writing in
            writing.checkOrdered(arguments[0].type)
            return SparkPiece("\(word)(\(arguments[0].text))\(suffix)", arguments[0].type)
        }
    }

    /// Rows in which either is NULL do not count in DuckDB.
    private static func extreme(_ word: String) -> @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece {
        { arguments, suffix, writing in
            writing.checkOrdered(arguments[1].type)
            let (value, key) = (arguments[0].text, arguments[1].text)
            return SparkPiece(
                "\(word)(\(value), CASE WHEN \(value) IS NOT NULL THEN \(key) END)\(suffix)", arguments[0].type)
        }
    }

    /// Of one value there is no spread.
    private static func spread(_ word: String) -> @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece {
        { arguments, suffix, _ in
            let value = arguments[0].text
            let spread = checked("\(word)(\(value))\(suffix)")
            return SparkPiece("(CASE WHEN count(\(value))\(suffix) > 1 THEN \(spread) END)", .double)
        }
    }

    private static func bounded(_ word: String) -> @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece {
        { arguments, suffix, _ in SparkPiece(checked("\(word)(\(arguments[0].text))\(suffix)"), .double) }
    }

    /// DuckDB fails where a spread is no number.
    private static func checked(_ text: String) -> String {
        "(CASE WHEN isnan(\(text)) OR abs(\(text)) = double('Infinity') THEN raise_error('a spread is out of range') ELSE \(text) END)"
    }

    /// Of values that do not spread it is no number, on which Spark fails.
    private static let correlation: @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece = {
        arguments, suffix, _ in
        let (x, y) = (arguments[0].text, arguments[1].text)
        let one = checked("stddev_pop(CASE WHEN \(y) IS NOT NULL THEN \(x) END)\(suffix)")
        let other = checked("stddev_pop(CASE WHEN \(x) IS NOT NULL THEN \(y) END)\(suffix)")
        return SparkPiece(
            "(CASE WHEN \(one) * \(other) = 0 THEN double('NaN') ELSE covar_pop(\(x), \(y))\(suffix) / (\(one) * \(other)) END)",
            .double)
    }

    private static let quantile: @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece = {
        arguments, suffix, writing in
        guard arguments[1].constant != nil else { return writing.refuse("quantile_cont takes a constant") }
        return between(arguments[0].text, arguments[1].text, suffix, writing)
    }

    private static let middle: @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece = {
        arguments, suffix, writing in
        between("CAST(\(arguments[0].text) AS DOUBLE)", "0.5D", suffix, writing)
    }

    /// Between two values, with DuckDB's roundings.
    private static func between(_ value: String, _ fraction: String, _ suffix: String, _ writing: SparkWriting)
        -> SparkPiece
    {
        let a = writing.fresh("a")
        let place = "((size(\(a)) - 1) * \(fraction))"
        let low = "try_element_at(\(a), CAST(floor(\(place)) + 1 AS INT))"
        let high = "try_element_at(\(a), CAST(ceil(\(place)) + 1 AS INT))"
        let part = "(\(place) - floor(\(place)))"
        return SparkPiece(
            picked(
                value, suffix, a,
                "CASE WHEN size(\(a)) > 0 THEN CASE WHEN \(part) = 0 THEN \(low) ELSE \(low) * (1D - \(part)) + \(high) * \(part) END END"
            ),
            .double)
    }

    /// Something of the sorted values.
    private static func picked(_ value: String, _ suffix: String, _ name: String, _ body: String) -> String {
        "element_at(transform(array(sort_array(collect_list(\(value))\(suffix))), \(name) -> \(body)), 1)"
    }

    typealias Ordered = ([SparkPiece], [SQLOrder], [String], String, SparkWriting) -> SparkPiece

    /// What an aggregate with an ORDER BY in it is; nil if its order makes no difference.
    static func ordered(_ name: String) -> Ordered? {
        switch synonyms[name] ?? name {
        case "list": return { sorted($0, $1, $2, $3, $4, pick: "") }
        case "first", "arbitrary": return { sorted($0, $1, $2, $3, $4, pick: "first") }
        case "any_value": return { sorted($0, $1, $2, $3, $4, pick: "any") }
        case "last": return { sorted($0, $1, $2, $3, $4, pick: "last") }
        case "string_agg": return { sorted($0, $1, $2, $3, $4, pick: "text") }
        case "quantile_cont", "quantile_disc", "mode":
            return { _, _, _, _, writing in
                writing.refuse("\(name) WITHIN GROUP is not translated", hint: "write \(name)(value, fraction)")
            }
        default: return nil
        }
    }

    /// The values are collected with their keys and sorted: nothing else of Spark's keeps NULL and an order.
    private static func sorted(
        _ arguments: [SparkPiece], _ order: [SQLOrder], _ terms: [String], _ suffix: String, _ writing: SparkWriting,
        pick: String
    ) -> SparkPiece {
        guard let value = arguments.first else { return writing.refuse("an argument is missing") }
        let keys = zip(order, terms).map { order, term in String(term.dropLast(writing.direction(order).count + 1)) }
        let fields = ["'v', \(value.text)"] + keys.enumerated().map { "'k\($0)', \($1)" }
        let collected = "collect_list(named_struct(\(fields.joined(separator: ", "))))\(suffix)"
        let (a, b) = (writing.fresh("a"), writing.fresh("b"))
        var comparison = "0"
        for (place, order) in order.enumerated().reversed() {
            let (x, y) = ("\(a).k\(place)", "\(b).k\(place)")
            let nulls = order.nulls == .first ? -1 : 1
            let sign = order.direction == .descending ? -1 : 1
            comparison =
                "CASE WHEN \(x) IS NULL AND \(y) IS NULL THEN \(comparison) WHEN \(x) IS NULL THEN \(nulls) WHEN \(y) IS NULL THEN \(-nulls) WHEN \(x) < \(y) THEN \(-sign) WHEN \(x) > \(y) THEN \(sign) ELSE \(comparison) END"
        }
        let sorted = order.isEmpty ? collected : "array_sort(\(collected), (\(a), \(b)) -> \(comparison))"
        let list = "transform(\(sorted), \(a) -> \(a).v)"
        switch pick {
        // A group without rows has no list in DuckDB.
        case "":
            return SparkPiece("(CASE WHEN size(\(sorted)) > 0 THEN \(list) END)", .list(value.type))
        case "first": return SparkPiece("try_element_at(\(sorted), 1).v", value.type)
        case "last": return SparkPiece("try_element_at(\(sorted), -1).v", value.type)
        case "any":
            return SparkPiece("try_element_at(filter(\(list), \(a) -> \(a) IS NOT NULL), 1)", value.type)
        default:
            let separator = arguments.count > 1 ? arguments[1].text : "','"
            guard value.type == .varchar || value.type == .null else {
                return writing.refuse("string_agg of \(value.type) is not translated", hint: "cast it to VARCHAR")
            }
            let present = "filter(\(list), \(a) -> \(a) IS NOT NULL)"
            return SparkPiece(
                "(CASE WHEN size(\(present)) > 0 THEN array_join(\(present), \(separator)) END)", .varchar)
        }
    }
}
