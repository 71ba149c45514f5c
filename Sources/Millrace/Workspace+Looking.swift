import Foundation
import Ingesting
package import Planning
package import Project
import Queries
import Running
package import Store
package import Timetable

/// A dataset in a list.
package struct DatasetListing: Sendable {
    package var name: DatasetName
    /// `ingest` or `sql`.
    package var kind: String
    package var description: String?
    package var tags: [String]
    package var version: Version?
    package var rows: Int?
    package var bytes: Int?
    /// When the version was published, in milliseconds since 1970.
    package var published: Int?
    package var quarantined: Int?
    /// `new`, `stale` or `up to date`.
    package var state: String
    /// Of a dataset that is made part by part how many partitions are made, and how many there are to make.
    package var partitions: (made: Int, due: Int)?
}

/// Everything about a version of a dataset.
package struct DatasetDescription: Sendable {
    package struct Column: Sendable {
        package var name: String
        package var type: String
        package var description: String?
    }

    package struct Quarantine: Sendable {
        package var name: DatasetName
        package var version: Version
        package var rows: Int?
        /// The folder, or its URL.
        package var location: String
    }

    /// The partitions of a dataset that is made part by part.
    package struct Partitions: Sendable {
        /// `day of date`, `values of country`.
        package var scheme: String
        /// Those that are made in the version.
        package var made: PartitionSet
        /// Those that there are to make, and that it has not.
        package var missing: PartitionSet
        /// Those of `made` that an earlier definition made.
        package var outdated: PartitionSet
    }

    package var name: DatasetName
    package var kind: String
    package var description: String?
    package var tags: [String]
    /// The file that defines it.
    package var definedIn: String
    package var needs: [DatasetName]
    package var neededFor: [DatasetName]
    /// How a run's rows become a version: `replace`, `append` or `merge`.
    package var mode: String
    /// The input of which a run sees only what is new.
    package var incremental: DatasetName?
    /// How the columns may change, as the project says; nil when it says nothing.
    package var schemaPolicy: String?
    package var partitionBy: [String]
    /// Nil for a dataset that is made as a whole.
    package var partitions: Partitions?
    /// The folder, or its URL.
    package var location: String
    /// Empty before the first version.
    package var columns: [Column]
    package var key: [String]
    package var version: Version?
    /// The live version; nil before the first.
    package var liveVersion: Version?
    /// The names of versions.
    package var versionTags: [TagListing]
    package var published: Int?
    /// What made the version, if that was not a run: `OPTIMIZE`, `RESTORE`, ….
    package var upkeep: String?
    package var rows: Int?
    package var bytes: Int?
    package var files: TableSnapshot.Files
    package var record: VersionRecord?
    package var quarantine: Quarantine?

    /// How many versions were published so far.
    package var versionCount: Int { liveVersion.map { $0.number + 1 } ?? 0 }
}

/// A version in a dataset's history.
package struct HistoryItem: Sendable {
    package var version: Version
    /// In milliseconds since 1970.
    package var published: Int?
    package var operation: String
    /// The upkeep that made the version, whose record is then that of a version before; nil for a run's own.
    package var upkeep: String?
    package var record: VersionRecord?
    /// Who wrote it, when it was not Millrace.
    package var engine: String?
    package var rowsAdded: Int?
    package var rowsRemoved: Int?
    package var bytes: Int
    package var files: Int
    package var filesRemoved: Int
    /// The names that were given to the version.
    package var tags: [String]
}

extension Workspace {
    /// The datasets selected, in the order of their names.
    package func list(_ selection: Selection) async throws -> [DatasetListing] {
        let plan = try await plan(selection, forced: false)
        var listings: [DatasetListing] = []
        for step in plan.steps.sorted(by: { $0.dataset < $1.dataset }) {
            guard let dataset = project.dataset(step.dataset) else { continue }
            var listing = DatasetListing(
                name: dataset.name, kind: dataset.step.kind, description: dataset.description, tags: dataset.tags,
                state: step.current == nil ? "new" : step.action == .run ? "stale" : "up to date")
            if let partitioning = dataset.partitioning {
                let due = partitioning.due(at: now())
                listing.partitions = (0, due.count)
            }
            if step.current != nil {
                let snapshot = try await storeErrors { try await store.snapshot(of: dataset.name) }
                let entry = try await storeErrors { try await store.history(of: dataset.name, limit: 1) }.first
                listing.version = snapshot.pinned.version
                listing.rows = snapshot.rowCount
                listing.bytes = snapshot.bytes
                listing.quarantined = entry?.record?.rows.quarantined
                listing.published = entry?.time
                listing.partitions?.made = entry?.record?.partitions?.partitions.count ?? 0
            }
            listings.append(listing)
        }
        return listings
    }

