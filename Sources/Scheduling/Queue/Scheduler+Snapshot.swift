package import Project

extension Scheduler {
    /// How everything stands.
    package func snapshot(at now: Int) -> SchedulerSnapshot {
        SchedulerSnapshot(
            triggers: configuration.triggers.map { trigger in
                let name = trigger.name.value
                return .init(
                    name: name, condition: trigger.condition.description, selection: trigger.selection,
                    isPaused: machine.isPaused(name), next: machine.next(name, after: now),
                    lastFired: state.lastFired[name], lastRun: state.lastRun[name])
            },
            runs: (liveRuns + state.ended.reversed()).map(\.snapshot),
            backfills: state.backfills.reversed().map(snapshot))
    }

    package func snapshot(of run: RunID) -> SchedulerSnapshot.RunState? {
        (state.live[run] ?? state.ended.last(where: { $0.run == run }))?.snapshot
    }

    package func snapshot(of backfill: ScheduledBackfill) -> SchedulerSnapshot.BackfillState {
        let running = state.live.values.reduce(0) { sum, run in
            run.queued.backfill == backfill.id && run.phase == .running ? sum + run.order.partitions.count : sum
        }
        return .init(
            id: backfill.id, order: backfill.order, phase: backfill.phase, createdAt: backfill.createdAt,
            total: backfill.total, done: backfill.done, failed: backfill.failed, running: running, runs: backfill.runs)
    }
}

extension ScheduledRun {
    package var snapshot: SchedulerSnapshot.RunState {
        .init(
            run: run, order: order, cause: queued.cause, phase: phase, queuedAt: queuedAt, startedAt: startedAt,
            finishedAt: finishedAt, attempt: attempt, message: message)
    }
}
