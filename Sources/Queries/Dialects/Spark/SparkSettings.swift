/// What a Spark session must be set to for translated queries to mean what they say.
package enum SparkSettings {
    package static let required: [String: String] = [
        // Overflow and bad casts fail, as they do in DuckDB.
        "spark.sql.ansi.enabled": "true",
        // TIMESTAMP and TIMESTAMP_NTZ are each other's casts.
        "spark.sql.session.timeZone": "UTC",
        // A product keeps its scale and fails when it has too many digits, in place of losing some at its end.
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",
        "spark.sql.caseSensitive": "false",
        "spark.sql.orderByOrdinal": "true",
        "spark.sql.parser.escapedStringLiterals": "false",
        "spark.sql.mapKeyDedupPolicy": "EXCEPTION",
        "spark.sql.cteRecursionLevelLimit": "100000",
        "spark.sql.cteRecursionRowLimit": "-1",
        "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    ]
}
