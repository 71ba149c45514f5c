/// Data files side by side in columns: what a million of them take is little more than the length of their paths.
///
/// Files are only ever appended. Blocks that are full do not change any more, so that copies of a table share them.
struct FileTable: Sendable {
    /// Files in a block.
    static let blockSize = 4_096

    private var blocks: [FileBlock] = []
    private var partitions = InternedMaps()
    private var tags = InternedMaps()
    private var providers: [String] = []
    private(set) var count = 0
    /// In bytes; no more than `Int` holds.
    private(set) var totalSize = 0
    /// Of those files whose number of rows is known.
    private(set) var knownRows = 0
    /// How many files have no known number of rows.
    private(set) var filesWithoutRows = 0

    /// How many files have a deletion vector.
    private(set) var vectorCount = 0

    /// What a file has, with texts and maps as bytes that only need to stay in place for the call.
    struct Entry {
        var path: UnsafeRawBufferPointer
        /// A JSON object.
        var partitionValues: UnsafeRawBufferPointer?
        var size: Int?
        /// The time of modification or deletion.
        var time: Int?
        var dataChange = true
        var statistics: UnsafeRawBufferPointer?
        var rows: Int?
        /// A JSON object.
        var tags: UnsafeRawBufferPointer?
        /// A JSON object.
        var deletionVector: UnsafeRawBufferPointer?
        var baseRowID: Int?
        var defaultRowCommitVersion: Int?
        var clusteringProvider: String?
        var extendedFileMetadata: Bool?

        init(path: UnsafeRawBufferPointer) { self.path = path }
    }

    /// - Returns: false, with the table as it was, when the partition values or the tags are no JSON object.
    mutating func append(_ entry: Entry) -> Bool {
        var partition: UInt32?
        if let map = entry.partitionValues {
            guard let index = partitions.insert(json: map) else { return false }
            partition = index
        }
        var tag: UInt32?
        if let map = entry.tags {
            guard let index = tags.insert(json: map) else { return false }
            tag = index
        }
        append(entry, partition: partition, tags: tag)
        return true
    }

    mutating func append(_ file: AddFile, statistics keptStatistics: Bool = true) {
        let rows = StatisticsScanner.rows(in: file.statistics)
        var text = file.path
        text.withUTF8 { path in
            var entry = Entry(path: UnsafeRawBufferPointer(path))
            entry.size = file.size
            entry.time = file.modificationTime
            entry.dataChange = file.dataChange
            entry.rows = rows
            entry.baseRowID = file.baseRowID
            entry.defaultRowCommitVersion = file.defaultRowCommitVersion
            entry.clusteringProvider = file.clusteringProvider
            let partition = partitions.insert(file.partitionValues)
            let tag = file.tags.isEmpty ? nil : tags.insert(file.tags)
            Self.withBytes(of: keptStatistics ? file.statistics : nil, file.deletionVector) { statistics, vector in
                entry.statistics = statistics
                entry.deletionVector = vector
                append(entry, partition: partition, tags: tag)
            }
        }
    }

    mutating func append(_ file: RemoveFile) {
        var text = file.path
        text.withUTF8 { path in
            var entry = Entry(path: UnsafeRawBufferPointer(path))
            entry.size = file.size
            entry.time = file.deletionTimestamp
            entry.dataChange = file.dataChange
            entry.extendedFileMetadata = file.extendedFileMetadata
            entry.baseRowID = file.baseRowID
            entry.defaultRowCommitVersion = file.defaultRowCommitVersion
            let partition = file.partitionValues.map { partitions.insert($0) }
            Self.withBytes(of: nil, file.deletionVector) { _, vector in
                entry.deletionVector = vector
                append(entry, partition: partition, tags: nil)
            }
        }
    }

    private static func withBytes(
        of statistics: String?, _ vector: DeletionVector?,
        _ body: (UnsafeRawBufferPointer?, UnsafeRawBufferPointer?) -> Void
    ) {
        let vector = vector.map { JSONValue.object($0.json).bytes }
        func withVector(_ statistics: UnsafeRawBufferPointer?) {
            if let vector { vector.withUnsafeBytes { body(statistics, $0) } } else { body(statistics, nil) }
        }
        if var statistics {
            statistics.withUTF8 { withVector(UnsafeRawBufferPointer($0)) }
        } else {
            withVector(nil)
        }
    }

