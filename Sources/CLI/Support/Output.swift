import Glibc
import Synchronization

/// A file descriptor that text is written to. Never crashes: a reader that went away and a full disk are errors.
final class Output: Sendable {
    struct Failure: Error {
        /// The reader went away (`… | head`): nobody needs to be told.
        var isClosed: Bool
        var reason: String
    }

    private struct State {
        var buffer: [UInt8] = []
        var failure: Failure?
    }

    let descriptor: Int32
    let isTerminal: Bool
    private let state = Mutex(State())

    static let standard = Output(descriptor: STDOUT_FILENO)
    static let errors = Output(descriptor: STDERR_FILENO)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// Collects text and writes it in large pieces; `flush` writes the rest.
    func write(_ text: String) throws(Failure) {
        try add(text, limit: 1 << 16)
    }

    /// Writes text at once.
    func writeNow(_ text: String) throws(Failure) {
        try add(text, limit: 0)
    }

    func flush() throws(Failure) {
        try add("", limit: 0)
    }

    private func add(_ text: String, limit: Int) throws(Failure) {
        let failure = state.withLock { state -> Failure? in
            guard state.failure == nil else { return state.failure }
            state.buffer += text.utf8
            guard state.buffer.count > limit else { return nil }
            state.failure = drain(&state.buffer)
            return state.failure
        }
        if let failure { throw failure }
    }

    private func drain(_ buffer: inout [UInt8]) -> Failure? {
        defer { buffer.removeAll(keepingCapacity: true) }
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes -> Int in
                guard let start = bytes.baseAddress else { return 0 }
                return Glibc.write(descriptor, start + written, bytes.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return Failure(isClosed: errno == EPIPE, reason: String(cString: strerror(errno)))
            }
        }
        return nil
    }

    /// The cells of a line; nil when it is no terminal.
    var width: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}

/// What a process needs before it writes.
enum StandardStreams {
    /// Opens what is closed onto nothing, so that no file that is opened later takes the place of standard output; and
    /// lets a write to a reader that went away fail instead of ending the process.
    static func prepare() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = Glibc.open("/dev/null", O_RDWR)
        }
        signal(SIGPIPE, SIG_IGN)
    }
}

func exitProcess(_ status: Int32) -> Never { Glibc.exit(status) }

/// Milliseconds since 1970 in UTC.
func currentMilliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
}
