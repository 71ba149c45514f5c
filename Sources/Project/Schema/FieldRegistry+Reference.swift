extension FieldRegistry {
    /// The reference of all fields, as Markdown.
    package static func reference() -> String {
        var text = "# The fields of a project\n"
        for (heading, section) in [
            ("`millrace.yaml`", project), ("`store`", store), ("An engine", engine), ("A dataset", dataset),
            ("`ingest`", ingest), ("`run`", program),
            ("A column", column), ("`splits`", splits), ("`retries`", retries), ("`pool`", poolUse),
            ("`freshness`", freshness), ("`partitions`", partitions), ("A feed", feed), ("`shuffle`", shuffle),
            ("A trigger", trigger), ("A condition", triggerCondition), ("`runs`", runs), ("`keep`", keep),
            ("A notification", notification), ("`smtp`", smtp),
            ("`telemetry`", telemetry), ("`lineage`", lineage), ("A test in `tests/*.yaml`", scheduleTest),
        ] {
            text += "\n## \(heading)\n\n\(section.doc)"
            if !section.needsOneOf.isEmpty {
                text += " It needs \(section.needsOneOf.map { "`\($0)`" }.joined(separator: " or "))."
            }
            text += "\n\n" + table(section.fields + (section.others.map { [$0] } ?? []))
        }
        text += """

            ## Checks

            A list; each item states one rule. In a column's `checks` the rules name no column, and `not_null` and
            `unique` may be bare words.

            Every rule may have these fields, in its mapping or beside it:


            """
        text += table(common)
        for rule in checkRules {
            text += "\n### `\(rule.name)`\n\n\(rule.doc)\n\n```yaml\n- \(rule.example)\n```\n\n"
            text += table(rule.section.fields.filter { field in !common.contains { $0.name == field.name } })
            let refused = common.map(\.name).filter { name in !rule.common.contains { $0.name == name } }
            var limits = refused.map { "no `\($0)`" }
            if rule.looksAt != .rows { limits.append("no `on_fail: quarantine`") }
            if rule.looksAt == .table { limits.append("not in a column's checks") }
            if !limits.isEmpty { text += "\nIt takes \(limits.joined(separator: ", ")).\n" }
        }
        return text
    }

    private static func table(_ fields: [Field]) -> String {
        var text = "| field | takes | meaning | example |\n|---|---|---|---|\n"
        for field in fields {
            let required = field.isRequired ? " (required)" : ""
            let example = field.example.map { "`\(cell($0))`" } ?? ""
            text += "| `\(field.name)`\(required) | \(cell(field.kind.phrase)) | \(cell(field.doc)) | \(example) |\n"
        }
        return text
    }

    private static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
