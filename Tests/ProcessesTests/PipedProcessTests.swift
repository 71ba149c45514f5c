import Foundation
import Processes
import Synchronization
import TestThreads
import Testing

@Suite("Processes that bytes are exchanged with", .onTime)
struct PipedProcessTests {
    private func start(_ script: String, onLine: @escaping @Sendable (String) -> Void = { _ in }) throws -> PipedProcess
    {
        try PipedProcess(
            ChildProcess.Launch(
                ["/bin/sh", "-c", script], environment: ProcessInfo.processInfo.environment,
                folder: NSTemporaryDirectory()), onLine: onLine)
    }

    /// Exchanges on a thread that may.
    private func exchange(
        _ process: PipedProcess, _ bytes: [UInt8], closesInput: Bool = true, wanted: Int? = nil,
        patience: Duration? = nil, memory: Int? = nil
    ) async -> (PipedProcess.Outcome, [UInt8]) {
        await withCheckedContinuation { continuation in
            PipedProcess.thread {
                let room = ReceivedBytes(capacity: 16)
                let outcome = bytes.withUnsafeBytes {
                    process.exchange(
                        [$0], closesInput: closesInput, into: room, wanted: wanted,
                        deadline: patience.map { .now + $0 }, memory: memory)
                }
                continuation.resume(returning: (outcome, Array(room.bytes)))
            }
        }
    }

    @Test("more bytes than any pipe holds go in and out at once")
    func large() async throws {
        let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let process = try start("cat")
        let (outcome, found) = await exchange(process, bytes)
        #expect(outcome == .done)
        #expect(found == bytes)
        process.close(grace: .seconds(60))
        #expect(process.ending().0 == .exited(status: 0))
    }

    @Test("so many bytes as are wanted, and no more")
    func wanted() async throws {
        let process = try start("cat")
        let (outcome, found) = await exchange(process, Array("abcdef".utf8), closesInput: false, wanted: 4)
        #expect(outcome == .done && found == Array("abcd".utf8))
        let (rest, last) = await exchange(process, [], wanted: 2)
        #expect(rest == .done && last == Array("ef".utf8))
        process.close(grace: .seconds(60))
    }

    @Test("one that ends early has ended, even while a process of its own holds the pipe")
    func ended() async throws {
        let process = try start("echo last words >&2; (setsid sleep 300 &) ; printf abc; exit 3")
        let (outcome, found) = await exchange(process, Array(repeating: 0, count: 1 << 22), wanted: 10)
        #expect(outcome == .ended && found == Array("abc".utf8))
        let (ending, lastWords) = process.ending()
        #expect(ending == .exited(status: 3) && lastWords == ["last words"])
    }

    @Test("one that does not answer runs out of time, and is killed with its children")
    func hangs() async throws {
        let process = try start("sleep 100000 & wait")
        #expect(await exchange(process, [], closesInput: false, wanted: 1, patience: .milliseconds(50)).0 == .timedOut)
        process.kill()
        #expect(process.ending().0 == .killed(signal: 9))
    }

    @Test("what cannot be started says why")
    func missing() {
        #expect(throws: PipedProcess.CannotStart.self) {
            _ = try PipedProcess(
                ChildProcess.Launch(["/no/such/program"], environment: [:], folder: "/"), onLine: { _ in })
        }
    }

    @Test("lines of its errors come one by one")
    func lines() async throws {
        let lines = Lines()
        let process = try start("printf 'one\\ntwo\\nthree' >&2") { lines.add($0) }
        _ = await exchange(process, [])
        #expect(process.ending().lastWords == ["one", "two", "three"])
        #expect(lines.all == ["one", "two", "three"])
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }
}
