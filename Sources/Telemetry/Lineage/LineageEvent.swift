import Recording

/// The pieces of OpenLineage's events (specification 2-0-2).
struct LineageEvent {
    enum Kind: String {
        case start = "START"
        case complete = "COMPLETE"
        case fail = "FAIL"
        case abort = "ABORT"
    }

    var kind: Kind
    var at: Int
    var run: String
    var runFacets: [(String, JSON)] = []
    var namespace: String
    var job: String
    var jobFacets: [(String, JSON)] = []
    var inputs: [JSON] = []
    var outputs: [JSON] = []

    func json(producer: String) -> JSON {
        .object([
            ("eventType", .string(kind.rawValue)), ("eventTime", .string(Timestamp.iso8601(at))),
            ("run", .object([("runId", .string(run)), ("facets", .object(runFacets))])),
            (
                "job",
                .object([
                    ("namespace", .string(namespace)), ("name", .string(job)), ("facets", .object(jobFacets)),
                ])
            ),
            ("inputs", .array(inputs)), ("outputs", .array(outputs)), ("producer", .string(producer)),
            ("schemaURL", .string("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent")),
        ])
    }
}

/// Makes facets, each with the address of the schema that it keeps to.
struct LineageFacets {
    /// What made them: this program, in its version.
    let producer: String

    init(millrace: String) { producer = "urn:millrace:\(millrace)" }

    func facet(_ name: String, _ version: String, _ fields: [(String, JSON)]) -> JSON {
        .object(
            [
                ("_producer", .string(producer)),
                ("_schemaURL", .string("https://openlineage.io/spec/facets/\(version)/\(name).json#/$defs/\(name)")),
            ] + fields)
    }

    func dataset(
        _ place: LineagePlace, facets: [(String, JSON)], _ kind: String, _ others: [(String, JSON)] = []
    ) -> JSON {
        var fields: [(String, JSON)] = [
            ("namespace", .string(place.namespace)), ("name", .string(place.name)), ("facets", .object(facets)),
        ]
        if !others.isEmpty { fields.append((kind, .object(others))) }
        return .object(fields)
    }

    // MARK: Of runs

    func parent(_ run: String, namespace: String, job: String, root: TelemetrySettings.ParentJob?) -> JSON {
        func reference(_ run: String, _ namespace: String, _ job: String) -> [(String, JSON)] {
            [
                ("run", .object([("runId", .string(run))])),
                ("job", .object([("namespace", .string(namespace)), ("name", .string(job))])),
            ]
        }
        var fields = reference(run, namespace, job)
        if let root { fields.append(("root", .object(reference(root.run, root.namespace, root.name)))) }
        return facet("ParentRunFacet", "1-2-0", fields)
    }

    func engine(_ name: String, version: String, millrace: String) -> JSON {
        facet(
            "ProcessingEngineRunFacet", "1-1-1",
            [
                ("version", .string(version)), ("name", .string(name)),
                ("openlineageAdapterVersion", .string(millrace)),
            ])
    }

    func error(_ message: String, details: String) -> JSON {
        var fields: [(String, JSON)] = [("message", .string(message)), ("programmingLanguage", .string("SQL"))]
        if !details.isEmpty { fields.append(("stackTrace", .string(details))) }
        return facet("ErrorMessageRunFacet", "1-0-1", fields)
    }

    func nominalTime(_ start: String, _ end: String?) -> JSON {
        var fields: [(String, JSON)] = [("nominalStartTime", .string(start))]
        if let end { fields.append(("nominalEndTime", .string(end))) }
        return facet("NominalTimeRunFacet", "1-0-1", fields)
    }

    func tags(_ tags: [(key: String, value: String)]) -> JSON {
        facet(
            "TagsRunFacet", "1-0-0",
            [
                (
                    "tags",
                    .array(
                        tags.map { tag in
                            .object([
                                ("key", .string(tag.key)), ("value", .string(tag.value)),
                                ("source", .string("MILLRACE")),
                            ])
                        })
                )
            ])
    }

    // MARK: Of jobs

    func jobType(_ type: String) -> JSON {
        facet(
            "JobTypeJobFacet", "2-0-4",
            [
                ("processingType", .string("BATCH")), ("integration", .string("MILLRACE")), ("jobType", .string(type)),
            ])
    }

    func sql(_ query: String) -> JSON {
        facet("SQLJobFacet", "1-1-0", [("query", .string(query)), ("dialect", .string("duckdb"))])
    }

    func jobDescription(_ text: String) -> JSON {
        facet("DocumentationJobFacet", "1-1-0", [("description", .string(text))])
    }

    // MARK: Of datasets

    func source(_ place: LineagePlace) -> JSON {
        facet("DatasourceDatasetFacet", "1-0-1", [("name", .string(place.namespace)), ("uri", .string(place.uri))])
    }

    func version(_ number: Int) -> JSON {
        facet("DatasetVersionDatasetFacet", "1-0-1", [("datasetVersion", .string("\(number)"))])
    }

    func storage() -> JSON {
        facet(
            "StorageDatasetFacet", "1-0-1", [("storageLayer", .string("delta")), ("fileFormat", .string("parquet"))])
    }

    func description(_ text: String) -> JSON {
        facet("DocumentationDatasetFacet", "1-1-0", [("description", .string(text))])
    }

    func schema(_ columns: [(name: String, type: String, description: String?)]) -> JSON {
        facet(
            "SchemaDatasetFacet", "1-2-0",
            [
                (
                    "fields",
                    .array(
                        columns.enumerated().map { place, column in
                            var fields: [(String, JSON)] = [
                                ("name", .string(column.name)), ("type", .string(column.type)),
                            ]
                            if let text = column.description { fields.append(("description", .string(text))) }
                            return .object(fields + [("ordinal_position", .int(place + 1))])
                        })
                )
            ])
    }

    func change(_ change: String) -> JSON {
        facet("LifecycleStateChangeDatasetFacet", "1-0-1", [("lifecycleStateChange", .string(change))])
    }

    func assertions(_ assertions: [JSON]) -> JSON {
        facet("DataQualityAssertionsDatasetFacet", "1-1-0", [("assertions", .array(assertions))])
    }

    func outputStatistics(rows: Int, bytes: Int?, files: Int?) -> JSON {
        facet("OutputStatisticsOutputDatasetFacet", "1-0-2", Self.counts(rows: rows, bytes, files))
    }

    func inputStatistics(rows: Int?, bytes: Int?, files: Int?) -> JSON {
        facet("InputStatisticsInputDatasetFacet", "1-0-0", Self.counts(rows: rows, bytes, files))
    }

    private static func counts(rows: Int?, _ bytes: Int?, _ files: Int?) -> [(String, JSON)] {
        [("rowCount", rows), ("size", bytes), ("fileCount", files)].compactMap { name, count in
            count.map { (name, .int($0)) }
        }
    }
}
