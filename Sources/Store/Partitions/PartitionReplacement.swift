import DeltaLog
package import Timetable

/// Which rows of a table a publication takes out: those of some partitions.
package struct PartitionReplacement: Sendable, Hashable {
    package var partitions: PartitionSet
    /// The column that says to which partition a row belongs.
    package var column: String
    /// Whether rows go as well that belong to no partition, as a quarantine has them.
    package var replacesStrays: Bool

    package init(_ partitions: PartitionSet, by column: String, replacesStrays: Bool = false) {
        self.partitions = partitions
        self.column = column
        self.replacesStrays = replacesStrays
    }
}

extension AddFile {
    /// The tag of files that only have rows of one partition, or of a range of partitions; its value tells which. Of
    /// files with rows that belong to none it is empty.
    static let partitionTag = "millrace.partition"

    /// The tag of files of one partition that tells a digest of the source files that it was made from.
    static let sourcesTag = "millrace.sources"

    var partitionTags: [String: String?] {
        tags.filter { $0.key == Self.partitionTag || $0.key == Self.sourcesTag }
    }
}

extension PartitionReplacement {
    enum Verdict {
        case stays, goes
        /// Its rows have to be looked at.
        case inPart
    }

    /// What happens to a live file.
    func verdict(on file: AddFile, _ predicate: FilePredicate, _ metadata: Metadata) -> Verdict {
        if let tag = file.tags[AddFile.partitionTag] ?? nil {
            if tag.isEmpty, replacesStrays { return .goes }
            // What belonged nowhere may belong to a partition that came later.
            if !tag.isEmpty, let held = PartitionSet(texts: [tag], by: partitions.period) {
                return held.isDisjoint(with: partitions) ? .stays : held.isSubset(of: partitions) ? .goes : .inPart
            }
        }
        let mayMatch = predicate.mayMatch(
            partitionValues: file.partitionValues, statistics: file.statistics, metadata: metadata)
        return mayMatch ? .inPart : .stays
    }
}
