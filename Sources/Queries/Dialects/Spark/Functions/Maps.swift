extension SparkFunctions {
    static let maps: [SparkFunction] =
        [
            f("map_keys(map) list($1.key)", "map_keys($1)"),
            f("map_values(map) list($1.value)", "map_values($1)"),
            f("cardinality(map) ubigint", "CAST(size($1) AS DECIMAL(20,0))"),
            f("map_contains(map, any) boolean") { arguments, _, writing in
                guard case .map(let key, _) = arguments[0].type else { return .missing }
                return SparkPiece(
                    "map_contains_key(\(arguments[0].text), \(writing.coerced(arguments[1], to: key).text))", .boolean)
            },
            f("map_extract(map, any) list($1.value)") { arguments, _, writing in
                guard case .map(let key, let value) = arguments[0].type else { return .missing }
                let wanted = writing.coerced(arguments[1], to: key).text
                let map = arguments[0].text
                return SparkPiece(
                    "(CASE WHEN map_contains_key(\(map), \(wanted)) THEN array(try_element_at(\(map), \(wanted))) WHEN \(map) IS NOT NULL THEN array() END)",
                    .list(value))
            },
            f("map_extract_value(map, any) $1.value") { arguments, _, writing in
                guard case .map(let key, let value) = arguments[0].type else { return .missing }
                return SparkPiece(
                    "try_element_at(\(arguments[0].text), \(writing.coerced(arguments[1], to: key).text))", value)
            },
            f("map_entries(map) any") { arguments, _, _ in
                guard case .map(let key, let value) = arguments[0].type else { return .missing }
                let entry = DuckType.structure([
                    DuckType.Field(name: "key", type: key), DuckType.Field(name: "value", type: value),
                ])
                return SparkPiece("map_entries(\(arguments[0].text))", .list(entry))
            },
            f("map_from_entries(list) any") { arguments, _, writing in
                guard case .structure(let fields) = arguments[0].type.element, fields.count == 2 else {
                    return writing.refuse("map_from_entries takes a list of structs of two")
                }
                return SparkPiece("map_from_entries(\(arguments[0].text))", .map(fields[0].type, fields[1].type))
            },
        ]
        + no("map_concat", because: "keys that come twice fail on Spark, and the last wins in DuckDB")
}
