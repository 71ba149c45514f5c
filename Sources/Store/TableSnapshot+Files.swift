package import DeltaLog

extension TableSnapshot {
    /// Which of the table's columns a file holds.
    package enum StoredColumns: Sendable {
        /// All, in the table's types: Millrace wrote it.
        case all
        /// Those that the table had when Millrace wrote it, among them all that it is partitioned by.
        case fewer
        /// Another tool wrote it: without the partition columns, and perhaps without others.
        case unknown
    }

    package struct File: Sendable, Hashable {
        /// The absolute path or the URL.
        package var path: String
        /// The path as the log has it.
        package var logPath: String
        /// In bytes.
        package var size: Int
        /// Rows that count, without those that its deletion vector takes out; nil when the writer left no statistics.
        package var rows: Int?
        /// The values of the partition columns, as the log writes them; nil is NULL.
        package var partitionValues: [String: String?]
        package var columns: StoredColumns
        /// The statistics as the log has them, a JSON text; nil also when they were not asked for.
        package var statistics: String?
        /// When the file was last changed, in milliseconds since 1970.
        package var modified: Int
        package var deletionVector: DeletionVector?
        package var tags: [String: String?]
    }

    /// The files of a version. They are put together when they are asked for, so that a million of them take little
    /// memory.
    package struct Files: Sendable {
        private enum Storage: Sendable {
            case live(LiveFiles, FileReading, deletedRows: Int)
            case chosen([File])
        }

        private let storage: Storage

        package init(_ files: some Sequence<File>) { storage = .chosen(Array(files)) }

        /// - Parameter deletedRows: how many rows the deletion vectors of all files take out.
        init(_ files: LiveFiles, _ reading: FileReading, deletedRows: Int) {
            storage = .live(files, reading, deletedRows: deletedRows)
        }

        /// Nil when a file has no statistics.
        package var rowCount: Int? {
            switch storage {
            case .live(let files, _, let deleted): return files.totalRows.map { $0 - deleted }
            case .chosen(let files):
                var count = 0
                for file in files {
                    guard let rows = file.rows else { return nil }
                    count += rows
                }
                return count
            }
        }

        package var bytes: Int {
            switch storage {
            case .live(let files, _, _): files.totalSize
            case .chosen(let files): files.reduce(0) { $0 + $1.size }
            }
        }
    }

    /// How a file of the log becomes one of a snapshot.
    struct FileReading: Sendable {
        /// The table's folder.
        let folder: String
        /// What files hold that have every column of the table.
        let digest: String
        /// The partition columns by their names in the log, where those are others.
        let partitionNames: [String: String]

        init(folder: String, metadata: Metadata) {
            self.folder = folder
            digest = metadata.schema.digest
            var names: [String: String] = [:]
            for (field, key) in metadata.partitionKeys where field.name != key { names[key] = field.name }
            partitionNames = names
        }

        func file(_ file: AddFile) -> File {
            self.file(file, rows: FileStatistics.rows(in: file.statistics))
        }

        func file(_ files: LiveFiles, _ index: Int) -> File {
            file(files[index], rows: files.rows(at: index))
        }

        private func file(_ file: AddFile, rows: Int?) -> File {
            let tag = file.tags[AddFile.columnsTag] ?? nil
            var values = file.partitionValues
            for (key, name) in partitionNames {
                if let value = values.removeValue(forKey: key) { values.updateValue(value, forKey: name) }
            }
            return File(
                path: Self.location(of: file.path, in: folder), logPath: file.path, size: file.size,
                rows: rows.map { $0 - (file.deletionVector?.cardinality ?? 0) }, partitionValues: values,
                columns: tag == nil ? .unknown : tag == digest ? .all : .fewer, statistics: file.statistics,
                modified: file.modificationTime,
                deletionVector: file.deletionVector, tags: file.tags)
        }

        /// Where a file of the log is, as an engine opens it.
        static func location(of path: String, in folder: String) -> String {
            readable(DataPath.location(of: path, in: folder))
        }

        /// `s3a://` is what Hadoop's users call `s3://`.
        static func readable(_ location: String) -> String {
            location.hasPrefix("s3a://") ? "s3://" + location.dropFirst(6) : location
        }
    }
}

extension TableSnapshot.Files: RandomAccessCollection {
    package var startIndex: Int { 0 }

    package var endIndex: Int {
        switch storage {
        case .live(let files, _, _): files.endIndex
        case .chosen(let files): files.endIndex
        }
    }

    package subscript(_ index: Int) -> TableSnapshot.File {
        switch storage {
        case .live(let files, let reading, _): reading.file(files, index)
        case .chosen(let files): files[index]
        }
    }
}

extension TableSnapshot.Files: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: TableSnapshot.File...) { self.init(elements) }
}

extension TableSnapshot.Files: Equatable {
    package static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}
