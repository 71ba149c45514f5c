import Columnar
import Processes

/// The bytes of an Arrow stream, as a process wrote them.
struct ReceivedStream {
    let buffer: Buffer

    init(_ bytes: ReceivedBytes) {
        buffer = Buffer(
            owner: Owner(bytes), start: bytes.bytes.baseAddress ?? UnsafeRawPointer(bytes.start), count: bytes.count)
    }

    private final class Owner: BufferOwner {
        private let bytes: ReceivedBytes

        init(_ bytes: ReceivedBytes) {
            self.bytes = bytes
        }
    }
}

extension [Buffer] {
    /// Calls `body` with all the bytes in place.
    func withBytes<Result>(_ body: ([UnsafeRawBufferPointer]) throws -> Result) rethrows -> Result {
        // Buffers have addresses that stay: only that they live so long has to be seen to.
        try withExtendedLifetime(self) { try body(map { buffer in buffer.withUnsafeBytes { $0 } }) }
    }

    var byteCount: Int { reduce(0) { $0 + $1.count } }
}
