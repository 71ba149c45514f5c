import DuckDB
import Engines
package import Feeds
import Foundation
package import Project
import Running
import Store

/// What an export wrote.
package struct ExportReport: Sendable {
    package var dataset: DatasetName
    package var version: Version
    package var files: [ExportedFile]

    package var rows: Int { files.reduce(0) { $0 + $1.rows } }
    package var bytes: Int { files.reduce(0) { $0 + $1.bytes } }
}

extension Workspace {
    /// Writes a feed, or a whole dataset, to training files. A folder (or a path that ends in `/`) gets a file for each
    /// split, if the dataset has splits and the feed does not choose one.
    /// - Parameters:
    ///   - target: a feed's name, or a dataset's with or without `@version`.
    ///   - path: where to, absolute or relative to the current folder; nil means a file beside the project.
    /// - Throws: `Diagnostics`.
    package func export(
        _ target: String, format: ExportFormat, to path: String?, force: Bool
    ) async throws -> ExportReport {
        let (name, query, snapshot, choosesSplit) = try await feedQuery(target)
        let path =
            URL(fileURLWithPath: path ?? project.root + "/\(name).\(format.rawValue)").path
            + (path?.hasSuffix("/") == true ? "/" : "")
        var isFolder: ObjCBool = false
        let toFolder =
            path.hasSuffix("/")
            || (FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue)
        var outputs: [(split: String?, path: String)] = [(nil, path)]
        if toFolder {
            let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
            let shares = choosesSplit ? [] : project.dataset(snapshot.name)?.splits?.shares.map(\.name) ?? []
            outputs =
                shares.isEmpty
                ? [(nil, "\(folder)/\(name).\(format.rawValue)")]
                : shares.map { ($0, "\(folder)/\(name)-\($0).\(format.rawValue)") }
        }
        do {
            let connection = try engine.database().connect()
            defer { connection.close() }
            let files = try TableSnapshot.reading([snapshot], on: connection) {
                try outputs.map {
                    try Exporter.write(
                        query.select(only: $0.split), format: format, to: $0.path, overwrite: force, on: connection)
                }
            }
            return ExportReport(dataset: snapshot.name, version: snapshot.pinned.version, files: files)
        } catch let error as Diagnostic {
            throw Diagnostics([error])
        } catch let error as StoreError {
            throw Diagnostics([Diagnostic(error)])
        } catch let error as DuckDBError where error.code != .internalError {
            throw Diagnostics([.error(error.message)])
        }
    }

    private func feedQuery(_ target: String) async throws -> (String, FeedQuery, TableSnapshot, Bool) {
        if let feed = project.feeds.first(where: { $0.name.value == target }) {
            let snapshot = try await snapshot(feed.dataset.value, at: feed.version)
            return (target, try FeedQuery(feed, of: snapshot), snapshot, feed.split != nil)
        }
        let parts = target.split(separator: "@", maxSplits: 1).map(String.init)
        guard let dataset = project.dataset(named: parts.first ?? ""), parts.count == 1 || VersionPin(parts[1]) != nil
        else {
            let names = project.feeds.map(\.name.value) + project.datasets.map(\.name.text)
            throw Diagnostics([
                .error(
                    "no feed or dataset '\(target)' in this project",
                    hint: Spelling.nearest(to: target, among: names).map { "did you mean '\($0)'?" }
                        ?? "'millrace list' names them all")
            ])
        }
        let snapshot = try await snapshot(dataset.name, at: parts.count > 1 ? VersionPin(parts[1]) : nil)
        return (dataset.name.text, FeedQuery(snapshot), snapshot, false)
    }

    private func snapshot(_ name: DatasetName, at version: VersionPin?) async throws -> TableSnapshot {
        try await storeErrors {
            guard try await store.head(of: name) != nil else {
                throw Diagnostics([.error("'\(name)' has no version yet", hint: "millrace run +\(name)")])
            }
            return try await store.snapshot(of: name, at: version)
        }
    }
}
