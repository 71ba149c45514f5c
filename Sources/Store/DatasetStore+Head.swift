import DeltaLog
import ObjectStore
package import Project

extension DatasetStore {
    /// The newest version and what Millrace recorded about it; nil when there is none.
    ///
    /// Cheap: one listing and, unless another tool was the last to commit, the first line of one file.
    package func head(of name: DatasetName) async throws(StoreError) -> TableHead? {
        let table = try TableFolder(name)
        guard let names = try await logNames(of: table, from: nil) else { return nil }
        var newest = -1
        var commits: [Int] = []
        for name in names {
            switch LogFile(name: name) {
            case .commit(let version):
                commits.append(version)
                newest = max(newest, version)
            case let file?: newest = max(newest, file.version)
            case nil: break
            }
        }
        guard newest >= 0 else { return nil }

        var id: String?
        var found: (version: Int, record: VersionRecord)?
        for version in commits.sorted(by: >).prefix(Self.longestWalk) {
            let provenance = try await provenance(of: version, in: table)
            id = id ?? provenance.table
            if let record = provenance.record {
                found = (version, record)
                break
            }
        }
        let identity: String
        if let id {
            identity = id
        } else {
            identity = try await state(of: table)?.metadata.id ?? ""
        }
        return TableHead(
            name: name, pinned: PinnedVersion(version: Version(newest), table: identity), record: found?.record,
            recordVersion: found.map { Version($0.version) })
    }

    /// The newest version of each of these datasets that has one, read on all processors.
    ///
    /// - Throws: the first dataset's error, in the order of the names.
    package func heads(of names: [DatasetName]) async throws(StoreError) -> [DatasetName: TableHead] {
        // Each task takes a stretch long enough that starting it costs nothing beside.
        let stretch = 64
        let results = await withTaskGroup(of: (Int, Result<[TableHead], StoreError>).self) { group in
            for start in stride(from: 0, to: names.count, by: stretch) {
                group.addTask {
                    var heads: [TableHead] = []
                    do throws(StoreError) {
                        for name in names[start..<min(start + stretch, names.count)] {
                            if let head = try await self.head(of: name) { heads.append(head) }
                        }
                    } catch {
                        return (start, .failure(error))
                    }
                    return (start, .success(heads))
                }
            }
            var results: [(Int, Result<[TableHead], StoreError>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }
        }
        var heads: [DatasetName: TableHead] = [:]
        for (_, result) in results {
            for head in try result.get() { heads[head.name] = head }
        }
        return heads
    }

    /// The number of commits of other tools behind which a record is still looked for.
    private static let longestWalk = 1_000

    private static let firstRead = 16_384

    private func provenance(of version: Int, in table: TableFolder) async throws(StoreError) -> Provenance {
        let file = LogFile.commit(version).name
        do {
            let path = try table.file(file)
            var bytes = try await objects.read(path, limit: Self.firstRead)
            if bytes.count == Self.firstRead, !bytes.contains(UInt8(ascii: "\n")) {
                bytes = try await objects.read(path)
            }
            // Millrace writes the commitInfo first; only for other tools' commits the rest is of interest.
            let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
            if let provenance = Provenance(commitInfoLine: line) { return provenance }
            return Provenance(try Commit(bytes: try await objects.read(path), file: file))
        } catch let error as ObjectStoreError {
            throw StoreError(error, dataset: table.name)
        } catch let error as DeltaLogError {
            throw StoreError(error, dataset: table.name, folder: objects.location(of: table.log))
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.inputOutput, dataset: table.name, message: "\(table.name): \(error)")
        }
    }
}
