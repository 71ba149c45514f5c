import Foundation
import Synchronization
public import Testing

/// Runs the tests of a suite on threads of their own, apart from the few that all other tests share. There, whoever waits
/// for an answer in time waits for every test that computes or blocks as well.
public struct TestThreads: SuiteTrait, TestTrait, TestScoping {
    fileprivate let threads: Threads

    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(threads) { try await function() }
    }
}

extension Trait where Self == TestThreads {
    /// For tests that wait for programs. They block their threads, which keeps the number of programs that run at once
    /// near the number of cores.
    public static var ownThreads: Self { TestThreads(threads: .blocking) }

    /// For tests of what waits for a limited time: they never block for long.
    public static var onTime: Self { TestThreads(threads: .punctual) }
}

/// Real threads: those of Dispatch's queues are lent from the pool that Swift's own tasks run on.
private final class Threads: TaskExecutor {
    static let blocking = Threads(max(2, ProcessInfo.processInfo.activeProcessorCount))
    static let punctual = Threads(4)

    private let jobs = Mutex<[UnownedJob]>([])
    private let waiting = DispatchSemaphore(value: 0)

    private init(_ count: Int) {
        for _ in 0..<count {
            Thread { self.work() }.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        waiting.signal()
    }

    private func work() {
        while true {
            waiting.wait()
            jobs.withLock { $0.removeFirst() }.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
