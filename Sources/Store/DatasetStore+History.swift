import DeltaLog
import ObjectStore
package import Project

extension DatasetStore {
    /// The table's commits as far as the log reaches back, newest first; none when there is no table.
    package func history(of name: DatasetName) async throws(StoreError) -> [HistoryEntry] {
        let table = try TableFolder(name)
        guard let names = try await logNames(of: table, from: nil) else { return [] }
        let commits = names.compactMap { name -> Int? in
            if case .commit(let version) = LogFile(name: name) { version } else { nil }
        }.sorted()

        // The rows of each live file, so that commits which only name what they take out can be told by rows.
        var rows: [String: Int?] = [:]
        if let first = commits.first, first > 0, let before = try? await state(of: table, at: first - 1) {
            for file in before.files {
                rows.updateValue(FileStatistics.rows(in: file.statistics), forKey: DataPath.canonical(file.path))
            }
        }
        var entries: [HistoryEntry] = []
        for version in commits {
            entries.append(Self.entry(version, try await commit(version, of: table), &rows))
        }
        return entries.reversed()
    }

    private static func entry(_ version: Int, _ commit: Commit, _ rows: inout [String: Int?]) -> HistoryEntry {
        let info = commit.info
        var entry = HistoryEntry(
            version: Version(version), time: info?["timestamp"]?.int, operation: info?["operation"]?.text,
            record: Provenance(commit).record, engine: info?["engineInfo"]?.text, filesAdded: 0, filesRemoved: 0,
            rowsAdded: 0, rowsRemoved: 0, bytesAdded: 0)
        for case .remove(let file) in commit.actions {
            let known = rows.removeValue(forKey: DataPath.canonical(file.path)) ?? nil
            entry.filesRemoved += 1
            entry.rowsRemoved = entry.rowsRemoved.flatMap { sum in known.map { sum + $0 } }
        }
        for case .add(let file) in commit.actions {
            let known = FileStatistics.rows(in: file.statistics)
            rows.updateValue(known, forKey: DataPath.canonical(file.path))
            entry.filesAdded += 1
            entry.bytesAdded += file.size
            entry.rowsAdded = entry.rowsAdded.flatMap { sum in known.map { sum + $0 } }
        }
        return entry
    }
}
