package import Project

/// What would run, in what order, and why: a value. `plan` prints it, `run` executes it.
package struct Plan: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        package var dataset: DatasetName
        package var action: Action
        /// Why it runs, or why it does not; never empty.
        package var reasons: [Reason]
        /// What the step's definition is now.
        package var fingerprint: Fingerprint
        /// What it reads, in the order of names.
        package var inputs: [DatasetName]
        /// The version that is live when the plan is made.
        package var current: PinnedVersion?
        /// The version that the step would publish.
        package var next: Version
        /// For an ingest the files that it would read.
        package var sources: SourceSet?

        package init(
            dataset: DatasetName, action: Action, reasons: [Reason], fingerprint: Fingerprint, inputs: [DatasetName],
            current: PinnedVersion?, next: Version, sources: SourceSet? = nil
        ) {
            self.dataset = dataset
            self.action = action
            self.reasons = reasons
            self.fingerprint = fingerprint
            self.inputs = inputs
            self.current = current
            self.next = next
            self.sources = sources
        }
    }

    package enum Action: String, Sendable, Equatable {
        case run, skip
    }

    /// Why a step runs or does not.
    package enum Reason: Sendable, Equatable {
        case new
        case definitionChanged
        case inputChanged(DatasetName, from: Version?, to: Version)
        case filesChanged(from: Int, to: Int)
        case forced
        case upToDate
    }

    /// In an order in which they can be made.
    package var steps: [Step]

    package init(steps: [Step]) { self.steps = steps }

    package var toRun: [Step] { steps.filter { $0.action == .run } }
    package var isUpToDate: Bool { toRun.isEmpty }

    package func step(_ name: DatasetName) -> Step? { steps.first { $0.dataset == name } }
}

extension Plan.Reason: CustomStringConvertible {
    /// The words that `plan` prints: `input flights_raw 3 → 4`.
    package var description: String {
        switch self {
        case .new: "new"
        case .definitionChanged: "definition changed"
        case .inputChanged(let name, let from?, let to): "input \(name) \(from) → \(to)"
        case .inputChanged(let name, nil, let to): "new input \(name) \(to)"
        case .filesChanged(let from, let to) where from == to: "files changed"
        case .filesChanged(let from, let to): "files changed (\(from) → \(to))"
        case .forced: "forced"
        case .upToDate: "up to date"
        }
    }
}
