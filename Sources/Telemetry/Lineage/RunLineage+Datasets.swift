import Planning
import Project
import Queries
import Recording
import Running

/// What a step reads and what it makes, as OpenLineage tells datasets.
extension RunLineage {
    // MARK: Inputs

    func inputs(of dataset: Dataset, _ planned: Plan.Step?, _ result: StepResult?) -> [JSON] {
        var inputs: [(place: LineagePlace, facets: [(String, JSON)], statistics: JSON?)] = []
        for name in planned?.inputs ?? [] {
            let place = LineagePlace(name, in: project.store)
            var own: [(String, JSON)] = [("dataSource", facets.source(place)), ("storage", facets.storage())]
            if let columns = result?.inputColumns[name] { own.append(("schema", schema(columns, of: name))) }
            if let version = result?.record.inputs[name]?.version.number {
                own.append(("version", facets.version(version)))
            }
            inputs.append((place, own, nil))
        }
        for path in planned?.foreign ?? [] {
            let place = LineagePlace(project.location(of: path))
            var own: [(String, JSON)] = [("dataSource", facets.source(place)), ("storage", facets.storage())]
            if let version = result?.record.foreign?[path]?.version.number {
                own.append(("version", facets.version(version)))
            }
            inputs.append((place, own, nil))
        }
        if let ingest = dataset.step.ingest, ingest.delta == nil {
            let places = filePlaces(of: ingest)
            // How much came from which of several places is not known.
            let sources = places.count == 1 ? result?.record.sources : nil
            for place in places {
                let statistics = sources.map {
                    facets.inputStatistics(rows: result?.record.rows.read, bytes: $0.bytes, files: $0.files)
                }
                inputs.append((place, [("dataSource", facets.source(place))], statistics))
            }
        }
        return inputs.map { input in
            facets.dataset(
                input.place, facets: input.facets, "inputFacets",
                input.statistics.map { [("inputStatistics", $0)] } ?? [])
        }
    }

    /// Where the files of an ingest are, each place once.
    func filePlaces(of ingest: Ingest?) -> [LineagePlace] {
        var places: [LineagePlace] = []
        for pattern in ingest?.files ?? [] {
            let place = LineagePlace(files: pattern.value, in: project.root)
            if !places.contains(place) { places.append(place) }
        }
        return places
    }

    // MARK: Outputs

    func output(_ name: DatasetName, result: StepResult? = nil, outcomes: [CheckOutcome]) -> JSON {
        let place = LineagePlace(name, in: project.store)
        let dataset = project.dataset(name)
        var own: [(String, JSON)] = [("dataSource", facets.source(place)), ("storage", facets.storage())]
        if let text = dataset?.description { own.append(("documentation", facets.description(shown(text)))) }
        if let dataset, !outcomes.isEmpty {
            own.append(("dataQualityAssertions", facets.assertions(outcomes.map { assertion($0, of: dataset) })))
        }
        guard let result else { return facets.dataset(place, facets: own, "outputFacets") }
        own.append(("version", facets.version(result.published.version.number)))
        if !result.columns.isEmpty { own.append(("schema", schema(result.columns, of: name))) }
        if let columns = columnLineage(of: result) { own.append(("columnLineage", columns)) }
        if result.published.version.number == 0 {
            own.append(("lifecycleStateChange", facets.change("CREATE")))
        } else if dataset?.mode == .replace, dataset?.partitioning == nil {
            own.append(("lifecycleStateChange", facets.change("OVERWRITE")))
        }
        let statistics = facets.outputStatistics(
            rows: result.record.rows.published, bytes: result.bytes, files: result.files)
        return facets.dataset(place, facets: own, "outputFacets", [("outputStatistics", statistics)])
    }

    /// The table of the rows that were refused; nil when there were none.
    func quarantine(of result: StepResult) -> JSON? {
        guard result.record.rows.quarantined > 0, let version = result.record.quarantine else { return nil }
        let place = LineagePlace(result.dataset.quarantine, in: project.store)
        return facets.dataset(
            place,
            facets: [
                ("dataSource", facets.source(place)), ("storage", facets.storage()),
                ("version", facets.version(version.number)),
                ("documentation", facets.description("Rows that '\(result.dataset)' refused, each with its reasons.")),
            ], "outputFacets",
            [
                (
                    "outputStatistics",
                    facets.outputStatistics(rows: result.record.rows.quarantined, bytes: nil, files: nil)
                )
            ])
    }

    private func schema(_ columns: [QueryColumn], of name: DatasetName) -> JSON {
        let contracts = project.dataset(name)?.columns ?? []
        return facets.schema(
            columns.map { column in
                let contract = contracts.first { $0.name.value.lowercased() == column.name.lowercased() }
                return (column.name, column.type, contract?.description.map(shown))
            })
    }

    // MARK: Checks

    private func assertion(_ outcome: CheckOutcome, of dataset: Dataset) -> JSON {
        let check = dataset.checks.first { $0.name == outcome.name }
        var fields: [(String, JSON)] = [
            ("assertion", .string(check.map(Self.kind) ?? outcome.name)),
            ("success", .bool(outcome.status == .passed)), ("name", .string(shown(outcome.name))),
            ("severity", .string((check?.onFail ?? .fail) == .fail ? "error" : "warn")),
        ]
        if let columns = check?.columns, columns.count == 1 { fields.append(("column", .string(columns[0].value))) }
        if let message = outcome.message { fields.append(("description", .string(shown(message)))) }
        if let value = outcome.value {
            fields.append(("actual", .string(Self.shown(value))))
        } else if let failing = outcome.failing {
            fields.append(("actual", .string("\(failing) failing" + (outcome.looked.map { " of \($0)" } ?? ""))))
        }
        if case .sql(let text) = check?.rule {
            fields += [("content", .string(shown(text.text))), ("contentType", .string("sql"))]
        }
        return .object(fields)
    }

    /// By the names that OpenLineage knows, where it has one.
    private static func kind(of check: Check) -> String {
        switch check.rule {
        case .rows: "row_count"
        case .sql: "custom_sql"
        default: check.ruleName
        }
    }

    private static func shown(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
