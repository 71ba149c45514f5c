import Engines
import Ingesting
import Planning
import Programs
package import Project
package import Queries
import Running
import Store

/// What `check` found.
package struct CheckReport: Sendable {
    package struct CheckedDataset: Sendable {
        package var name: DatasetName
        package var kind: String
        /// The columns of the version that a run would publish.
        package var columns: [QueryColumn]
        package var inputs: [DatasetName]
    }

    package var diagnostics: [Diagnostic]
    /// In an order in which they can be made; those that could not be bound are missing.
    package var datasets: [CheckedDataset]

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

extension Workspace {
    /// Reads everything and binds every query against the columns of its inputs, touching no data.
    package func check() async throws -> CheckReport {
        var analysis = try analyse()
        let sound = Set(analysis.sound)
        let (_, missing) = sourceFiles(of: project.datasets.map(\.name).filter { !sound.contains($0) })
        let (columns, faults) = try await boundColumns(of: analysis.sound, &analysis)
        analysis.cache.forgetUnused()
        save(analysis.cache)
        let datasets = analysis.graph.order.compactMap { name in
            columns[name].map {
                CheckReport.CheckedDataset(
                    name: name, kind: project.dataset(name)?.step.kind ?? "", columns: $0,
                    inputs: analysis.graph.inputs[name] ?? [])
            }
        }
        let problems = warnings + analysis.problems.all + missing + faults + feedProblems(columns)
        return CheckReport(diagnostics: problems.inReadingOrder, datasets: datasets)
    }

    /// The columns of the versions that a run of the datasets named would publish, and what is wrong with them and with
    /// the files that they read.
    func boundColumns(
        of names: [DatasetName], _ analysis: inout Analysis
    ) async throws -> ([DatasetName: [QueryColumn]], [Diagnostic]) {
        let (files, missing) = sourceFiles(of: names)
        let continuing = Set(names.filter { project.dataset($0)?.mode != .replace })
        let news = try await news(in: files, states: states(of: continuing))
        let unread = unread(IngestSources(files: files, news: news))
        let (columns, faults) = try await storeErrors {
            try await bind(Set(names), &analysis, files: unread, continuing: continuing)
        }
        return (columns, missing + faults)
    }

    /// Binds the datasets named, in order. What they read but is not among them counts with its live version's columns.
    /// - Parameters:
    ///   - files: what ingests would read.
    ///   - continuing: the datasets whose rows stay: what there is keeps its columns.
    /// - Returns: the columns of all that could be bound, and what is wrong with the others.
    func bind(
        _ names: Set<DatasetName>, _ analysis: inout Analysis, files: [DatasetName: SourceFiles],
        continuing: Set<DatasetName>
    ) async throws -> ([DatasetName: [QueryColumn]], [Diagnostic]) {
        var columns: [DatasetName: [QueryColumn]] = [:]
        var diagnostics: [Diagnostic] = []
        var defined: Set<DatasetName> = []
        var before: [DatasetName: [QueryColumn]] = [:]
        let sound = Set(analysis.sound)
        for level in levels(of: names, in: analysis.graph) {
            var requests: [(key: Fingerprint, request: LocalBinder.Request)] = []
            var needed: [(DatasetName, [QueryColumn])] = []
            var bound: [BoundStep] = []
            for dataset in level {
                let inputs = analysis.graph.inputs[dataset.name] ?? []
                for input in inputs where columns[input] == nil && !names.contains(input) && sound.contains(input) {
                    columns[input] = try await liveColumns(of: input)
                }
                // What is wrong above is reported there; binding against nothing would only repeat it.
                guard inputs.allSatisfy({ columns[$0] != nil }) else { continue }
                let found = files[dataset.name]
                let live = continuing.contains(dataset.name) ? try await liveColumns(of: dataset.name) : nil
                if let ingest = dataset.step.ingest, ingest.delta == nil, found?.files.isEmpty ?? true {
                    columns[dataset.name] = live
                    continue
                }
                var request = LocalBinder.Request(dataset: dataset, sourceFiles: found?.files.map(\.path) ?? [])
                do {
                    try await addForeign(to: &request)
                } catch let problem as Diagnostic {
                    diagnostics.append(problem)
                    continue
                }
                if let program = dataset.step.program {
                    do {
                        guard let declared = try await declaredColumns(of: program) else {
                            columns[dataset.name] = try await columnsAsMade(dataset)
                            continue
                        }
                        request.sourceColumns = declared
                    } catch let fault as ProgramFault {
                        diagnostics.append(fault.diagnostic(of: program, in: dataset.name))
                        continue
                    }
                }
                let key = bindingKey(of: request, inputs: inputs, columns: columns, files: found)
                before[dataset.name] = live
                if let known = analysis.cache.columns(of: key) {
                    columns[dataset.name] = Self.joined(live, known)
                    bound.append(BoundStep(dataset: dataset, foreign: request.foreign, columns: known))
                    continue
                }
                requests.append((key, request))
                for input in inputs where defined.insert(input).inserted {
                    needed.append((input, columns[input] ?? []))
                }
            }
            if !requests.isEmpty {
                try LocalBinder.define(needed, on: engine)
                for (asked, answer) in zip(requests, try LocalBinder.bind(requests.map(\.request), on: engine)) {
                    let dataset = asked.request.dataset
                    columns[dataset.name] = answer.columns.map { Self.joined(before[dataset.name] ?? nil, $0) }
                    diagnostics += answer.problems
                    guard let found = answer.columns else { continue }
                    if columns[dataset.name] == found { defined.insert(dataset.name) }
                    guard answer.problems.isEmpty else { continue }
                    analysis.cache.remember(found, of: asked.key)
                    bound.append(BoundStep(dataset: dataset, foreign: asked.request.foreign, columns: found))
                }
            }
            for step in bound {
                diagnostics += try engineProblems(
                    of: step, inputs: analysis.graph.inputs[step.dataset.name] ?? [], columns)
            }
        }
        return (columns, diagnostics)
    }

    /// A step that binds, with the columns of its result.
    private struct BoundStep {
        var dataset: Dataset
        var foreign: [String: [QueryColumn]]
        var columns: [QueryColumn]
    }

    /// What of a step the engine that makes it cannot do.
    private func engineProblems(
        of step: BoundStep, inputs: [DatasetName], _ columns: [DatasetName: [QueryColumn]]
    ) throws -> [Diagnostic] {
        let name = project.engine(for: step.dataset, asked: options.engine)
        guard project.engines[name]?.kind == .spark, step.dataset.step.sql != nil else { return [] }
        var tables = step.foreign
        for input in inputs { tables[input.text] = columns[input] }
        return try SparkBinder(engine: name, parser: engine).problems(
            of: step.dataset, inputs: tables, columns: step.columns)
    }

    /// The columns of a table that keeps what it has and gets what is new.
    private static func joined(_ live: [QueryColumn]?, _ new: [QueryColumn]) -> [QueryColumn] {
        guard let live else { return new }
        let names = Set(live.map { $0.name.lowercased() })
        return live + new.filter { !names.contains($0.name.lowercased()) }
    }

    /// The datasets named in groups: each group reads only what groups before it make.
    private func levels(of names: Set<DatasetName>, in graph: Graph) -> [[Dataset]] {
        var depth: [DatasetName: Int] = [:]
        var levels: [[Dataset]] = []
        for name in graph.order where names.contains(name) {
            guard let dataset = project.dataset(name) else { continue }
            let level = (graph.inputs[name] ?? []).compactMap { depth[$0] }.max().map { $0 + 1 } ?? 0
            depth[name] = level
            if level == levels.count { levels.append([]) }
            levels[level].append(dataset)
        }
        return levels
    }

    /// The columns that a step's program declares; nil when it declares none.
    private func declaredColumns(of program: ProgramStep) async throws -> [QueryColumn]? {
        let call = try ProgramCall(program, folder: project.root, environment: options.environment)
        return try await ProgramInspection.look(call).columns?.map { QueryColumn(name: $0.name, type: $0.type) }
    }

    /// The columns of the live version, if it was made by the step as it is; otherwise nobody knows them before it runs.
    private func columnsAsMade(_ dataset: Dataset) async throws -> [QueryColumn]? {
        guard let head = try await store.head(of: dataset.name),
            head.record?.fingerprint == Planner.fingerprint(of: dataset)
        else { return nil }
        return try await liveColumns(of: dataset.name)
    }

    func liveColumns(of name: DatasetName) async throws -> [QueryColumn]? {
        guard try await store.head(of: name) != nil else { return nil }
        return try await store.snapshot(of: name).columns.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
    }

    /// The columns of what a step reads outside of the project.
    /// - Throws: a `Diagnostic` at the place where the user names a table that cannot be read.
    private func addForeign(to request: inout LocalBinder.Request) async throws {
        switch request.dataset.step {
        case .sql(let text):
            for (view, path) in DeltaScans(SQLNormaliser.withoutTail(text.text)).paths {
                request.foreign[view] = try await foreignColumns(of: path, at: Self.span(of: path, in: text))
            }
        case .ingest(let ingest):
            guard let path = ingest.delta else { return }
            request.sourceColumns = try await foreignColumns(of: path.value, version: ingest.version, at: path.span)
        case .run: break
        }
    }

    func foreignColumns(of path: String, version: Int? = nil, at span: SourceSpan?) async throws
        -> [QueryColumn]
    {
        do {
            return try await store.snapshot(ofTableAt: project.location(of: path), version: version).columns.map {
                QueryColumn(name: $0.name, type: $0.duckDBType)
            }
        } catch {
            throw Diagnostic(error, at: span)
        }
    }

    static func span(of path: String, in text: SQLText) -> SourceSpan {
        guard let range = text.text.firstRange(of: path) else { return text.span(at: 0) }
        let offset = text.text.utf8.distance(from: text.text.startIndex, to: range.lowerBound)
        return text.span(at: offset, length: path.utf8.count)
    }

    /// Everything that the columns of a step's version follow from.
    private func bindingKey(
        of request: LocalBinder.Request, inputs: [DatasetName], columns: [DatasetName: [QueryColumn]],
        files: SourceFiles?
    ) -> Fingerprint {
        var key = Fingerprint.Builder()
        func add(_ name: String, _ columns: [QueryColumn]) {
            key.add(name)
            for column in columns {
                key.add(column.name)
                key.add(column.type)
            }
        }
        key.add("columns")
        key.add(Planner.fingerprint(of: request.dataset).text)
        key.add(files?.summary.digest.text)
        for input in inputs { add(input.text, columns[input] ?? []) }
        for (name, columns) in request.foreign.sorted(by: { $0.key < $1.key }) { add(name, columns) }
        add("source", request.sourceColumns)
        return key.finish()
    }

    /// What feeds name must be among the columns of their datasets.
    private func feedProblems(_ columns: [DatasetName: [QueryColumn]]) -> [Diagnostic] {
        project.feeds.flatMap { feed -> [Diagnostic] in
            guard feed.version == nil, let found = columns[feed.dataset.value] else { return [] }
            return (feed.columns + [feed.label].compactMap { $0 }).compactMap { name in
                found.contains { $0.name.lowercased() == name.value.lowercased() }
                    ? nil : .missingColumn(name, of: feed.dataset.value, among: found)
            }
        }
    }
}
