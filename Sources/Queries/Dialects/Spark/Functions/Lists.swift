extension SparkFunctions {
    static let lists: [SparkFunction] =
        [
            f("list_contains(list, elem) boolean", contains),
            f("list_extract(list, integer) $1.elem", "try_element_at($1, nullif($2, 0))"),
            f("list_concat(list...) $1") { arguments, _, writing in
                let type = writing.common(arguments, "list_concat")
                let texts = arguments.map { "coalesce(\(writing.coerced($0, to: type).text), array())" }
                return SparkPiece("concat(\(texts.joined(separator: ", ")))", type)
            },
            f("list_append(list, elem) $1", "array_append(coalesce($1, array()), $2)"),
            f("list_prepend(any, any) $2") { arguments, _, writing in
                guard let own = arguments[1].type.element else {
                    return writing.refuse("list_prepend takes a list")
                }
                let element = own == .null ? writing.common([arguments[0]], "list_prepend") : own
                let value = writing.coerced(arguments[0], to: element)
                let list = writing.coerced(arguments[1], to: .list(element))
                return SparkPiece("array_prepend(coalesce(\(list.text), array()), \(value.text))", .list(element))
            },
            f("list_transform(list, fn) list($2)", "transform($1, $2)"),
            f("list_filter(list, fn) $1", "filter($1, $2)"),
            SparkFunction(
                "list_reduce(list, fn, any) $3",
                .made { arguments, _, writing in
                    guard arguments[1].type == arguments[2].type, arguments[2].type == arguments[0].type.element else {
                        return writing.refuse(
                            "list_reduce takes a start of the type of its elements here", hint: "cast it")
                    }
                    return SparkPiece(
                        "reduce(\(arguments[0].text), \(arguments[2].text), \(arguments[1].text))", arguments[2].type)
                }, isFold: true),
            SparkFunction(
                "list_reduce(list, fn) $1.elem",
                .made { arguments, _, writing in
                    guard arguments[1].type == arguments[0].type.element else {
                        return writing.refuse(
                            "list_reduce takes a lambda that gives an element here", hint: "cast its result")
                    }
                    let list = arguments[0].text
                    let failure = writing.failure("list_reduce of an empty list")
                    return SparkPiece(
                        "(CASE WHEN size(\(list)) = 0 THEN \(failure) ELSE reduce(slice(\(list), 2, greatest(size(\(list)), 1)), try_element_at(\(list), 1), \(arguments[1].text)) END)",
                        arguments[1].type)
                }, isFold: true),
            f(
                "list_unique(list) ubigint",
                "CAST(size(array_distinct(filter($1, x -> x IS NOT NULL))) AS DECIMAL(20,0))"),
            f("list_sort(list) $1") { arguments, _, writing in sorted(arguments[0], "ASC", "NULLS LAST", writing) },
            f("list_reverse_sort(list) $1") { arguments, _, writing in
                sorted(arguments[0], "DESC", "NULLS LAST", writing)
            },
            f("list_sort(list, const) $1") { arguments, _, writing in
                sorted(arguments[0], arguments[1].constantText ?? "", "", writing)
            },
            f("list_sort(list, const, const) $1") { arguments, _, writing in
                sorted(arguments[0], arguments[1].constantText ?? "", arguments[2].constantText ?? "", writing)
            },
            f("list_reverse(list) $1", "reverse($1)"),
            f("list_min(list) $1.elem", "array_min($1)"),
            f("list_max(list) $1.elem", "array_max($1)"),
            f("list_count(list) bigint", "CAST(size(filter($1, x -> x IS NOT NULL)) AS BIGINT)"),
            f("list_sum(list) any") { arguments, _, writing in
                guard let element = arguments[0].type.element, element.isNumber, element != .hugeint else {
                    return writing.refuse("list_sum of \(arguments[0].type) is not translated")
                }
                let list = "filter(\(arguments[0].text), x -> x IS NOT NULL)"
                if element.isFloating {
                    return SparkPiece(
                        "(CASE WHEN size(\(list)) > 0 THEN reduce(\(list), 0D, (a, x) -> a + x) END)", .double)
                }
                let scale = element.decimalShape?.scale ?? 0
                let type = "DECIMAL(38,\(scale))"
                return SparkPiece(
                    "(CASE WHEN size(\(list)) > 0 THEN reduce(\(list), CAST(0 AS \(type)), (a, x) -> CAST(a + CAST(x AS \(type)) AS \(type))) END)",
                    element.isDecimal ? .decimal(38, scale) : .hugeint)
            },
            f(
                "list_bool_and(list) boolean",
                "(CASE WHEN size(filter($1, x -> x IS NOT NULL)) > 0 THEN forall(filter($1, x -> x IS NOT NULL), x -> x) END)"
            ),
            f(
                "list_bool_or(list) boolean",
                "(CASE WHEN size(filter($1, x -> x IS NOT NULL)) > 0 THEN exists(filter($1, x -> x IS NOT NULL), x -> x) END)"
            ),
            f("list_any_value(list) $1.elem", "try_element_at(filter($1, x -> x IS NOT NULL), 1)"),
            f("list_first(list) $1.elem", "try_element_at($1, 1)"),
            f("list_last(list) $1.elem", "try_element_at($1, -1)"),
            f("list_has_any(list, list) boolean") { arguments, _, writing in
                both(arguments[0], arguments[1], writing) {
                    "exists(\($0), x -> x IS NOT NULL AND coalesce(array_contains(\($1), x), false))"
                }
            },
            f("list_has_all(list, list) boolean") { arguments, _, writing in
                both(arguments[0], arguments[1], writing) {
                    "forall(filter(\($1), x -> x IS NOT NULL), x -> coalesce(array_contains(\($0), x), false))"
                }
            },
            f("<@(list, list) boolean") { arguments, _, writing in
                both(arguments[0], arguments[1], writing) {
                    "forall(filter(\($0), x -> x IS NOT NULL), x -> coalesce(array_contains(\($1), x), false))"
                }
            },
            f("flatten(list) $1.elem", "flatten(filter($1, x -> x IS NOT NULL))"),
            f(
                "array_to_string(varchar[], varchar) varchar",
                "(CASE WHEN size($1) = 0 OR exists($1, x -> x IS NOT NULL) THEN array_join($1, $2) END)"),
            f(
                "range(bigint) bigint[]",
                "(CASE WHEN $1 > 0 THEN sequence(0L, $1 - 1) WHEN $1 IS NOT NULL THEN array() END)"),
            f(
                "range(bigint, bigint) bigint[]",
                "(CASE WHEN $2 > $1 THEN sequence($1, $2 - 1) WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(array() AS ARRAY<BIGINT>) END)"
            ),
            f(
                "range(bigint, bigint, bigint) bigint[]",
                "(CASE WHEN $3 > 0 AND $2 > $1 THEN sequence($1, $2 - 1, $3) WHEN $3 < 0 AND $2 < $1 THEN sequence($1, $2 + 1, $3) WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL THEN CAST(array() AS ARRAY<BIGINT>) END)"
            ),
            f(
                "generate_series(bigint) bigint[]",
                "(CASE WHEN $1 >= 0 THEN sequence(0L, $1) WHEN $1 IS NOT NULL THEN CAST(array() AS ARRAY<BIGINT>) END)"),
            f(
                "generate_series(bigint, bigint) bigint[]",
                "(CASE WHEN $2 >= $1 THEN sequence($1, $2) WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(array() AS ARRAY<BIGINT>) END)"
            ),
            f(
                "generate_series(bigint, bigint, bigint) bigint[]",
                "(CASE WHEN $3 > 0 AND $2 >= $1 OR $3 < 0 AND $2 <= $1 THEN sequence($1, $2, $3) WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL THEN CAST(array() AS ARRAY<BIGINT>) END)"
            ),
            f(
                "list_position(list, elem) integer",
                "nullif(CAST(CASE WHEN $2 IS NULL THEN array_position(transform($1, x -> x IS NULL), true) ELSE array_position($1, $2) END AS INT), 0)"
            ),
            f("list_slice(list, bigint, bigint) $1") { arguments, _, writing in
                guard let start = arguments[1].constantInteger, let end = arguments[2].constantInteger, start >= 0,
                    end >= 0
                else {
                    return writing.refuse("list_slice takes constant, positive bounds")
                }
                let first = max(1, start)
                return SparkPiece(
                    "slice(\(arguments[0].text), \(first), \(max(0, end - first + 1)))", arguments[0].type)
            },
            f("list_avg(list) double") { arguments, _, writing in
                guard let element = arguments[0].type.element, element.isInteger, element != .hugeint else {
                    return writing.refuse("list_avg of \(arguments[0].type) is not translated")
                }
                let list = "filter(\(arguments[0].text), x -> x IS NOT NULL)"
                return SparkPiece(
                    "(CASE WHEN size(\(list)) > 0 THEN CAST(reduce(\(list), CAST(0 AS DECIMAL(38,0)), (a, x) -> CAST(a + CAST(x AS DECIMAL(38,0)) AS DECIMAL(38,0))) AS DOUBLE) / size(\(list)) END)",
                    .double)
            },
        ]
        + no(
            "list_distinct", "list_intersect", because: "the order of what it gives differs",
            hint: "count with list_unique, or unnest and SELECT DISTINCT … ORDER BY")
        + no(
            "list_zip", "list_resize", "list_where", "list_select", "list_grade_up", "list_histogram", "list_mode",
            "list_median", "list_product", "list_string_agg",
            "list_stddev_pop", "list_stddev_samp", "list_var_pop", "list_var_samp", "list_entropy", "list_mad",
            "list_kurtosis", "list_skewness", "list_sem", "list_approx_count_distinct",
            because: "it has no form in Spark that gives the same values", hint: "unnest the list and aggregate")
        + no(
            "list_cosine_similarity", "list_cosine_distance", "list_distance", "list_dot_product", "list_inner_product",
            "list_negative_dot_product", "list_negative_inner_product",
            "array_cosine_similarity", "array_cosine_distance", "array_distance", "array_dot_product",
            "array_inner_product", "array_cross_product", "array_negative_dot_product", "array_negative_inner_product",
            because: "the order in which floats are added differs")

    /// What is NULL where one of the lists is.
    private static func both(
        _ left: SparkPiece, _ right: SparkPiece, _ writing: SparkWriting, _ make: (String, String) -> String
    ) -> SparkPiece {
        let type = writing.common([left, right], "two lists").settled
        let (one, other) = (writing.coerced(left, to: type).text, writing.coerced(right, to: type).text)
        return SparkPiece(
            "(CASE WHEN \(one) IS NOT NULL AND \(other) IS NOT NULL THEN \(make(one, other)) END)", .boolean)
    }

    private static func sorted(_ list: SparkPiece, _ direction: String, _ nulls: String, _ writing: SparkWriting)
        -> SparkPiece
    {
        let words = ["ORDER_DEFAULT": "ASC", "ASCENDING": "ASC", "DESCENDING": "DESC"]
        let direction = words[direction.uppercased()] ?? direction.uppercased()
        let nulls = nulls.uppercased() == "ORDER_DEFAULT" ? "NULLS LAST" : nulls.uppercased()
        guard ["ASC", "DESC"].contains(direction), ["", "NULLS FIRST", "NULLS LAST"].contains(nulls),
            list.type.element?.isNested != true
        else { return writing.refuse("this order of list_sort is not translated") }
        let (text, isDown) = (list.text, direction == "DESC")
        let isFirst = nulls == "NULLS FIRST"
        let present = "sort_array(filter(\(text), x -> x IS NOT NULL), \(!isDown))"
        let absent = "filter(\(text), x -> x IS NULL)"
        return SparkPiece("concat(\(isFirst ? "\(absent), \(present)" : "\(present), \(absent)"))", list.type)
    }
}
