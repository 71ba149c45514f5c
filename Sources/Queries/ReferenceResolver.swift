package import Project

/// What every dataset of a project reads.
package struct ProjectReferences: Sendable {
    /// What a step's query reads: the graph of the data.
    package var inputs: [DatasetName: [DatasetName]] = [:]
    /// What its checks read besides: they must be there before it can be published.
    package var checkInputs: [DatasetName: [DatasetName]] = [:]
    /// The Delta tables outside of the store that its queries and its ingest name, each once, as the user wrote them.
    package var foreign: [DatasetName: [String]] = [:]
    /// The datasets whose queries cannot be read, or name what is not there.
    package var broken: Set<DatasetName> = []

    package init() {}

    /// All that must be made before a dataset, in the order of names.
    package func all(of name: DatasetName) -> [DatasetName] {
        Set((inputs[name] ?? []) + (checkInputs[name] ?? [])).sorted()
    }
}

/// Finds what the queries of a project read, and reports names that nothing has.
package struct ReferenceResolver {
    private let project: Project
    private let parser: any SQLParser

    package init(project: Project, parser: any SQLParser) {
        self.project = project
        self.parser = parser
    }

    private struct Query {
        var dataset: Dataset
        var text: SQLText
        var isCheck: Bool
        var key: Fingerprint
    }

    /// Parses what the cache does not know. Faults in the texts are diagnostics; it throws only when the engine that
    /// parses cannot be had.
    package func resolve(cache: inout AnalysisCache) throws -> (ProjectReferences, [Diagnostic]) {
        var references = ProjectReferences()
        var diagnostics: [Diagnostic] = []
        var unknown: [Query] = []
        for query in queries() {
            // A cached answer has no positions, so a query that needs a diagnostic is parsed again.
            if let found = cache.references(of: query.key), diagnose(found, in: query).isEmpty {
                note(found, of: query, in: &references)
            } else {
                unknown.append(query)
            }
        }
        if !unknown.isEmpty {
            for (query, tree) in zip(unknown, try parser.parse(unknown.map { SQLNormaliser.withoutTail($0.text.text) }))
            {
                switch tree {
                case .failure(let fault):
                    diagnostics.append(fault.diagnostic(in: query.text))
                    references.broken.insert(query.dataset.name)
                case .success(let tree):
                    let found = TableReferences(in: tree)
                    let faults = diagnose(found, in: query)
                    diagnostics += faults
                    if faults.contains(where: { $0.severity == .error }) {
                        references.broken.insert(query.dataset.name)
                    } else if faults.isEmpty {
                        cache.remember(found, of: query.key)
                    }
                    note(found, of: query, in: &references)
                }
            }
        }
        for dataset in project.datasets {
            for case .references(let other, _) in dataset.checks.map(\.rule) {
                guard let name = project.dataset(other.value)?.name, name != dataset.name else { continue }
                references.checkInputs[dataset.name, default: []].append(name)
            }
            if let program = dataset.step.program { note(program, of: dataset, &references, &diagnostics) }
            if let table = dataset.step.ingest?.delta {
                references.foreign[dataset.name] = [table.value]
                if let fault = fault(inTable: table.value, at: table.span) {
                    diagnostics.append(fault)
                    references.broken.insert(dataset.name)
                }
            }
            if let fault = diagnose(incremental: dataset, references) {
                diagnostics.append(fault)
                references.broken.insert(dataset.name)
            }
        }
        return (references, diagnostics)
    }

    /// A program reads what the project file says. Names that nothing has are reported when that is read.
    private func note(
        _ program: ProgramStep, of dataset: Dataset, _ references: inout ProjectReferences,
        _ diagnostics: inout [Diagnostic]
    ) {
        for input in program.inputs {
            guard let name = project.dataset(named: input.value.text)?.name else {
                references.broken.insert(dataset.name)
                continue
            }
            guard name != dataset.name else {
                diagnostics.append(
                    .error(
                        "'\(dataset.name)' reads itself", at: input.span,
                        hint: "a dataset is made from others: give the raw data a name of its own"))
                references.broken.insert(dataset.name)
                continue
            }
            references.inputs[dataset.name, default: []].append(name)
        }
    }

    /// What is wrong with the input of which a dataset wants to see only what is new.
    private func diagnose(incremental dataset: Dataset, _ references: ProjectReferences) -> Diagnostic? {
        guard let input = dataset.incremental, !references.broken.contains(dataset.name) else { return nil }
        var inputs: [String] = []
        for name in references.inputs[dataset.name] ?? [] where !inputs.contains(name.text) { inputs.append(name.text) }
        guard !inputs.contains(input.value.text) else { return nil }
        if dataset.step.program != nil {
            return .error(
                "'\(dataset.name)' does not read '\(input.value)'", at: input.span,
                hint: "it reads \(list(inputs)): see its 'inputs'")
        }
        let otherwise =
            inputs.isEmpty ? "name '\(input.value)' in the SQL, or remove 'incremental'" : "it reads \(list(inputs))"
        return .error(
            "the SQL of '\(dataset.name)' does not read '\(input.value)'", at: input.span,
            hint: Spelling.nearest(to: input.value.text, among: inputs).map { "did you mean '\($0)'?" } ?? otherwise)
    }

    private func list(_ names: [String]) -> String {
        names.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }

    private func queries() -> [Query] {
        var queries: [Query] = []
        for dataset in project.datasets {
            if let text = dataset.step.sql { queries.append(query(text, of: dataset, isCheck: false)) }
            for case .sql(let text) in dataset.checks.map(\.rule) {
                queries.append(query(text, of: dataset, isCheck: true))
            }
        }
        return queries
    }

    private func query(_ text: SQLText, of dataset: Dataset, isCheck: Bool) -> Query {
        var key = Fingerprint.Builder()
        key.add("tables")
        key.add(SQLNormaliser.normalise(text.text))
        return Query(dataset: dataset, text: text, isCheck: isCheck, key: key.finish())
    }

    private func note(_ found: TableReferences, of query: Query, in references: inout ProjectReferences) {
        let names = found.tables.compactMap { project.dataset(named: $0.name)?.name }
        for path in found.foreign.compactMap(\.path)
        where references.foreign[query.dataset.name]?.contains(path) != true {
            references.foreign[query.dataset.name, default: []].append(path)
        }
        if query.isCheck {
            references.checkInputs[query.dataset.name, default: []] += names.filter { $0 != query.dataset.name }
        } else {
            references.inputs[query.dataset.name, default: []] += names
        }
    }

    private func diagnose(_ found: TableReferences, in query: Query) -> [Diagnostic] {
        found.tables.compactMap { diagnose(table: $0, in: query) }
            + found.functions.compactMap { diagnose(function: $0, in: query) }
            + found.foreign.compactMap { diagnose(foreign: $0, in: query) }
    }

    private func diagnose(table: TableReferences.Reference, in query: Query) -> Diagnostic? {
        let name = table.name
        let span = query.text.span(at: table.position ?? 0, length: name.utf8.count)
        if let schema = table.schema, schema.lowercased() != "main" {
            return .error(
                "unknown schema '\(schema)': the datasets of a project have no schema", at: span,
                hint: "write the dataset's name alone")
        }
        if let dataset = project.dataset(named: name) {
            guard dataset.name == query.dataset.name, !query.isCheck else { return nil }
            return .error(
                "'\(dataset.name)' reads itself", at: span,
                hint: "a dataset is made from others: give the raw data a name of its own")
        }
        if name.contains("/") || name.contains(".") {
            return .error(
                "a step reads datasets, not files: '\(name)'", at: span,
                hint: "make a dataset of the file with 'ingest: { files: \(name) }' and read that")
        }
        if let near = Spelling.nearest(to: name, among: project.datasets.map(\.name.text)) {
            return .error("unknown dataset '\(name)'", at: span, hint: "did you mean '\(near)'?")
        }
        return .error(
            "unknown dataset '\(name)'", at: span,
            hint: "add it to millrace.yaml under 'datasets', or as datasets/\(name).sql")
    }

    private static let fileFunctions: Set<String> = [
        "read_csv", "read_csv_auto", "read_json", "read_json_auto", "read_ndjson", "read_ndjson_auto", "read_parquet",
        "parquet_scan", "read_text", "read_blob", "glob", "sniff_csv",
    ]

    private func diagnose(function: TableReferences.Reference, in query: Query) -> Diagnostic? {
        guard Self.fileFunctions.contains(function.name.lowercased()) else { return nil }
        return .error(
            "a step reads datasets, not files: \(function.name) would not notice when they change",
            at: query.text.span(at: function.position ?? 0, length: function.name.utf8.count),
            hint: "make a dataset of the files with 'ingest', and read that")
    }
}

extension ReferenceResolver {
    private func diagnose(foreign table: TableReferences.ForeignTable, in query: Query) -> Diagnostic? {
        let span = query.text.span(at: table.position ?? 0, length: DeltaScans.function.utf8.count)
        guard let path = table.path else {
            return .error(
                "delta_scan takes the path of a Delta table, in quotes and nothing else", at: span,
                hint: "write delta_scan('PATH'); an older version is read by 'ingest: { delta: PATH, version: N }'")
        }
        return fault(inTable: path, at: span)
    }

    /// What is wrong with the name of a Delta table outside of the store.
    private func fault(inTable path: String, at span: SourceSpan) -> Diagnostic? {
        if let fault = TableLocation.fault(in: path) { return .error(fault.message, at: span, hint: fault.hint) }
        guard let dataset = project.dataset(at: project.location(of: path)) else { return nil }
        return .error(
            "this is the table of the dataset '\(dataset.name)'", at: span,
            hint: "read it by its name, so that it is made first: FROM \(dataset.name)")
    }
}

extension SQLFault {
    /// The fault at its place in the user's file.
    package func diagnostic(in text: SQLText) -> Diagnostic {
        .error(message, at: text.span(at: position ?? 0), hint: hint)
    }
}
