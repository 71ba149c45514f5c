extension SparkFunctions {
    static let others: [SparkFunction] =
        [
            f("error(varchar) null", "(CASE WHEN $1 IS NOT NULL THEN raise_error($1) END)")
        ]
        + no(
            "json_extract", "json_extract_string", "json_array_length", "json_keys", "json_type", "json_valid",
            "json_object", "json_array",
            "to_json", "from_json", "json_structure", "json_transform", "json_contains", "json_exists", "json_value",
            "row_to_json", "array_to_json", "->>", "->", "json_quote", "json_merge_patch", "json_group_array",
            "json_group_object",
            because: "JSON is read and written in another way by Spark",
            hint: "parse JSON in a step that runs on this machine")
        + no(
            "list_value_ordered", "enum_code", "enum_first", "enum_last", "enum_range", "union_extract", "union_tag",
            "union_value", because: "Spark has no such type")
        + no(
            "json_extract_path", "json_extract_path_text", "json_pretty", "json_transform_strict", "from_json_strict",
            "json_serialize_sql", "json_deserialize_sql", "json_serialize_plan",
            because: "JSON is read and written in another way by Spark",
            hint: "parse JSON in a step that runs on this machine")
        + no(
            "struct_concat", "struct_contains", "struct_extract_at", "struct_has", "struct_indexof", "struct_keys",
            "struct_position", "struct_update", "struct_values", "remap_struct", "switch",
            because: "it has no form in Spark", hint: "write {'name': value} with the fields")
        + no(
            "bin", "to_binary", "unbin", "from_binary", "to_base", "bitstring", "get_bit", "set_bit", "bit_position",
            because: "bits are written in another way by Spark")
        + no("<->", "<=>", because: "the order in which floats are added differs")
        + no(
            "st_asbinary", "st_astext", "st_aswkb", "st_aswkt", "st_crs", "st_geomfromwkb", "st_intersects_extent",
            "st_setcrs", "variant_extract", "variant_normalize", "variant_typeof",
            because: "Spark has no such type")
        + no(
            "alias", "current_query", "current_connection_id", "current_transaction_id", "current_schemas",
            "txid_current", "in_search_path", "stats", "vector_type", "write_log", "sleep_ms",
            because: "it tells of this machine's engine")
        + no(
            "create_sort_key", "md5_number", "equi_width_bins", "is_histogram_other_bin", "parse_formatted_bytes",
            "formatReadableSize", "formatReadableDecimalSize", "normalized_interval", "uuid_extract_timestamp",
            "uuid_extract_version", "finalize", "combine",
            because: "it has no form in Spark", hint: "compute it in a step that runs on this machine")
        + no("read_csv", "read_parquet", "read_json", because: "files are read by this machine's engine")
}
