/// A file in a row of a Parquet checkpoint, column by column. The bytes only need to stay in place while it is applied.
package struct CheckpointFile {
    /// Whether the row adds the file; otherwise it remembers that the file was removed.
    package var isAdd: Bool
    /// `path`.
    package var path: UnsafeRawBufferPointer
    /// `partitionValues` as a JSON object.
    package var partitionValues: UnsafeRawBufferPointer?
    /// `size`, in bytes.
    package var size: Int?
    /// `modificationTime` or `deletionTimestamp`, in milliseconds since 1970.
    package var time: Int?
    /// `stats`.
    package var statistics: UnsafeRawBufferPointer?
    /// `tags` as a JSON object.
    package var tags: UnsafeRawBufferPointer?
    /// `deletionVector` as a JSON object.
    package var deletionVector: UnsafeRawBufferPointer?
    /// `baseRowId`.
    package var baseRowID: Int?
    package var defaultRowCommitVersion: Int?
    package var clusteringProvider: String?
    package var extendedFileMetadata: Bool?

    package init(isAdd: Bool, path: UnsafeRawBufferPointer, size: Int?, time: Int?) {
        self.isAdd = isAdd
        self.path = path
        self.size = size
        self.time = time
    }

    var entry: FileTable.Entry {
        var entry = FileTable.Entry(path: path)
        entry.partitionValues = partitionValues
        entry.size = size
        entry.time = time
        entry.dataChange = false
        entry.statistics = statistics
        entry.tags = tags
        entry.baseRowID = baseRowID
        entry.defaultRowCommitVersion = defaultRowCommitVersion
        entry.clusteringProvider = clusteringProvider
        entry.extendedFileMetadata = extendedFileMetadata
        return entry
    }
}
