/// Which files in a table's folder no version needs that is still kept.
package struct VacuumPlan: Sendable {
    package struct Entry: Hashable, Sendable {
        /// Relative to the table's folder, as the file system has it.
        package var path: String
        /// In bytes.
        package var size: Int
        /// When it was last written, in milliseconds since 1970.
        package var modified: Int

        package init(path: String, size: Int, modified: Int) {
            self.path = path
            self.size = size
            self.modified = modified
        }
    }

    private var protected = ByteInterner()
    /// Names of files that the log has under absolute paths outside of the folder: these may be other ways to it.
    private var protectedNames: Set<Substring> = []
    private let cutoff: Int
    private let root: String

    /// - Parameters:
    ///   - snapshot: the newest version.
    ///   - cutoff: in milliseconds since 1970: files that were written or taken out since then stay.
    ///   - root: the table's folder or URL, for paths of the log that are absolute.
    /// - Throws: `corrupt` when the log names a deletion vector in no readable way.
    package init(_ snapshot: Snapshot, cutoff: Int, root: String) throws(DeltaLogError) {
        self.cutoff = cutoff
        self.root = root
        try keep(snapshot.files)
        for file in snapshot.tombstones {
            // The protocol takes a tombstone without a time for one of 1970.
            guard file.deletionTimestamp ?? 0 >= cutoff else { continue }
            protect(file.path)
            if let vector = file.deletionVector { try protect(vector) }
        }
    }

    /// Protects the files of one more version: one that is tagged, or recent enough to be read.
    package mutating func keep(_ files: some Sequence<AddFile>) throws(DeltaLogError) {
        for file in files {
            protect(file.path)
            if let vector = file.deletionVector { try protect(vector) }
        }
    }

    /// Protects the files of one more version.
    package mutating func keep(_ files: LiveFiles) throws(DeltaLogError) {
        for index in files.indices {
            protect(files.path(at: index))
            if let vector = files.deletionVector(at: index) { try protect(vector) }
        }
    }

    /// Protects a file by its path in the log: one that a commit took out at or after the cutoff, when the snapshot has
    /// forgotten about it.
    package mutating func protect(_ path: String) { insert(DataPath.canonical(path)) }

    private mutating func protect(_ vector: DeletionVector) throws(DeltaLogError) {
        guard case .file(let path, _) = try vector.location else { return }
        insert(path)
    }

    private mutating func insert(_ canonical: String) {
        var path = canonical
        if path.hasPrefix("/") || path.contains("://") {
            if let name = path.split(separator: "/").last { protectedNames.insert(name) }
            guard path.hasPrefix(root + "/") else { return }
            path = String(path.utf8.dropFirst(root.utf8.count + 1)) ?? path
        }
        _ = path.withUTF8 { protected.insert(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the file may be deleted.
    package func mayDelete(_ entry: Entry) -> Bool {
        guard entry.modified < cutoff, !Self.isHidden(entry.path) else { return false }
        var path = entry.path
        if !protectedNames.isEmpty, let name = path.split(separator: "/").last, protectedNames.contains(name) {
            return false
        }
        return !path.withUTF8 { protected.contains(UnsafeRawBufferPointer($0)) }
    }

    /// Those of the entries that may be deleted.
    package func deletable(_ entries: some Sequence<Entry>) -> [Entry] { entries.filter(mayDelete) }

    /// Whether a file is none of the table's data: something in its path begins with `_` or `.`, as in `_delta_log`. Folders
    /// of partition columns with such names are data, and so are change data files.
    package static func isHidden(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.enumerated().contains { index, part in
            guard part.hasPrefix("_") || part.hasPrefix(".") else { return false }
            let isFolder = index < parts.count - 1
            if isFolder, part.contains("=") { return false }
            return !(isFolder && index == 0 && (part == "_change_data" || part == "_delta_index"))
        }
    }
}
