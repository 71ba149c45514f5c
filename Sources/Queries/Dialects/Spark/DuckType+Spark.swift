extension DuckType {
    /// The type of Spark that holds all of its values; nil if there is none.
    package var spark: String? {
        switch self {
        case .null: "VOID"
        case .boolean: "BOOLEAN"
        case .tinyint: "TINYINT"
        case .smallint, .utinyint: "SMALLINT"
        case .integer, .usmallint: "INT"
        case .bigint, .uinteger: "BIGINT"
        case .ubigint: "DECIMAL(20,0)"
        // Of 39 digits Spark has 38: beyond them it fails, and never tells another number.
        case .hugeint: "DECIMAL(38,0)"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .decimal(let width, let scale): "DECIMAL(\(width),\(scale))"
        case .varchar, .json, .uuid: "STRING"
        case .blob: "BINARY"
        case .date: "DATE"
        case .timestamp: "TIMESTAMP_NTZ"
        case .timestamptz: "TIMESTAMP"
        case .time, .interval, .unknown: nil
        case .list(let element): element.spark.map { "ARRAY<\($0)>" }
        case .map(let key, let value):
            if let key = key.spark, let value = value.spark { "MAP<\(key), \(value)>" } else { nil }
        case .structure(let fields): Self.spark(fields)
        }
    }

    private static func spark(_ fields: [Field]) -> String? {
        var parts: [String] = []
        for field in fields {
            guard let type = field.type.spark else { return nil }
            parts.append("\(SparkText.name(field.name)): \(type)")
        }
        return "STRUCT<\(parts.joined(separator: ", "))>"
    }
}
