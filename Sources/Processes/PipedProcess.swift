import CProcess
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A process in a group of its own that bytes are exchanged with: its standard input and output. When it ends, what is
/// left of its group is ended too.
///
/// One thread exchanges, any may `kill`.
package final class PipedProcess: Sendable {
    /// How an exchange ended.
    package enum Outcome: Sendable, Equatable {
        case done
        /// The process ended, or closed its output, before all that was wanted had come.
        case ended
        case timedOut
        /// It had more memory than it may have.
        case tooMuchMemory(bytes: Int)
    }

    private struct State {
        var isOver = false
        var ending: ChildProcess.Ending?
        var lastWords: [String] = []
    }

    package let identifier: Int
    private let input: Descriptor
    private let output: Descriptor
    /// Becomes readable when the process is over.
    private let bell: Descriptor
    private let bellRope: Descriptor
    private let state = Mutex(State())
    private let over = DispatchGroup()

    /// So many of its last lines are kept.
    private static let keptLines = 30

    /// - Parameter onLine: gets what it says on its standard error, line by line.
    package init(_ launch: ChildProcess.Launch, onLine: @escaping @Sendable (String) -> Void) throws {
        let pipes = try (0..<4).map { _ in try Self.pipe() }
        let (input, output, errors, bell) = (pipes[0], pipes[1], pipes[2], pipes[3])
        let arguments = launch.command.map { strdup($0) } + [nil]
        let environment = launch.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var number: Int32 = 0
        let code = cprocess_spawn(
            arguments, environment, launch.folder, input.read.number, output.write.number, errors.write.number, &number)
        guard code == 0 else {
            throw CannotStart(reason: "\(launch.command.first ?? ""): \(String(cString: strerror(code)))")
        }
        identifier = Int(number)
        self.input = input.write
        self.output = output.read
        self.bell = bell.read
        bellRope = bell.write
        for descriptor in [input.write, output.read] {
            _ = fcntl(descriptor.number, F_SETFL, fcntl(descriptor.number, F_GETFL) | O_NONBLOCK)
            #if os(Linux)
                // As much as the system lets anyone have: each piece is a change of processes.
                _ = fcntl(descriptor.number, 1031 /* F_SETPIPE_SZ */, 1 << 20)
            #endif
        }
        let listening = DispatchSemaphore(value: 0)
        let isOver = DispatchSemaphore(value: 0)
        over.enter()
        Self.thread { [self] in
            Self.listen(errors.read.number, until: isOver) { line in
                state.withLock { state in
                    state.lastWords.append(line)
                    if state.lastWords.count > Self.keptLines { state.lastWords.removeFirst() }
                }
                onLine(line)
            }
            withExtendedLifetime(errors.read) {}
            listening.signal()
        }
        Self.thread { [self] in
            let ending = wait(for: pid_t(identifier))
            isOver.signal()
            listening.wait()
            state.withLock { $0.ending = ending }
            over.leave()
            var byte: UInt8 = 1
            _ = write(bellRope.number, &byte, 1)
        }
    }

    package struct CannotStart: Error, Sendable {
        package var reason: String
    }

    /// How it ended, and the last lines that it said; waits for that.
    package func ending() -> (ChildProcess.Ending, lastWords: [String]) {
        over.wait()
        return state.withLock { ($0.ending ?? .exited(status: 0), $0.lastWords) }
    }

    package var hasEnded: Bool { state.withLock { $0.ending != nil } }

    /// Makes it say where it is, if it knows how to, and end.
    package func abort() {
        state.withLock { state in
            if !state.isOver { _ = Self.signal(pid_t(identifier), SIGABRT) }
        }
    }

    private static func signal(_ process: pid_t, _ signal: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(process, signal)
        #elseif canImport(Musl)
            Musl.kill(process, signal)
        #else
            Darwin.kill(process, signal)
        #endif
    }

    /// Ends the whole group at once.
    package func kill() {
        state.withLock { state in
            if !state.isOver { _ = killpg(pid_t(identifier), SIGKILL) }
        }
    }

    /// Lets it end by itself, now that nothing more comes, and ends it after a time.
    package func close(grace: Duration) {
        input.close()
        let (seconds, attoseconds) = grace.components
        let time = Double(seconds) + Double(attoseconds) / 1e18
        if over.wait(timeout: .now() + time) == .timedOut { kill() }
        over.wait()
    }

    /// Writes pieces and reads meanwhile, until all is written and `room` is full, or without a room for so many bytes
    /// until the process closes its output.
    /// - Parameters:
    ///   - closesInput: whether nothing more comes after the pieces.
    ///   - memory: of the process, in bytes; looked at ten times a second.
    package func exchange(
        _ pieces: [UnsafeRawBufferPointer], closesInput: Bool = false, into room: ReceivedBytes, wanted: Int?,
        deadline: ContinuousClock.Instant?, memory: Int?
    ) -> Outcome {
        var rest = pieces.filter { $0.count > 0 }[...]
        if rest.isEmpty, closesInput { input.close() }
        var isClosed = false
        while true {
            if let wanted, rest.isEmpty, room.count >= wanted { return .done }
            if isClosed { return wanted == nil ? .done : .ended }
            var watched = [
                pollfd(fd: output.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: bell.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: rest.isEmpty ? -1 : input.number, events: Int16(POLLOUT), revents: 0),
            ]
            if let wanted, room.count >= wanted { watched[0].fd = -1 }
            let patience = memory == nil ? 1000 : 100
            var wait = patience
            if let deadline {
                let left = deadline - .now
                guard left > .zero else { return .timedOut }
                wait = min(patience, Int(left / .milliseconds(1)) + 1)
            }
            let ready = poll(&watched, nfds_t(watched.count), Int32(wait))
            if ready < 0, errno != EINTR { return .ended }
            if let memory, let used = Self.memory(of: identifier), used > memory { return .tooMuchMemory(bytes: used) }
            guard ready > 0 else { continue }
            if watched[2].revents != 0, !send(&rest) { rest = [] }
            if rest.isEmpty, closesInput { input.close() }
            if watched[0].revents != 0, !receive(room, wanted) { isClosed = true }
            if watched[1].revents != 0, watched[0].revents == 0 { isClosed = true }
        }
    }

    /// False when nobody reads any more.
    private func send(_ rest: inout ArraySlice<UnsafeRawBufferPointer>) -> Bool {
        while let first = rest.first {
            let count = write(input.number, first.baseAddress, first.count)
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            rest.removeFirst()
            if count < first.count {
                rest.insert(UnsafeRawBufferPointer(rebasing: first[count...]), at: rest.startIndex)
            }
        }
        return true
    }

    /// False when there is nothing more.
    private func receive(_ room: ReceivedBytes, _ wanted: Int?) -> Bool {
        while true {
            let free = room.free(atMost: wanted)
            guard free.count > 0 else { return true }
            let count = read(output.number, free.baseAddress, free.count)
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            guard count > 0 else { return false }
            room.count += count
            if count < free.count, wanted != nil { return true }
        }
    }

    // MARK: Its life

    private func wait(for number: pid_t) -> ChildProcess.Ending {
        var information = siginfo_t()
        while waitid(P_PID, id_t(number), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        var status: Int32 = 0
        state.withLock { state in
            // What it left behind goes with it; its number is still its own, because nobody took it away yet.
            _ = killpg(number, SIGKILL)
            while waitpid(number, &status, 0) < 0, errno == EINTR {}
            state.isOver = true
        }
        let signal = status & 0x7F
        return signal == 0 ? .exited(status: Int((status >> 8) & 0xFF)) : .killed(signal: Int(signal))
    }

    private static func listen(
        _ descriptor: Int32, until isOver: DispatchSemaphore, _ tell: (String) -> Void
    ) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var hasEnded = false
        while true {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&watched, 1, hasEnded ? 0 : 100)
            if ready <= 0 {
                if hasEnded { break }
                hasEnded = isOver.wait(timeout: .now()) == .success
                continue
            }
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                break
            }
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                tell(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
            // Lines that are longer come in pieces.
            if rest.count > 64 << 10 {
                tell(String(decoding: rest, as: UTF8.self))
                rest = []
            }
        }
        if !rest.isEmpty { tell(String(decoding: rest, as: UTF8.self)) }
    }

    /// Runs `body` on a thread of its own, which may exchange: a process that went away is no signal there.
    package static func thread(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread {
            var pipe = sigset_t()
            sigemptyset(&pipe)
            sigaddset(&pipe, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &pipe, nil)
            body()
        }
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Bytes of memory that are the process's own; nil where the system does not tell.
    private static func memory(of process: Int) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return nil }
        let numbers = text.split(separator: " ")
        guard numbers.count > 1, let pages = Int(numbers[1]) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    private static func pipe() throws -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [0, 0]
        guard cprocess_pipe(&ends) == 0 else { throw CannotStart(reason: String(cString: strerror(errno))) }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }
}

