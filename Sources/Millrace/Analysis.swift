import Engines
import Foundation
import Ingesting
import Planning
import Project
import Queries
import Running
import Store

/// What is known about a project once its queries were parsed, with the cache that makes the next time cheap.
struct Analysis {
    var references: ProjectReferences
    var graph: Graph
    var cache: AnalysisCache
    /// What is wrong with the queries.
    var problems: Diagnostics

    /// The datasets that can be looked at further, in order.
    var sound: [DatasetName] { graph.order.filter { !references.broken.contains($0) } }
}

extension Workspace {
    private var cachePath: String { stateFolder + "/analysis.tsv" }

    /// What tells one state of the cache's rules from another.
    private var cacheKey: String { options.millraceVersion }

    func loadCache() -> AnalysisCache {
        guard let data = FileManager.default.contents(atPath: cachePath) else { return AnalysisCache() }
        return AnalysisCache(text: String(decoding: data, as: UTF8.self), engine: cacheKey)
    }

    /// The cache may be lost, so failing to write it is no failure.
    func save(_ cache: AnalysisCache) {
        guard cache.isChanged else { return }
        try? FileManager.default.createDirectory(atPath: stateFolder, withIntermediateDirectories: true)
        try? Data(cache.text(for: cacheKey).utf8).write(to: URL(fileURLWithPath: cachePath), options: .atomic)
    }

    /// Parses the project's queries and orders its datasets; what is wrong with them is in the result.
    func analyse() throws -> Analysis {
        var cache = loadCache()
        let (references, faults) = try ReferenceResolver(project: project, parser: engine).resolve(cache: &cache)
        let (graph, cycles) = Graph.build(of: project, references: references)
        return Analysis(references: references, graph: graph, cache: cache, problems: Diagnostics(faults + cycles))
    }

    /// The same for those who can only work with a project that is in order.
    /// - Throws: `Diagnostics`.
    func analyseSound() throws -> Analysis {
        let analysis = try analyse()
        guard !analysis.problems.hasErrors else {
            save(analysis.cache)
            throw analysis.problems
        }
        return analysis
    }

    /// The files of every ingest among `names`, as they are now.
    func sourceFiles(of names: some Sequence<DatasetName>) -> (files: [DatasetName: SourceFiles], [Diagnostic]) {
        var files: [DatasetName: SourceFiles] = [:]
        var diagnostics: [Diagnostic] = []
        for name in names {
            guard let ingest = project.dataset(name)?.step.ingest, ingest.delta == nil else { continue }
            let (found, faults) = SourceFiles.find(ingest, of: name, in: project.root)
            files[name] = found
            diagnostics += faults
        }
        return (files, diagnostics)
    }

    /// The live version of each dataset that has one.
    func states(of names: some Sequence<DatasetName>) async throws -> [DatasetName: DatasetState] {
        var states: [DatasetName: DatasetState] = [:]
        for name in names {
            if let head = try await storeErrors({ try await store.head(of: name) }) {
                states[name] = DatasetState(pinned: head.pinned, record: head.record, dataVersion: head.dataVersion)
            }
        }
        return states
    }

    /// The newest version of each Delta table outside of the store that there is, by the path that the user wrote.
    func foreignStates(_ references: ProjectReferences) async throws -> [String: DatasetState] {
        var states: [String: DatasetState] = [:]
        for (name, paths) in references.foreign.sorted(by: { $0.key < $1.key }) {
            for path in paths where states[path] == nil {
                let head: TableHead?
                do throws(StoreError) {
                    head = try await store.head(ofTableAt: project.location(of: path))
                } catch {
                    throw Diagnostics([Diagnostic(error, at: place(of: path, in: name))])
                }
                guard let head else { continue }
                states[path] = DatasetState(pinned: head.pinned, record: nil, dataVersion: head.dataVersion)
            }
        }
        return states
    }

    /// Where a dataset names a table outside of the store.
    private func place(of path: String, in name: DatasetName) -> SourceSpan? {
        switch project.dataset(name)?.step {
        case .ingest(let ingest): ingest.delta?.span
        case .sql(let text): Self.span(of: path, in: text)
        case .run, nil: nil
        }
    }

    /// What is new among the files of ingests that add rows, where their files are not those that were there before.
    func news(
        in files: [DatasetName: SourceFiles], states: [DatasetName: DatasetState]
    ) async throws -> [DatasetName: SourceNews] {
        var news: [DatasetName: SourceNews] = [:]
        for (name, listed) in files {
            guard let dataset = project.dataset(name), dataset.mode != .replace, let ingest = dataset.step.ingest,
                let record = states[name]?.record, let version = record.ledger
            else { continue }
            guard record.sources?.digest != listed.summary.digest else {
                news[name] = SourceNews(since: version)
                continue
            }
            news[name] = try await storeErrors {
                try await ledger.news(of: listed, since: version, of: name, countsVanished: ingest.vanished == .fail)
            }
        }
        return news
    }

    var ledger: SourceLedger {
        let engine = engine
        return SourceLedger(store: store, database: { try engine.database() })
    }
}
