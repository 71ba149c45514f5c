#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The files of this machine. Plain system calls: a project may have thousands of small files.
package struct DiskFiles: ProjectFiles {
    package init() {}

    package func read(_ path: String) throws(ProjectFileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.error(errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .wrongKind }
        var bytes: [UInt8] = []
        // One byte more than the file's size, so that its end is seen without another round.
        var chunk = max(Int(status.st_size) + 1, 4096)
        while true {
            var failure: Int32 = 0
            let count = bytes.count
            let more = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, filled in
                let got = Self.retrying { sysRead(descriptor, buffer.baseAddress, buffer.count) }
                if got < 0 { failure = errno }
                filled = max(0, got)
            }
            guard failure == 0 else { throw Self.error(failure) }
            if more.isEmpty { return bytes }
            if bytes.isEmpty { bytes = more } else { bytes += more }
            if more.count < chunk, bytes.count == Int(status.st_size) { return bytes }
            chunk = max(4096, bytes.count - count)
        }
    }

    package func list(_ folder: String) throws(ProjectFileError) -> [ProjectFolderEntry] {
        guard let stream = opendir(folder) else { throw Self.error(errno) }
        defer { closedir(stream) }
        var entries: [ProjectFolderEntry] = []
        while let entry = readdir(stream) {
            let name = Self.name(of: entry)
            if name == "." || name == ".." { continue }
            entries.append(
                ProjectFolderEntry(name: name, isFolder: isFolder(entry.pointee.d_type, folder + "/" + name)))
        }
        return entries.sorted { $0.name < $1.name }
    }

    package func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }

    /// The type that the folder itself tells saves a call per file; links and file systems that tell none are asked.
    private func isFolder(_ type: UInt8, _ path: String) -> Bool {
        if Int(type) == Int(DT_DIR) { return true }
        if Int(type) == Int(DT_REG) { return false }
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) { field in
            field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
                String(cString: $0)
            }
        }
    }

    private static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static func error(_ code: Int32) -> ProjectFileError {
        switch code {
        case ENOENT: .missing
        case EACCES, EPERM: .notPermitted
        case EISDIR, ENOTDIR: .wrongKind
        default: .other(String(cString: strerror(code)))
        }
    }
}

/// The system call, under a name that `DiskFiles.read` does not hide.
private func sysRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
