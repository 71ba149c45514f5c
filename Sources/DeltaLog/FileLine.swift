/// A line of a commit that adds or removes a file, with its texts still in the line. Most of any log is such lines.
struct FileLine {
    private(set) var isAdd = false
    private(set) var path = JSONScanner.Text(range: 0..<0, hasEscapes: false)
    /// A JSON object.
    private(set) var partitionValues: Range<Int>?
    private(set) var size: Int?
    /// The time of modification or deletion.
    private(set) var time: Int?
    private(set) var dataChange = true
    private(set) var statistics: JSONScanner.Text?
    /// A JSON object.
    private(set) var tags: Range<Int>?
    private(set) var deletionVector: DeletionVector?
    /// A JSON object.
    private(set) var deletionVectorJSON: Range<Int>?
    private(set) var baseRowID: Int?
    private(set) var defaultRowCommitVersion: Int?
    private(set) var clusteringProvider: String?
    private(set) var extendedFileMetadata: Bool?

    /// Nil for every other line, and for those that are not quite as they should be.
    init?(_ line: UnsafeRawBufferPointer) {
        var scanner = JSONScanner(line)
        guard scanner.accept(UInt8(ascii: "{")), let name = scanner.string() else { return nil }
        if scanner.equals(name, "add") {
            isAdd = true
        } else if !scanner.equals(name, "remove") {
            return nil
        }
        var hasPath = false
        guard scanner.accept(UInt8(ascii: ":")),
            scanner.object({ scanner, member in read(member, &scanner, &hasPath) }), hasPath, !isAdd || size != nil,
            scanner.accept(UInt8(ascii: "}")), scanner.next() == nil
        else { return nil }
        if let json = deletionVectorJSON {
            guard let vector = DeletionVector(json: scanner.raw(json)) else { return nil }
            deletionVector = vector
        }
    }

    private mutating func read(_ member: JSONScanner.Text, _ scanner: inout JSONScanner, _ hasPath: inout Bool) -> Bool
    {
        if member.hasEscapes { return false }
        if scanner.null() { return true }
        switch member.range.count {
        case 4 where scanner.equals(member, "path"):
            guard let text = scanner.string() else { return false }
            path = text
            hasPath = true
        case 4 where scanner.equals(member, "size"):
            size = scanner.integer()
            return size != nil
        case 5 where isAdd && scanner.equals(member, "stats"):
            statistics = scanner.string()
            return statistics != nil
        case 15 where scanner.equals(member, "partitionValues"):
            partitionValues = object(&scanner)
            return partitionValues != nil
        case 16 where isAdd && scanner.equals(member, "modificationTime"),
            17 where !isAdd && scanner.equals(member, "deletionTimestamp"):
            time = scanner.integer()
            return time != nil
        case 10 where scanner.equals(member, "dataChange"):
            guard let value = scanner.boolean() else { return false }
            dataChange = value
        case 4 where isAdd && scanner.equals(member, "tags"):
            tags = object(&scanner)
            return tags != nil
        case 14 where scanner.equals(member, "deletionVector"):
            deletionVectorJSON = object(&scanner)
            return deletionVectorJSON != nil
        case 9 where scanner.equals(member, "baseRowId"):
            baseRowID = scanner.integer()
            return baseRowID != nil
        case 23 where scanner.equals(member, "defaultRowCommitVersion"):
            defaultRowCommitVersion = scanner.integer()
            return defaultRowCommitVersion != nil
        case 18 where isAdd && scanner.equals(member, "clusteringProvider"):
            clusteringProvider = scanner.string().flatMap(scanner.decoded)
            return clusteringProvider != nil
        case 20 where !isAdd && scanner.equals(member, "extendedFileMetadata"):
            extendedFileMetadata = scanner.boolean()
            return extendedFileMetadata != nil
        default: return scanner.skipValue() != nil
        }
        return true
    }

    private func object(_ scanner: inout JSONScanner) -> Range<Int>? {
        scanner.next() == UInt8(ascii: "{") ? scanner.skipValue() : nil
    }
}

extension FileLine {
    /// The action; nil when a text in it has an escape that JSON does not know.
    ///
    /// - Parameters:
    ///   - line: the bytes that it was read from.
    ///   - maps: keeps partition values and tags from one line to the next, which often has the same.
    func action(in line: UnsafeRawBufferPointer, maps: inout InternedMaps) -> Action? {
        let scanner = JSONScanner(line)
        guard let path = scanner.decoded(path) else { return nil }
        func map(_ range: Range<Int>?) -> [String: String?]?? {
            guard let range else { return .some(nil) }
            guard let index = maps.insert(json: scanner.raw(range)) else { return nil }
            return maps[index]
        }
        guard let partitionValues = map(partitionValues) else { return nil }
        guard isAdd else {
            var file = RemoveFile(path: path, deletionTimestamp: time, dataChange: dataChange)
            file.extendedFileMetadata = extendedFileMetadata
            file.partitionValues = partitionValues
            file.size = size
            file.deletionVector = deletionVector
            file.baseRowID = baseRowID
            file.defaultRowCommitVersion = defaultRowCommitVersion
            return .remove(file)
        }
        guard let tags = map(tags) else { return nil }
        var text: String?
        if let statistics {
            guard let decoded = scanner.decoded(statistics) else { return nil }
            text = decoded
        }
        var file = AddFile(
            path: path, partitionValues: partitionValues ?? [:], size: size ?? 0, modificationTime: time ?? 0,
            dataChange: dataChange, statistics: text, tags: tags ?? [:])
        file.deletionVector = deletionVector
        file.baseRowID = baseRowID
        file.defaultRowCommitVersion = defaultRowCommitVersion
        file.clusteringProvider = clusteringProvider
        return .add(file)
    }
}
