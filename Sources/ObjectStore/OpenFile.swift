#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An open file descriptor, and the path for messages. Whoever opens it closes it.
struct OpenFile {
    let descriptor: Int32
    let path: String

    /// The flag for reading only.
    static var reading: Int32 { O_RDONLY }

    init(_ path: String, _ flags: Int32) throws(ObjectStoreError) {
        let descriptor = open(path, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let action = flags & O_CREAT != 0 ? "cannot create the file" : "cannot open the file"
            throw ObjectStoreError(errno, path, action)
        }
        self.descriptor = descriptor
        self.path = path
    }

    func close() { _ = systemClose(descriptor) }

    /// The bytes from the current position to the end, or at most `limit` of them.
    func read(limit: Int?) throws(ObjectStoreError) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ObjectStoreError(errno, path, "cannot read the file") }
        var wanted = limit.map { min($0, Int(status.st_size)) } ?? Int(status.st_size)
        var bytes: [UInt8] = []
        // A file that says it is empty may have grown since, or be one that cannot tell.
        if wanted == 0, limit == nil { wanted = 4096 }
        while bytes.count < wanted {
            let count = wanted - bytes.count
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                let result = systemRead(descriptor, buffer.baseAddress, count)
                failure = result < 0 ? errno : 0
                initialized = max(0, result)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw ObjectStoreError(failure, path, "cannot read the file") }
            if chunk.isEmpty { break }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
        }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(ObjectStoreError) {
        var written = 0
        while written < bytes.count {
            let result = bytes.withUnsafeBytes { buffer in
                systemWrite(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw ObjectStoreError(errno, path, "cannot write the file") }
            written += result
        }
    }

    /// Waits until the file's bytes are on the disk.
    func synchronize() throws(ObjectStoreError) {
        while fsync(descriptor) != 0 {
            // Some file systems cannot synchronise folders and need not.
            if errno == EINVAL || errno == ENOTSUP { return }
            if errno != EINTR { throw ObjectStoreError(errno, path, "cannot write the file") }
        }
    }
}

// Inside the type the system's functions are hidden by methods of the same names.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}

extension ObjectStoreError {
    init(_ cause: Int32, _ path: String, _ action: String) {
        let code: Code =
            switch cause {
            case ENOENT: .notFound
            case EEXIST: .alreadyExists
            case EACCES, EPERM: .permissionDenied
            case ENOSPC, EDQUOT: .noSpace
            case ENOTDIR: .notAFolder
            case EISDIR: .isAFolder
            case ENAMETOOLONG: .nameTooLong
            case EROFS: .readOnly
            case EMFILE, ENFILE: .tooManyOpenFiles
            default: .other
            }
        let reason = String(cString: strerror(cause))
        self.init(code: code, path: path, message: "\(action) (\(reason))", cause: cause)
    }
}