/// An end of a pipe, closed once.
private final class Descriptor: Sendable {
    let number: Int32
    private let isOpen = Atomic<Bool>(true)

    init(_ number: Int32) {
        self.number = number
    }

    deinit { close() }

    func close() {
        guard isOpen.exchange(false, ordering: .sequentiallyConsistent) else { return }
        _ = closeDescriptor(number)
    }
}

/// Bytes that were received, in one piece of memory.
///
/// `@unchecked Sendable` because they do not change after they were received.
package final class ReceivedBytes: @unchecked Sendable {
    // One thread fills it; afterwards nobody writes.
    package private(set) var start: UnsafeMutableRawPointer
    private var capacity: Int
    package fileprivate(set) var count = 0

    package init(capacity: Int) {
        self.capacity = max(capacity, 64)
        start = .allocate(byteCount: self.capacity, alignment: 64)
    }

    deinit { start.deallocate() }

    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// The room behind what is there: up to a number of bytes in all, or as much as there is, and there is always some.
    fileprivate func free(atMost wanted: Int?) -> UnsafeMutableRawBufferPointer {
        if count == capacity, wanted.map({ $0 > count }) ?? true { grow() }
        let end = min(capacity, wanted ?? capacity)
        return UnsafeMutableRawBufferPointer(start: start + count, count: max(0, end - count))
    }

    private func grow() {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 64)
        larger.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = larger
        capacity *= 2
    }
}

private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
