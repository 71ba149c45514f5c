/// One line of a commit.
package enum Action: Hashable, Sendable {
    case protocolVersion(ProtocolVersion)
    case metadata(Metadata)
    case add(AddFile)
    case remove(RemoveFile)
    case transaction(Transaction)
    case domainMetadata(DomainMetadata)
    case changeData(ChangeDataFile)
    /// Free JSON.
    case commitInfo(JSONObject)
    /// Only in checkpoints of the feature `v2Checkpoint`.
    case checkpointMetadata(CheckpointMetadata)
    /// Only in checkpoints of the feature `v2Checkpoint`.
    case sidecar(Sidecar)
}

/// The versions of the protocol and the features that a client must understand.
package struct ProtocolVersion: Hashable, Sendable {
    package var minReaderVersion: Int
    package var minWriterVersion: Int
    /// Present only in reader version 3.
    package var readerFeatures: [String]?
    /// Present only in writer version 7.
    package var writerFeatures: [String]?

    package init(
        minReaderVersion: Int, minWriterVersion: Int, readerFeatures: [String]? = nil, writerFeatures: [String]? = nil
    ) {
        self.minReaderVersion = minReaderVersion
        self.minWriterVersion = minWriterVersion
        self.readerFeatures = readerFeatures
        self.writerFeatures = writerFeatures
    }
}

/// What a table is: its identity, columns, partitioning and settings.
package struct Metadata: Hashable, Sendable {
    package var id: String
    package var name: String?
    package var description: String?
    /// `parquet` in every table that exists.
    package var provider: String
    package var formatOptions: [String: String]
    package var schema: DeltaSchema
    package var partitionColumns: [String]
    package var configuration: [String: String]
    /// In milliseconds since 1970.
    package var createdTime: Int?

    package init(
        id: String, name: String? = nil, description: String? = nil, schema: DeltaSchema,
        partitionColumns: [String] = [], configuration: [String: String] = [:], createdTime: Int? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.provider = "parquet"
        self.formatOptions = [:]
        self.schema = schema
        self.partitionColumns = partitionColumns
        self.configuration = configuration
        self.createdTime = createdTime
    }
}

/// A data file that becomes part of the table.
package struct AddFile: Hashable, Sendable {
    /// As the log has it: relative to the table's folder or absolute, URI-encoded. See `DataPath`.
    package var path: String
    package var partitionValues: [String: String?]
    /// In bytes.
    package var size: Int
    /// In milliseconds since 1970.
    package var modificationTime: Int
    package var dataChange: Bool
    /// A JSON text; see `FileStatistics`.
    package var statistics: String?
    package var tags: [String: String?]
    package var deletionVector: DeletionVector?
    package var baseRowID: Int?
    package var defaultRowCommitVersion: Int?
    package var clusteringProvider: String?

    package init(
        path: String, partitionValues: [String: String?] = [:], size: Int, modificationTime: Int,
        dataChange: Bool = true,
        statistics: String? = nil, tags: [String: String?] = [:]
    ) {
        self.path = path
        self.partitionValues = partitionValues
        self.size = size
        self.modificationTime = modificationTime
        self.dataChange = dataChange
        self.statistics = statistics
        self.tags = tags
    }
}

/// A data file that stops being part of the table.
package struct RemoveFile: Hashable, Sendable {
    package var path: String
    /// In milliseconds since 1970.
    package var deletionTimestamp: Int?
    package var dataChange: Bool
    /// Whether `partitionValues` and `size` are given.
    package var extendedFileMetadata: Bool?
    package var partitionValues: [String: String?]?
    package var size: Int?
    package var deletionVector: DeletionVector?
    package var baseRowID: Int?
    package var defaultRowCommitVersion: Int?

    package init(path: String, deletionTimestamp: Int?, dataChange: Bool) {
        self.path = path
        self.deletionTimestamp = deletionTimestamp
        self.dataChange = dataChange
    }

    /// Takes out a live file, saying all that the protocol lets a remove say.
    package init(of file: AddFile, at time: Int, dataChange: Bool = true) {
        path = file.path
        deletionTimestamp = time
        self.dataChange = dataChange
        extendedFileMetadata = true
        partitionValues = file.partitionValues
        size = file.size
        deletionVector = file.deletionVector
        baseRowID = file.baseRowID
        defaultRowCommitVersion = file.defaultRowCommitVersion
    }
}

/// Where the rows are listed that a file holds but the table does not.
package struct DeletionVector: Hashable, Sendable {
    package var storageType: String
    package var pathOrInlineDv: String
    package var offset: Int?
    package var sizeInBytes: Int
    package var cardinality: Int

    /// Tells two vectors of one file apart.
    package var uniqueID: String {
        storageType + pathOrInlineDv + (offset.map { "@\($0)" } ?? "")
    }
}

/// How far an application has come that writes to the table.
package struct Transaction: Hashable, Sendable {
    package var application: String
    package var version: Int
    /// In milliseconds since 1970.
    package var lastUpdated: Int?

    package init(application: String, version: Int, lastUpdated: Int? = nil) {
        self.application = application
        self.version = version
        self.lastUpdated = lastUpdated
    }
}

/// A named setting of a feature.
package struct DomainMetadata: Hashable, Sendable {
    package var domain: String
    package var configuration: String
    package var removed: Bool
}

/// A file of row-level changes; no part of the table itself.
package struct ChangeDataFile: Hashable, Sendable {
    package var path: String
    package var partitionValues: [String: String?]
    package var size: Int
}

/// What a checkpoint says of itself.
package struct CheckpointMetadata: Hashable, Sendable {
    /// The table's version.
    package var version: Int
    package var tags: [String: String?]

    package init(version: Int, tags: [String: String?] = [:]) {
        self.version = version
        self.tags = tags
    }
}

/// A Parquet file beside a checkpoint that has some of its `add` and `remove` rows.
package struct Sidecar: Hashable, Sendable {
    /// URI-encoded; relative to `_delta_log/_sidecars`, or absolute.
    package var path: String
    package var sizeInBytes: Int
    /// In milliseconds since 1970.
    package var modificationTime: Int
    package var tags: [String: String?]

    package init(path: String, sizeInBytes: Int, modificationTime: Int, tags: [String: String?] = [:]) {
        self.path = path
        self.sizeInBytes = sizeInBytes
        self.modificationTime = modificationTime
        self.tags = tags
    }

    /// The folder of sidecars in `_delta_log`.
    package static let folder = "_sidecars"

    /// The name in the log's folder of sidecars; nil when the file is elsewhere, where no writer puts it.
    package var name: String? {
        let name = DataPath.decoded(path)
        return name.isEmpty || name.contains("/") || name.contains(":") || name == ".." || name == "." ? nil : name
    }
}
