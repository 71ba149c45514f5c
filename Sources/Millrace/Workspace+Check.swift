import Engines
import Ingesting
import Planning
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
        let (files, missing) = sourceFiles(of: project.datasets.map(\.name))
        let (columns, faults) = try await storeErrors { try await bind(Set(analysis.sound), &analysis, files: files) }
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

    /// Binds the datasets named, in order. What they read but is not among them counts with its live version's columns.
    /// - Returns: the columns of all that could be bound, and what is wrong with the others.
    func bind(
        _ names: Set<DatasetName>, _ analysis: inout Analysis, files: [DatasetName: SourceFiles]
    ) async throws -> ([DatasetName: [QueryColumn]], [Diagnostic]) {
        var columns: [DatasetName: [QueryColumn]] = [:]
        var diagnostics: [Diagnostic] = []
        var defined: Set<DatasetName> = []
        let sound = Set(analysis.sound)
        for level in levels(of: names, in: analysis.graph) {
            var requests: [(key: Fingerprint, request: LocalBinder.Request)] = []
            var needed: [(DatasetName, [QueryColumn])] = []
            for dataset in level {
                let inputs = analysis.graph.inputs[dataset.name] ?? []
                for input in inputs where columns[input] == nil && !names.contains(input) && sound.contains(input) {
                    columns[input] = try await liveColumns(of: input)
                }
                // What is wrong above is reported there; binding against nothing would only repeat it.
                guard inputs.allSatisfy({ columns[$0] != nil }) else { continue }
                let found = files[dataset.name]
                if dataset.step.ingest != nil, found?.files.isEmpty ?? true { continue }
                let key = bindingKey(of: dataset, inputs: inputs, columns: columns, files: found)
                if let known = analysis.cache.columns(of: key) {
                    columns[dataset.name] = known
                    continue
                }
                requests.append((key, .init(dataset: dataset, sourceFiles: found?.files.map(\.path) ?? [])))
                for input in inputs where defined.insert(input).inserted {
                    needed.append((input, columns[input] ?? []))
                }
            }
            guard !requests.isEmpty else { continue }
            try LocalBinder.define(needed, on: engine)
            for (asked, answer) in zip(requests, try LocalBinder.bind(requests.map(\.request), on: engine)) {
                let name = asked.request.dataset.name
                columns[name] = answer.columns
                diagnostics += answer.problems
                guard let found = answer.columns else { continue }
                defined.insert(name)
                if answer.problems.isEmpty { analysis.cache.remember(found, of: asked.key) }
            }
        }
        return (columns, diagnostics)
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

    private func liveColumns(of name: DatasetName) async throws -> [QueryColumn]? {
        guard try await store.head(of: name) != nil else { return nil }
        return try await store.snapshot(of: name).columns.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
    }

    /// Everything that the columns of a step's version follow from.
    private func bindingKey(
        of dataset: Dataset, inputs: [DatasetName], columns: [DatasetName: [QueryColumn]], files: SourceFiles?
    ) -> Fingerprint {
        var key = Fingerprint.Builder()
        key.add("columns")
        key.add(Planner.fingerprint(of: dataset).text)
        key.add(files?.summary.digest.text)
        for input in inputs {
            key.add(input.text)
            for column in columns[input] ?? [] {
                key.add(column.name)
                key.add(column.type)
            }
        }
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
