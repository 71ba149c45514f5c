extension FieldRegistry {
    package static let telemetry = Section(
        "telemetry",
        "Where runs are told of. What the environment says wins (`OTEL_…` and `OPENLINEAGE_…`, by the names that "
            + "OpenTelemetry and OpenLineage gave them). A receiver that cannot be reached fails no run.",
        fields: [
            Field(
                "traces", .text,
                "The URL of an OpenTelemetry collector that takes OTLP over HTTP. `/v1/traces` is put behind it, unless "
                    + "it ends so.", example: "\"http://localhost:4318\""),
            Field(
                "headers", .named(.text, what: "the name of a header"),
                "Headers of the requests to that URL, such as a key that the receiver demands.",
                example: "{ x-api-key: \"${env:OTLP_KEY:-key}\" }"),
            Field(
                "lineage", .section(lineage), "Where OpenLineage events go.",
                example: "{ url: \"http://localhost:5000\" }"),
        ])

    package static let lineage = Section(
        "lineage", "Where OpenLineage events go, and how they name what runs.",
        fields: [
            Field(
                "url", .text, required: true,
                "The URL of a server for OpenLineage, to which `/api/v1/lineage` is added if it has no path; or "
                    + "`file:PATH`, a file that gets one event a line.", example: "\"http://localhost:5000\""),
            Field(
                "namespace", .text, "The namespace of the project's jobs; `millrace` if left out.", example: "research"),
            Field(
                "api_key", .text, "The key that the server demands, sent as a bearer token.",
                example: "\"${env:OPENLINEAGE_API_KEY:-key}\""),
        ])
}
