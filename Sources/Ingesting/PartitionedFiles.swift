package import Project
package import Timetable

/// The files of an ingest whose patterns have `{partition}`, told apart by the partitions that their names tell.
package struct PartitionedFiles: Sendable, Equatable {
    /// The key of each file's partition, by the file's absolute path.
    package private(set) var keys: [String: String] = [:]
    /// Files whose names tell no partition that the dataset has.
    package private(set) var others: [SourceFiles.File] = []
    /// The partitions that have files.
    package private(set) var partitions: PartitionSet
    /// A digest of the files of each partition, by its key.
    package private(set) var digests: [String: String] = [:]

    /// Nil when all files are read for every partition.
    package init?(_ files: SourceFiles, _ ingest: Ingest, _ partitioning: Partitioning, in root: String) {
        guard ingest.namesPartitions else { return nil }
        let patterns = ingest.files.map { $0.value.hasPrefix("/") ? $0.value : root + "/" + $0.value }
        var builders: [String: Fingerprint.Builder] = [:]
        for file in files.files {
            guard let key = Self.key(of: file.path, patterns, partitioning) else {
                others.append(file)
                continue
            }
            keys[file.path] = key
            var builder = builders[key] ?? Fingerprint.Builder()
            builder.add(files.name(of: file))
            builder.add(String(file.size))
            builder.add(String(file.modified))
            builders[key] = builder
        }
        digests = builders.mapValues { String($0.finish().text.prefix(16)) }
        partitions =
            PartitionSet(texts: digests.keys, by: partitioning.period)
            ?? partitioning.period.map { PartitionSet($0, numbers: []) } ?? PartitionSet(values: [])
    }

    /// The key that a path has where a pattern has the placeholder.
    private static func key(of path: String, _ patterns: [String], _ partitioning: Partitioning) -> String? {
        for key in candidates(in: path, partitioning) {
            let isMatch = patterns.contains { pattern in
                Glob.matches(path, pattern: pattern.replacing(Ingest.partitionPlaceholder, with: key))
            }
            if isMatch { return key }
        }
        return nil
    }

    /// The keys that stand somewhere in a path; the longest first, because one may be part of another.
    private static func candidates(in path: String, _ partitioning: Partitioning) -> [String] {
        guard case .time(let period, _) = partitioning.scheme else {
            guard case .list(let values) = partitioning.scheme else { return [] }
            return values.filter { path.contains($0) }.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        }
        let bytes = Array(path.utf8)
        let length = period.key(number: 0).text.utf8.count
        guard bytes.count >= length else { return [] }
        var found: [String] = []
        for start in 0...(bytes.count - length) where bytes[start] >= 48 && bytes[start] <= 57 {
            let text = String(decoding: bytes[start..<start + length], as: UTF8.self)
            if period.isValid(PartitionKey(text)), !found.contains(text) { found.append(text) }
        }
        return found
    }

    /// Whether a file is of one of these partitions.
    package func isOf(_ partitions: PartitionSet, _ file: SourceFiles.File) -> Bool {
        keys[file.path].map { partitions.contains(PartitionKey($0)) } ?? false
    }
}
