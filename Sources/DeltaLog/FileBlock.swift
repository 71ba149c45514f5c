/// Some thousand files of a `FileTable`.
struct FileBlock: Sendable {
    struct Flag: OptionSet {
        let rawValue: UInt8

        static let dataChange = Flag(rawValue: 1)
        static let statistics = Flag(rawValue: 2)
        /// A time of modification or deletion is given.
        static let time = Flag(rawValue: 4)
        static let size = Flag(rawValue: 8)
        static let saysExtended = Flag(rawValue: 16)
        static let isExtended = Flag(rawValue: 32)
    }

    private static let none = UInt32.max

    private(set) var paths = ByteColumn()
    private(set) var sizes: [Int] = []
    private(set) var times: [Int] = []
    /// Negative when unknown.
    private(set) var rows: [Int] = []
    private(set) var baseRowIDs = SparseColumn()
    private(set) var defaultRowCommitVersions = SparseColumn()
    private var flags: [UInt8] = []
    private var partitions: [UInt32] = []
    private var tagMaps: [UInt32] = []
    private var statistics = ByteColumn()
    /// JSON objects; empty for files that have none.
    private var vectors = ByteColumn()
    private var providers = SparseColumn()

    mutating func append(_ entry: FileTable.Entry, partition: UInt32?, tags: UInt32?, provider: Int?) {
        let row = sizes.count
        var flag: Flag = entry.dataChange ? .dataChange : []
        if entry.statistics != nil { flag.insert(.statistics) }
        if entry.time != nil { flag.insert(.time) }
        if entry.size != nil { flag.insert(.size) }
        if let isExtended = entry.extendedFileMetadata {
            flag.insert(isExtended ? [.saysExtended, .isExtended] : .saysExtended)
        }
        paths.append(entry.path, row: row)
        sizes.append(entry.size ?? 0)
        times.append(entry.time ?? 0)
        rows.append(entry.rows ?? -1)
        baseRowIDs.append(entry.baseRowID, row: row)
        defaultRowCommitVersions.append(entry.defaultRowCommitVersion, row: row)
        flags.append(flag.rawValue)
        partitions.append(partition ?? Self.none)
        tagMaps.append(tags ?? Self.none)
        if let text = entry.statistics { statistics.append(text, row: row) }
        if let vector = entry.deletionVector { vectors.append(vector, row: row) }
        providers.append(provider, row: row)
    }

    /// Gives back what was reserved for files to come.
    mutating func seal() {
        paths.seal()
        statistics.seal()
        vectors.seal()
    }

    func has(_ flag: Flag, _ row: Int) -> Bool { Flag(rawValue: flags[row]).contains(flag) }

    func partition(_ row: Int) -> UInt32? { partitions[row] == Self.none ? nil : partitions[row] }

    func tags(_ row: Int) -> UInt32? { tagMaps[row] == Self.none ? nil : tagMaps[row] }

    func provider(_ row: Int) -> Int? { providers[row] }

    func withStatistics<Result>(_ row: Int, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        has(.statistics, row) ? statistics.withBytes(row) { body($0) } : body(nil)
    }

    func deletionVector(_ row: Int) -> DeletionVector? {
        guard vectors.length(row) > 0 else { return nil }
        return vectors.withBytes(row) { DeletionVector(json: $0) }
    }

    /// All but the maps and the provider, which the table knows.
    func add(_ row: Int) -> AddFile {
        var file = AddFile(
            path: paths.text(row), size: sizes[row], modificationTime: times[row], dataChange: has(.dataChange, row),
            statistics: has(.statistics, row) ? statistics.text(row) : nil)
        file.deletionVector = deletionVector(row)
        file.baseRowID = baseRowIDs[row]
        file.defaultRowCommitVersion = defaultRowCommitVersions[row]
        return file
    }

    /// All but the maps, which the table knows.
    func remove(_ row: Int) -> RemoveFile {
        var file = RemoveFile(
            path: paths.text(row), deletionTimestamp: has(.time, row) ? times[row] : nil,
            dataChange: has(.dataChange, row))
        file.extendedFileMetadata = has(.saysExtended, row) ? has(.isExtended, row) : nil
        file.size = has(.size, row) ? sizes[row] : nil
        file.deletionVector = deletionVector(row)
        file.baseRowID = baseRowIDs[row]
        file.defaultRowCommitVersion = defaultRowCommitVersions[row]
        return file
    }

    /// All but the maps and the provider, which the table knows.
    func withEntry(_ row: Int, _ body: (FileTable.Entry) -> Void) {
        paths.withBytes(row) { path in
            var entry = FileTable.Entry(path: path)
            entry.size = has(.size, row) ? sizes[row] : nil
            entry.time = has(.time, row) ? times[row] : nil
            entry.dataChange = has(.dataChange, row)
            entry.rows = rows[row] < 0 ? nil : rows[row]
            entry.baseRowID = baseRowIDs[row]
            entry.defaultRowCommitVersion = defaultRowCommitVersions[row]
            entry.extendedFileMetadata = has(.saysExtended, row) ? has(.isExtended, row) : nil
            statistics.withBytes(row) { text in
                entry.statistics = has(.statistics, row) ? text : nil
                vectors.withBytes(row) { vector in
                    entry.deletionVector = vector.isEmpty ? nil : vector
                    body(entry)
                }
            }
        }
    }
}

/// Byte strings one after the other. Rows that are left out are empty.
struct ByteColumn: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    mutating func append(_ value: UnsafeRawBufferPointer, row: Int) {
        while ends.count < row { ends.append(bytes.count) }
        bytes.append(contentsOf: value)
        ends.append(bytes.count)
    }

    mutating func seal() {
        guard bytes.capacity > bytes.count else { return }
        var exact: [UInt8] = []
        exact.reserveCapacity(bytes.count)
        exact.append(contentsOf: bytes)
        bytes = exact
    }

    func length(_ row: Int) -> Int { row < ends.count ? ends[row] - (row == 0 ? 0 : ends[row - 1]) : 0 }

    func withBytes<Result>(_ row: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard row < ends.count else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let start = row == 0 ? 0 : ends[row - 1]
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<ends[row]])) }
    }

    func text(_ row: Int) -> String { withBytes(row) { String(decoding: $0, as: UTF8.self) } }
}

/// Numbers that most files do not have.
struct SparseColumn: Sendable {
    private static let none = Int.min
    private var values: [Int] = []

    mutating func append(_ value: Int?, row: Int) {
        guard let value else { return }
        while values.count < row { values.append(Self.none) }
        values.append(value)
    }

    subscript(_ row: Int) -> Int? {
        row < values.count && values[row] != Self.none ? values[row] : nil
    }
}
