#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A store in a folder of the local file system.
///
/// New objects appear by a hard link, which fails when the name is taken: of several processes that put one object
/// exactly one succeeds, also on NFS. Bytes and names are on the disk before a function returns.
package struct LocalFolder: ObjectStore {
    /// Temporary files begin so. Readers of a table's log ignore them; after a crash they may stay.
    package static let temporaryPrefix = ".tmp-"

    /// The absolute path of the folder.
    package let folder: String

    /// - Parameter folder: an absolute path; the folder is made when something is first written.
    package init(_ folder: String) {
        var folder = folder
        while folder.utf8.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        self.folder = folder
    }

    package func location(of path: ObjectPath) -> String {
        path == .root ? folder : "\(folder)/\(path.text)"
    }

    package func read(_ path: ObjectPath, limit: Int?) async throws(ObjectStoreError) -> [UInt8] {
        let location = location(of: path)
        let file = try OpenFile(location, O_RDONLY)
        defer { file.close() }
        return try file.read(limit: limit)
    }

    package func putIfAbsent(_ path: ObjectPath, _ bytes: [UInt8]) async throws(ObjectStoreError) {
        let target = location(of: path)
        let temporary = try await temporaryFile(beside: path, bytes)
        defer { unlink(temporary) }
        guard link(temporary, target) == 0 else { throw ObjectStoreError(errno, target, "cannot create the file") }
        try synchronizeFolder(of: path)
    }

    package func put(_ path: ObjectPath, _ bytes: [UInt8]) async throws(ObjectStoreError) {
        let temporary = try await temporaryFile(beside: path, bytes)
        try replace(path, by: temporary)
    }

    package func put(_ path: ObjectPath, movingFile file: String) async throws(ObjectStoreError) {
        let source = try OpenFile(file, O_RDONLY)
        do {
            defer { source.close() }
            try source.synchronize()
        }
        try replace(path, by: file)
    }

    package func temporaryLocation(for path: ObjectPath) -> String {
        let number = UInt64.random(in: 0...UInt64.max)
        return "\(location(of: path.folder))/\(Self.temporaryPrefix)\(String(number, radix: 36))"
    }

    package func head(_ path: ObjectPath) async throws(ObjectStoreError) -> ObjectEntry {
        let location = location(of: path)
        var status = stat()
        guard stat(location, &status) == 0 else { throw ObjectStoreError(errno, location, "cannot find the file") }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw ObjectStoreError(EISDIR, location, "cannot read the file")
        }
        return ObjectEntry(path: path, status)
    }

    package func names(in folder: ObjectPath, from first: String?) async throws(ObjectStoreError) -> [String] {
        var names: [String] = []
        try scan(folder) { name, kind in
            if kind == .file, first.map({ !Self.precedes(name, $0) }) ?? true { names.append(name) }
        }
        return names.sorted(by: Self.precedes)
    }

    package func folders(in folder: ObjectPath) async throws(ObjectStoreError) -> [String] {
        var names: [String] = []
        try scan(folder) { name, kind in
            if kind != .file { names.append(name) }
        }
        return names.sorted(by: Self.precedes)
    }

    package func list(_ folder: ObjectPath, recursively: Bool) async throws(ObjectStoreError) -> [ObjectEntry] {
        var entries: [ObjectEntry] = []
        var pending = [folder]
        while let next = pending.popLast() {
            var files: [ObjectPath] = []
            try scan(next) { name, kind in
                guard let path = next.appending(name) else { return }
                switch kind {
                case .file: files.append(path)
                case .folder: if recursively { pending.append(path) }
                case .linkToFolder: break
                }
            }
            for path in files {
                var status = stat()
                // A file may vanish between the listing and this.
                if stat(location(of: path), &status) == 0 { entries.append(ObjectEntry(path: path, status)) }
            }
        }
        return entries.sorted { $0.path < $1.path }
    }

    package func delete(_ path: ObjectPath) async throws(ObjectStoreError) {
        let location = location(of: path)
        guard unlink(location) == 0 || errno == ENOENT else {
            throw ObjectStoreError(errno, location, "cannot delete the file")
        }
    }

    package func makeFolder(_ path: ObjectPath) async throws(ObjectStoreError) {
        try makeFolders(location(of: path))
    }

    package func removeEmptyFolder(_ path: ObjectPath) async throws(ObjectStoreError) {
        let location = location(of: path)
        guard rmdir(location) == 0 || [ENOENT, ENOTEMPTY, EEXIST].contains(errno) else {
            throw ObjectStoreError(errno, location, "cannot remove the folder")
        }
    }

    package func synchronize(_ path: ObjectPath) async throws(ObjectStoreError) {
        let file = try OpenFile(location(of: path), O_RDONLY)
        do {
            defer { file.close() }
            try file.synchronize()
        }
        try synchronizeFolder(of: path)
    }

    // MARK: - Steps

    /// The order of the bytes, as object stores have it.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private func temporaryFile(beside path: ObjectPath, _ bytes: [UInt8]) async throws(ObjectStoreError) -> String {
        let temporary = temporaryLocation(for: path)
        let file: OpenFile
        do {
            file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
        } catch  where error.code == .notFound {
            try makeFolders(location(of: path.folder))
            file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
        }
        do throws(ObjectStoreError) {
            defer { file.close() }
            try file.write(bytes)
            try file.synchronize()
        } catch {
            unlink(temporary)
            throw error
        }
        return temporary
    }

    private func replace(_ path: ObjectPath, by file: String) throws(ObjectStoreError) {
        let target = location(of: path)
        guard rename(file, target) == 0 else {
            let error = ObjectStoreError(errno, target, "cannot replace the file")
            unlink(file)
            throw error
        }
        try synchronizeFolder(of: path)
    }

    private func synchronizeFolder(of path: ObjectPath) throws(ObjectStoreError) {
        let folder = try OpenFile(location(of: path.folder), O_RDONLY | O_DIRECTORY)
        defer { folder.close() }
        try folder.synchronize()
    }

    private func makeFolders(_ location: String) throws(ObjectStoreError) {
        if mkdir(location, 0o777) == 0 { return }
        switch errno {
        case EEXIST:
            var status = stat()
            guard stat(location, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw ObjectStoreError(ENOTDIR, location, "cannot make the folder")
            }
        case ENOENT:
            let parent = location.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(location[..<$0]) } ?? ""
            guard !parent.isEmpty, parent != location else {
                throw ObjectStoreError(ENOENT, location, "cannot make the folder")
            }
            try makeFolders(parent)
            guard mkdir(location, 0o777) == 0 || errno == EEXIST else {
                throw ObjectStoreError(errno, location, "cannot make the folder")
            }
        case let cause:
            throw ObjectStoreError(cause, location, "cannot make the folder")
        }
    }

    private enum Kind {
        case file, folder
        /// Listings do not follow it, because it may lead in a circle.
        case linkToFolder
    }

    private func scan(_ folder: ObjectPath, _ body: (String, Kind) -> Void) throws(ObjectStoreError) {
        let location = location(of: folder)
        guard let stream = opendir(location) else { throw ObjectStoreError(errno, location, "cannot list the folder") }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw ObjectStoreError(errno, location, "cannot list the folder") }
                return
            }
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            switch Int(entry.pointee.d_type) {
            case Int(DT_REG): body(name, .file)
            case Int(DT_DIR): body(name, .folder)
            default:
                // A symbolic link, or a file system that does not say.
                var status = stat()
                guard stat("\(location)/\(name)", &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFREG: body(name, .file)
                case S_IFDIR: body(name, entry.pointee.d_type == DT_LNK ? .linkToFolder : .folder)
                default: continue
                }
            }
        }
    }
}

extension ObjectEntry {
    fileprivate init(path: ObjectPath, _ status: stat) {
        let time = status.st_mtim
        self.init(path: path, size: Int(status.st_size), modified: time.tv_sec * 1_000 + time.tv_nsec / 1_000_000)
    }
}
