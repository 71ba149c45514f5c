package import Project
package import Queries
package import Timetable

/// Project and store in, plan out. Does no I/O.
package struct Planner: Sendable {
    private let project: Project
    private let graph: Graph
    private let references: ProjectReferences
    let states: [DatasetName: DatasetState]
    private let foreign: [String: DatasetState]
    private let sources: [DatasetName: SourceSet]
    private let news: [DatasetName: SourceChanges]
    let partitionNews: [DatasetName: PartitionNews]
    let now: Int

    /// - Parameters:
    ///   - states: the live version of each dataset that has one.
    ///   - foreign: the newest version of the Delta tables outside of the store, by the path that the user wrote.
    ///   - sources: what the files of each ingest are now.
    ///   - news: for ingests that add or merge, what is new among their files. Only needed where `sources` differs from
    ///     what the live version was made from; without it, it stays open how many files are new.
    ///   - partitionNews: what is new about partitioned datasets.
    ///   - now: in milliseconds since 1970, which decides what partitions there are.
    package init(
        project: Project, graph: Graph, references: ProjectReferences, states: [DatasetName: DatasetState],
        foreign: [String: DatasetState] = [:], sources: [DatasetName: SourceSet],
        news: [DatasetName: SourceChanges] = [:], partitionNews: [DatasetName: PartitionNews] = [:], now: Int = 0
    ) {
        self.project = project
        self.graph = graph
        self.references = references
        self.states = states
        self.foreign = foreign
        self.sources = sources
        self.news = news
        self.partitionNews = partitionNews
        self.now = now
    }

    /// The steps of `selected` (nil means all), in order.
    /// - Parameters:
    ///   - forced: run them whether or not they are stale, and make them anew from all rows.
    ///   - madeBefore: what the run that is taken up again has made, and does not make again.
    ///   - partitions: what is asked for of partitioned datasets; of the others that is left to what is missing or stale.
    ///   - each: plan each step as if no other one ran, and its inputs stayed as they are.
    package func plan(
        selected: Set<DatasetName>? = nil, forced: Bool = false, madeBefore: Set<DatasetName> = [],
        partitions: [DatasetName: PartitionSet] = [:], each: Bool = false
    ) -> Plan {
        var planned: [DatasetName: Plan.Step] = [:]
        var steps: [Plan.Step] = []
        for name in graph.order {
            guard selected?.contains(name) ?? true, let dataset = project.dataset(name) else { continue }
            var step = self.step(for: dataset, forced: forced, asked: partitions[name], planned: planned)
            if madeBefore.contains(name), step.current != nil {
                step.action = .skip
                step.reasons = [.madeByThisRun]
            }
            if !each { planned[name] = step }
            steps.append(step)
        }
        return Plan(steps: steps)
    }

    private func step(
        for dataset: Dataset, forced: Bool, asked: PartitionSet?, planned: [DatasetName: Plan.Step]
    ) -> Plan.Step {
        let state = states[dataset.name]
        var step = Plan.Step(
            dataset: dataset.name, action: .run, reasons: [], fingerprint: Self.fingerprint(of: dataset),
            inputs: graph.inputs[dataset.name] ?? [], foreign: references.foreign[dataset.name] ?? [],
            current: state?.pinned, next: state?.pinned.version.next ?? Version(0), sources: sources[dataset.name])
        if let partitioning = dataset.partitioning {
            plan(&step, partitioning, since: state?.record, asked: asked, forced: forced, planned: planned)
            if step.reasons.isEmpty {
                step.reasons = [.upToDate]
                step.action = .skip
            }
            return step
        }
        guard let record = state?.record else {
            step.reasons = [.new]
            // Rows that another tool wrote are not for an append or a merge to throw away.
            if state != nil, !forced, dataset.mode != .replace { step.work = .continuing }
            return step
        }
        if !forced { step.work = work(of: dataset, since: record, planned: planned) }
        step.reasons = changes(of: step, dataset, since: record, planned: planned)
        if record.fingerprint != step.fingerprint {
            // What is there was made by the former definition and stays: a step that only adds takes the new one for
            // what comes next, and if nothing does there is nothing to make. Only a query that reads everything has
            // something to say at once.
            if step.isFullRefresh {
                step.reasons.insert(.definitionChanged, at: 0)
            } else if !step.reasons.isEmpty || (step.work == .continuing && dataset.step.ingest == nil) {
                step.reasons.insert(.definitionChangedFromNowOn, at: 0)
            }
        }
        if forced, step.reasons.isEmpty { step.reasons = [.forced] }
        if step.reasons.isEmpty {
            step.reasons = [.upToDate]
            step.action = .skip
        }
        return step
    }

    // MARK: What a step does

    /// What a step does that has made a version before.
    private func work(
        of dataset: Dataset, since record: VersionRecord, planned: [DatasetName: Plan.Step]
    ) -> Plan.Work {
        guard dataset.mode != .replace else { return .full }
        switch dataset.step {
        case .sql, .run:
            guard let input = dataset.incremental?.value, let seen = record.inputs[input] else { return .continuing }
            if dataset.onReplace == .fullRefresh, isReplaced(input, since: seen, planned: planned) { return .full }
            return .incremental(input, after: seen)
        case .ingest(let ingest):
            // Without a ledger nobody knows which files the rows came from, and adding all would double them.
            guard let path = ingest.delta?.value else { return record.ledger == nil ? .full : .continuing }
            guard let seen = self.seen(path, by: record) else { return .continuing }
            let isReplaced = foreign[path].map { $0.pinned.table != seen.table } ?? false
            return dataset.onReplace == .fullRefresh && isReplaced ? .full : .incrementalTable(path, after: seen)
        }
    }

    /// True when it is known beforehand that the rows of an input cannot be told from those that were read.
    private func isReplaced(
        _ input: DatasetName, since seen: PinnedVersion, planned: [DatasetName: Plan.Step]
    ) -> Bool {
        guard let state = states[input] else { return false }
        if let step = planned[input], step.action == .run, step.isFullRefresh { return true }
        return state.pinned.table != seen.table
    }

    private func seen(_ path: String, by record: VersionRecord) -> PinnedVersion? {
        record.seen(path, table: foreign[path]?.pinned.table)
    }

    // MARK: Why it does it

    private func changes(
        of step: Plan.Step, _ dataset: Dataset, since record: VersionRecord, planned: [DatasetName: Plan.Step]
    ) -> [Plan.Reason] {
        var reasons = fileChanges(of: step, dataset, since: record)
        for input in step.inputs {
            let isIncremental = if case .incremental(input, _) = step.work { true } else { false }
            if let reason = change(of: input, since: record.inputs[input], isIncremental, planned: planned) {
                reasons.append(reason)
            }
        }
        for path in step.foreign {
            if let reason = change(ofTable: path, dataset, step, since: record) { reasons.append(reason) }
        }
        return reasons
    }

    private func change(
        ofTable path: String, _ dataset: Dataset, _ step: Plan.Step, since record: VersionRecord
    ) -> Plan.Reason? {
        let seen = self.seen(path, by: record)
        let isIncremental = if case .incrementalTable = step.work { true } else { false }
        // An ingest of one version of a table has nothing else to wait for.
        if let ingest = dataset.step.ingest, let version = ingest.version.map({ Version($0) }) {
            guard seen?.version != version else { return nil }
            return .tableChanged(path, from: seen?.version, to: version, isIncremental: isIncremental)
        }
        guard let state = foreign[path] else { return nil }
        if let seen, state.isSeen(by: seen) { return nil }
        return .tableChanged(path, from: seen?.version, to: state.pinned.version, isIncremental: isIncremental)
    }

    private func fileChanges(of step: Plan.Step, _ dataset: Dataset, since record: VersionRecord) -> [Plan.Reason] {
        guard let ingest = dataset.step.ingest, let sources = step.sources, let before = record.sources,
            before.digest != sources.digest
        else { return [] }
        guard !step.isFullRefresh, let news = news[dataset.name] else {
            return [.filesChanged(from: before.files, to: sources.files)]
        }
        var reasons: [Plan.Reason] = []
        if news.new > 0 { reasons.append(.filesAdded(news.new)) }
        if news.changed > 0, ingest.changed != .ignore { reasons.append(.filesRewritten(news.changed)) }
        if news.vanished > 0, ingest.vanished != .ignore { reasons.append(.filesVanished(news.vanished)) }
        return reasons
    }

    /// What changed about an input: it has rows, when the step runs, that the version it was made from had not.
    private func change(
        of input: DatasetName, since seen: PinnedVersion?, _ isIncremental: Bool, planned: [DatasetName: Plan.Step]
    ) -> Plan.Reason? {
        if let step = planned[input], step.action == .run {
            return .inputChanged(input, from: seen?.version, to: step.next, isIncremental: isIncremental)
        }
        guard let state = states[input] else { return nil }
        if let seen {
            if state.isSeen(by: seen) { return nil }
            if state.pinned.table != seen.table { return .inputRemade(input) }
        }
        return .inputChanged(input, from: seen?.version, to: state.pinned.version, isIncremental: isIncremental)
    }

    /// What makes a step what it is. White space and comments of SQL are no part of it.
    package static func fingerprint(of dataset: Dataset) -> Fingerprint {
        var builder = Fingerprint.Builder()
        dataset.definition(into: &builder, normalise: SQLNormaliser.normalise)
        return builder.finish()
    }
}
