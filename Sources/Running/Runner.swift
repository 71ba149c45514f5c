package import DuckDB
package import Engines
package import Planning
package import Project
package import Store

/// Executes plans: starts steps when what they need is there, and tells recorders what happens.
package struct Runner: Sendable {
    let project: Project
    let performer: any StepPerformer
    let places: any PoolPlaces
    private let recorders: [any RunRecorder]
    let now: @Sendable () -> Int

    /// - Parameters:
    ///   - performer: makes the steps.
    ///   - places: the pools, as far as other processes use them, too.
    ///   - now: milliseconds since 1970.
    package init(
        project: Project, performer: any StepPerformer, places: any PoolPlaces, recorders: [any RunRecorder],
        now: @escaping @Sendable () -> Int
    ) {
        self.project = project
        self.performer = performer
        self.places = places
        self.recorders = recorders
        self.now = now
    }

    /// - Parameters:
    ///   - database: where a run's small tables are made; opened when first needed.
    ///   - sources: the files of the ingests.
    ///   - now: milliseconds since 1970.
    package init(
        project: Project, store: DatasetStore, engine: any Engine,
        database: @escaping @Sendable () throws -> Database, sources: IngestSources, places: any PoolPlaces,
        recorders: [any RunRecorder], millrace: String, now: @escaping @Sendable () -> Int
    ) {
        self.init(
            project: project,
            performer: StepExecution(
                project: project, store: store, engine: engine,
                ledger: SourceLedger(store: store, database: database), sources: sources, millrace: millrace, now: now),
            places: places, recorders: recorders, now: now)
    }

    /// Runs the plan's stale steps. Cancel the task to stop: running steps leave nothing behind.
    /// - Parameters:
    ///   - jobs: how many steps may run at once.
    ///   - cause: what started it, in words.
    ///   - queuedAt: when it was asked for.
    ///   - order: what was asked for.
    package func run(
        _ plan: Plan, id: RunID, jobs: Int, keepsGoing: Bool, cause: String? = nil, queuedAt: Int? = nil,
        order: RunArguments? = nil
    ) async -> RunSummary {
        let events = EventStream(recorders: recorders, now: now)
        let begin = now()
        events.emit(
            .runStarted(
                RunStart(
                    run: id, project: project.name, plan: plan, cause: cause, queuedAt: queuedAt, order: order)))
        var summary = RunSummary(
            run: id, outcome: .nothingToDo, hasBug: false, done: 0, failed: 0, skipped: 0, upToDate: 0, seconds: 0)
        var hasMade = false
        for step in plan.steps where step.action == .skip {
            summary.upToDate += 1
            let isMade = step.reasons == [.madeByThisRun]
            hasMade = hasMade || isMade
            events.emit(.stepSkipped(step.dataset, isMade ? .madeByThisRun : .upToDate))
        }
        let count = plan.toRun.count
        var execution = RunExecution(self, plan, run: id, jobs: jobs, keepsGoing: keepsGoing, events)
        await execution.proceed(&summary)
        if count > 0 || hasMade { summary.outcome = summary.failed > 0 ? .failed : .done }
        if Task.isCancelled { summary.outcome = .cancelled }
        summary.seconds = Double(now() - begin) / 1000
        events.emit(.runFinished(summary))
        return summary
    }
}
