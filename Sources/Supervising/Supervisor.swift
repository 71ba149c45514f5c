import Processes
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

/// Drives the scheduler of a project: gives it the time and what happens, puts what it decides into its log, and only
/// then does it. One process does so at a time; what others want, they write into the log.
///
/// All is lost at any moment without harm: the next supervisor goes on from the log.
package final class Supervisor: SchedulerControl {
    package struct Options: Sendable {
        /// As it is at first.
        package var project: Project
        /// The program that executes runs: `millrace`, by its absolute path.
        package var program: [String]
        package var environment: [String: String]
        package var surroundings: Surroundings
        /// How long processes have to end when they are asked to.
        package var grace: Duration
        /// For backfills alone: how many of their runs go on at once. Nothing else is started then.
        package var backfillJobs: Int?

        package init(
            project: Project, program: [String], environment: [String: String], surroundings: Surroundings,
            grace: Duration = .seconds(10)
        ) {
            self.project = project
            self.program = program
            self.environment = environment
            self.surroundings = surroundings
            self.grace = grace
        }
    }

    /// Something that the scheduler is to be told.
    enum Letter: Sendable {
        case tick
        /// What other processes wrote into the log.
        case lines([LoggedEntry])
        case request(Request)
        case refused(RequestID, Diagnostic)
        case ended(RunID, attempt: Int, ProcessEnding, message: String?)
        case versions([DatasetName: SeenVersion], of: [DatasetName])
        case files(trigger: String, patterns: [String], digest: String)
        case project(Project)
        case told(Int)
    }

    struct Request: Sendable {
        var request: SchedulerRequest
        /// Of one that another process wrote into the log.
        var id: RequestID?
        var partitions: PartitionAnswer?
        var narrowed: String?
        /// Of a run that is none of the scheduler's.
        var past: RunOrder?
        /// Who waits in this process.
        var answer: CheckedContinuation<SchedulerReply, any Error>?
    }

    let options: Options
    let log: StateLog
    let mailbox = Mailbox<Letter>()
    let listeners = Broadcast<SchedulerEvent>()
    let notices = Mailbox<PendingNotice>()
    /// The scheduler as its log says, for whoever looks; only `run` changes it.
    let scheduler: Mutex<Scheduler>
    let children = Mutex<[RunID: ChildProcess]>([:])
    /// The newest line of another process that was read.
    let seen: Mutex<Int>
    /// Entries since the log began anew.
    let written: Mutex<Int>
    /// Until when the scheduler was told the time.
    let waking = Mutex(0)
    private let ownership: Ownership
    private let isRunning = Mutex(false)

    private let latestProject: Mutex<Project>

    var now: Int { options.surroundings.now() }

    /// As its files say now.
    var project: Project {
        get { latestProject.withLock { $0 } }
        set { latestProject.withLock { $0 = newValue } }
    }

    /// Takes up the scheduler of a project. Nothing goes on before `run` is called.
    /// - Throws: `Diagnostic` when another process drives it, or its log cannot be used.
    package static func open(_ options: Options) throws -> Supervisor {
        let ownership = try Ownership(path: Self.lockPath(options.project))
        let log = try StateLog(path: Self.logPath(options.project))
        return try Supervisor(options, log, ownership)
    }

    private init(_ options: Options, _ log: StateLog, _ ownership: Ownership) throws {
        self.options = options
        self.log = log
        self.ownership = ownership
        let lines = try log.lines(sinceNewest: LogEntry.snapshotKind)
        let entries = try lines.map(LogCoding.entry)
        latestProject = Mutex(options.project)
        scheduler = Mutex(
            Scheduler(
                Self.configuration(options.project, options), log: entries, startedAt: options.surroundings.now()))
        seen = Mutex(lines.last?.number ?? 0)
        written = Mutex(lines.count)
        mkdir(Self.logFolder(options.project), 0o755)
    }

    static func configuration(_ project: Project, _ options: Options) -> Scheduler.Configuration {
        var configuration = Scheduler.Configuration(project)
        if let jobs = options.backfillJobs {
            configuration.isForBackfills = true
            // One place stays free beside them.
            configuration.rules.concurrency = jobs + 1
        }
        return configuration
    }

    package static func lockPath(_ project: Project) -> String { project.root + "/.millrace/scheduler.lock" }
    package static func logPath(_ project: Project) -> String { project.root + "/.millrace/state.sqlite" }
    package static func logFolder(_ project: Project) -> String { project.root + "/.millrace/logs" }

    /// What the processes of a run have said, as JSON lines.
    package static func output(of run: RunID, in project: Project) -> String {
        logFolder(project) + "/\(run).jsonl"
    }

    /// Goes on until its task is cancelled. Then the processes of runs are ended; the next supervisor starts them again.
    /// - Throws: `Diagnostic` when it has run before.
    package func run() async throws {
        let isFirst = isRunning.withLock { isRunning in
            defer { isRunning = true }
            return !isRunning
        }
        guard isFirst else { throw Diagnostic.error("the scheduler runs already") }
        removeOldOutput()
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                group.addTask { await self.decide() }
                group.addTask { await self.tick() }
                group.addTask { await self.readRequests() }
                group.addTask { await self.watchProject() }
                group.addTask { await self.watchVersions() }
                group.addTask { await self.watchFiles() }
                group.addTask { await self.sendNotices() }
                await group.next()
                group.cancelAll()
            }
        } onCancel: {
            mailbox.close()
            notices.close()
        }
        await endChildren()
        ownership.release()
        listeners.finish()
    }

    // MARK: SchedulerControl

    package func snapshot() -> SchedulerSnapshot {
        let now = now
        return scheduler.withLock { $0 }.snapshot(at: now)
    }

    package func events() -> AsyncStream<SchedulerEvent> { listeners.stream() }

    package func submit(_ request: SchedulerRequest) async throws -> SchedulerReply {
        let prepared = try await prepare(request)
        return try await withCheckedThrowingContinuation { answer in
            guard !mailbox.isClosed else {
                return answer.resume(throwing: Diagnostic.error("the scheduler is being stopped"))
            }
            var prepared = prepared
            prepared.answer = answer
            mailbox.put(.request(prepared))
        }
    }

    /// Finds out what carrying out a request needs to know, and whether it makes sense.
    func prepare(_ request: SchedulerRequest, id: RequestID? = nil) async throws -> Request {
        var prepared = Request(request: request, id: id)
        switch request {
        case .run(let order): try await options.surroundings.check(order)
        case .createBackfill(let order): prepared.partitions = try await options.surroundings.partitions(order)
        case .retry(let run):
            let (isLive, past) = scheduler.withLock { scheduler in
                (scheduler.state.live[run] != nil, scheduler.state.ended.last { $0.run == run })
            }
            if !isLive, past == nil { prepared.past = options.surroundings.pastOrder(run) }
            guard let past, past.order.isFullRefresh, past.order.partitions.isEmpty else { break }
            // What it has made is not made again, although all was to be.
            let names = options.surroundings.unfinished(run)
            if !names.isEmpty { prepared.narrowed = names.joined(separator: " ") }
        default: break
        }
        return prepared
    }
}
