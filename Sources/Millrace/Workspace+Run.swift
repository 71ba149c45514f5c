import Engines
import Foundation
import Ingesting
package import Planning
package import Project
package import Running
import Store

extension Workspace {
    /// What would run, and why.
    /// - Parameters:
    ///   - resumed: the run that is taken up again: what it has made is not made again.
    ///   - partitions: which partitions are asked for; none: those that are missing or stale.
    ///   - each: plan each dataset as if no other one were made. Such a plan is to be looked at, not to be run.
    /// - Throws: `Diagnostics`.
    package func plan(
        _ selection: Selection, forced: Bool, resumed: RunID? = nil,
        partitions: PartitionRequest = PartitionRequest(), each: Bool = false
    ) async throws -> Plan {
        let analysis = try analyseSound()
        let plan = try await plan(selection, forced: forced, resumed: resumed, partitions, each: each, analysis)
        save(analysis.cache)
        return plan
    }

    private func plan(
        _ selection: Selection, forced: Bool, resumed: RunID?, _ partitions: PartitionRequest, each: Bool,
        _ analysis: Analysis
    ) async throws -> Plan {
        let known = try await KnownStates(
            datasets: states(of: analysis.graph.order), foreign: foreignStates(analysis.references))
        let selected = try await select(selection, analysis, known)
        let (files, missing) = sourceFiles(of: selected ?? Set(analysis.graph.order))
        guard missing.isEmpty else { throw Diagnostics(missing) }
        let news = forced ? [:] : try await news(in: files, states: known.datasets)
        let asked = try partitions.partitions(in: project, selected: selected)
        let partitionNews = try await partitionNews(in: files, known, of: selected)
        var madeBefore: Set<DatasetName> = []
        if let resumed {
            let names = analysis.graph.order.filter { selected?.contains($0) ?? true }
            madeBefore = try await made(by: resumed, of: names, known.datasets, isAsked: { forced || asked[$0] != nil })
        }
        return planner(analysis, known, files: files, news: news, partitionNews: partitionNews).plan(
            selected: selected, forced: forced, madeBefore: madeBefore, partitions: asked, each: each)
    }

    /// The datasets that a run has made before it was interrupted.
    /// - Parameter isAsked: a dataset is made whether or not it is stale. Of the others the plan knows by itself what is
    ///   to be done when another run has published since.
    private func made(
        by run: RunID, of names: [DatasetName], _ states: [DatasetName: DatasetState],
        isAsked: (DatasetName) -> Bool
    ) async throws -> Set<DatasetName> {
        var made: Set<DatasetName> = []
        for name in names {
            guard let record = states[name]?.record else { continue }
            if record.run == run {
                made.insert(name)
            } else if isAsked(name) {
                let newest = try await storeErrors {
                    try await store.history(of: name, limit: Self.publishedMeanwhile)
                }
                if newest.contains(where: { $0.record?.run == run }) { made.insert(name) }
            }
        }
        return made
    }

    /// So many versions others may publish while a run is interrupted, and it still finds its own.
    private static let publishedMeanwhile = 100

    /// What the store says about all that a project makes and reads.
    struct KnownStates {
        var datasets: [DatasetName: DatasetState]
        var foreign: [String: DatasetState]
    }

    /// The datasets selected, whether or not their source files are there; nil means all.
    func select(_ selection: Selection, _ analysis: Analysis, _ known: KnownStates) async throws -> Set<DatasetName>? {
        guard !selection.isEverything else { return nil }
        let (files, _) = sourceFiles(of: analysis.graph.order)
        let everything = planner(
            analysis, known, files: files, news: try await news(in: files, states: known.datasets),
            partitionNews: try await partitionNews(in: files, known, of: nil))
        return try selection.resolve(
            in: Selection.Context(
                project: project, graph: analysis.graph,
                stale: { Set(everything.plan().toRun.map(\.dataset)) },
                new: { Set(analysis.graph.order.filter { known.datasets[$0] == nil }) },
                results: options.lastResults))
    }

    func planner(
        _ analysis: Analysis, _ known: KnownStates, files: [DatasetName: SourceFiles], news: [DatasetName: SourceNews],
        partitionNews: [DatasetName: PartitionNews]
    ) -> Planner {
        Planner(
            project: project, graph: analysis.graph, references: analysis.references, states: known.datasets,
            foreign: known.foreign, sources: files.mapValues(\.summary),
            news: news.mapValues {
                SourceChanges(new: $0.new.count, changed: $0.changed.count, vanished: $0.vanished)
            }, partitionNews: partitionNews, now: now())
    }

