import Foundation

/// A receiver that gets one line a letter: a file, or standard error.
struct LineReceiver: LetterTransport {
    /// The path of a file; nil means standard error.
    let path: String?

    func send(_ body: [UInt8], within time: Duration) async -> DeliveryOutcome {
        let descriptor = path.map { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644) } ?? STDERR_FILENO
        guard descriptor >= 0 else { return .failed(reason: Self.words(errno)) }
        defer { if path != nil { close(descriptor) } }
        // In one piece, because other runs may write to the same file.
        let bytes = body + [UInt8(ascii: "\n")]
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return .failed(reason: Self.words(errno))
            }
            written += count
        }
        return .delivered
    }

    private static func words(_ code: Int32) -> String {
        let text = String(cString: strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
