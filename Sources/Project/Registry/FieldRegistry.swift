/// Every field of a project, described once. Reading, its messages, the schema for editors and the reference all
/// come from here.
package enum FieldRegistry {
    package static let project = Section(
        "a project", "The file `millrace.yaml` at the root of a project.",
        fields: [
            Field("project", .text, required: true, "The project's name.", example: "flights"),
            Field(
                "store", .anyOf([.text, .section(store)]),
                "Where the datasets' tables are: a folder, relative to the project's folder or absolute, or "
                    + "`s3://BUCKET/PREFIX`; or a mapping that says how the S3 service is reached. `store` if it is "
                    + "left out.", example: "store"),
            Field(
                "engine", .text,
                "The engine of every SQL step that names none: one of `engines`. `local` if it is left out, which is "
                    + "always there.", example: "local"),
            Field(
                "engines", .named(.section(engine), what: "the name of an engine"), "What executes SQL.",
                example: "{ local: { type: duckdb, memory: 4GB, threads: 2 } }"),
            datasets, feeds, triggers,
            Field(
                "pools", .named(.integer(min: 1), what: "the name of a pool"),
                "Places that steps need while they run, shared by all runs of the project: a database that bears two "
                    + "readers is a pool of 2. A dataset says with `pool` which it needs.", example: "{ database: 2 }"),
            Field(
                "runs", .section(runs), "The rules for runs that the server starts.",
                example: "{ concurrency: 2, timeout: 6h }"),
            Field(
                "notifications", .list(.section(notification)), "Whom to tell when a run fails, succeeds or is late.",
                example: "[{ on: [failure, late], webhook: \"https://example.org/hook\" }]"),
            Field(
                "smtp", .section(smtp), "The server that sends mail for `notifications`.",
                example: "{ host: mail.example.org, from: millrace@example.org }"),
            Field(
                "telemetry", .section(telemetry),
                "Where runs are told of: traces for OpenTelemetry, events for OpenLineage.",
                example: "{ traces: \"http://localhost:4318\" }"),
            include,
        ],
        planned: ["sources", "labels"])

    /// A file that `include` names.
    package static let included = Section(
        "an included file", "A file that `include` names: more datasets, feeds and triggers of the same project.",
        fields: [datasets, feeds, triggers, include])

    private static let datasets = Field(
        "datasets", .named(.section(dataset), what: "the name of a dataset"),
        "The project's tables. A file `datasets/NAME.sql` that has no entry here is a dataset too.",
        example: "{ flights_raw: { ingest: { files: \"landing/flights*.csv.gz\" } } }")

    private static let feeds = Field(
        "feeds", .named(.section(feed), what: "the name of a feed"), "What training reads.",
        example: "{ delays: { dataset: flights, label: late, batch: 4096 } }")

    private static let triggers = Field(
        "triggers", .named(.section(trigger), what: "the name of a trigger"),
        "What starts runs by itself while `millrace serve` runs.",
        example: "{ nightly: { cron: \"0 2 * * *\", timezone: Europe/Berlin } }")

    private static let include = Field(
        "include", .oneOrMore(.text),
        "More files with `datasets`, `feeds` and `triggers`: paths or globs, relative to the file that names them.",
        example: "[\"more/*.yaml\"]")

    package static let store = Section(
        "a store",
        "Where the datasets' tables are, and how the S3 service is reached. What is left out comes from the "
            + "environment (`AWS_REGION`, `AWS_ENDPOINT_URL`, …) and the profile files of AWS; so do the credentials, "
            + "which never stand in a project.",
        fields: [
            Field(
                "url", .text, required: true, "`s3://BUCKET`, or `s3://BUCKET/PREFIX` for what is below a prefix.",
                example: "s3://lake/flights"),
            Field(
                "endpoint", .text, "The URL of the service, where it is not Amazon's.",
                example: "\"http://localhost:8333\""),
            Field("region", .text, "The region of the bucket.", example: "eu-central-1"),
            Field(
                "path_style", .bool,
                "Whether the bucket stands in the path of a request and not in its host name; true if left out where "
                    + "there is an `endpoint`.",
                example: "true"),
            Field(
                "profile", .text, "The profile of `~/.aws/config` and `~/.aws/credentials` to use.", example: "research"
            ),
        ])

    package static let engine = Section(
        "an engine",
        "What executes SQL steps: the embedded engine DuckDB, or a Spark cluster. Ingests and programs run on this "
            + "machine, whatever the engine.",
        fields: [
            Field(
                "type", .word(EngineDefinition.Kind.allCases.map(\.rawValue)), required: true, "Which engine.",
                example: "duckdb"),
            Field(
                "memory", .memory,
                "Of DuckDB: the most memory the engine may use: bytes, a number with KB, MB, GB, TB (powers of 1000) or KiB, "
                    + "MiB, GiB, TiB (powers of 1024), or a share of the machine's memory such as 80%.",
                example: "4GB"),
            Field(
                "threads", .integer(min: 1),
                "Of DuckDB: the most threads the engine may use; all cores if left out.", example: "2"),
            Field(
                "spill", .text,
                "Of DuckDB: the folder for what does not fit in memory, relative to the project's folder or absolute.",
                example: "/var/tmp/millrace"),
            Field(
                "remote", .text,
                "Of Spark: the Spark Connect server as `sc://HOST:PORT`, with `/;token=…`, `use_ssl=true` and so on "
                    + "behind it. The cluster must reach the store under the same path or URL as this machine.",
                example: "\"sc://spark.internal:15002\""),
            Field(
                "settings", .named(.text, what: "the name of a setting of Spark's"),
                "Of Spark: settings of the sessions. Those on which the meaning of SQL hangs cannot be changed.",
                example: "{ spark.sql.shuffle.partitions: \"64\" }"),
        ])

    /// Types of engines that later versions will have.
    package static let plannedEngines = ["flink"]

    package static let feed = Section(
        "a feed", "What training reads: a version of a dataset, columns, split, order and batch size.",
        fields: [
            Field(
                "dataset", .text, required: true,
                "The dataset, or a pinned version of it as `NAME@VERSION` or `NAME@TAG`.",
                example: "flights"),
            Field(
                "columns", .oneOrMore(.text), "The columns, in order; all of them if left out.",
                example: "[distance, hour]"),
            Field("label", .text, "The column that is to be predicted.", example: "late"),
            Field("split", .text, "The split to read; all rows if left out.", example: "train"),
            Field("batch", .integer(min: 1), "Rows per batch.", example: "4096"),
            Field(
                "shuffle", .section(shuffle), "The order of the rows; as stored if left out.", example: "{ seed: 7 }"),
        ])

    package static let shuffle = Section(
        "a shuffle", "A random order that is the same for the same seed.",
        fields: [Field("seed", .integer(min: nil), required: true, "Decides the order.", example: "7")])
}
