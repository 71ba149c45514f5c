package import Ingesting
package import Planning
package import Project
package import Store
import Timetable

/// Finds out which partitions that are made are no longer as they would be made now.
package struct PartitionReader: Sendable {
    /// What a partitioned dataset reads, as it is now.
    package struct Inputs: Sendable {
        package var datasets: [DatasetName: DatasetState]
        package var foreign: [String: DatasetState]
        package var files: SourceFiles?

        package init(
            datasets: [DatasetName: DatasetState], foreign: [String: DatasetState], files: SourceFiles?
        ) {
            self.datasets = datasets
            self.foreign = foreign
            self.files = files
        }
    }

    private let project: Project
    private let store: DatasetStore

    package init(project: Project, store: DatasetStore) {
        self.project = project
        self.store = store
    }

    /// - Parameters:
    ///   - live: the dataset's live version; nil when there is none.
    ///   - record: its record.
    package func news(
        of dataset: Dataset, _ partitioning: Partitioning, live: PinnedVersion?, record: VersionRecord?,
        _ inputs: Inputs
    ) async throws -> PartitionNews {
        var news = PartitionNews()
        let files = files(of: dataset, partitioning, inputs)
        news.available = files?.partitions
        guard let live, let record = record?.partitions, record.run.period == partitioning.period else { return news }
        let listed = inputs.files?.summary.digest
        for made in record.made {
            for stale in try await stale(made, by: partitioning.column.value, inputs) { news.add(stale) }
            if files == nil, let listed, made.origin.files != listed {
                news.add(PartitionNews.Stale(made.partitions, .filesChanged))
            }
        }
        if let files, record.made.contains(where: { $0.origin.files != listed }) {
            let changed = try await changed(files, in: dataset.name, at: live, record)
            news.add(PartitionNews.Stale(changed.intersection(record.partitions), .filesChanged))
        }
        return news
    }

    private func files(of dataset: Dataset, _ partitioning: Partitioning, _ inputs: Inputs) -> PartitionedFiles? {
        guard let files = inputs.files, let ingest = dataset.step.ingest else { return nil }
        return PartitionedFiles(files, ingest, partitioning, in: project.root)
    }

    /// Partitions that were made together and that something new about an input concerns.
    private func stale(
        _ made: PartitionRecord.Made, by column: String, _ inputs: Inputs
    ) async throws -> [PartitionNews.Stale] {
        var found: [PartitionNews.Stale] = []
        for (name, seen) in made.origin.inputs.sorted(by: { $0.key < $1.key }) {
            guard let state = inputs.datasets[name], !state.isSeen(by: seen) else { continue }
            let change = try await store.changedPartitions(
                of: name, since: seen, through: state.pinned, by: column, like: made.partitions)
            let from = seen.table == state.pinned.table ? seen.version : nil
            found.append(
                PartitionNews.Stale(
                    change.among(made.partitions), .inputChanged(name, from: from, to: state.pinned.version)))
        }
        for (path, seen) in (made.origin.foreign ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let state = inputs.foreign[path], !state.isSeen(by: seen) else { continue }
            found.append(
                PartitionNews.Stale(
                    made.partitions, .tableChanged(path, from: seen.version, to: state.pinned.version)))
        }
        return found
    }

    /// The partitions whose files are others than those that they were made from. Those whose files are all gone stay as
    /// they are.
    private func changed(
        _ files: PartitionedFiles, in name: DatasetName, at live: PinnedVersion, _ record: PartitionRecord
    ) async throws -> PartitionSet {
        let seen = try await store.partitionSources(of: name, at: live.version)
            .merging(record.withoutRows ?? [:]) { $1 }
        let keys = files.digests.filter { seen[$0.key] != $0.value }.map(\.key)
        return PartitionSet(texts: keys, by: record.run.period) ?? PartitionSet(emptyLike: record.run)
    }
}

extension PartitionNews {
    fileprivate mutating func add(_ more: Stale) {
        guard !more.partitions.isEmpty else { return }
        if let index = stale.firstIndex(where: { $0.cause == more.cause }) {
            stale[index].partitions = stale[index].partitions.union(more.partitions)
        } else {
            stale.append(more)
        }
    }
}
