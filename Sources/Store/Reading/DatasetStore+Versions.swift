import DeltaLog
import ObjectStore
package import Project

/// Versions by other means than their numbers.
extension DatasetStore {
    /// The version that a number or a tag means. A number is not looked up.
    ///
    /// - Throws: `noSuchTag`.
    package func version(of name: DatasetName, _ pin: VersionPin) async throws(StoreError) -> Version {
        switch pin {
        case .version(let version): return version
        case .tag(let tag):
            let table = try TableFolder(name, in: objects)
            guard VersionPin.isTag(tag), let path = table.path.appending("_millrace/tags/\(tag).json") else {
                throw Self.noSuchTag(tag, name)
            }
            let result: Result<[UInt8], ObjectStoreError>
            do {
                result = .success(try await objects.read(path))
            } catch {
                result = .failure(error)
            }
            switch result {
            case .success(let bytes):
                guard let version = (try? JSONValue.parse(bytes))?.object?["version"]?.int, version >= 0 else {
                    throw StoreError(
                        .corruptLog, dataset: name, path: objects.location(of: path),
                        message: "\(name): the tag \(tag) cannot be read",
                        hint: "Set it anew: millrace tag \(tag) \(name)@VERSION")
                }
                return Version(version)
            case .failure(let error):
                guard error.code == .notFound || error.code == .notAFolder else {
                    throw StoreError(error, dataset: name)
                }
                throw Self.noSuchTag(tag, name)
            }
        }
    }

    private static func noSuchTag(_ tag: String, _ name: DatasetName) -> StoreError {
        StoreError(
            .noSuchTag, dataset: name, message: "\(name): no version has the tag \(tag)",
            hint: "The tags that there are: millrace tag --list \(name)")
    }

    /// The version that was current at a time.
    ///
    /// - Parameter time: in milliseconds since 1970.
    /// - Throws: `noTable`; `expiredVersion` when the time is before all that is left of the log.
    package func version(of name: DatasetName, at time: Int) async throws(StoreError) -> Version {
        Version(try await version(of: try TableFolder(name, in: objects), at: time))
    }

    /// The version of a table anywhere that was current at a time, in milliseconds since 1970.
    package func version(ofTableAt place: String, at time: Int) async throws(StoreError) -> Version {
        Version(try await version(of: try foreignTable(place), at: time))
    }

    private func version(of table: TableFolder, at time: Int) async throws(StoreError) -> Int {
        guard let state = try await state(of: table, detail: .withoutStatistics, tombstones: false) else {
            throw StoreError(
                .noTable, dataset: table.name, path: table.location, message: "\(table.name) has no version yet")
        }
        let entries: [ObjectEntry]
        do {
            entries = try await table.objects.list(table.log, recursively: false)
        } catch {
            throw StoreError(error, dataset: table.name)
        }
        let commits = entries.compactMap { entry -> LogTimeline.Entry? in
            guard case .commit(let version) = LogFile(name: entry.path.name) else { return nil }
            return LogTimeline.Entry(version: version, time: entry.modified)
        }
        var search = LogTimeline(commits, metadata: state.metadata).search(at: time)
        while true {
            let step: LogTimeline.Search.Step
            do {
                step = try search.next()
            } catch {
                throw StoreError(error, in: table)
            }
            switch step {
            case .found(let version): return version
            case .read(let version):
                let commit = try await commit(version, of: table)
                guard let committed = commit.inCommitTimestamp else {
                    throw StoreError(
                        .corruptLog, dataset: table.name,
                        path: table.objects.location(of: try table.file(LogFile.commit(version).name)),
                        message: "\(table.name): the commit of version \(version) does not say when it was made",
                        hint: StoreError.wayOut(of: table))
                }
                search.told(committed)
            }
        }
    }
}
