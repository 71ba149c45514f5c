import DeltaLog
import DuckDB

/// Checkpoints as Parquet files, read and written by DuckDB.
struct CheckpointFiles {
    let database: @Sendable () throws -> Database

    /// The columns of a checkpoint, one for each kind of action; every row has one that is not NULL.
    private static let columns: [(name: String, fields: [(name: String, type: String)])] = [
        ("txn", [("appId", "VARCHAR"), ("version", "BIGINT"), ("lastUpdated", "BIGINT")]),
        (
            "add",
            [
                ("path", "VARCHAR"), ("partitionValues", map), ("size", "BIGINT"), ("modificationTime", "BIGINT"),
                ("dataChange", "BOOLEAN"), ("stats", "VARCHAR"), ("tags", map), ("deletionVector", deletionVector),
                ("baseRowId", "BIGINT"), ("defaultRowCommitVersion", "BIGINT"), ("clusteringProvider", "VARCHAR"),
            ]
        ),
        (
            "remove",
            [
                ("path", "VARCHAR"), ("deletionTimestamp", "BIGINT"), ("dataChange", "BOOLEAN"),
                ("extendedFileMetadata", "BOOLEAN"), ("partitionValues", map), ("size", "BIGINT"),
                ("deletionVector", deletionVector), ("baseRowId", "BIGINT"), ("defaultRowCommitVersion", "BIGINT"),
            ]
        ),
        (
            "metaData",
            [
                ("id", "VARCHAR"), ("name", "VARCHAR"), ("description", "VARCHAR"),
                ("format", "STRUCT(provider VARCHAR, options \(map))"), ("schemaString", "VARCHAR"),
                ("partitionColumns", "VARCHAR[]"), ("configuration", map), ("createdTime", "BIGINT"),
            ]
        ),
        (
            "protocol",
            [
                ("minReaderVersion", "INTEGER"), ("minWriterVersion", "INTEGER"), ("readerFeatures", "VARCHAR[]"),
                ("writerFeatures", "VARCHAR[]"),
            ]
        ),
        ("domainMetadata", [("domain", "VARCHAR"), ("configuration", "VARCHAR"), ("removed", "BOOLEAN")]),
    ]

    private static let map = "MAP(VARCHAR, VARCHAR)"
    private static let deletionVector =
        "STRUCT(storageType VARCHAR, pathOrInlineDv VARCHAR, \"offset\" INTEGER, sizeInBytes INTEGER, cardinality BIGINT)"

    /// The columns as `json_transform` wants them; what an action lacks becomes NULL.
    private static var structure: String {
        JSONValue.object(
            JSONObject(columns.map { ($0.name, .object(JSONObject($0.fields.map { ($0.name, .string($0.type)) }))) })
        ).serialized
    }

    /// Rows handed to DuckDB in one statement.
    private static let batch = 4_096

    /// Writes the actions to a local Parquet file.
    func write(_ actions: [Action], to file: String) throws {
        let names = Self.columns.map { "action.\(SQL.quoted($0.name))" }.joined(separator: ", ")
        try database().withConnection { connection in
            try connection.execute("CREATE TEMP TABLE lines (line JSON)")
            for start in stride(from: 0, to: actions.count, by: Self.batch) {
                let lines = actions[start..<min(start + Self.batch, actions.count)]
                try connection.execute(
                    "INSERT INTO lines SELECT unnest(?::VARCHAR[])", [.list(lines.map { .text($0.json.serialized) })])
            }
            try connection.execute(
                """
                COPY (
                    SELECT \(names) FROM (SELECT json_transform(line, \(SQL.literal(Self.structure))) AS action FROM lines)
                ) TO \(SQL.literal(file)) (FORMAT parquet, COMPRESSION zstd)
                """)
        }
    }

    /// Hands the actions of a checkpoint to `body`, given all its files as an engine opens them.
    func read(_ files: [String], _ body: (Action) -> Void) throws {
        let source = ParquetSource.reader(of: files)
        try database().withConnection { connection in
            let present = try connection.columns(of: "SELECT * FROM \(source)")
            let columns = try present.compactMap { try Self.expression($0) }
            try connection.stream(
                "SELECT CAST(to_json(struct_pack(\(columns.joined(separator: ", ")))) AS VARCHAR) FROM \(source)"
            ) { chunk in
                for row in 0..<chunk.rowCount {
                    guard let line = chunk.text(0, row) else { continue }
                    if let action = try Action(json: JSONValue(parsing: line)) { body(action) }
                }
            }
        }
    }

    /// A column with the fields that are known here; nil for other columns. What a writer keeps besides, such as
    /// statistics in columns of their own, is not read.
    private static func expression(_ column: Column) throws -> String? {
        guard let known = columns.first(where: { $0.name == column.name }),
            case .structure(let fields) = try DuckDBType(parsing: column.type)
        else { return nil }
        let name = SQL.quoted(column.name)
        let parts = fields.filter { field in known.fields.contains { $0.name == field.name } }.map {
            "\(SQL.quoted($0.name)) := \(name).\(SQL.quoted($0.name))"
        }
        guard !parts.isEmpty else { return nil }
        return "\(name) := CASE WHEN \(name) IS NULL THEN NULL ELSE struct_pack(\(parts.joined(separator: ", "))) END"
    }
}
