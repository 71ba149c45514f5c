import Foundation
import Processes
import Synchronization
import TestThreads
import Testing

@Suite("Child processes", .onTime)
struct ChildProcessTests {
    private func shell(_ script: String) -> ChildProcess.Launch {
        ChildProcess.Launch(["/bin/sh", "-c", script], environment: ["PATH": "/usr/bin:/bin"], folder: "/tmp")
    }

    private func run(_ launch: ChildProcess.Launch) async -> (ChildProcess.Ending, [String]) {
        let lines = Mutex<[String]>([])
        let ending = await withCheckedContinuation { answer in
            _ = ChildProcess.start(
                launch, onLine: { channel, line in lines.withLock { $0.append("\(channel): \(line)") } },
                onEnd: { answer.resume(returning: $0) })
        }
        return (ending, lines.withLock { $0 })
    }

    @Test("What it says comes line by line, the last one whole, and then its end")
    func lines() async {
        let (ending, lines) = await run(shell("echo one; pwd; printf three; exit 7"))
        #expect(ending == .exited(status: 7))
        #expect(lines == ["output: one", "output: /tmp", "output: three"])
        let (second, errors) = await run(shell("echo bad >&2; kill -9 $$"))
        #expect(second == .killed(signal: 9))
        #expect(errors == ["errors: bad"])
    }

    @Test("Much output, much input, and a program that is not there")
    func extremes() async {
        var launch = ChildProcess.Launch(
            ["cat"], environment: ["PATH": "/usr/bin:/bin"], folder: "/",
            input: String(repeating: String(repeating: "x", count: 99) + "\n", count: 20_000))
        let (ending, lines) = await run(launch)
        #expect(ending == .exited(status: 0))
        #expect(lines.count == 20_000)
        launch.command = ["/no/such/program"]
        let (missing, _) = await run(launch)
        guard case .notStarted(let reason) = missing else {
            Issue.record("\(missing)")
            return
        }
        #expect(reason.contains("/no/such/program"))
    }

    @Test("What is said up to a limit is kept; more, or too much time, ends it")
    func limits() async {
        let all = await ChildProcess.run(shell("echo one; echo bad >&2; exit 3"), limit: 100, patience: .seconds(60))
        #expect(all.ending == .exited(status: 3) && all.output == ["one"] && all.errors == ["bad"])
        let endless = await ChildProcess.run(shell("yes"), limit: 10_000, patience: .seconds(60))
        #expect(endless.ending == nil && endless.output.count == 5000)
        let slow = await ChildProcess.run(shell("echo a; sleep 1000"), limit: 100, patience: .milliseconds(300))
        #expect(slow.ending == .killed(signal: 15) && slow.output == ["a"])
    }

    @Test("It inherits no descriptor but the three")
    func descriptors() async {
        let open = open("/dev/null", O_RDONLY)
        defer { close(open) }
        let (_, lines) = await run(shell("ls /proc/self/fd | wc -l"))
        // Those three, and the one that `ls` reads the folder by.
        #expect(lines == ["output: 4"])
    }

    @Test("Its end takes with it what it started, and leaves no zombie")
    func leftovers() async throws {
        let group = Mutex(0)
        let ending = await withCheckedContinuation { answer in
            let child = ChildProcess.start(
                shell("sleep 1000 & sleep 1000 & echo $$; exit 0"),
                onLine: { _, line in group.withLock { $0 = Int(line) ?? 0 } },
                onEnd: { answer.resume(returning: $0) })
            _ = child
        }
        #expect(ending == .exited(status: 0))
        let number = group.withLock { $0 }
        #expect(number > 1)
        try await eventually("the group is empty") { members(ofGroup: number).isEmpty }
    }

    @Test("Stopping asks first, and then makes it")
    func stubborn() async throws {
        let number = Mutex(0)
        let ready = Mutex(false)
        let ending = Mutex<ChildProcess.Ending?>(nil)
        let child = ChildProcess.start(
            shell("trap '' TERM; (trap '' TERM; sleep 1000) & echo $$; while true; do sleep 0.1; done"),
            onLine: { _, line in
                number.withLock { $0 = Int(line) ?? 0 }
                ready.withLock { $0 = true }
            }, onEnd: { end in ending.withLock { $0 = end } })
        try await eventually("it is ready") { ready.withLock { $0 } }
        child.stop(grace: .milliseconds(500))
        try await eventually("it ends") { ending.withLock { $0 != nil } }
        #expect(ending.withLock { $0 } == .killed(signal: 9))
        try await eventually("the group is empty") { members(ofGroup: number.withLock { $0 }).isEmpty }
    }
}
