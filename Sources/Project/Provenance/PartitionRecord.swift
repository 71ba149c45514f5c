package import Timetable

/// What a version of a partitioned dataset says about its partitions: which are made, by which definition, and from
/// what. Each version says it of all partitions, so that the newest one alone tells what is missing or stale.
package struct PartitionRecord: Codable, Sendable, Equatable {
    /// What partitions were made by and from.
    package struct Origin: Codable, Sendable, Hashable {
        package var fingerprint: Fingerprint
        /// They are as if they had been made from these versions: what came between these and the ones that were really
        /// read does not concern them.
        package var inputs: [DatasetName: PinnedVersion]
        package var foreign: [String: PinnedVersion]?
        /// Of an ingest's files, all together.
        package var files: Fingerprint?

        package init(
            fingerprint: Fingerprint, inputs: [DatasetName: PinnedVersion] = [:],
            foreign: [String: PinnedVersion]? = nil, files: Fingerprint? = nil
        ) {
            self.fingerprint = fingerprint
            self.inputs = inputs
            self.foreign = foreign
            self.files = files
        }
    }

    package struct Made: Codable, Sendable, Equatable {
        package var partitions: PartitionSet
        package var origin: Origin

        package init(partitions: PartitionSet, origin: Origin) {
            self.partitions = partitions
            self.origin = origin
        }
    }

    /// The partitions that the version's own run made.
    package var run: PartitionSet
    /// Whether that run's rows took the place of all that were there.
    package var isWhole: Bool
    /// All that are made; no partition twice.
    package var made: [Made]
    /// For partitions that have files but no rows, the digests of those files.
    package var withoutRows: [String: String]?

    package init(run: PartitionSet, isWhole: Bool, made: [Made], withoutRows: [String: String]? = nil) {
        self.run = run
        self.isWhole = isWhole
        self.made = made
        self.withoutRows = withoutRows
    }

    /// Every partition that is made.
    package var partitions: PartitionSet {
        made.reduce(PartitionSet(emptyLike: run)) { $0.union($1.partitions) }
    }
}

/// What a run of some partitions does to the record, whatever other runs did to it meanwhile.
package struct PartitionUpdate: Sendable, Equatable {
    /// The partitions that the run makes.
    package var partitions: PartitionSet
    package var origin: PartitionRecord.Origin
    package var isWhole: Bool
    /// What the run found to be made and not concerned by anything new: it counts as made from the same versions.
    package var confirmed: [PartitionRecord.Made]
    /// For partitions of the run that have files but no rows, the digests of those files.
    package var withoutRows: [String: String]

    package init(
        partitions: PartitionSet, origin: PartitionRecord.Origin, isWhole: Bool,
        confirmed: [PartitionRecord.Made] = [], withoutRows: [String: String] = [:]
    ) {
        self.partitions = partitions
        self.origin = origin
        self.isWhole = isWhole
        self.confirmed = confirmed
        self.withoutRows = withoutRows
    }

    /// So many origins are told apart: more would make each commit large.
    static let mostOrigins = 24

    /// The record of the version that follows one with a record.
    package func record(after before: PartitionRecord?) -> PartitionRecord {
        var record = PartitionRecord(run: partitions, isWhole: isWhole, made: [])
        let kept = isWhole ? [] : (before?.made ?? []).filter { $0.partitions.isLike(partitions) }
        for entry in kept {
            var rest = entry.partitions.subtracting(partitions)
            for sure in confirmed where sure.origin == entry.origin {
                let same = rest.intersection(sure.partitions)
                var origin = origin
                origin.fingerprint = entry.origin.fingerprint
                record.add(same, origin)
                rest = rest.subtracting(same)
            }
            record.add(rest, entry.origin)
        }
        record.add(partitions, origin)
        record.bound(to: Self.mostOrigins)
        var empty = isWhole ? [:] : before?.withoutRows ?? [:]
        for key in empty.keys where partitions.contains(PartitionKey(key)) { empty[key] = nil }
        empty.merge(withoutRows) { $1 }
        record.withoutRows = empty.isEmpty ? nil : empty
        return record
    }
}

extension PartitionRecord {
    fileprivate mutating func add(_ partitions: PartitionSet, _ origin: Origin) {
        guard !partitions.isEmpty else { return }
        if let index = made.firstIndex(where: { $0.origin == origin }) {
            made[index].partitions = made[index].partitions.union(partitions)
        } else {
            made.append(Made(partitions: partitions, origin: origin))
        }
    }

    /// Puts the oldest entries together. What they have not in common counts as older than it is, or as not known, and
    /// then some partitions are made once more than they need be.
    fileprivate mutating func bound(to limit: Int) {
        while made.count > limit, made.count > 1 {
            let (first, second) = (made.removeFirst(), made.removeFirst())
            made.insert(
                Made(
                    partitions: first.partitions.union(second.partitions), origin: first.origin.common(second.origin)),
                at: 0)
        }
    }
}

extension PartitionRecord.Origin {
    fileprivate func common(_ other: Self) -> Self {
        // A version of no table: whatever comes is new.
        let unknown = PinnedVersion(version: Version(0), table: "")
        func older(_ first: PinnedVersion, _ second: PinnedVersion) -> PinnedVersion {
            guard first.table == second.table else { return unknown }
            return first.version < second.version ? first : second
        }
        var common = self
        common.inputs.merge(other.inputs) { older($0, $1) }
        if let theirs = other.foreign { common.foreign = (foreign ?? [:]).merging(theirs) { older($0, $1) } }
        if files != other.files { common.files = nil }
        return common
    }
}

/// Which partitions something new concerns.
package enum PartitionChange: Sendable, Equatable {
    case some(PartitionSet)
    /// All, or nobody can tell which.
    case all

    package func union(_ other: PartitionChange) -> PartitionChange {
        guard case .some(let mine) = self, case .some(let others) = other else { return .all }
        return .some(mine.union(others))
    }

    /// Those of `partitions` that it concerns.
    package func among(_ partitions: PartitionSet) -> PartitionSet {
        switch self {
        case .all: partitions
        case .some(let some): partitions.intersection(some)
        }
    }
}
