import Engines
import Ingesting
import Planning
package import Project
import Queries
import Running
import Store

extension Workspace {
    /// The lineage of one dataset, and of all around it.
    /// - Throws: `Diagnostics` when there is no such dataset, or its query is in disorder.
    package func lineage(ofDataset name: String) async throws -> (DatasetLineage, ProjectLineage) {
        let dataset = try dataset(named: name)
        let project = try await lineage(around: dataset.name)
        return (project[dataset.name] ?? DatasetLineage(dataset: dataset.name, columns: [], rows: []), project)
    }

    /// What the columns of datasets are made from, and of all that these need and that needs these. Nothing is run, and
    /// of the data only the heads of files are read that nobody has read before.
    /// - Parameter name: nil is all.
    /// - Throws: `Diagnostics` when the dataset's own query is in disorder.
    package func lineage(around name: DatasetName? = nil) async throws -> ProjectLineage {
        var analysis = try analyse()
        if let name, analysis.references.broken.contains(name) || !analysis.graph.order.contains(name) {
            throw analysis.problems
        }
        let wanted = name.map { Self.around($0, in: analysis.graph) } ?? Set(analysis.graph.order)
        let names = analysis.sound.filter(wanted.contains)
        var (columns, _) = try await boundColumns(of: names, &analysis)
        for name in names where columns[name] == nil {
            // What cannot be bound just now may have been made before.
            columns[name] = try? await liveColumns(of: name)
        }
        var found: [DatasetLineage] = []
        let queries = try await stepLineages(of: names, columns, &analysis)
        for name in analysis.graph.order where wanted.contains(name) {
            guard let dataset = project.dataset(name) else { continue }
            found.append(lineage(of: dataset, columns[name], queries))
        }
        if name == nil { analysis.cache.forgetUnused(withLineages: true) }
        save(analysis.cache)
        return ProjectLineage(found)
    }

    /// A dataset with all that it needs, and all that needs it with all that this needs besides.
    private static func around(_ name: DatasetName, in graph: Graph) -> Set<DatasetName> {
        func reach(_ start: [DatasetName], _ next: [DatasetName: [DatasetName]]) -> Set<DatasetName> {
            var seen: Set<DatasetName> = []
            var open = start
            while let one = open.popLast() {
                if seen.insert(one).inserted { open += next[one] ?? [] }
            }
            return seen
        }
        return reach(Array(reach([name], graph.dependents)), graph.inputs)
    }

    // MARK: Queries

    /// What was found for each query, by the dataset and its place in `LineageQuery.all`.
    private typealias Found = [DatasetName: [ColumnLineage?]]

    /// A query of a dataset: that of its step, then conditions on its rows.
    private struct LineageQuery {
        var sql: String
        /// Nil for a condition, which is about the dataset itself.
        var isStep: Bool
    }

    private func lineageQueries(of dataset: Dataset) -> [LineageQuery] {
        var queries: [LineageQuery] = []
        if let text = dataset.step.sql {
            queries.append(LineageQuery(sql: SQLNormaliser.withoutTail(text.text), isStep: true))
        }
        let conditions =
            [dataset.deleteWhen?.text]
            + dataset.checks.filter { $0.onFail == .quarantine }.map { $0.condition?.value }
        let table = Quote.name(dataset.name.text)
        for condition in conditions.compactMap({ $0 }) {
            queries.append(LineageQuery(sql: "SELECT 1 FROM \(table) WHERE (\(condition)\n)", isStep: false))
        }
        return queries
    }

    private func stepLineages(
        of names: [DatasetName], _ columns: [DatasetName: [QueryColumn]], _ analysis: inout Analysis
    ) async throws -> Found {
        struct Request {
            var name: DatasetName
            var place: Int
            var query: LineageQuery
            var inputs: [String: ColumnLineage.Input]
            var key: Fingerprint
        }
        var found: Found = [:]
        var requests: [Request] = []
        for name in names {
            guard let dataset = project.dataset(name) else { continue }
            for (place, query) in lineageQueries(of: dataset).enumerated() {
                let inputs = await inputs(of: query, name, columns, analysis.graph)
                let result = query.isStep ? columns[name] : nil
                let key = Self.key(of: query, inputs, result)
                let known = analysis.cache.lineage(of: key)
                found[name, default: []].append(known)
                if known == nil {
                    requests.append(Request(name: name, place: place, query: query, inputs: inputs, key: key))
                }
            }
        }
        guard !requests.isEmpty else { return found }
        for (request, parsed) in zip(requests, try engine.queries(requests.map(\.query.sql))) {
            guard case .success(let query) = parsed else { continue }
            let dataset = project.dataset(request.name)
            let split = dataset?.splits == nil ? nil : Splits.column
            let result = request.query.isStep ? columns[request.name]?.map(\.name).filter { $0 != split } : nil
            // A table that keeps what it has also keeps the order of its columns.
            let isNew = dataset?.mode == .replace
            var lineage = ColumnLineage.of(
                query, inputs: { request.inputs[$0.lowercased()] ?? request.inputs[$0] }, result: isNew ? result : nil)
            if !isNew, let result { lineage = lineage.arranged(result) }
            found[request.name]?[request.place] = lineage
            analysis.cache.remember(lineage, of: request.key)
        }
        return found
    }

