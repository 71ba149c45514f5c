import DeltaLog
import ObjectStore
package import Project

extension DatasetStore {
    /// The table's commits as far as the log reaches back, newest first; none when there is no table.
    ///
    /// - Parameter limit: so many of the newest at most, and no more than those are read. The number of rows that a commit
    ///   of another tool takes out may be unknown then; without a limit the whole log is looked through for it.
    package func history(of name: DatasetName, limit: Int? = nil) async throws(StoreError) -> [HistoryEntry] {
        let table = try TableFolder(name, in: objects)
        guard let names = try await logNames(of: table, from: nil) else { return [] }
        var versions = names.compactMap { name -> Int? in
            if case .commit(let version) = LogFile(name: name) { version } else { nil }
        }.sorted()
        if let limit { versions = versions.suffix(max(0, limit)) }
        var rows = limit == nil ? try await rowsBefore(versions.first, of: table) : [:]
        var entries: [HistoryEntry] = []
        // So many commits are in memory at once.
        for start in stride(from: 0, to: versions.count, by: 256) {
            let stretch = Array(versions[start..<min(start + 256, versions.count)])
            let commits = try await concurrently(stretch) { (version) throws(StoreError) in
                try await self.commit(version, of: table)
            }
            for (version, commit) in zip(stretch, commits) { entries.append(Self.entry(version, commit, &rows)) }
        }
        return entries.reversed()
    }

    /// What one commit did; nil when it is not in the log, or no longer.
    package func entry(of name: DatasetName, at version: Version) async throws(StoreError) -> HistoryEntry? {
        let table = try TableFolder(name, in: objects)
        let path = try table.file(LogFile.commit(version.number).name)
        let isThere: Bool
        do {
            _ = try await objects.head(path)
            isThere = true
        } catch {
            guard error.code == .notFound || error.code == .notAFolder else {
                throw StoreError(error, dataset: name)
            }
            isThere = false
        }
        guard isThere else { return nil }
        var rows: [String: Int?] = [:]
        return Self.entry(version.number, try await commit(version.number, of: table), &rows)
    }

    /// The rows of each file that is live before a version, so that commits which only name what they take out can be
    /// told by rows.
    private func rowsBefore(_ first: Int?, of table: TableFolder) async throws(StoreError) -> [String: Int?] {
        guard let first, first > 0,
            let before = try? await state(of: table, at: first - 1, detail: .withoutStatistics, tombstones: false)
        else { return [:] }
        var rows: [String: Int?] = [:]
        for index in before.files.indices {
            rows.updateValue(before.files.rows(at: index), forKey: DataPath.canonical(before.files.path(at: index)))
        }
        return rows
    }

    /// - Parameter rows: those of the files that are live before the commit, as far as they are known; afterwards, after
    ///   it.
    private static func entry(_ version: Int, _ commit: Commit, _ rows: inout [String: Int?]) -> HistoryEntry {
        let info = commit.info
        let provenance = Provenance(commit)
        var entry = HistoryEntry(
            version: Version(version), time: commit.inCommitTimestamp ?? info?["timestamp"]?.int,
            operation: info?["operation"]?.text, record: provenance.record, upkeep: provenance.upkeep,
            engine: info?["engineInfo"]?.text, filesAdded: 0, filesRemoved: 0, rowsAdded: 0, rowsRemoved: 0,
            bytesAdded: 0)
        for case .remove(let file) in commit.actions {
            let known = rows.removeValue(forKey: DataPath.canonical(file.path)) ?? nil
            let live = known.map { $0 - (file.deletionVector?.cardinality ?? 0) }
            entry.filesRemoved += 1
            entry.rowsRemoved = entry.rowsRemoved.flatMap { sum in live.map { sum + $0 } }
        }
        for case .add(let file) in commit.actions {
            let known = FileStatistics.rows(in: file.statistics)
            let live = known.map { $0 - (file.deletionVector?.cardinality ?? 0) }
            rows.updateValue(known, forKey: DataPath.canonical(file.path))
            entry.filesAdded += 1
            entry.bytesAdded += file.size
            entry.rowsAdded = entry.rowsAdded.flatMap { sum in live.map { sum + $0 } }
        }
        if entry.rowsRemoved == nil, provenance.record != nil || provenance.upkeep != nil {
            entry.rowsRemoved = info?["operationMetrics"]?.object?["numDeletedRows"]?.text.flatMap { Int($0) }
        }
        return entry
    }
}
