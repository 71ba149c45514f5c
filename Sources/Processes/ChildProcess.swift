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

/// A process in a group of its own, with all that it starts. When it ends, what is left of its group is ended too.
///
/// Its end is heard of from the kernel: a thread waits for it, and takes it away, so that there are no zombies.
package final class ChildProcess: Sendable {
    package struct Launch: Sendable {
        /// The program, by its path or a name to be found in `PATH`, and its arguments.
        package var command: [String]
        package var environment: [String: String]
        package var folder: String
        /// What it reads from standard input.
        package var input: String

        package init(_ command: [String], environment: [String: String], folder: String, input: String = "") {
            self.command = command
            self.environment = environment
            self.folder = folder
            self.input = input
        }
    }

    /// How it ended.
    package enum Ending: Sendable, Equatable {
        case exited(status: Int)
        case killed(signal: Int)
        case notStarted(String)
    }

    package enum Channel: Sendable {
        case output, errors
    }

    private struct State {
        var number: pid_t?
        var isOver = false
        /// It was asked to end, and has until then.
        var deadline: ContinuousClock.Instant?
        /// It will be asked to end then.
        var patience: ContinuousClock.Instant?
    }

    private let launch: Launch
    private let onLine: @Sendable (Channel, String) -> Void
    private let onEnd: @Sendable (Ending) -> Void
    private let state = Mutex(State())

    /// Lines that are longer come in pieces.
    private static let longestLine = 4 << 20

    /// Starts a process.
    /// - Parameters:
    ///   - onLine: gets what it says, line by line, from one thread.
    ///   - onEnd: is called once, after the last line.
    package static func start(
        _ launch: Launch, onLine: @escaping @Sendable (Channel, String) -> Void,
        onEnd: @escaping @Sendable (Ending) -> Void
    ) -> ChildProcess {
        let child = ChildProcess(launch, onLine, onEnd)
        // A thread that lives as long as the process: it spends its life waiting.
        let thread = Thread { child.live() }
        thread.stackSize = 512 << 10
        thread.start()
        return child
    }

    private init(
        _ launch: Launch, _ onLine: @escaping @Sendable (Channel, String) -> Void,
        _ onEnd: @escaping @Sendable (Ending) -> Void
    ) {
        self.launch = launch
        self.onLine = onLine
        self.onEnd = onEnd
    }

    /// Its number; nil before it started and after it ended.
    package var identifier: Int? { state.withLock { $0.isOver ? nil : $0.number.map(Int.init) } }

    package var hasEnded: Bool { state.withLock(\.isOver) }

    /// Asks the whole group to end, and makes it after a time.
    package func stop(grace: Duration) {
        state.withLock { state in
            guard state.deadline == nil else { return }
            state.deadline = ContinuousClock.now + grace
            send(SIGTERM, state)
        }
    }

    /// Asks the whole group to end after a time, if it has not ended by then, and makes it.
    package func stop(after time: Duration) {
        state.withLock { $0.patience = .now + time }
    }

    /// Ends the whole group at once.
    package func kill() {
        state.withLock { state in
            state.deadline = ContinuousClock.now
            send(SIGKILL, state)
        }
    }

    /// The number is the process's own as long as nobody has taken away what is left of it.
    private func send(_ signal: Int32, _ state: borrowing State) {
        guard let number = state.number, !state.isOver else { return }
        _ = killpg(number, signal)
    }

    // MARK: Its life

    private func live() {
        let output = Pipe.make()
        let errors = Pipe.make()
        let input = launch.input.isEmpty ? nil : Pipe.make()
        guard let output, let errors, launch.input.isEmpty || input != nil else {
            let reason = String(cString: strerror(errno))
            for pipe in [output, errors, input] { pipe?.close() }
            return fail(reason)
        }
        let spawned = spawn(input: input, output: output, errors: errors)
        close(output.write)
        close(errors.write)
        if let input { close(input.read) }
        guard case .success(let number) = spawned else {
            close(output.read)
            close(errors.read)
            if let input { close(input.write) }
            if case .failure(let trouble) = spawned { fail(trouble.reason) }
            return
        }
        state.withLock { state in
            state.number = number
            // It was asked to end before it began.
            if let deadline = state.deadline { send(deadline <= .now ? SIGKILL : SIGTERM, state) }
        }
        if let input { feed(input.write) }
        let reader = DispatchSemaphore(value: 0)
        let thread = Thread { [self] in
            read(output.read, errors.read)
            reader.signal()
        }
        thread.stackSize = 512 << 10
        thread.start()

        var information = siginfo_t()
        while waitid(P_PID, id_t(number), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        var status: Int32 = 0
        state.withLock { state in
            // What it left behind goes with it; its number is still its own, because nobody took it away yet.
            _ = killpg(number, SIGKILL)
            while waitpid(number, &status, 0) < 0, errno == EINTR {}
            state.isOver = true
        }
        reader.wait()
        let signal = status & 0x7F
        onEnd(signal == 0 ? .exited(status: Int((status >> 8) & 0xFF)) : .killed(signal: Int(signal)))
    }

    private func fail(_ reason: String) {
        state.withLock { $0.isOver = true }
        onEnd(.notStarted(reason))
    }

    private struct CannotStart: Error {
        var reason: String
    }

    private func spawn(input: Pipe?, output: Pipe, errors: Pipe) -> Result<pid_t, CannotStart> {
        let arguments = launch.command.map { strdup($0) } + [nil]
        let environment = launch.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        guard let program = launch.command.first else { return .failure(CannotStart(reason: "no program is named")) }
        var number: Int32 = 0
        func attempt() -> Int32 {
            cprocess_spawn(
                arguments, environment, launch.folder, input?.read ?? -1, output.write, errors.write, &number)
        }
        var code = attempt()
        // A script that was written a moment ago counts as open for writing while any process that was started meanwhile
        // has not yet closed what it inherited.
        for _ in 0..<20 where code == ETXTBSY {
            usleep(50_000)
            code = attempt()
        }
        guard code == 0 else {
            return .failure(CannotStart(reason: "\(program): \(String(cString: strerror(code)))"))
        }
        return .success(number)
    }

    /// Gives it its input, from a thread of its own: it may never read it.
    private func feed(_ descriptor: Int32) {
        let bytes = Array(launch.input.utf8)
        let thread = Thread {
            // One that ends without reading it is no reason to die here.
            var pipe = sigset_t()
            sigemptyset(&pipe)
            sigaddset(&pipe, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &pipe, nil)
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
            close(descriptor)
        }
        thread.stackSize = 128 << 10
        thread.start()
    }

    private func read(_ output: Int32, _ errors: Int32) {
        var lines: [(channel: Channel, descriptor: Int32, rest: [UInt8])] = [
            (.output, output, []), (.errors, errors, []),
        ]
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        // A process that left the group may hold the pipes for ever.
        var lastWords: ContinuousClock.Instant?
        while lines.contains(where: { $0.descriptor >= 0 }) {
            var watched = lines.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            let ready = poll(&watched, nfds_t(watched.count), 250)
            lookAfterDeadline()
            if state.withLock({ $0.isOver }) {
                let end = lastWords ?? .now + .seconds(1)
                lastWords = end
                if ready <= 0 || .now > end { break }
            }
            guard ready > 0 else { continue }
            for place in watched.indices where watched[place].revents != 0 {
                let count = buffer.withUnsafeMutableBytes { Self.read(watched[place].fd, $0) }
                guard count > 0 else {
                    if count < 0, errno == EINTR || errno == EAGAIN { continue }
                    close(watched[place].fd)
                    lines[place].descriptor = -1
                    continue
                }
                lines[place].rest += buffer[..<count]
                lines[place].rest = tell(lines[place].rest, lines[place].channel)
            }
        }
        for line in lines {
            if !line.rest.isEmpty { onLine(line.channel, String(decoding: line.rest, as: UTF8.self)) }
            if line.descriptor >= 0 { close(line.descriptor) }
        }
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    /// - Returns: what is no whole line yet.
    private func tell(_ bytes: [UInt8], _ channel: Channel) -> [UInt8] {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            onLine(channel, String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[(end + 1)...]
        }
        guard rest.count <= Self.longestLine else {
            onLine(channel, String(decoding: rest, as: UTF8.self))
            return []
        }
        return Array(rest)
    }

    private func lookAfterDeadline() {
        state.withLock { state in
            if let deadline = state.deadline {
                if deadline <= .now { send(SIGKILL, state) }
            } else if let patience = state.patience, patience <= .now {
                state.deadline = .now + .seconds(5)
                send(SIGTERM, state)
            }
        }
    }
}

/// Two ends, neither of which other processes get.
private struct Pipe {
    var read: Int32
    var write: Int32

    static func make() -> Pipe? {
        var ends: [Int32] = [0, 0]
        guard cprocess_pipe(&ends) == 0 else { return nil }
        return Pipe(read: ends[0], write: ends[1])
    }

    func close() {
        for end in [read, write] { _ = closeDescriptor(end) }
    }
}

private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
