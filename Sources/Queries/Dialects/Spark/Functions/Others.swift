extension SparkFunctions {
    static let others: [SparkFunction] =
        [
            f("error(varchar) null", "raise_error($1)"),
        ]
        + no("json_extract", "json_extract_string", "json_array_length", "json_keys", "json_type", "json_valid", "json_object", "json_array",
            "to_json", "from_json", "json_structure", "json_transform", "json_contains", "json_exists", "json_value", "row_to_json", "array_to_json", "->>", "->", "json_quote", "json_merge_patch", "json_group_array", "json_group_object",
            because: "JSON is read and written in another way by Spark", hint: "parse JSON in a step that runs on this machine")
        + no("list_value_ordered", "enum_code", "enum_first", "enum_last", "enum_range", "union_extract", "union_tag", "union_value", because: "Spark has no such type")
        + no("read_csv", "read_parquet", "read_json", because: "files are read by this machine's engine")
}
