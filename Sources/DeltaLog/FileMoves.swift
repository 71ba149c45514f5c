/// Which files a commit takes out and which it brings in.
struct FileMoves {
    private(set) var removed: [AddFile] = []
    private(set) var added: [AddFile] = []
    /// How many of `added`, from the first on, were part of the table at some time already.
    private(set) var restored = 0
    /// Live rows in `removed`, where the change takes rows out and their number is known.
    private(set) var removedRows: Int?
    private(set) var dataChange = true

    init() {}

    /// - Throws: `schemaMismatch` when a new file is live already, `invalidChange` when a file that is to be taken out
    ///   is not live, or when the same rows cannot be the same.
    init(of change: TableChange, after snapshot: Snapshot) throws(DeltaLogError) {
        try Self.checkNew(change.files, snapshot.files)
        let whole: [LiveFiles] =
            switch change.kind {
            case .replace: [snapshot.files]
            case .appendTo(let kept): [snapshot.files, kept]
            case .restore(let target): [snapshot.files, target.files]
            case .append, .rewrite, .settings: []
            }
        guard whole.allSatisfy({ $0.skipped == 0 }) else {
            throw DeltaLogError(
                .invalidChange, "the table was read in part, so that it is not known what is to be taken out")
        }
        switch change.kind {
        case .settings: return
        case .append: break
        case .replace:
            removed = Array(snapshot.files)
            removedRows = snapshot.files.totalRows.map { rows in
                removed.reduce(rows) { $0 - ($1.deletionVector?.cardinality ?? 0) }
            }
        case .appendTo(let kept):
            go(from: snapshot.files, to: kept)
            removedRows = Self.rows(in: removed)
        case .restore(let target):
            guard target.metadata.id == snapshot.metadata.id, target.version <= snapshot.version else {
                throw DeltaLogError(
                    .invalidChange, "version \(target.version) is no earlier version of the table, and cannot return")
            }
            go(from: snapshot.files, to: target.files)
        case .rewrite(let files, _, let dataChange):
            self.dataChange = dataChange
            try Self.checkLive(files, snapshot.files)
            removed = files
            if !dataChange { try Self.checkRows(before: files, after: change.files) }
        }
        add(change.files, dataChange: dataChange)
    }

    mutating func add(_ files: [AddFile], dataChange: Bool) {
        for var file in files {
            file.dataChange = dataChange
            added.append(file)
        }
    }

    private mutating func go(from live: LiveFiles, to target: LiveFiles) {
        var missing: Set<Key> = []
        missing.reserveCapacity(target.count)
        for index in target.indices { missing.insert(Key(target, index)) }
        for index in live.indices where missing.remove(Key(live, index)) == nil { removed.append(live[index]) }
        if !missing.isEmpty {
            add(target.indices.filter { missing.contains(Key(target, $0)) }.map { target[$0] }, dataChange: true)
        }
        restored = added.count
    }

    private static func checkNew(_ files: [AddFile], _ live: LiveFiles) throws(DeltaLogError) {
        guard !files.isEmpty else { return }
        let paths = Set(files.map(\.path))
        for index in live.indices where paths.contains(live.path(at: index)) {
            throw DeltaLogError(.schemaMismatch, "the file \(live.path(at: index)) is part of the table already")
        }
    }

    private static func checkLive(_ files: [AddFile], _ live: LiveFiles) throws(DeltaLogError) {
        var missing: [String: DeletionVector?] = [:]
        for file in files {
            guard missing.updateValue(file.deletionVector, forKey: file.path) == nil else {
                throw DeltaLogError(.invalidChange, "the file \(file.path) would be taken out twice")
            }
        }
        for index in live.indices {
            guard !missing.isEmpty else { return }
            let path = live.path(at: index)
            if let vector = missing[path], vector?.uniqueID == live.deletionVector(at: index)?.uniqueID {
                missing.removeValue(forKey: path)
            }
        }
        if let path = missing.keys.min() {
            throw DeltaLogError(.invalidChange, "the file \(path) is not part of the table, and cannot be taken out")
        }
    }

    /// Files with the same rows have the same number of them, as far as their statistics tell.
    private static func checkRows(before: [AddFile], after: [AddFile]) throws(DeltaLogError) {
        guard let old = rows(in: before), let new = rows(in: after), old != new else { return }
        throw DeltaLogError(
            .invalidChange, "\(old) rows would be rewritten as \(new), although the rows are to stay the same")
    }

    /// The number of live rows in all of the files; nil when one does not say.
    private static func rows(in files: some Sequence<AddFile>) -> Int? {
        var sum = 0
        for file in files {
            guard let rows = FileStatistics.rows(in: file.statistics) else { return nil }
            sum += rows - (file.deletionVector?.cardinality ?? 0)
        }
        return sum
    }

    /// What tells a file from the table's others.
    private struct Key: Hashable {
        private let bytes: [UInt8]

        init(_ files: LiveFiles, _ index: Int) { bytes = files.withKey(at: index) { Array($0) } }

        func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }
}
