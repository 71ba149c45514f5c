import Queries
import Recording

/// The shapes of the API's bodies, as JSON Schema.
enum APISchemas {
    /// A schema, written short.
    private indirect enum Shape: Sendable {
        case text, int, number, bool, time, any
        case words([String])
        case list(Shape)
        case map(Shape)
        /// May be null.
        case optional(Shape)
        case object([(String, Shape)])
        /// As `object`; fields may be left out, and there are no others.
        case order([(String, JSON)], required: [String])
        case named(String)

        var json: JSON {
            switch self {
            case .text: Self.type("string")
            case .int: Self.type("integer")
            case .number: Self.type("number")
            case .bool: Self.type("boolean")
            case .time: .object([("type", .string("string")), ("format", .string("date-time"))])
            case .any: .object([])
            case .words(let words): .object([("type", .string("string")), ("enum", .strings(words))])
            case .list(let shape): .object([("type", .string("array")), ("items", shape.json)])
            case .map(let shape): .object([("type", .string("object")), ("additionalProperties", shape.json)])
            case .optional(let shape): .object([("anyOf", .array([shape.json, Self.type("null")]))])
            case .object(let fields):
                .object([
                    ("type", .string("object")), ("properties", .object(fields.map { ($0.0, $0.1.json) })),
                    ("required", .strings(fields.map(\.0))),
                ])
            case .order(let fields, let required):
                .object([
                    ("type", .string("object")), ("properties", .object(fields)), ("required", .strings(required)),
                    ("additionalProperties", .bool(false)),
                ])
            case .named(let name): OpenAPI.reference(name)
            }
        }

        private static func type(_ name: String) -> JSON { .object([("type", .string(name))]) }
    }

    static let all: [(String, JSON)] = shapes.map { ($0.0, $0.1.json) }

    private static let listing: [(String, Shape)] = [
        ("name", .text), ("kind", .text), ("description", .optional(.text)), ("tags", .list(.text)),
        ("state", .words(["new", "stale", "up to date", "unknown"])), ("reasons", .list(.text)),
        ("version", .optional(.int)), ("rows", .optional(.int)), ("bytes", .optional(.int)),
        ("quarantined", .optional(.int)), ("published_at", .optional(.time)), ("is_late", .bool),
        ("inputs", .list(.text)), ("used_by", .list(.text)),
    ]

    /// How a column takes part in another one.
    private static let takingPart = Shape.words(ColumnLineage.Kind.allCases.map(\.rawValue))

    /// What a column is made of; no column stands for all of them.
    private static let origin = Shape.object([
        ("place", .words(["dataset", "files", "delta"])), ("name", .text), ("column", .optional(.text)),
        ("kinds", .list(takingPart)),
    ])

    private static let run: [(String, Shape)] = [
        ("run", .text),
        (
            "phase",
            .words(["queued", "running", "done", "failed", "cancelled", "nothing_to_do", "interrupted"])
        ),
        ("cause", .optional(.text)), ("selection", .optional(.text)), ("full_refresh", .optional(.bool)),
        ("partitions", .optional(.list(.text))), ("priority", .optional(.int)), ("queued_at", .optional(.time)),
        ("started_at", .optional(.time)), ("finished_at", .optional(.time)), ("attempt", .optional(.int)),
        (
            "steps",
            .optional(.object([("done", .int), ("failed", .int), ("skipped", .int), ("up_to_date", .int)]))
        ),
    ]

    private static let account: Shape = .object([("read", .int), ("published", .int), ("quarantined", .int)])

