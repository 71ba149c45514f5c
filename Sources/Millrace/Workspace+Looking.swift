import Foundation
package import Planning
package import Project
import Queries
import Running
import Store

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
        /// An absolute folder.
        package var location: String
    }

    package var name: DatasetName
    package var kind: String
    package var description: String?
    package var tags: [String]
    /// The file that defines it.
    package var definedIn: String
    package var needs: [DatasetName]
    package var neededFor: [DatasetName]
    /// An absolute folder.
    package var location: String
    /// Empty before the first version.
    package var columns: [Column]
    package var key: [String]
    package var version: Version?
    package var versionCount: Int
    package var published: Int?
    package var rows: Int?
    package var bytes: Int?
    /// Absolute paths.
    package var files: [String]
    package var record: VersionRecord?
    package var quarantine: Quarantine?
}

/// A version in a dataset's history.
package struct HistoryItem: Sendable {
    package var version: Version
    /// In milliseconds since 1970.
    package var published: Int?
    package var operation: String
    package var record: VersionRecord?
    /// Who wrote it, when it was not Millrace.
    package var engine: String?
    package var rowsAdded: Int?
    package var rowsRemoved: Int?
    package var bytes: Int
    package var files: Int
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
            if step.current != nil {
                let snapshot = try await storeErrors { try await store.snapshot(of: dataset.name) }
                let entry = try await storeErrors { try await store.history(of: dataset.name) }.first
                listing.version = snapshot.pinned.version
                listing.rows = snapshot.rowCount
                listing.bytes = snapshot.bytes
                listing.quarantined = entry?.record?.rows.quarantined
                listing.published = entry?.time
            }
            listings.append(listing)
        }
        return listings
    }

    /// A dataset's live version, or the one asked for.
    /// - Throws: `Diagnostics` when there is no such dataset or version.
    package func describe(_ name: String, version: Version? = nil) async throws -> DatasetDescription {
        let dataset = try dataset(named: name)
        let analysis = try analyseSound()
        var found = DatasetDescription(
            name: dataset.name, kind: dataset.step.kind, description: dataset.description, tags: dataset.tags,
            definedIn: dataset.step.sql?.file.path ?? dataset.span.file.path,
            needs: analysis.graph.inputs[dataset.name] ?? [],
            neededFor: (analysis.graph.dependents[dataset.name] ?? []).sorted(),
            location: store.location.folder + "/" + dataset.name.text, columns: [], key: dataset.key.map(\.value),
            versionCount: 0, files: [])
        try await storeErrors {
            let history = try await store.history(of: dataset.name)
            guard !history.isEmpty || version != nil else { return }
            let snapshot = try await store.snapshot(of: dataset.name, at: version)
            found.columns = snapshot.columns.map {
                .init(name: $0.name, type: $0.duckDBType, description: $0.description)
            }
            found.version = snapshot.pinned.version
            found.versionCount = history.count
            found.rows = snapshot.rowCount
            found.bytes = snapshot.bytes
            found.files = snapshot.files.map(\.path)
            let entry = history.first { $0.version == snapshot.pinned.version }
            found.published = entry?.time
            found.record = entry?.record
            if let version = entry?.record?.quarantine {
                let rows = try? await store.snapshot(of: dataset.name.quarantine, at: version).rowCount
                found.quarantine = .init(
                    name: dataset.name.quarantine, version: version, rows: rows,
                    location: store.location.folder + "/" + dataset.name.quarantine.text)
            }
        }
        return found
    }

    /// A dataset's versions, the newest first.
    package func history(_ name: String) async throws -> [HistoryItem] {
        let dataset = try dataset(named: name)
        let entries = try await storeErrors { try await store.history(of: dataset.name) }
        return entries.sorted { $0.version > $1.version }.map { entry in
            HistoryItem(
                version: entry.version, published: entry.time, operation: entry.operation ?? "?", record: entry.record,
                engine: entry.engine, rowsAdded: entry.rowsAdded, rowsRemoved: entry.rowsRemoved,
                bytes: entry.bytesAdded, files: entry.filesAdded)
        }
    }

    private func dataset(named name: String) throws -> Dataset {
        if let dataset = project.dataset(named: name) { return dataset }
        let near = Spelling.nearest(to: name, among: project.datasets.map(\.name.text))
        throw Diagnostics([
            .error(
                "no dataset '\(name)' in this project",
                hint: near.map { "did you mean '\($0)'?" } ?? "'millrace list' names them all")
        ])
    }
}
