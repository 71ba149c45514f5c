package import DuckDB
package import Engines
package import Planning
package import Project
package import Store

/// Executes plans: starts steps when what they need is there, and tells recorders what happens.
package struct Runner: Sendable {
    private let project: Project
    private let execution: StepExecution
    private let recorders: [any RunRecorder]
    private let now: @Sendable () -> Int

    /// - Parameters:
    ///   - database: where a run's small tables are made; opened when first needed.
    ///   - sources: the files of the ingests.
    ///   - now: milliseconds since 1970.
    package init(
        project: Project, store: DatasetStore, engine: any Engine,
        database: @escaping @Sendable () throws -> Database, sources: IngestSources,
        recorders: [any RunRecorder], millrace: String, now: @escaping @Sendable () -> Int
    ) {
        self.project = project
        self.recorders = recorders
        self.now = now
        execution = StepExecution(
            project: project, store: store, engine: engine,
            ledger: SourceLedger(store: store, database: database), sources: sources, millrace: millrace, now: now)
    }

    private enum StepOutcome: Sendable {
        case done(StepResult)
        case failed(StepFailure)
    }

    /// Runs the plan's stale steps. Cancel the task to stop: running steps leave nothing behind.
    /// - Parameters:
    ///   - cause: what started it, in words.
    ///   - jobs: how many steps may run at once.
    package func run(_ plan: Plan, id: RunID, cause: String?, jobs: Int, keepsGoing: Bool) async -> RunSummary {
        let events = EventStream(recorders: recorders, now: now)
        let begin = now()
        events.emit(.runStarted(RunStart(run: id, project: project.name, plan: plan, cause: cause)))
        var summary = RunSummary(
            run: id, outcome: .nothingToDo, hasBug: false, done: 0, failed: 0, skipped: 0, upToDate: 0, seconds: 0)
        for step in plan.steps where step.action == .skip {
            summary.upToDate += 1
            events.emit(.stepSkipped(step.dataset, step.reasons == [.madeByThisRun] ? .madeByThisRun : .upToDate))
        }
        var schedule = RunSchedule(plan, limit: jobs, keepsGoing: keepsGoing)
        let count = plan.toRun.count
        await withTaskGroup(of: StepOutcome.self) { group in
            var started = 0
            func startReady() {
                for step in schedule.start() {
                    started += 1
                    let index = started
                    group.addTask { await perform(step, run: id, index: index, count: count, events) }
                }
            }
            func note(_ skips: [RunSchedule.Skip]) {
                for skip in skips { events.emit(.stepSkipped(skip.dataset, skip.reason)) }
                summary.skipped += skips.count
            }
            startReady()
            while let outcome = await group.next() {
                switch outcome {
                case .done(let result):
                    schedule.finished(result.dataset)
                    summary.done += 1
                    events.emit(.stepFinished(result))
                case .failed(let failure):
                    events.emit(.stepFailed(failure))
                    summary.failed += 1
                    summary.hasBug = summary.hasBug || failure.cause == .bug
                    note(failure.cause == .cancelled ? schedule.cancel() : schedule.failed(failure.dataset))
                }
                if Task.isCancelled { note(schedule.cancel()) }
                startReady()
            }
        }
        if count > 0 { summary.outcome = summary.failed > 0 ? .failed : .done }
        if Task.isCancelled { summary.outcome = .cancelled }
        summary.seconds = Double(now() - begin) / 1000
        events.emit(.runFinished(summary))
        return summary
    }

    private func perform(
        _ step: Plan.Step, run: RunID, index: Int, count: Int, _ events: EventStream
    ) async -> StepOutcome {
        let begin = now()
        let kind = project.dataset(step.dataset)?.step.kind ?? "sql"
        events.emit(
            .stepStarted(
                StepStart(dataset: step.dataset, kind: kind, reasons: step.reasons, index: index, count: count)))
        func seconds() -> Double { Double(now() - begin) / 1000 }
        do {
            var result = try await execution.perform(step, run: run) { events.emit($0) }
            result.seconds = seconds()
            return .done(result)
        } catch {
            var failure = StepFailure(error, of: step)
            failure.seconds = seconds()
            return .failed(failure)
        }
    }
}