    /// The tables that a query may name: datasets in lower case, tables outside of the store by `deltaScan`.
    private func inputs(
        of query: LineageQuery, _ name: DatasetName, _ columns: [DatasetName: [QueryColumn]], _ graph: Graph
    ) async -> [String: ColumnLineage.Input] {
        var inputs: [String: ColumnLineage.Input] = [:]
        for input in query.isStep ? graph.inputs[name] ?? [] : [name] {
            inputs[input.text.lowercased()] = .init(dataset: input.text, columns: columns[input]?.map(\.name))
        }
        guard query.isStep else { return inputs }
        for path in Set(DeltaScans(query.sql).paths.values) {
            let found = try? await foreignColumns(of: path, at: nil)
            let name = ColumnLineage.deltaScan(path)
            inputs[name] = .init(dataset: name, columns: found?.map(\.name))
        }
        return inputs
    }

    /// Everything that a query's lineage follows from.
    private static func key(
        of query: LineageQuery, _ inputs: [String: ColumnLineage.Input], _ result: [QueryColumn]?
    ) -> Fingerprint {
        var key = Fingerprint.Builder()
        key.add("lineage")
        key.add(SQLNormaliser.normalise(query.sql))
        for (name, input) in inputs.sorted(by: { $0.key < $1.key }) {
            key.add(name)
            key.add(input.dataset)
            key.add(input.columns == nil ? "unknown" : "known")
            for column in input.columns ?? [] { key.add(column) }
        }
        key.add(result == nil ? "unknown" : "known")
        for column in result ?? [] { key.add(column.name) }
        return key.finish()
    }

    // MARK: A dataset

    private func lineage(of dataset: Dataset, _ columns: [QueryColumn]?, _ found: Found) -> DatasetLineage {
        var lineage = DatasetLineage(dataset: dataset.name, columns: [], rows: [])
        var queries = found[dataset.name] ?? []
        switch dataset.step {
        case .ingest(let ingest):
            let place: ColumnOrigin.Place = ingest.delta == nil ? .files : .delta
            let name = ingest.delta?.value ?? ingest.files.map(\.value).joined(separator: ", ")
            lineage.columns = (columns ?? []).map {
                .init(name: $0.name, origins: [.init(place: place, name: name, column: $0.name, kinds: [.identity])])
            }
            if columns == nil { lineage.problem = "its columns are known when its first files were read" }
        case .sql:
            if let query = queries.isEmpty ? nil : queries.removeFirst() {
                lineage.columns = query.columns.map { .init(name: $0.name, origins: origins($0.origins)) }
                lineage.rows = origins(query.rows)
                if columns == nil { lineage.problem = "not all columns of what it reads are known" }
            } else {
                lineage.problem = "its query cannot be followed: 'millrace check' says what is wrong"
            }
        case .run(let program):
            // What happens inside of a program nobody knows: each column may come from all that it reads.
            func all(_ kind: ColumnLineage.Kind) -> [ColumnOrigin] {
                program.inputs.map { input in
                    let name = project.dataset(input.value)?.name ?? input.value
                    return .init(place: .dataset, name: name.text, column: nil, kinds: [kind])
                }
            }
            lineage.columns = (columns ?? []).map { .init(name: $0.name, origins: all(.transformation)) }
            lineage.rows = all(.filter)
            if columns == nil { lineage.problem = "its columns are known when its program has run" }
        }
        if let splits = dataset.splits {
            let origins = lineage.column(named: splits.by.value)?.origins.transformed ?? []
            lineage.columns.removeAll { $0.name.lowercased() == Splits.column }
            if !lineage.columns.isEmpty { lineage.columns.append(.init(name: Splits.column, origins: origins)) }
        }
        addRowRules(of: dataset, queries, to: &lineage)
        return lineage
    }

    /// Rows that checks refuse, that merges replace and that `delete_when` deletes.
    private func addRowRules(of dataset: Dataset, _ conditions: [ColumnLineage?], to lineage: inout DatasetLineage) {
        let made = lineage
        func decide(_ columns: some Sequence<String>, _ kind: ColumnLineage.Kind) {
            let origins = columns.flatMap { made.column(named: $0)?.origins ?? [] }
            lineage.rows = lineage.rows.joined(origins.deciding(kind))
        }
        decide(conditions.flatMap { $0?.rows ?? [] }.compactMap(\.source.column), .filter)
        for check in dataset.checks where check.onFail == .quarantine {
            decide(check.columns.map(\.value), .filter)
            guard case .references(let other, let column) = check.rule else { continue }
            let name = project.dataset(other.value)?.name ?? other.value
            lineage.rows = lineage.rows.joined([
                .init(place: .dataset, name: name.text, column: column, kinds: [.filter])
            ])
        }
        if dataset.mode == .merge { decide(dataset.key.map(\.value), .groupBy) }
    }

    private func origins(_ found: [ColumnLineage.Origin]) -> [ColumnOrigin] {
        found.map { origin in
            let path = ColumnLineage.deltaScanPath(origin.source.dataset)
            return ColumnOrigin(
                place: path == nil ? .dataset : .delta, name: path ?? origin.source.dataset,
                column: origin.source.column, kinds: origin.kinds)
        }
    }
}

extension DatasetLineage {
    /// The column of a name that somebody wrote.
    /// - Throws: `Diagnostics` when there is none.
    package func known(column name: String) throws -> Column {
        if let column = column(named: name) { return column }
        guard !columns.isEmpty else {
            throw Diagnostics([.error("the columns of '\(dataset)' are not known yet", hint: problem)])
        }
        throw Diagnostics([
            .missing(column: name, of: dataset, among: columns.map { QueryColumn(name: $0.name, type: "") })
        ])
    }
}
