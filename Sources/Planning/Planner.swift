package import Project
package import Queries

/// What the store says about a dataset.
package struct DatasetState: Sendable {
    /// The live version.
    package var pinned: PinnedVersion
    /// How it was made; nil when another tool made it.
    package var record: VersionRecord?

    package init(pinned: PinnedVersion, record: VersionRecord?) {
        self.pinned = pinned
        self.record = record
    }
}

/// Project and store in, plan out. Does no I/O.
package struct Planner: Sendable {
    private let project: Project
    private let graph: Graph
    private let references: ProjectReferences
    private let states: [DatasetName: DatasetState]
    private let sources: [DatasetName: SourceSet]

    /// - Parameters:
    ///   - states: the live version of each dataset that has one.
    ///   - sources: what the files of each ingest are now.
    package init(
        project: Project, graph: Graph, references: ProjectReferences, states: [DatasetName: DatasetState],
        sources: [DatasetName: SourceSet]
    ) {
        self.project = project
        self.graph = graph
        self.references = references
        self.states = states
        self.sources = sources
    }

    /// The steps of `selected` (nil means all), in order.
    /// - Parameter forced: run them whether or not they are stale.
    package func plan(selected: Set<DatasetName>? = nil, forced: Bool = false) -> Plan {
        var planned: [DatasetName: Plan.Step] = [:]
        var steps: [Plan.Step] = []
        for name in graph.order {
            guard selected?.contains(name) ?? true, let dataset = project.dataset(name) else { continue }
            let step = self.step(for: dataset, forced: forced, planned: planned)
            planned[name] = step
            steps.append(step)
        }
        return Plan(steps: steps)
    }

    private func step(for dataset: Dataset, forced: Bool, planned: [DatasetName: Plan.Step]) -> Plan.Step {
        let state = states[dataset.name]
        let fingerprint = Self.fingerprint(of: dataset)
        let inputs = graph.inputs[dataset.name] ?? []
        var reasons: [Plan.Reason] = []
        if let record = state?.record {
            if record.fingerprint != fingerprint { reasons.append(.definitionChanged) }
            if let sources = sources[dataset.name], let before = record.sources, before.digest != sources.digest {
                reasons.append(.filesChanged(from: before.files, to: sources.files))
            }
            for input in inputs {
                if let reason = change(of: input, since: record.inputs[input], planned: planned) {
                    reasons.append(reason)
                }
            }
        } else {
            reasons.append(.new)
        }
        if forced, reasons.isEmpty { reasons.append(.forced) }
        return Plan.Step(
            dataset: dataset.name, action: reasons.isEmpty ? .skip : .run,
            reasons: reasons.isEmpty ? [.upToDate] : reasons,
            fingerprint: fingerprint, inputs: inputs, current: state?.pinned,
            next: state?.pinned.version.next ?? Version(0), sources: sources[dataset.name])
    }

    /// What changed about an input: the version that stands when the step runs differs from the one it was made from.
    private func change(
        of input: DatasetName, since pinned: PinnedVersion?, planned: [DatasetName: Plan.Step]
    ) -> Plan.Reason? {
        if let step = planned[input], step.action == .run {
            return .inputChanged(input, from: pinned?.version, to: step.next)
        }
        guard let now = states[input]?.pinned, now != pinned else { return nil }
        return .inputChanged(input, from: pinned?.version, to: now.version)
    }

    /// What makes a step what it is. White space and comments of SQL are no part of it.
    package static func fingerprint(of dataset: Dataset) -> Fingerprint {
        var builder = Fingerprint.Builder()
        dataset.definition(into: &builder, normalise: SQLNormaliser.normalise)
        return builder.finish()
    }
}
