/// When the versions of a table were committed, to find the one that was current at a time.
///
/// Since the table has had in-commit timestamps, the commits say it themselves; before that, the times of their files
/// do, which are taken to grow from one version to the next even where clocks went back.
package struct LogTimeline: Sendable {
    package struct Entry: Hashable, Sendable {
        package var version: Int
        /// In milliseconds since 1970.
        package var time: Int

        package init(version: Int, time: Int) {
            self.version = version
            self.time = time
        }
    }

    /// Ascending by version and time: versions whose files tell the time.
    private let dated: [Entry]
    /// Ascending: versions whose commits tell the time.
    private let selfDated: [Int]
    /// From when on commits tell the time.
    private let enablementTime: Int

    /// - Parameters:
    ///   - commits: the commits that are there, with the times of their files.
    ///   - metadata: the table's, at its newest version.
    package init(_ commits: some Sequence<Entry>, metadata: Metadata) {
        let sorted = commits.sorted { $0.version < $1.version }
        let since = metadata.inCommitTimestampEnablement
        enablementTime = since.time
        selfDated = sorted.filter { $0.version >= since.version }.map(\.version)
        var dated: [Entry] = []
        for var entry in sorted where entry.version < since.version {
            if let last = dated.last { entry.time = max(entry.time, last.time.addingSaturated(1)) }
            dated.append(entry)
        }
        self.dated = dated
    }

    /// The times of the versions whose files tell it, ascending.
    package var fileTimes: [Entry] { dated }

    /// Begins to look for the version that was current at a time. Few commits have to be read for it, whatever their
    /// number.
    ///
    /// - Parameter time: in milliseconds since 1970.
    package func search(at time: Int) -> Search {
        if time >= enablementTime || dated.isEmpty {
            return Search(time: time, versions: selfDated, older: time >= enablementTime ? dated.last : nil)
        }
        return Search(time: time, dated: dated)
    }

    /// The version that was current at a time: the newest that is not later. When the log needs to be read for it, that
    /// is what `search(at:)` is for.
    ///
    /// - Parameters:
    ///   - time: in milliseconds since 1970.
    ///   - inCommit: the in-commit timestamp of a version.
    /// - Throws: `expired` when the time is before all that is left of the log; what `inCommit` throws.
    package func version(at time: Int, inCommit: (Int) throws -> Int) throws -> Int {
        var search = search(at: time)
        while true {
            switch try search.next() {
            case .found(let version): return version
            case .read(let version): search.told(try inCommit(version))
            }
        }
    }

    /// A binary search over the commits that tell their time themselves.
    package struct Search: Sendable {
        package enum Step: Hashable, Sendable {
            /// Read this version's in-commit timestamp and tell it.
            case read(Int)
            case found(Int)
        }

        private let time: Int
        private var versions: ArraySlice<Int>
        private var best: Int?
        private var earliest: Entry?

        fileprivate init(time: Int, versions: [Int], older: Entry?) {
            self.time = time
            self.versions = versions[...]
            best = older?.version
        }

        fileprivate init(time: Int, dated: [Entry]) {
            self.time = time
            versions = []
            best = dated.last { $0.time <= time }?.version
            earliest = dated.first
        }

        private var middle: Int { versions.startIndex + versions.count / 2 }

        /// - Throws: `expired` when the time is before all that is left of the log.
        package func next() throws(DeltaLogError) -> Step {
            if !versions.isEmpty { return .read(versions[middle]) }
            if let best { return .found(best) }
            let first = earliest.flatMap { entry in
                CalendarTime.text(
                    microseconds: entry.time.multipliedReportingOverflow(by: 1_000).partialValue, separator: " ",
                    digits: 3
                ).map { ", which was committed at \($0) UTC" }
            }
            throw DeltaLogError(
                .expired,
                "there is no version that old" + (earliest.map { "; the first that is left is \($0.version)" } ?? "")
                    + (first ?? ""))
        }

        /// - Parameter inCommitTimestamp: of the version that was to be read.
        package mutating func told(_ inCommitTimestamp: Int) {
            guard !versions.isEmpty else { return }
            let version = versions[middle]
            if inCommitTimestamp <= time {
                best = version
                versions = versions[(middle + 1)...]
            } else {
                if versions.count == 1, best == nil { earliest = Entry(version: version, time: inCommitTimestamp) }
                versions = versions[..<middle]
            }
        }
    }
}

extension Metadata {
    /// The version and the time from which on commits tell their time: from the first on in a table that began so.
    fileprivate var inCommitTimestampEnablement: (version: Int, time: Int) {
        guard hasInCommitTimestamps else { return (.max, .max) }
        let version = configuration["delta.inCommitTimestampEnablementVersion"].flatMap { Int($0) }
        let time = configuration["delta.inCommitTimestampEnablementTimestamp"].flatMap { Int($0) }
        guard let version, let time else { return (0, .min) }
        return (version, time)
    }
}

extension Commit {
    /// When the commit was made, as it says itself, in milliseconds since 1970: `inCommitTimestamp`, which tables may
    /// have enabled.
    package var inCommitTimestamp: Int? { info?["inCommitTimestamp"]?.int }
}
