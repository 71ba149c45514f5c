package import Project
package import Timetable

/// Which partitions a command asks for, as given: keys, and ranges as `2026-03-04..2026-03-07`. None leaves it to what is
/// missing or stale.
package struct PartitionRequest: Sendable {
    package var texts: [String]

    package init(_ texts: [String] = []) { self.texts = texts }

    package var isEmpty: Bool { texts.isEmpty }

    /// What is asked for of each partitioned dataset among those that are selected.
    /// - Throws: `Diagnostics` for a text that is no partition of such a dataset, and when there is none.
    package func partitions(
        in project: Project, selected: Set<DatasetName>?
    ) throws(Diagnostics) -> [DatasetName: PartitionSet] {
        guard !isEmpty else { return [:] }
        var asked: [DatasetName: PartitionSet] = [:]
        var problems: [Diagnostic] = []
        for dataset in project.datasets where selected?.contains(dataset.name) ?? true {
            guard let partitioning = dataset.partitioning else { continue }
            do throws(Diagnostic) {
                asked[dataset.name] = try partitioning.partitions(named: texts, of: dataset.name)
            } catch {
                problems.append(error)
            }
        }
        if asked.isEmpty, problems.isEmpty {
            problems.append(
                .error(
                    "no dataset that is selected has partitions",
                    hint: "select one that has: millrace run --partition \(texts[0]) NAME"))
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return asked
    }
}

/// What is new about a partitioned dataset.
package struct PartitionNews: Sendable, Equatable {
    package struct Stale: Sendable, Equatable {
        package var partitions: PartitionSet
        package var cause: Plan.PartitionCause

        package init(_ partitions: PartitionSet, _ cause: Plan.PartitionCause) {
            self.partitions = partitions
            self.cause = cause
        }
    }

    /// For an ingest whose files are told apart by partition, those that have files; nil when any may have rows.
    package var available: PartitionSet?
    /// Partitions that are made, and no longer as they would be made now.
    package var stale: [Stale]

    package init(available: PartitionSet? = nil, stale: [Stale] = []) {
        self.available = available
        self.stale = stale
    }

    package static let nothing = PartitionNews()
}

extension Plan {
    /// The partitions that a step makes.
    package struct Partitions: Sendable, Equatable {
        package var making: PartitionSet
        /// All that there are to make, made or not.
        package var due: PartitionSet
        /// Whether the step also makes those that its inputs' changes concern, as far as that is only known when they
        /// are made. Not when partitions were asked for.
        package var follows: Bool
        /// Whether nothing stays of what is there.
        package var isAnew: Bool

        package init(making: PartitionSet, due: PartitionSet, follows: Bool, isAnew: Bool = false) {
            self.making = making
            self.due = due
            self.follows = follows
            self.isAnew = isAnew
        }
    }

    /// Why partitions are made.
    package enum PartitionCause: Sendable, Equatable {
        case missing
        case asked
        case forced
        case inputChanged(DatasetName, from: Version?, to: Version)
        case tableChanged(String, from: Version?, to: Version)
        case filesChanged
    }
}

extension Plan.PartitionCause: CustomStringConvertible {
    package var description: String {
        func change(_ what: String, _ from: Version?, _ to: Version) -> String {
            from.map { "\(what) \($0) → \(to)" } ?? "new \(what) \(to)"
        }
        return switch self {
        case .missing: "missing"
        case .asked: "asked for"
        case .forced: "all anew"
        case .inputChanged(let name, let from, let to): change("input \(name)", from, to)
        case .tableChanged(let path, let from, let to): change("table \(path)", from, to)
        case .filesChanged: "files changed"
        }
    }
}
