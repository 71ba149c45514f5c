import DeltaLog

/// Files that one statement rewrites together.
enum FileGroups {
    /// Readers of files that DuckDB has open at the end of a statement; each takes some kilobytes.
    static let filesAtOnce = 10_000

    /// Puts files together so that no group has more files or partitions than one statement should have, and of each
    /// partition about as much as makes one file.
    ///
    /// - Parameters:
    ///   - files: the table's order is kept within a partition.
    ///   - partitionColumns: none: every group may have any size, because DuckDB splits what it writes.
    ///   - fileSize: in bytes.
    static func groups(of files: [AddFile], partitionColumns: [String], fileSize: Int) -> [[AddFile]] {
        guard !partitionColumns.isEmpty else {
            return stride(from: 0, to: files.count, by: filesAtOnce).map { start in
                Array(files[start..<min(start + filesAtOnce, files.count)])
            }
        }
        let bins = byPartition(files, partitionColumns).flatMap { Self.bins(of: $0, fileSize: fileSize) }
        // A partition's second bin goes into another statement than its first.
        var groups: [(partitions: Set<[String?]>, files: [AddFile])] = []
        var open = 0
        for bin in bins {
            guard let first = bin.first else { continue }
            let partition = Self.partition(of: first, partitionColumns)
            let fitting = groups.indices[open...].first { index in
                groups[index].partitions.count < DataFileWriter.partitionsAtOnce
                    && groups[index].files.count + bin.count <= filesAtOnce
                    && !groups[index].partitions.contains(partition)
            }
            if let fitting {
                groups[fitting].partitions.insert(partition)
                groups[fitting].files += bin
            } else {
                groups.append(([partition], bin))
            }
            while open < groups.count, groups[open].partitions.count >= DataFileWriter.partitionsAtOnce { open += 1 }
        }
        return groups.map(\.files)
    }

    /// The files of each partition, of the table and of the dataset, in the order of their first files.
    static func byPartition(_ files: [AddFile], _ partitionColumns: [String]) -> [[AddFile]] {
        grouped(files) { partition(of: $0, partitionColumns) + [$0.tags[AddFile.partitionTag] ?? nil] }
    }

    /// The files that say the same about the dataset's partitions that their rows are of.
    static func byTags(_ files: [AddFile]) -> [[AddFile]] {
        grouped(files) { [$0.tags[AddFile.partitionTag] ?? nil, $0.tags[AddFile.sourcesTag] ?? nil] }
    }

    private static func grouped(_ files: [AddFile], by key: (AddFile) -> [String?]) -> [[AddFile]] {
        var indices: [[String?]: Int] = [:]
        var partitions: [[AddFile]] = []
        for file in files {
            let key = key(file)
            if let index = indices[key] {
                partitions[index].append(file)
            } else {
                indices[key] = partitions.count
                partitions.append([file])
            }
        }
        return partitions
    }

    /// Neighbours that together make about one file.
    static func bins(of files: [AddFile], fileSize: Int) -> [[AddFile]] {
        var bins: [[AddFile]] = []
        var size = 0
        for file in files {
            if let last = bins.indices.last, size + file.size <= fileSize, bins[last].count < filesAtOnce {
                bins[last].append(file)
                size += file.size
            } else {
                bins.append([file])
                size = file.size
            }
        }
        return bins
    }

    static func partition(of file: AddFile, _ columns: [String]) -> [String?] {
        columns.map { file.partitionValues[$0] ?? nil }
    }
}
