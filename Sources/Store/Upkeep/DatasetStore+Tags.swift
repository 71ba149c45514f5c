import DeltaLog
import ObjectStore
package import Project

extension DatasetStore {
    /// Gives a version a name. A name that another version has moves to this one.
    ///
    /// - Parameters:
    ///   - pin: nil is the newest version.
    /// - Throws: `noTable`, `noSuchVersion`, `expiredVersion`; `noSuchTag` when the name is none.
    @discardableResult
    package func tag(_ name: DatasetName, as tag: String, at pin: VersionPin?) async throws(StoreError) -> VersionTag {
        let table = try TableFolder(name, in: objects)
        let path = try Self.tagPath(tag, of: table)
        let snapshot = try await snapshot(of: name, at: pin)
        let made = VersionTag(name: tag, version: snapshot.pinned.version, time: now())
        do {
            try await objects.put(path, made.bytes)
        } catch {
            throw StoreError(error, dataset: name)
        }
        // From a checkpoint of its own the version can be read when the commits before it are gone.
        _ = try? await checkpoint(table, at: made.version.number, isHint: false)
        return made
    }

    /// Takes a name away. Without any the version's files may be deleted by the next vacuum.
    ///
    /// - Throws: `noSuchTag`.
    package func untag(_ name: DatasetName, _ tag: String) async throws(StoreError) {
        let table = try TableFolder(name, in: objects)
        let path = try Self.tagPath(tag, of: table)
        guard try await tags(of: name).contains(where: { $0.name == tag }) else {
            throw StoreError(.noSuchTag, dataset: name, message: "\(name) has no tag \(tag)")
        }
        do {
            try await objects.delete(path)
        } catch {
            throw StoreError(error, dataset: name)
        }
    }

    /// A table's tags, by version and name.
    ///
    /// - Throws: `corruptLog` when one cannot be read: nobody would know what it keeps.
    package func tags(of name: DatasetName) async throws(StoreError) -> [VersionTag] {
        let table = try TableFolder(name, in: objects)
        guard let folder = table.path.appending(Self.tagFolder) else { return [] }
        let names: [String]
        do {
            names = try await objects.names(in: folder, from: nil)
        } catch {
            if error.code == .notFound || error.code == .notAFolder { return [] }
            throw StoreError(error, dataset: name)
        }
        let tags = try await concurrently(names.filter { $0.hasSuffix(".json") }) {
            (file) throws(StoreError) -> VersionTag? in
            let tag = String(file.dropLast(5))
            guard VersionPin.isTag(tag), let path = folder.appending(file) else { return nil }
            guard try await self.entry(of: path, in: table) != nil else { return nil }
            let bytes = try await self.translated(for: name) { () throws(ObjectStoreError) in
                try await self.objects.read(path)
            }
            guard let found = VersionTag(name: tag, bytes: bytes) else {
                throw StoreError(
                    .corruptLog, dataset: name, path: self.objects.location(of: path),
                    message: "\(name): the tag \(tag) cannot be read",
                    hint: "Give it anew: millrace tag \(tag) \(name)@N")
            }
            return found
        }
        return tags.compactMap { $0 }.sorted { ($0.version, $0.name) < ($1.version, $1.name) }
    }

    /// Below a table's folder.
    private static let tagFolder = "_millrace/tags"

    private static func tagPath(_ tag: String, of table: TableFolder) throws(StoreError) -> ObjectPath {
        guard VersionPin.isTag(tag), let path = table.path.appending("\(tagFolder)/\(tag).json") else {
            throw StoreError(
                .noSuchTag, dataset: table.name, message: "'\(tag)' is no name for a version",
                hint: "Begin with a letter, and go on with letters, digits, '_', '-' and '.'.")
        }
        return path
    }
}
