import DeltaLog
import DuckDB
import Foundation

extension CheckpointFiles {
    /// Whether other readers may find a checkpoint of the kind that is written here in the table's log.
    static func canWrite(for snapshot: Snapshot) -> Bool {
        let features = snapshot.protocolVersion.readerFeatures ?? []
        return !features.contains("v2Checkpoint") && snapshot.files.skipped == 0
    }

    /// Writes a checkpoint of the whole version to a local Parquet file.
    ///
    /// The actions go through a file beside it, so that neither they nor their columns are ever all in memory.
    ///
    /// - Parameters:
    ///   - snapshot: the version, with statistics and tombstones.
    ///   - cutoff: tombstones from before it, in milliseconds since 1970, are left out.
    ///   - file: the absolute path.
    /// - Returns: the number of actions in it.
    /// - Throws: `DeltaLogError`, `DuckDBError`, or what writing the lines throws.
    func write(_ snapshot: Snapshot, tombstonesSince cutoff: Int, to file: String) throws -> Int {
        let lines = file + ".lines"
        defer { try? FileManager.default.removeItem(atPath: lines) }
        let written = try Self.writeLines(try snapshot.checkpointActions(tombstonesSince: cutoff), to: lines)
        let query = CheckpointQuery(metadata: snapshot.metadata, lines: lines, longest: written.longest)
        try database().withConnection { connection in
            // DuckDB holds several groups of rows at once, and these rows are long.
            try connection.execute(
                "COPY (\(query.sql)) TO \(SQL.literal(file)) "
                    + "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20_480)")
        }
        return written.count
    }

    private static func writeLines(
        _ actions: some Sequence<Action>, to file: String
    ) throws -> (count: Int, longest: Int) {
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let handle = FileHandle(forWritingAtPath: file)
        else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: file]) }
        defer { try? handle.close() }
        let batch = 1 << 20
        var bytes: [UInt8] = []
        bytes.reserveCapacity(batch + batch / 4)
        var (count, longest) = (0, 0)
        for action in actions {
            let start = bytes.count
            action.json.write(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
            longest = max(longest, bytes.count - start)
            count += 1
            if bytes.count >= batch {
                try handle.write(contentsOf: bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        try handle.write(contentsOf: bytes)
        return (count, longest)
    }
}

/// The rows of a checkpoint out of its actions, a JSON object on each line.
private struct CheckpointQuery {
    let sql: String

    init(metadata: Metadata, lines: String, longest: Int) {
        let hasTexts = metadata.configuration["delta.checkpoint.writeStatsAsJson"]?.lowercased() != "false"
        let hasStructs = metadata.configuration["delta.checkpoint.writeStatsAsStruct"]?.lowercased() == "true"
        let columns =
            CheckpointColumns.state.map { ($0.name, $0.fields) }
            + [("add", CheckpointColumns.add), ("remove", CheckpointColumns.remove)]
        let types = columns.map { "\(SQL.quoted($0.0)): \(SQL.literal(CheckpointColumns.type(of: $0.1)))" }
        // DuckDB's own limit for a line, unless one is longer.
        let limit = max(16 << 20, longest + 1)
        var members = CheckpointColumns.add.compactMap { field in
            field.name == "stats" && !hasTexts ? nil : "\(SQL.quoted(field.name)) := add.\(SQL.quoted(field.name))"
        }
        if hasStructs, let structure = Self.statistics(of: metadata) {
            members.append("stats_parsed := json_transform(CAST(add.stats AS JSON), \(SQL.literal(structure)))")
        }
        sql = """
            SELECT txn, CASE WHEN add.path IS NOT NULL THEN struct_pack(\(members.joined(separator: ", "))) END AS add,
                remove, "metaData", protocol, "domainMetadata"
            FROM read_json(\(SQL.literal(lines.literalPattern)), format = 'newline_delimited', compression = 'uncompressed',
                maximum_object_size = \(limit), columns = {\(types.joined(separator: ", "))})
            """
    }

    /// The statistics as `json_transform` wants their structure; nil when no column can have any.
    private static func statistics(of metadata: Metadata) -> String? {
        let fields = metadata.schema.fields.filter { !metadata.partitionColumns.contains($0.name) }
        let bounds = structure(of: fields) { type in
            switch type {
            case .boolean, .binary, .array, .map: nil
            default: type.duckDBType.text
            }
        }
        let nulls = structure(of: fields) { _ in "BIGINT" }
        var object: JSONObject = ["numRecords": .string("BIGINT")]
        object.add("minValues", bounds.isEmpty ? nil : .object(bounds))
        object.add("maxValues", bounds.isEmpty ? nil : .object(bounds))
        object.add("nullCount", nulls.isEmpty ? nil : .object(nulls))
        object.add("tightBounds", .string("BOOLEAN"))
        return JSONValue.object(object).serialized
    }

    private static func structure(of fields: [DeltaField], _ leaf: (DeltaType) -> String?) -> JSONObject {
        var object = JSONObject()
        for field in fields {
            if case .structure(let nested) = field.type {
                let inner = structure(of: nested, leaf)
                object.add(field.physicalName, inner.isEmpty ? nil : .object(inner))
            } else {
                object.add(field.physicalName, leaf(field.type).map(JSONValue.string))
            }
        }
        return object
    }
}
