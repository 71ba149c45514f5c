import Glibc

/// A file descriptor, which stays open.
package struct DescriptorSource: ByteSource {
    private let descriptor: Int32

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    package mutating func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, room.baseAddress, room.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw ColumnarError.system("cannot read") }
        }
    }
}

/// A file descriptor to write to, which stays open. A peer that went away is an error, not a signal, only if the process
/// ignores `SIGPIPE`.
package struct DescriptorSink: Sendable {
    private let descriptor: Int32
    /// Pieces that the system takes at a time.
    private static let most = 256

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes all pieces, without putting them together first.
    package func write(_ pieces: [Buffer]) throws {
        var rest = pieces.filter { $0.count > 0 }[...]
        while !rest.isEmpty {
            var written = try write(rest.prefix(Self.most))
            while written > 0, let first = rest.first {
                rest.removeFirst()
                if written < first.count {
                    rest.insert(try first.slice(written, first.count - written), at: rest.startIndex)
                }
                written -= first.count
            }
        }
    }

    /// How many bytes the system took.
    private func write(_ pieces: ArraySlice<Buffer>) throws -> Int {
        let vectors = pieces.map { iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.start), iov_len: $0.count) }
        defer { withExtendedLifetime(pieces) {} }
        while true {
            let count = writev(descriptor, vectors, Int32(vectors.count))
            if count >= 0 { return count }
            guard errno == EINTR else { throw ColumnarError.system("cannot write") }
        }
    }
}
