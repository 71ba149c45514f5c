import Crypto

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A local file that is read at any place; closed when it is let go.
final class FileReader: Sendable {
    /// In bytes: what is held in memory of a file on its way.
    static let chunk = 1 << 18

    private let file: OpenFile
    let count: Int

    init(_ path: String) throws(ObjectStoreError) {
        file = try OpenFile(path, O_RDONLY)
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else {
            let error = ObjectStoreError(errno, path, "cannot read the file")
            file.close()
            throw error
        }
        count = Int(status.st_size)
    }

    deinit { file.close() }

    /// At least one byte.
    func read(at offset: Int, atMost count: Int) throws(ObjectStoreError) -> [UInt8] {
        while true {
            var result = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                result = pread(file.descriptor, buffer.baseAddress, count, off_t(offset))
                initialized = max(0, result)
            }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw ObjectStoreError(errno, file.path, "cannot read the file") }
            guard result > 0 else {
                throw ObjectStoreError(code: .other, path: file.path, message: "the file became shorter")
            }
            return bytes
        }
    }

    /// The SHA-256 of a part, in lower-case hexadecimal.
    func payload(_ range: FileRange) throws(ObjectStoreError) -> String {
        var hash = SHA256()
        var range = range
        while range.count > 0 {
            let bytes = try read(at: range.offset, atMost: min(range.count, Self.chunk))
            hash.update(data: bytes)
            range.offset += bytes.count
            range.count -= bytes.count
        }
        return SignatureV4.hexadecimal(hash.finalize())
    }
}

func systemReason(_ cause: Int32) -> String { String(cString: strerror(cause)) }

/// What `connect` fails with.
let connectionErrors: Set<Int32> = [
    ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL, EAFNOSUPPORT,
]

/// Deletes a local file; one that is not there is no matter.
func removeFile(_ path: String) { unlink(path) }
