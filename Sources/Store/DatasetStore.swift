import DeltaLog
package import DuckDB
package import ObjectStore
package import Project

/// Datasets as versions: each is a Delta table in a folder of its own.
///
/// Every function throws `StoreError`.
package final class DatasetStore: Sendable {
    let objects: any ObjectStore
    let database: @Sendable () throws -> Database
    /// Opens the place of a table that is not in the store.
    let elsewhere: @Sendable (String) throws -> (any ObjectStore)?
    let now: @Sendable () -> Int

    /// - Parameters:
    ///   - objects: what is in the store.
    ///   - database: opens DuckDB, which reads and writes checkpoints; not called before one is met.
    ///   - elsewhere: opens the folder or URL of another table; nil when it is no place that can be read. By default the
    ///     folders of this machine.
    ///   - now: milliseconds since 1970.
    package init(
        objects: any ObjectStore, database: @escaping @Sendable () throws -> Database,
        elsewhere: @escaping @Sendable (String) throws -> (any ObjectStore)? = {
            $0.hasPrefix("/") ? LocalFolder($0) : nil
        },
        now: @escaping @Sendable () -> Int
    ) {
        self.objects = objects
        self.database = database
        self.elsewhere = elsewhere
        self.now = now
    }

    var checkpoints: CheckpointFiles { CheckpointFiles(database: database) }

    /// The store's folder or URL.
    package var location: String { objects.location(of: .root) }

    /// The folder or URL of a dataset's table, whether there is one or not.
    package func location(of name: DatasetName) -> String {
        ObjectPath(name.text).map { objects.location(of: $0) } ?? "\(location)/\(name)"
    }

    /// Where in the store a file is that an engine opens as `location`; nil when it is not in the store.
    package func path(ofLocation location: String) -> ObjectPath? {
        Self.path(ofLocation: location, in: objects)
    }

    static func path(ofLocation location: String, in objects: any ObjectStore) -> ObjectPath? {
        let root = objects.location(of: .root)
        let folder = root.hasSuffix("/") ? root : root + "/"
        return location.hasPrefix(folder) ? ObjectPath(String(location.dropFirst(folder.count))) : nil
    }

    /// The datasets that have at least one version, sorted by name.
    package func datasets() async throws(StoreError) -> [DatasetName] {
        let folders: [String]
        do {
            folders = try await objects.folders(in: .root)
        } catch {
            if error.code == .notFound { return [] }
            throw StoreError(error, dataset: nil)
        }
        var found: [DatasetName] = []
        for folder in folders {
            guard let name = DatasetName(folder) else { continue }
            let table = try TableFolder(name, in: objects)
            let names = (try? await objects.names(in: table.log, from: nil)) ?? []
            if names.contains(where: { LogFile(name: $0) != nil }) { found.append(name) }
        }
        return found.sorted()
    }

    /// The folder or URL where an engine writes files that no commit names yet: the table's own, made here if need be.
    ///
    /// - Throws: `notATable` when the folder holds files of something else.
    package func stagingFolder(of name: DatasetName) async throws(StoreError) -> String {
        let table = try TableFolder(name, in: objects)
        if try await logNames(of: table, from: nil) == nil {
            // The empty log tells files of a step that never got to publish from files of something else.
            do {
                try await objects.makeFolder(table.log)
            } catch {
                throw StoreError(error, dataset: name)
            }
            try await markAsOurs(table)
        }
        return table.location
    }

    /// An object store has no empty folders: an object says there what an empty log says in a file system.
    private func markAsOurs(_ table: TableFolder) async throws(StoreError) {
        if (try? await objects.names(in: table.log, from: nil)) != nil { return }
        guard let mark = table.path.appending(Self.mark) else { return }
        do {
            try await objects.put(mark, Array("{}".utf8))
        } catch {
            throw StoreError(error, dataset: table.name)
        }
    }

    private static let mark = "_millrace/staging.json"

    /// Deletes staged files that will not be published, as far as possible. What stays is never read.
    ///
    /// - Parameter files: as engines open them; those outside the store are left alone.
    package func discard(files: [String]) async {
        for file in files {
            guard let path = path(ofLocation: file) else { continue }
            try? await objects.delete(path)
            // A folder for a kind of rows that are not there any more.
            if path.folder.name.contains("=") { try? await objects.removeEmptyFolder(path.folder) }
        }
    }

    /// The names in the table's log, sorted; nil when there is no log.
    ///
    /// - Throws: `notATable` when there is a folder with files but no log.
    func logNames(of table: TableFolder, from first: String?) async throws(StoreError) -> [String]? {
        do {
            return try await table.objects.names(in: table.log, from: first)
        } catch {
            guard error.code == .notFound || error.code == .notAFolder else {
                throw StoreError(error, dataset: table.name)
            }
        }
        let entries: [ObjectEntry]
        do {
            entries = try await table.objects.list(table.path, recursively: !table.isForeign)
        } catch {
            if error.code == .notFound || error.code == .notAFolder { return nil }
            throw StoreError(error, dataset: table.name)
        }
        if let file = entries.first {
            let mark = table.path.appending(Self.mark)
            if !table.isForeign, entries.contains(where: { $0.path == mark }) { return nil }
            throw StoreError(
                .notATable, dataset: table.name, path: table.location,
                message: "\(table.name): the folder holds files, such as \(file.path.name), but is no Delta table: it "
                    + "has no _delta_log",
                hint: table.isForeign
                    ? "Name the folder that has _delta_log in it."
                    : "Move the folder away, rename the dataset, or choose another folder for the store.")
        }
        return nil
    }
}
