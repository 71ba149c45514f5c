import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the processes of a run have said: a file of JSON lines, of bounded length.
final class RunLog: Sendable {
    private struct State {
        var descriptor: Int32
        var length: Int
        var isFull = false
    }

    private let state: Mutex<State>

    /// Bytes after which nothing more is written.
    static let longest = 16 << 20

    /// Goes on with the file of an earlier attempt. Without a disk to write to, nothing is written.
    init(path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        var status = stat()
        let length = descriptor >= 0 && fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        state = Mutex(State(descriptor: descriptor, length: length))
    }

    func write(_ line: String) {
        state.withLock { state in
            guard state.descriptor >= 0, !state.isFull else { return }
            var text = line + "\n"
            if state.length + text.utf8.count > Self.longest {
                state.isFull = true
                text = #"{"event":"log","text":"more was said than is kept"}"# + "\n"
            }
            state.length += text.utf8.count
            let bytes = Array(text.utf8)
            _ = bytes.withUnsafeBytes { writeBytes(state.descriptor, $0) }
        }
    }

    func finish() {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
        }
    }

    deinit { finish() }
}

private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
