/// Files on their way into a snapshot.
struct FileSink: Sendable {
    var live = FileTable()
    var removed = FileTable()
    var skipped = 0
    /// The files from the first on that came before the columns were known, and so have not been looked at.
    private var undecided = 0

    mutating func add(_ file: AddFile, _ detail: FileDetail, _ filter: FileFilter?) {
        switch (detail, filter) {
        case (.all, _): live.append(file)
        case (.withoutStatistics, _): live.append(file, statistics: false)
        case (.matching, let filter?):
            if filter.mayMatch(file) { live.append(file, statistics: false) } else { skipped += 1 }
        case (.matching, nil):
            live.append(file)
            undecided = live.count
        }
    }

    mutating func add(_ entry: FileTable.Entry, _ detail: FileDetail, _ filter: FileFilter?) -> Bool {
        var entry = entry
        switch (detail, filter) {
        case (.all, _): return live.append(entry)
        case (.withoutStatistics, _): break
        case (.matching, let filter?):
            guard let isMatching = filter.mayMatch(entry) else { return false }
            guard isMatching else {
                skipped += 1
                return true
            }
        case (.matching, nil):
            guard live.append(entry) else { return false }
            undecided = live.count
            return true
        }
        entry.statistics = nil
        return live.append(entry)
    }

    /// The sink after the files have been looked at that came too early.
    func settled(_ filter: FileFilter?) -> FileSink {
        guard undecided > 0, let filter else { return self }
        var sink = self
        sink.live = FileTable()
        sink.undecided = 0
        for index in 0..<live.count {
            if index < undecided, !filter.mayMatch(live, at: index) {
                sink.skipped += 1
            } else {
                sink.live.append(from: live, at: index, keepingStatistics: false)
            }
        }
        return sink
    }
}
