import Millrace
import Project
import Recording
import Store
import Timetable

/// What `show --json` tells a program.
enum DescriptionJSON {
    static func json(_ description: DatasetDescription) -> JSON {
        .object([
            ("name", .string(description.name.text)), ("description", .optional(description.description)),
            ("kind", .string(description.kind)), ("location", .string(description.location)),
            ("defined_in", .string(description.definedIn)), ("version", .optional(description.version?.number)),
            ("live_version", .optional(description.liveVersion?.number)),
            ("version_count", .int(description.versionCount)),
            (
                "version_tags",
                .object(description.versionTags.map { ($0.tag, .int($0.version.number)) })
            ),
            ("mode", .string(description.mode)), ("incremental", .optional(description.incremental?.text)),
            ("schema_policy", .optional(description.schemaPolicy)),
            ("partition_by", .strings(description.partitionBy)),
            (
                "partitions",
                .optional(description.partitions) { partitions in
                    .object([
                        ("by", .string(partitions.scheme)), ("made", .strings(partitions.made.texts)),
                        ("missing", .strings(partitions.missing.texts)),
                        ("outdated", .strings(partitions.outdated.texts)),
                    ])
                }
            ), ("upkeep", .optional(description.upkeep)),
            ("published", .optional(description.published.map(Timestamp.iso8601))),
            ("rows", .optional(description.rows)), ("bytes", .optional(description.bytes)),
            ("account", .optional(description.record?.rows, \.json)),
            ("columns", .array(description.columns.map(column))),
            ("key", .strings(description.key)), ("tags", .strings(description.tags)),
            ("checks", .array((description.record?.checks ?? []).map(\.json))),
            ("splits", .optional(description.record?.splits, JSON.counts)),
            ("inputs", .inputs(description.record?.inputs ?? [:])),
            ("foreign", .foreign(description.record?.foreign ?? [:])),
            ("sources", .optional(description.record?.sources, \.json)),
            ("run", .optional(description.record?.run.text)),
            ("fingerprint", .optional(description.record?.fingerprint.text)),
            (
                "engine",
                .optional(description.record?.engine) { engine in
                    .object([
                        ("name", .string(engine.name)), ("software", .string(engine.software)),
                        ("version", .string(engine.version)),
                    ])
                }
            ),
            ("needs", .strings(description.needs.map(\.text))),
            ("needed_for", .strings(description.neededFor.map(\.text))),
            (
                "quarantine",
                .optional(description.quarantine) { quarantine in
                    .object([
                        ("name", .string(quarantine.name.text)), ("version", .int(quarantine.version.number)),
                        ("rows", .optional(quarantine.rows)),
                        ("location", .string(quarantine.location)),
                    ])
                }
            ),
            ("files", .strings(description.files.map(\.path))),
        ])
    }

    private static func column(_ column: DatasetDescription.Column) -> JSON {
        .object([
            ("name", .string(column.name)), ("type", .string(column.type)),
            ("description", .optional(column.description)),
        ])
    }
}
