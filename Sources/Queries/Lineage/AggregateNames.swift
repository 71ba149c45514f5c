/// DuckDB's aggregates: the parser does not tell them from other functions.
enum Aggregates {
    static let names: Set<String> = [
        "any_value", "approx_count_distinct", "approx_quantile", "approx_top_k", "arbitrary", "arg_max",
        "arg_max_null", "arg_max_nulls_last", "arg_min", "arg_min_null", "arg_min_nulls_last", "argmax", "argmin",
        "array_agg", "avg", "bit_and", "bit_or", "bit_xor", "bitstring_agg", "bool_and", "bool_or", "corr", "count",
        "count_if", "count_star", "countif", "covar_pop", "covar_samp", "cume_dist", "dense_rank", "entropy", "favg",
        "fill", "first", "first_value", "fsum", "group_concat", "histogram", "histogram_exact", "kahan_sum",
        "kurtosis", "kurtosis_pop", "lag", "last", "last_value", "lead", "list", "listagg", "mad", "max", "max_by",
        "mean", "median", "min", "min_by", "mode", "nth_value", "ntile", "percent_rank", "product", "quantile",
        "quantile_cont", "quantile_disc", "rank", "rank_dense", "regr_avgx", "regr_avgy", "regr_count",
        "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy", "reservoir_quantile",
        "row_number", "sem", "skewness", "stddev", "stddev_pop", "stddev_samp", "string_agg", "sum",
        "sum_no_overflow", "sumkahan", "var_pop", "var_samp", "variance",
    ]

    /// Whether it was written with WITHIN GROUP, so that what it sorts by are its values.
    static func isWithinGroup(_ call: SQLFunctionCall) -> Bool {
        switch call.name.lowercased() {
        case "mode": call.arguments.isEmpty && !call.order.isEmpty
        case "quantile_cont", "quantile_disc": call.arguments.count < 2 && !call.order.isEmpty
        default: false
        }
    }

    /// Whether an expression is computed from groups of rows.
    static func contains(_ expression: SQLExpression) -> Bool {
        ExpressionWalk.contains(expression) {
            if case .function(let call) = $0.kind { names.contains(call.name.lowercased()) } else { false }
        }
    }
}

/// Functions that take lambdas.
enum Lambdas {
    static let functions: Set<String> = [
        "list_transform", "array_transform", "list_apply", "array_apply", "apply", "list_filter", "array_filter",
        "filter", "list_reduce", "array_reduce", "reduce",
    ]

    /// The names in front of the arrow, in lower case.
    static func parameters(_ expression: SQLExpression) -> [String] {
        switch expression.kind {
        case .column(let names): names.prefix(1).map { $0.lowercased() }
        case .function(let call): call.arguments.flatMap(parameters)
        default: []
        }
    }
}

/// Calls that make several rows of one.
enum Unnesting {
    private static let functions: Set<String> = ["unnest", "unlist", "generate_subscripts"]

    static func arguments(in expression: SQLExpression) -> [SQLExpression] {
        var found: [SQLExpression] = []
        ExpressionWalk.forEach(expression) {
            if case .function(let call) = $0.kind, functions.contains(call.name.lowercased()) {
                found += call.arguments
                if let schema = call.schema, schema.lowercased() != "main" {
                    found.append(SQLExpression(kind: .column([call.catalog, schema].compactMap { $0 })))
                }
            }
        }
        return found
    }
}

/// The columns that an expression names.
enum ColumnNames {
    static func all(in expression: SQLExpression) -> [[String]] {
        var found: [[String]] = []
        ExpressionWalk.forEach(expression) { if case .column(let names) = $0.kind { found.append(names) } }
        return found
    }
}

/// `COLUMNS(…)` in an expression that is repeated for each of its columns.
enum ColumnsCall {
    static func first(in expression: SQLExpression) -> SQLStar? {
        var found: SQLStar?
        ExpressionWalk.forEach(
            expression,
            enters: { inner in
                if case .operation(.unpack, _) = inner.kind { false } else { true }
            }
        ) {
            if case .star(let star) = $0.kind, star.isColumns, found == nil { found = star }
        }
        return found
    }
}

/// Goes through an expression, but not into the queries in it.
enum ExpressionWalk {
    static func forEach(
        _ expression: SQLExpression, enters: (SQLExpression) -> Bool = { _ in true }, _ body: (SQLExpression) -> Void
    ) {
        body(expression)
        guard enters(expression) else { return }
        for child in expression.children { forEach(child, enters: enters, body) }
    }

    static func contains(_ expression: SQLExpression, _ test: (SQLExpression) -> Bool) -> Bool {
        test(expression) || expression.children.contains { contains($0, test) }
    }
}