    private static let shapes: [(String, Shape)] = [
        (
            "Problem",
            .object([("title", .text), ("status", .int), ("detail", .text), ("hint", .optional(.text))])
        ),
        ("Health", .object([("status", .text), ("version", .text)])),
        ("Reply", .object([("run", .optional(.text)), ("backfill", .optional(.text))])),
        (
            "Check",
            .object([
                ("name", .text), ("status", .words(["passed", "warned", "failed", "quarantined"])),
                ("looked", .optional(.int)), ("failing", .optional(.int)), ("value", .optional(.number)),
            ])
        ),
        ("DatasetListing", .object(listing)),
        (
            "Datasets",
            .object([
                ("project", .text), ("taken_at", .time), ("datasets", .list(.named("DatasetListing"))),
                (
                    "problems",
                    .list(
                        .object([
                            ("severity", .words(["error", "warning"])), ("message", .text), ("file", .optional(.text)),
                            ("line", .optional(.int)), ("hint", .optional(.text)),
                        ]))
                ),
            ])
        ),
        (
            "Dataset",
            .object(
                listing + [
                    ("defined_in", .text), ("mode", .words(["replace", "append", "merge"])),
                    ("incremental", .optional(.text)), ("key", .list(.text)), ("partitions", .optional(.text)),
                    ("fresh_within_s", .optional(.int)),
                    (
                        "columns",
                        .list(.object([("name", .text), ("type", .text), ("description", .optional(.text))]))
                    ),
                    ("partition_by", .list(.text)), ("files", .optional(.int)), ("run", .optional(.text)),
                    ("account", .optional(account)), ("splits", .optional(.map(.int))),
                    ("checks", .list(.named("Check"))), ("quarantine", .optional(.text)), ("version_tags", .map(.int)),
                ])
        ),
        (
            "Versions",
            .object([
                (
                    "versions",
                    .list(
                        .object([
                            ("version", .int), ("published_at", .optional(.time)), ("operation", .optional(.text)),
                            ("run", .optional(.text)), ("rows", .optional(account)), ("rows_added", .optional(.int)),
                            ("rows_removed", .optional(.int)), ("bytes_added", .int), ("files_added", .int),
                            ("files_removed", .int), ("inputs", .map(.int)), ("checks", .list(.named("Check"))),
                        ]))
                )
            ])
        ),
        (
            "Rows",
            .object([
                ("table", .text), ("version", .optional(.int)), ("columns", .list(.text)), ("rows", .list(.map(.any))),
            ])
        ),
        (
            "CheckHistory",
            .object([
                (
                    "runs", .list(.object([("run", .text), ("at", .time), ("checks", .list(.named("Check")))]))
                )
            ])
        ),
        (
            "Lineage",
            .object([
                ("dataset", .text), ("inputs", .list(.text)), ("used_by", .list(.text)), ("upstream", .list(.text)),
                ("downstream", .list(.text)),
                (
                    "columns",
                    .list(
                        .object([
                            ("name", .text), ("from", .list(origin)),
                            (
                                "used_in",
                                .list(
                                    .object([
                                        ("dataset", .text), ("column", .optional(.text)), ("kinds", .list(takingPart)),
                                    ])
                                )
                            ),
                        ]))
                ), ("rows", .list(origin)), ("problem", .optional(.text)),
            ])
        ),
        (
            "Found",
            .object([
                (
                    "found",
                    .list(
                        .object([
                            ("kind", .words(["dataset", "column", "trigger", "feed", "run"])), ("name", .text),
                            ("text", .text), ("path", .text),
                        ]))
                )
            ])
        ),
        ("RunSummary", .object(run)),
        ("Runs", .object([("runs", .list(.named("RunSummary"))), ("next", .optional(.text))])),
        (
            "Run",
            .object(
                run + [
                    (
                        "step_list",
                        .list(
                            .object([
                                ("dataset", .text), ("kind", .optional(.text)), ("started_at", .time),
                                ("finished_at", .optional(.time)), ("result", .optional(.text)),
                                ("cause", .optional(.text)), ("message", .optional(.text)),
                                ("version", .optional(.int)), ("rows", .optional(account)),
                                ("seconds", .optional(.number)), ("phase", .optional(.text)),
                                ("fraction", .optional(.number)),
                            ]))
                    )
                ])
        ),
        (
            "Log",
            .object([
                (
                    "lines",
                    .list(
                        .object([
                            ("at", .optional(.text)), ("level", .words(["plain", "good", "warning", "bad"])),
                            ("dataset", .optional(.text)), ("text", .text),
                        ]))
                )
            ])
        ),
        (
            "Triggers",
            .object([
                (
                    "triggers",
                    .list(
                        .object([
                            ("name", .text), ("condition", .text), ("selection", .text), ("is_paused", .bool),
                            ("next_at", .optional(.time)), ("last_fired_at", .optional(.time)),
                            ("last_run", .optional(.text)),
                        ]))
                )
            ])
        ),
        (
            "Backfills",
            .object([
                (
                    "backfills",
                    .list(
                        .object([
                            ("id", .text), ("dataset", .text), ("from", .text), ("to", .text),
                            ("which", .words(["all", "missing", "failed"])), ("concurrency", .int),
                            ("partitions_per_run", .int), ("priority", .int),
                            ("phase", .words(["running", "paused", "done", "failed", "cancelled"])),
                            ("created_at", .time), ("total", .int), ("done", .int), ("failed", .int),
                            ("running", .int), ("runs", .list(.text)),
                        ]))
                )
            ])
        ),
        (
            "RunOrder",
            .order(
                [
                    ("selection", text(1000)), ("full_refresh", .object([("type", .string("boolean"))])),
                    (
                        "partitions",
                        .object([
                            ("type", .string("array")), ("items", text(128, shortest: 1)), ("maxItems", .int(1000)),
                        ])
                    ),
                    ("priority", whole(-1000, 1000)),
                ], required: [])
        ),
        (
            "BackfillOrder",
            .order(
                [
                    ("dataset", text(128, shortest: 1)), ("from", text(128, shortest: 1)),
                    ("to", text(128, shortest: 1)), ("which", Shape.words(["all", "missing", "failed"]).json),
                    ("concurrency", whole(1, 64)), ("partitions_per_run", whole(1, 1000)),
                    ("priority", whole(-1000, 1000)),
                ], required: ["dataset", "from", "to"])
        ),
    ]

    private static func text(_ longest: Int, shortest: Int = 0) -> JSON {
        .object([
            ("type", .string("string")), ("minLength", .int(shortest)), ("maxLength", .int(longest)),
        ])
    }

    private static func whole(_ from: Int, _ to: Int) -> JSON {
        .object([("type", .string("integer")), ("minimum", .int(from)), ("maximum", .int(to))])
    }
}