    /// What is new about the partitioned datasets among those that are selected; nil means all.
    private func partitionNews(
        in files: [DatasetName: SourceFiles], _ known: KnownStates, of selected: Set<DatasetName>?
    ) async throws -> [DatasetName: PartitionNews] {
        var news: [DatasetName: PartitionNews] = [:]
        let reader = PartitionReader(project: project, store: store)
        for dataset in project.datasets where selected?.contains(dataset.name) ?? true {
            guard let partitioning = dataset.partitioning else { continue }
            let state = known.datasets[dataset.name]
            news[dataset.name] = try await storeErrors {
                try await reader.news(
                    of: dataset, partitioning, live: state?.pinned, record: state?.record,
                    PartitionReader.Inputs(
                        datasets: known.datasets, foreign: known.foreign, files: files[dataset.name]))
            }
        }
        return news
    }

    /// How a plan is run.
    package struct RunOptions: Sendable {
        /// The run's name; nil makes a new one.
        package var id: RunID?
        /// What started it, in words.
        package var cause: String?
        /// How many steps may run at once; nil leaves it to the number of processors.
        package var jobs: Int?
        package var keepsGoing: Bool
        /// When it was asked for, in milliseconds since 1970; nil when it starts at once.
        package var queuedAt: Int?
        /// What was asked for, for the history.
        package var order: RunArguments?
        /// Whether failed steps are tried again, as far as the project says so.
        package var triesAgain = true

        package init(
            id: RunID? = nil, cause: String? = nil, jobs: Int? = nil, keepsGoing: Bool = false, queuedAt: Int? = nil
        ) {
            self.queuedAt = queuedAt
            self.id = id
            self.cause = cause
            self.jobs = jobs
            self.keepsGoing = keepsGoing
        }
    }

    /// Runs a plan. What `check` would find wrong with its steps is found before anything runs. Cancel the task to stop.
    /// - Throws: `Diagnostics`; failures of steps are events and in the summary.
    package func run(
        _ plan: Plan, _ how: RunOptions, recorders: [any RunRecorder]
    ) async throws -> RunSummary {
        var sources = IngestSources()
        if !plan.isUpToDate {
            var analysis = try analyseSound()
            let names = Set(plan.toRun.map(\.dataset))
            let (files, missing) = sourceFiles(of: names)
            let continuing = names.filter { plan.step($0)?.isFullRefresh == false }
            sources = IngestSources(
                files: files,
                news: try await news(in: files.filter { continuing.contains($0.key) }, states: states(of: continuing)))
            let (_, faults) = try await storeErrors {
                try await bind(names, &analysis, files: unread(sources), continuing: continuing)
            }
            save(analysis.cache)
            let problems = Diagnostics(missing + faults)
            guard !problems.hasErrors else { throw problems }
        }
        let engine = engine
        var project = project
        if !how.triesAgain {
            for index in project.datasets.indices { project.datasets[index].limits.retries = .none }
        }
        let runner = Runner(
            project: project, store: store, engine: engines, database: { try engine.database() }, sources: sources,
            places: FilePlaces(folder: stateFolder + "/pools"), recorders: recorders,
            millrace: options.millraceVersion, now: now)
        return await runner.run(
            plan, id: how.id ?? RunID(at: now(), number: .random(in: 0...UInt32.max)),
            jobs: how.jobs ?? min(4, ProcessInfo.processInfo.activeProcessorCount), keepsGoing: how.keepsGoing,
            cause: how.cause, queuedAt: how.queuedAt, order: how.order)
    }

    /// The files that steps would read: of ingests that add rows the new ones only.
    func unread(_ sources: IngestSources) -> [DatasetName: SourceFiles] {
        var unread = sources.files
        for (name, news) in sources.news {
            guard let files = sources.files[name], let ingest = project.dataset(name)?.step.ingest else { continue }
            unread[name] = news.wanted(by: ingest, among: files)
        }
        return unread
    }

    /// Runs `body`, and throws what the store says as diagnostics.
    func storeErrors<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as StoreError {
            throw Diagnostics([Diagnostic(error)])
        }
    }
}
