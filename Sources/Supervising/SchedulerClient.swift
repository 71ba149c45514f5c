package import Project
import Recording
package import Scheduling
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a process does that does not drive the scheduler itself: looks at it, and asks it for something, both through
/// its log.
package struct SchedulerClient: Sendable {
    private let project: Project
    private let opened = Opened()
    private let now: @Sendable () -> Int

    /// How long an answer may take.
    private static let patience = Duration.seconds(30)

    /// - Throws: `Diagnostic`.
    package init(_ project: Project, now: @escaping @Sendable () -> Int) throws {
        self.project = project
        self.now = now
        _ = try log(makesIt: false)
    }

    /// The log; nil when there is none, and none is wanted.
    private func log(makesIt: Bool) throws -> StateLog? {
        try opened.log.withLock { log in
            let path = Supervisor.logPath(project)
            if log == nil, makesIt || access(path, F_OK) == 0 { log = try StateLog(path: path) }
            return log
        }
    }

    /// The log once it is there: a server may make it after this client.
    private final class Opened: Sendable {
        let log = Mutex<StateLog?>(nil)
    }

    /// The process that drives the scheduler; nil when none does.
    package var owner: Int? { Ownership.holder(path: Supervisor.lockPath(project)) }

    package func snapshot() throws -> SchedulerSnapshot {
        let entries = try log(makesIt: false)?.lines(sinceNewest: LogEntry.snapshotKind).map(LogCoding.entry) ?? []
        let now = now()
        return Scheduler(Scheduler.Configuration(project), log: entries, startedAt: now).snapshot(at: now)
    }

    /// Asks for something.
    /// - Returns: what became of it; nil when nobody drives the scheduler now: the next one who does carries it out.
    /// - Throws: `Diagnostic` when it was refused.
    package func submit(_ request: SchedulerRequest) async throws -> SchedulerReply? {
        guard let log = try log(makesIt: true) else { return nil }
        let id = RequestID("\(getpid())-\(UInt64.random(in: 0...UInt64.max))")
        let draft = try LogCoding.draft(.requested(id, request), at: now())
        let number = try await log.append([draft])
        let start = ContinuousClock.now
        while owner != nil {
            for line in try log.lines(ofKind: LogEntry.answerKind, after: number) {
                guard case .answered(id, let answer) = try LogCoding.entry(line).entry else { continue }
                switch answer {
                case .done(let reply): return reply
                case .refused(let message, let hint): throw Diagnostic.error(message, hint: hint)
                }
            }
            guard .now - start < Self.patience else {
                throw Diagnostic.error(
                    "the scheduler did not answer in time", notes: ["the request stays in its log"])
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }
}