    /// A dataset's live version, or the one asked for.
    /// - Throws: `Diagnostics` when there is no such dataset or version.
    package func describe(_ name: String, at pin: VersionPin? = nil) async throws -> DatasetDescription {
        let dataset = try dataset(named: name)
        let analysis = try analyseSound()
        save(analysis.cache)
        var found = DatasetDescription(
            name: dataset.name, kind: dataset.step.kind, description: dataset.description, tags: dataset.tags,
            definedIn: dataset.step.sql?.file.path ?? dataset.span.file.path,
            needs: analysis.graph.inputs[dataset.name] ?? [],
            neededFor: (analysis.graph.dependents[dataset.name] ?? []).sorted(), mode: dataset.mode.rawValue,
            incremental: dataset.incremental?.value, schemaPolicy: dataset.schema?.rawValue,
            partitionBy: dataset.partitionBy.map(\.value), location: store.location(of: dataset.name), columns: [],
            key: dataset.key.map(\.value), versionTags: [], files: [])
        try await storeErrors {
            let live = try await store.head(of: dataset.name)?.pinned.version
            guard live != nil || pin != nil else { return }
            let snapshot = try await store.snapshot(of: dataset.name, at: pin)
            found.columns = snapshot.columns.map {
                .init(name: $0.name, type: $0.duckDBType, description: $0.description)
            }
            found.version = snapshot.pinned.version
            found.liveVersion = live
            found.partitionBy = snapshot.partitionColumns
            found.rows = snapshot.rowCount
            found.bytes = snapshot.bytes
            found.files = snapshot.files
            let entry = try await store.entry(of: dataset.name, at: snapshot.pinned.version)
            found.published = entry?.time
            found.record = entry?.record
            found.upkeep = entry?.upkeep
            if let version = entry?.record?.quarantine {
                let rows = try? await store.snapshot(of: dataset.name.quarantine, at: version).rowCount
                found.quarantine = .init(
                    name: dataset.name.quarantine, version: version, rows: rows,
                    location: store.location(of: dataset.name.quarantine))
            }
        }
        found.partitions = partitions(of: dataset, made: found.record?.partitions)
        if found.liveVersion != nil { found.versionTags = try await tags(of: dataset.name.text) }
        return found
    }

    private func partitions(of dataset: Dataset, made record: PartitionRecord?) -> DatasetDescription.Partitions? {
        guard let partitioning = dataset.partitioning else { return nil }
        var due = partitioning.due(at: now())
        if let ingest = dataset.step.ingest, ingest.namesPartitions {
            let (files, _) = SourceFiles.find(ingest, of: dataset.name, in: project.root)
            if let found = PartitionedFiles(files, ingest, partitioning, in: project.root) {
                due = due.intersection(found.partitions)
            }
        }
        let none = PartitionSet(emptyLike: due)
        let made = (record?.partitions).flatMap { $0.isLike(due) ? $0 : nil } ?? none
        let fingerprint = Planner.fingerprint(of: dataset)
        let outdated = (record?.made ?? []).filter { $0.origin.fingerprint != fingerprint }
        return DatasetDescription.Partitions(
            scheme: "\(partitioning.period?.rawValue ?? "values") of \(partitioning.column.value)", made: made,
            missing: due.subtracting(made),
            outdated: outdated.reduce(none) { $0.union($1.partitions) }.intersection(made))
    }

    /// A dataset's newest versions, the newest first.
    /// - Parameter limit: how many at most.
    /// - Returns: the versions, and whether there are older ones.
    package func history(_ name: String, limit: Int) async throws -> (items: [HistoryItem], hasMore: Bool) {
        let dataset = try dataset(named: name)
        let entries = try await storeErrors { try await store.history(of: dataset.name, limit: limit + 1) }
        guard !entries.isEmpty else { return ([], false) }
        let tags = Dictionary(grouping: try await self.tags(of: dataset.name.text), by: \.version)
        let items = entries.prefix(limit).map { entry in
            HistoryItem(
                version: entry.version, published: entry.time, operation: entry.operation ?? "?", upkeep: entry.upkeep,
                record: entry.record, engine: entry.engine, rowsAdded: entry.rowsAdded, rowsRemoved: entry.rowsRemoved,
                bytes: entry.bytesAdded, files: entry.filesAdded, filesRemoved: entry.filesRemoved,
                tags: (tags[entry.version] ?? []).map(\.tag))
        }
        return (items, entries.count > limit)
    }

    /// The partitions that a dataset's live version has.
    package func madePartitions(of name: DatasetName) async throws -> [PartitionSet] {
        try await storeErrors { try await store.head(of: name)?.record?.partitions?.made.map(\.partitions) ?? [] }
    }

    /// The tables that the store has, those of refused rows and of source files among them.
    /// - Throws: `Diagnostics` when it cannot be reached or read.
    package func storedTables() async throws -> [DatasetName] {
        try await storeErrors { try await store.datasets() }
    }
}
