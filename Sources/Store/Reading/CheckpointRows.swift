import DeltaLog
import DuckDB

/// Takes files from the columns of a checkpoint, without a value for each of them.
struct CheckpointRows {
    private let isAdd: Bool
    private var partitionValues = MapText()
    private var tags = MapText()
    private var vector: [UInt8] = []

    init(isAdd: Bool) { self.isAdd = isAdd }

    /// The fields in the order in which a chunk has to have them.
    static func fields(time: String) -> [String] {
        [
            "path", "partitionValues", "size", time, "stats", "tags", "deletionVector", "baseRowId",
            "defaultRowCommitVersion", "clusteringProvider", "extendedFileMetadata",
        ]
    }

    mutating func apply(_ chunk: borrowing Chunk, to replay: inout LogReplay) throws {
        let paths = chunk.column(0)
        let (partitions, sizes, times) = (chunk.column(1), chunk.column(2), chunk.column(3))
        let (statistics, tagMaps, vectors) = (chunk.column(4), chunk.column(5), chunk.column(6))
        let (baseRows, commits) = (chunk.column(7), chunk.column(8))
        let (providers, extended) = (chunk.column(9), chunk.column(10))
        for row in 0..<chunk.rowCount {
            let hasPartition = partitionValues.fill(from: partitions, row)
            let hasTags = tags.fill(from: tagMaps, row)
            let hasVector = !vectors.isNull(row)
            if hasVector { vector = Self.json(of: vectors, row) }
            try paths.withBytes(row) { path in
                try partitionValues.json.withUnsafeBytes { partition in
                    try tags.json.withUnsafeBytes { tags in
                        try vector.withUnsafeBytes { vector in
                            var file = CheckpointFile(
                                isAdd: isAdd, path: path, size: sizes.int(row), time: times.int(row))
                            file.partitionValues = hasPartition ? partition : nil
                            file.tags = hasTags ? tags : nil
                            file.deletionVector = hasVector ? vector : nil
                            file.baseRowID = baseRows.int(row)
                            file.defaultRowCommitVersion = commits.int(row)
                            file.clusteringProvider = providers.text(row)
                            file.extendedFileMetadata = extended.bool(row)
                            let isDone: Void? = try statistics.withBytes(row) { statistics in
                                file.statistics = statistics
                                try replay.applyCheckpoint(file)
                            }
                            if isDone == nil { try replay.applyCheckpoint(file) }
                        }
                    }
                }
            }
        }
    }

    private static func json(of vectors: ColumnView, _ row: Int) -> [UInt8] {
        var object = JSONObject()
        for name in ["storageType", "pathOrInlineDv"] {
            object.add(name, vectors.member(name)?.text(row).map(JSONValue.string))
        }
        for name in ["offset", "sizeInBytes", "cardinality"] {
            object.add(name, vectors.member(name)?.int(row).map(JSONValue.int))
        }
        return JSONValue.object(object).bytes
    }
}

/// A map of texts as a JSON object.
private struct MapText {
    private(set) var json: [UInt8] = []

    /// - Returns: false when the map is NULL.
    mutating func fill(from maps: ColumnView, _ row: Int) -> Bool {
        guard !maps.isNull(row), let entries = maps.entries else { return false }
        json.removeAll(keepingCapacity: true)
        json.append(UInt8(ascii: "{"))
        for entry in maps.rows(of: row) {
            if json.count > 1 { json.append(UInt8(ascii: ",")) }
            append(entries.keys, entry)
            json.append(UInt8(ascii: ":"))
            append(entries.values, entry)
        }
        json.append(UInt8(ascii: "}"))
        return true
    }

    private mutating func append(_ texts: ColumnView, _ row: Int) {
        let isText: Void? = texts.withBytes(row) { bytes in
            let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            if isPlain {
                json.append(UInt8(ascii: "\""))
                json.append(contentsOf: bytes)
                json.append(UInt8(ascii: "\""))
            } else {
                json.append(contentsOf: JSONValue.string(String(decoding: bytes, as: UTF8.self)).bytes)
            }
        }
        if isText == nil { json.append(contentsOf: "null".utf8) }
    }
}