    private mutating func append(_ entry: Entry, partition: UInt32?, tags: UInt32?) {
        if count.isMultiple(of: Self.blockSize) {
            if !blocks.isEmpty { blocks[blocks.count - 1].seal() }
            blocks.append(FileBlock())
        }
        let provider = entry.clusteringProvider.map { name in
            if let index = providers.firstIndex(of: name) { return index }
            providers.append(name)
            return providers.count - 1
        }
        blocks[blocks.count - 1].append(entry, partition: partition, tags: tags, provider: provider)
        count += 1
        if entry.deletionVector != nil { vectorCount += 1 }
        totalSize = totalSize.addingSaturated(entry.size ?? 0)
        if let rows = entry.rows { knownRows = knownRows.addingSaturated(rows) } else { filesWithoutRows += 1 }
    }

    // MARK: Reading. Nothing here copies a block: that would cost a dozen reference counts for each file.

    func path(at index: Int) -> String { blocks[Self.block(index)].paths.text(Self.row(index)) }

    func size(at index: Int) -> Int { blocks[Self.block(index)].sizes[Self.row(index)] }

    func rows(at index: Int) -> Int? {
        let rows = blocks[Self.block(index)].rows[Self.row(index)]
        return rows < 0 ? nil : rows
    }

    func partitionValues(at index: Int) -> [String: String?] {
        blocks[Self.block(index)].partition(Self.row(index)).map { partitions[$0] } ?? [:]
    }

    /// Equal for files with the same partition values, as far as writers wrote them the same way.
    func partition(at index: Int) -> UInt32? { blocks[Self.block(index)].partition(Self.row(index)) }

    func tags(at index: Int) -> [String: String?] {
        blocks[Self.block(index)].tags(Self.row(index)).map { tags[$0] } ?? [:]
    }

    func deletionVector(at index: Int) -> DeletionVector? {
        blocks[Self.block(index)].deletionVector(Self.row(index))
    }

    func withStatistics<Result>(at index: Int, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        blocks[Self.block(index)].withStatistics(Self.row(index), body)
    }

    func withKey<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let vector = deletionVector(at: index)?.uniqueID
        return blocks[Self.block(index)].paths.withBytes(Self.row(index)) {
            FileIdentity.with(path: $0, deletionVector: vector, body)
        }
    }

    func add(at index: Int) -> AddFile {
        var file = blocks[Self.block(index)].add(Self.row(index))
        file.partitionValues = partitionValues(at: index)
        if let index = blocks[Self.block(index)].tags(Self.row(index)) { file.tags = tags[index] }
        if let index = blocks[Self.block(index)].provider(Self.row(index)) {
            file.clusteringProvider = providers[index]
        }
        return file
    }

    func remove(at index: Int) -> RemoveFile {
        var file = blocks[Self.block(index)].remove(Self.row(index))
        file.partitionValues = partition(at: index).map { partitions[$0] }
        return file
    }

    /// Appends a file of another table, without its statistics unless they are wanted.
    mutating func append(from other: FileTable, at index: Int, keepingStatistics: Bool) {
        let row = Self.row(index)
        let partition = other.partition(at: index).map { partitions.insert(other.partitions[$0]) }
        let tag = other.blocks[Self.block(index)].tags(row).map { tags.insert(other.tags[$0]) }
        let provider = other.blocks[Self.block(index)].provider(row).map { other.providers[$0] }
        other.blocks[Self.block(index)].withEntry(row) { entry in
            var entry = entry
            if !keepingStatistics { entry.statistics = nil }
            entry.clusteringProvider = provider
            append(entry, partition: partition, tags: tag)
        }
    }

    private static func block(_ index: Int) -> Int { index / blockSize }
    private static func row(_ index: Int) -> Int { index % blockSize }
}

extension Int {
    /// The sum, or the nearest number there is: sizes and counts come from logs, which may say anything.
    func addingSaturated(_ other: Int) -> Int {
        let (sum, overflowed) = addingReportingOverflow(other)
        return overflowed ? (other < 0 ? .min : .max) : sum
    }
}
