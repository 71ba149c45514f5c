extension FieldRegistry {
    package static func checkRule(_ name: String) -> CheckRule? { ruleByName[name].map { checkRules[$0] } }

    private static let ruleByName: [String: Int] = Dictionary(
        checkRules.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The fields that may stand in a rule's mapping or beside the rule.
    package static let common: [Field] = [condition, mostly, onFail, name]

    package static let checkRules: [CheckRule] = [
        rule(
            "not_null", "The columns have a value in every row. A list gives one check per column.",
            "not_null: [origin, dest]", fields: columnOrColumns, short: .oneOrMore(.text), word: true),
        rule(
            "unique", "No two rows have the same value. A list of columns is one key: its combination is unique.",
            "unique: [carrier, flight, date]", fields: columnOrColumns, short: .oneOrMore(.text), word: true),
        rule(
            "accepted", "Values are among those given.", "accepted: { column: origin, values: [EWR, JFK, LGA] }",
            fields: [
                theColumn, Field("values", .list(.literal), required: true, "The values.", example: "[EWR, JFK, LGA]"),
            ], columnShort: .list(.literal)),
        rule(
            "range", "Values are not below `min` and not above `max`; one of the two may be left out.",
            "range: { column: air_time, min: 10, max: 1000 }",
            fields: [
                theColumn, Field("min", .literal, "The smallest value that passes.", example: "10"),
                Field("max", .literal, "The largest value that passes.", example: "1000"),
            ]),
        rule(
            "pattern", "A regular expression (RE2) is found in each text; `^…$` anchors it.",
            "pattern: { column: tailnum, regex: \"^N[0-9A-Z]+$\" }",
            fields: [theColumn, Field("regex", .text, required: true, "The expression.", example: "\"^N[0-9A-Z]+$\"")],
            columnShort: .text),
        rule(
            "length", "Texts have so many characters, lists so many elements.",
            "length: { column: origin, min: 3, max: 3 }",
            fields: [theColumn, minimum(.integer(min: 0), "3"), maximum(.integer(min: 0), "3")]),
        rule(
            "rows", "The table has so many rows.", "rows: { min: 300000 }",
            fields: [minimum(.integer(min: 0), "1"), maximum(.integer(min: 0), "1000000")], looksAt: .table,
            common: [condition, onFailOfTable, name]),
        rule(
            "references", "Every value stands in a column of another dataset.",
            "references: { column: tailnum, dataset: planes_raw }",
            fields: [
                theColumn, Field("dataset", .text, required: true, "The other dataset.", example: "planes_raw"),
                Field("to", .text, "Its column; the one of the same name if left out.", example: "tailnum"),
            ], columnShort: .text),
        rule(
            "type", "The column has this type.", "type: { column: flight_id, is: VARCHAR }",
            fields: [
                theColumn, Field("is", .text, required: true, "The type, as DuckDB names it.", example: "VARCHAR"),
            ], columnShort: .text, looksAt: .column, common: [onFailOfTable, name]),
        rule(
            "sql", "A query, or the path of a `.sql` file, that finds offending rows: it passes when it finds none.",
            "sql: \"SELECT * FROM flights WHERE arr_delay IS NOT NULL AND arr_time IS NULL\"",
            fields: [
                Field("query", .sql, required: true, "The query.", example: "SELECT * FROM flights WHERE late IS NULL")
            ], short: .sql, looksAt: .table, common: [onFailOfTable, name]),
        rule(
            "metric", "Figures of a column lie within bounds. Several figures give one check each.",
            "metric: { column: dep_delay, mean: { min: 0, max: 30 } }",
            fields: [
                theColumn, metric("mean", "The mean."), metric("sum", "The sum."), metric("min", "The smallest value."),
                metric("max", "The largest value."),
                metric("distinct_share", "Distinct values / rows that have a value, from 0 to 1."),
                Field(
                    "quantile",
                    .section(
                        Section(
                            "a quantile", "A quantile and its bounds.",
                            fields: [
                                Field(
                                    "q", .number(min: 0, max: 1), required: true,
                                    "Which: 0.5 is the median.", example: "0.99"),
                                minimum(number, "0"), maximum(number, "500"),
                            ])), "A quantile.", example: "{ q: 0.99, max: 500 }"),
            ], looksAt: .column, common: [condition, onFailOfTable, name]),
    ]

    private static let number = FieldKind.number(min: nil, max: nil)

    private static let theColumn = Field("column", .text, required: true, "The column.", example: "origin")

    private static let columnOrColumns = [
        Field("column", .text, "The column.", example: "origin"),
        Field("columns", .oneOrMore(.text), "The columns, where it is more than one.", example: "[origin, dest]"),
    ]

    private static let condition = Field(
        "where", .text, "A SQL condition: only rows for which it is true are looked at.",
        example: "air_time IS NOT NULL")
    private static let mostly = Field(
        "mostly", .number(min: 0, max: 1), "The share of the rows that must pass; all of them if left out.",
        example: "0.99")
    private static let onFail = Field(
        "on_fail", .word(Check.OnFail.allCases.map(\.rawValue)),
        "`fail` refuses the version and the last one stays live, `warn` publishes it and reports, `quarantine` puts "
            + "the rows that fail into the quarantine and publishes the rest. `fail` if left out.", example: "warn")
    private static let onFailOfTable = Field(
        "on_fail", .word([Check.OnFail.fail, .warn].map(\.rawValue)),
        "`fail` refuses the version and the last one stays live, `warn` publishes it and reports. `fail` if left out.",
        example: "warn")
    private static let name = Field(
        "name", .text, "The check's name in messages and reports.", example: "plausible times")

    private static func minimum(_ kind: FieldKind, _ example: String) -> Field {
        Field("min", kind, "The least that passes.", example: example)
    }

    private static func maximum(_ kind: FieldKind, _ example: String) -> Field {
        Field("max", kind, "The most that passes.", example: example)
    }

    private static func metric(_ name: String, _ doc: String) -> Field {
        Field(
            name,
            .section(
                Section("bounds", "Bounds of a figure.", fields: [minimum(number, "0"), maximum(number, "30")])),
            doc, example: "{ min: 0, max: 30 }")
    }

    private static func rule(
        _ name: String, _ doc: String, _ example: String, fields: [Field], short: FieldKind? = nil,
        columnShort: FieldKind? = nil, word: Bool = false, looksAt: CheckRule.Subject = .rows, common: [Field]? = nil
    ) -> CheckRule {
        let common = common ?? [condition, mostly, onFail, self.name]
        return CheckRule(
            name: name, doc: doc, example: example, section: Section("'\(name)'", doc, fields: fields + common),
            short: short, columnShort: columnShort, isWordForColumn: word, looksAt: looksAt, common: common)
    }
}
