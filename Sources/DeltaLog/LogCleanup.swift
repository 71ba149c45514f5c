/// Which files of the log nobody needs any more.
///
/// Versions that are committed before the cutoff expire, but for what the versions after it are built on: the newest
/// checkpoint that is not after the cutoff, its commit, and everything later.
package struct LogCleanup: Sendable {
    package struct File: Hashable, Sendable {
        /// Relative to `_delta_log`: `00…0.json`, `_sidecars/….parquet`.
        package var name: String
        /// When it was last written, in milliseconds since 1970.
        package var modified: Int

        package init(name: String, modified: Int) {
            self.name = name
            self.modified = modified
        }
    }

    private static let day = 24 * 3_600_000

    /// Versions before this one are given up.
    package let firstVersion: Int
    private let kept: Set<Int>
    private let deletable: [String]
    private let hasSidecars: Bool

    /// Decides which names of the log may go. Nothing may as long as there is no checkpoint to build on.
    ///
    /// - Parameters:
    ///   - files: all of the log.
    ///   - now: in milliseconds since 1970.
    ///   - retention: how long versions are kept, in milliseconds; `Metadata.logRetention`.
    ///   - tagged: versions that must stay readable whatever their age: a checkpoint of each must be there, or nothing
    ///     that it is built on is given up.
    package init(_ files: [File], now: Int, retention: Int, keeping tagged: Set<Int> = []) {
        // Whole days, so that a log that is cleaned up often loses versions once a day.
        let (age, isForever) = now.subtractingReportingOverflow(max(0, retention))
        let cutoff = isForever || age < 0 ? 0 : age - age % Self.day

        var listing = LogListing()
        var times: [(version: Int, time: Int)] = []
        var known: [(file: LogFile, name: String)] = []
        for file in files {
            guard let parsed = LogFile(name: file.name) else { continue }
            known.append((parsed, file.name))
            listing.add(file.name)
            if case .commit(let version) = parsed { times.append((version, file.modified)) }
        }
        times.sort { $0.version < $1.version }
        // Times are made to ascend, as when a version is looked for by its time.
        var expired = -1
        var last = Int.min
        for (version, time) in times {
            last = max(time, last == .min ? .min : last.addingSaturated(1))
            guard last < cutoff else { break }
            expired = version
        }
        let checkpoints = listing.checkpointVersions.filter { $0 <= expired }
        hasSidecars = files.contains { $0.name.hasPrefix(Sidecar.folder + "/") }
        guard let first = checkpoints.last else {
            (firstVersion, kept, deletable) = (0, [], [])
            return
        }
        // A tagged version without a checkpoint of its own keeps all from the checkpoint before it on.
        var kept: Set<Int> = []
        for version in tagged where version < first {
            let base = listing.checkpoint(atOrBefore: version)?.version ?? 0
            kept.formUnion(base...version)
        }
        firstVersion = first
        self.kept = kept
        deletable = known.filter { item in
            switch item.file {
            case .compacted(let begin, let end): end < first && !kept.contains { (begin...end).contains($0) }
            default: item.file.version < first && !kept.contains(item.file.version)
            }
        }.map(\.name).sorted()
    }

    /// The names that may be deleted, oldest first, so that a clean-up that is interrupted leaves no gap. Sidecars are
    /// not among them.
    package var names: [String] { deletable }

    /// Whether the sidecars that no checkpoint names any more have to be looked for.
    package var concernsSidecars: Bool { hasSidecars && !deletable.isEmpty }

    /// The sidecars that may be deleted: those that no checkpoint that stays names, and that nobody is just writing.
    ///
    /// - Parameters:
    ///   - files: all of the log.
    ///   - now: in milliseconds since 1970.
    ///   - named: names in the folder of sidecars that checkpoints which stay refer to.
    package static func sidecars(_ files: [File], now: Int, named: Set<String>) -> [String] {
        let prefix = Sidecar.folder + "/"
        return files.filter {
            $0.name.hasPrefix(prefix) && !named.contains(String($0.name.dropFirst(prefix.count)))
                && $0.modified < now - day
        }.map(\.name).sorted()
    }
}

extension Metadata {
    /// How long versions are kept, in milliseconds: `delta.logRetentionDuration`, 30 days unless set.
    package var logRetention: Int {
        configuration["delta.logRetentionDuration"].flatMap(Self.milliseconds) ?? 30 * 24 * 3_600_000
    }

    /// `delta.enableExpiredLogCleanup`, true unless set.
    package var cleansUpLog: Bool { configuration["delta.enableExpiredLogCleanup"]?.lowercased() != "false" }
}
