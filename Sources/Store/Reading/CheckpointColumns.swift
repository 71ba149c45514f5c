import DuckDB

/// The columns of a checkpoint, one for each kind of action; every row has one that is not NULL.
enum CheckpointColumns {
    typealias Fields = [(name: String, type: String)]

    static let map = "MAP(VARCHAR, VARCHAR)"
    static let deletionVector =
        "STRUCT(storageType VARCHAR, pathOrInlineDv VARCHAR, \"offset\" INTEGER, sizeInBytes INTEGER, cardinality BIGINT)"

    static let add: Fields = [
        ("path", "VARCHAR"), ("partitionValues", map), ("size", "BIGINT"), ("modificationTime", "BIGINT"),
        ("dataChange", "BOOLEAN"), ("stats", "VARCHAR"), ("tags", map), ("deletionVector", deletionVector),
        ("baseRowId", "BIGINT"), ("defaultRowCommitVersion", "BIGINT"), ("clusteringProvider", "VARCHAR"),
    ]

    static let remove: Fields = [
        ("path", "VARCHAR"), ("deletionTimestamp", "BIGINT"), ("dataChange", "BOOLEAN"),
        ("extendedFileMetadata", "BOOLEAN"), ("partitionValues", map), ("size", "BIGINT"),
        ("deletionVector", deletionVector), ("baseRowId", "BIGINT"), ("defaultRowCommitVersion", "BIGINT"),
    ]

    /// All but those of files.
    static let state: [(name: String, fields: Fields)] = [
        ("txn", [("appId", "VARCHAR"), ("version", "BIGINT"), ("lastUpdated", "BIGINT")]),
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

    /// Only in the first file of a checkpoint in several parts, of the feature `v2Checkpoint`.
    static let sidecar: (name: String, fields: Fields) = (
        "sidecar",
        [("path", "VARCHAR"), ("sizeInBytes", "BIGINT"), ("modificationTime", "BIGINT"), ("tags", map)]
    )

    /// A column as a type: `STRUCT(…)`.
    static func type(of fields: Fields) -> String {
        "STRUCT(\(fields.map { "\(SQL.quoted($0.name)) \($0.type)" }.joined(separator: ", ")))"
    }
}
