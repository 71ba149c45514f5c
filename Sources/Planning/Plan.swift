package import Project
package import Timetable

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
        /// The Delta tables outside of the store that it reads, as the user wrote their paths.
        package var foreign: [String]
        /// What it sees of all that, and what becomes of the rows that are there.
        package var work: Work
        /// The version that is live when the plan is made.
        package var current: PinnedVersion?
        /// The version that the step would publish.
        package var next: Version
        /// For an ingest the files that it would read.
        package var sources: SourceSet?
        /// The partitions that it makes; nil for a dataset that is made as a whole.
        package var partitions: Partitions?

        package init(
            dataset: DatasetName, action: Action, reasons: [Reason], fingerprint: Fingerprint, inputs: [DatasetName],
            foreign: [String] = [], work: Work = .full, current: PinnedVersion?, next: Version,
            sources: SourceSet? = nil, partitions: Partitions? = nil
        ) {
            self.dataset = dataset
            self.action = action
            self.reasons = reasons
            self.fingerprint = fingerprint
            self.inputs = inputs
            self.foreign = foreign
            self.work = work
            self.current = current
            self.next = next
            self.sources = sources
            self.partitions = partitions
        }

        /// True when the rows that it makes take the place of all that are there.
        package var isFullRefresh: Bool { work == .full }
    }

    package enum Action: String, Sendable, Equatable {
        case run, skip
    }

    package enum Work: Sendable, Equatable {
        /// It reads everything, and its rows take the place of all that are there.
        case full
        /// Its rows are added to those that are there, or merged into them. A query reads everything, an ingest the
        /// files that are new.
        case continuing
        /// As `continuing`, but of one input it reads only the rows that were added after a version.
        case incremental(DatasetName, after: PinnedVersion)
        /// An ingest of a Delta table: the rows that were added to it after a version.
        case incrementalTable(String, after: PinnedVersion)
        /// Its rows take the place of those of the partitions that it makes.
        case partitions
    }

    /// Why a step runs or does not.
    package enum Reason: Sendable, Equatable {
        case new
        case definitionChanged
        /// The rows that are there stay as the former definition made them.
        case definitionChangedFromNowOn
        /// `isIncremental`: of this input the step reads what was added.
        case inputChanged(DatasetName, from: Version?, to: Version, isIncremental: Bool = false)
        /// The input's table was deleted and made again.
        case inputRemade(DatasetName)
        /// A Delta table outside of the store, by the path that the user wrote.
        case tableChanged(String, from: Version?, to: Version, isIncremental: Bool = false)
        case filesChanged(from: Int, to: Int)
        /// For an ingest that adds: how many files it has not read yet, …
        case filesAdded(Int)
        /// … how many have other contents than those that it read, …
        case filesRewritten(Int)
        /// … and how many are gone.
        case filesVanished(Int)
        /// Of a partitioned dataset, partitions that it makes, and why.
        case partitions(PartitionSet, PartitionCause)
        case forced
        case upToDate
        /// The run that is taken up again made it before it was interrupted.
        case madeByThisRun
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
        case .definitionChangedFromNowOn: "definition changed (from now on; --full-refresh rebuilds)"
        case .inputChanged(let name, let from, let to, let isIncremental):
            Self.change(of: "input \(name)", from: from, to: to, isIncremental)
        case .inputRemade(let name): "input \(name) made anew"
        case .tableChanged(let path, let from, let to, let isIncremental):
            Self.change(of: "table \(path)", from: from, to: to, isIncremental)
        case .filesChanged(let from, let to) where from == to: "files changed"
        case .filesChanged(let from, let to): "files changed (\(from) → \(to))"
        case .filesAdded(let count): "\(count) new \(Self.files(count))"
        case .filesRewritten(let count): "\(count) changed \(Self.files(count))"
        case .filesVanished(let count): "\(count) vanished \(Self.files(count))"
        case .partitions(let partitions, let cause): "\(partitions): \(cause)"
        case .forced: "forced"
        case .upToDate: "up to date"
        case .madeByThisRun: "made before the run was interrupted"
        }
    }

    private static func change(of what: String, from: Version?, to: Version, _ isIncremental: Bool) -> String {
        let versions = from.map { "\(what) \($0) → \(to)" } ?? "new \(what) \(to)"
        return isIncremental ? versions + " (incremental)" : versions
    }

    private static func files(_ count: Int) -> String { count == 1 ? "file" : "files" }
}
