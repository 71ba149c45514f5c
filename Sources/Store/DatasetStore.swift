import DeltaLog
package import DuckDB
package import ObjectStore
package import Project

/// Datasets as versions: each is a Delta table in a folder of its own.
///
/// Every function throws `StoreError`.
package final class DatasetStore: Sendable {
    package let location: StoreLocation
    let objects: any ObjectStore
    private let database: @Sendable () throws -> Database
    let now: @Sendable () -> Int

    /// - Parameters:
    ///   - location: the store's folder.
    ///   - objects: what is in that folder.
    ///   - database: opens DuckDB, which reads and writes checkpoints; not called before one is met.
    ///   - now: milliseconds since 1970.
    package init(
        location: StoreLocation, objects: any ObjectStore, database: @escaping @Sendable () throws -> Database,
        now: @escaping @Sendable () -> Int
    ) {
        self.location = location
        self.objects = objects
        self.database = database
        self.now = now
    }

    var checkpoints: CheckpointFiles { CheckpointFiles(database: database) }

    /// The datasets that have at least one version, sorted by name.
    package func datasets() async throws(StoreError) -> [DatasetName] {
        let folders: [String]
        do {
            folders = try await objects.folders(in: .root)
        } catch  where error.code == .notFound {
            return []
        } catch {
            throw StoreError(error, dataset: nil)
        }
        var found: [DatasetName] = []
        for folder in folders {
            guard let name = DatasetName(folder) else { continue }
            let table = try TableFolder(name)
            let names = (try? await objects.names(in: table.log, from: nil)) ?? []
            if names.contains(where: { LogFile(name: $0) != nil }) { found.append(name) }
        }
        return found.sorted()
    }

    /// The absolute path of the folder where an engine writes files that no commit names yet: the table's own, made
    /// here if need be.
    ///
    /// - Throws: `notATable` when the folder holds files of something else.
    package func stagingFolder(of name: DatasetName) async throws(StoreError) -> String {
        let table = try TableFolder(name)
        if try await logNames(of: table, from: nil) == nil {
            // The empty log tells files of a step that never got to publish from files of something else.
            do {
                try await objects.makeFolder(table.log)
            } catch {
                throw StoreError(error, dataset: name)
            }
        }
        return objects.location(of: table.path)
    }

    /// Deletes staged files that will not be published, as far as possible. What stays is never read.
    ///
    /// - Parameter files: absolute paths; those outside the store are left alone.
    package func discard(files: [String]) async {
        for file in files {
            guard file.hasPrefix(location.folder + "/"),
                let path = ObjectPath(String(file.dropFirst(location.folder.count + 1)))
            else { continue }
            try? await objects.delete(path)
        }
    }

    /// The names in the table's log, sorted; nil when there is no log.
    ///
    /// - Throws: `notATable` when there is a folder with files but no log.
    func logNames(of table: TableFolder, from first: String?) async throws(StoreError) -> [String]? {
        do {
            return try await objects.names(in: table.log, from: first)
        } catch  where error.code == .notFound || error.code == .notAFolder {
            // Handled below, outside of the typed catch.
        } catch {
            throw StoreError(error, dataset: table.name)
        }
        let entries: [ObjectEntry]
        do {
            entries = try await objects.list(table.path, recursively: true)
        } catch  where error.code == .notFound {
            return nil
        } catch {
            throw StoreError(error, dataset: table.name)
        }
        if let file = entries.first {
            throw StoreError(
                .notATable, dataset: table.name, path: objects.location(of: table.path),
                message: "\(table.name): the folder holds files, such as \(file.path.name), but is no Delta table: it "
                    + "has no _delta_log",
                hint: "Move the folder away, rename the dataset, or choose another folder for the store.")
        }
        return nil
    }
}
