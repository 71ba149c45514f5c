import DuckDB
import Engines
package import Project
import Queries
import Store

/// What a version was made from, and what that was made from, down to files.
package struct InputTree: Sendable {
    package struct File: Sendable {
        /// As the ledger has it: from the project's folder, or absolute.
        package var path: String
        package var bytes: Int
        /// When the file was last changed, in nanoseconds since 1970.
        package var modified: Int
        /// The SHA-256 of a small file's contents.
        package var hash: String?
        /// The run that read it.
        package var run: String?
    }

    package enum Kind: Sendable, Equatable {
        /// A dataset of the project, with the kind of its step if it still has one.
        case dataset(step: String?)
        /// A Delta table outside of the project.
        case foreign
    }

    /// The dataset's name, or the table's path.
    package var name: String
    package var kind: Kind
    package var version: Version
    package var published: Int?
    package var rows: Int?
    package var run: RunID?
    package var fingerprint: Fingerprint?
    /// The files that an ingest read, by number and size.
    package var sources: SourceSet?
    /// Of the files read, the first ones by path; all of them where all were asked for.
    package var files: [File] = []
    /// The files of which `files` are the first; nil when nobody wrote them down.
    package var fileCount: Int?
    package var inputs: [InputTree] = []
    /// It stands elsewhere in the tree already, and what it was made from only there.
    package var isRepeated = false
    /// Why the way ends here.
    package var problem: String?
}

extension Workspace {
    /// Walks from a version back to the files and foreign tables that its rows came from, through the records in the
    /// commits. Where a version is gone, the tree says so.
    /// - Parameters:
    ///   - pin: nil is the live version.
    ///   - fileLimit: so many files of each ingest; nil is all.
    /// - Throws: `Diagnostics` when there is no such dataset or version.
    package func inputs(of name: String, at pin: VersionPin?, fileLimit: Int?) async throws -> InputTree {
        let dataset = try dataset(named: name)
        let snapshot = try await storeErrors { try await store.snapshot(of: dataset.name, at: pin) }
        var seen: Set<PinnedVersion> = []
        return try await inputs(of: dataset.name, snapshot.pinned, fileLimit: fileLimit, seen: &seen)
    }

    private func inputs(
        of name: DatasetName, _ pinned: PinnedVersion, fileLimit: Int?, seen: inout Set<PinnedVersion>
    ) async throws -> InputTree {
        var tree = InputTree(
            name: name.text, kind: .dataset(step: project.dataset(name)?.step.kind), version: pinned.version)
        guard seen.insert(pinned).inserted else {
            tree.isRepeated = true
            return tree
        }
        let entry: HistoryEntry?
        do {
            let head = try await store.head(of: name)
            guard head?.pinned.table == pinned.table else {
                tree.problem =
                    head == nil
                    ? "the table is no longer in the store" : "the table was deleted and made again since"
                return tree
            }
            entry = try await store.entry(of: name, at: pinned.version)
        } catch {
            tree.problem = error.message
            return tree
        }
        tree.published = entry?.time
        guard let record = entry?.record else {
            tree.problem =
                entry == nil
                ? "the log no longer reaches back to this version"
                : "\(entry?.engine ?? "another tool") wrote this version and did not say from what"
            return tree
        }
        tree.rows = record.rows.published
        tree.run = record.run
        tree.fingerprint = record.fingerprint
        tree.sources = record.sources
        if let ledger = record.ledger { await readFiles(of: name, ledger: ledger, limit: fileLimit, into: &tree) }
        for (input, version) in record.inputs.sorted(by: { $0.key < $1.key }) {
            tree.inputs.append(try await inputs(of: input, version, fileLimit: fileLimit, seen: &seen))
        }
        for (path, version) in (record.foreign ?? [:]).sorted(by: { $0.key < $1.key }) {
            tree.inputs.append(InputTree(name: path, kind: .foreign, version: version.version))
        }
        return tree
    }

    /// A ledger that cannot be read is no reason to show nothing else.
    private func readFiles(of name: DatasetName, ledger: Version, limit: Int?, into tree: inout InputTree) async {
        do {
            let snapshot = try await store.snapshot(of: name.ledger, at: ledger)
            tree.fileCount = snapshot.rowCount
            let rows = try engine.database().withConnection { connection in
                try connection.query(
                    """
                    SELECT path, size, modified, hash, run FROM (\(snapshot.scanSQL)) ORDER BY path, modified
                    \(limit.map { "LIMIT \($0)" } ?? "")
                    """)
            }
            tree.files = rows.compactMap { row in
                guard let path = row["path"].text else { return nil }
                return InputTree.File(
                    path: path, bytes: Int(row["size"].int ?? 0), modified: Int(row["modified"].int ?? 0),
                    hash: row["hash"].text, run: row["run"].text)
            }
            if limit == nil { tree.fileCount = tree.files.count }
        } catch let error as StoreError {
            tree.problem = "its list of files cannot be read: \(error.message)"
        } catch {
            tree.problem = "its list of files cannot be read: \(error)"
        }
    }
}
