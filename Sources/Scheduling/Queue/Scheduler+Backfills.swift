import Project
import Timetable

extension Scheduler {
    mutating func createBackfill(_ order: BackfillOrder, _ answer: PartitionAnswer?, at now: Int) throws(Diagnostic)
        -> BackfillID
    {
        guard let answer else { throw .error("nobody says which partitions '\(order.dataset)' has") }
        guard order.concurrency > 0, order.partitionsPerRun > 0 else {
            throw .error("a backfill needs at least one run at once, and one partition a run")
        }
        let failed = state.failedPartitions[order.dataset] ?? []
        let wanted = answer.stretches.flatMap { stretch in
            stretch.split { key in
                switch order.which {
                case .all: false
                case .missing: answer.made.contains(key)
                case .failed: !failed.contains(key)
                }
            }.map(Array.init)
        }
        guard !wanted.isEmpty else {
            throw .error(
                "no partition of '\(order.dataset)' from \(order.from) to \(order.to) is "
                    + (order.which == .all ? "there" : order.which.rawValue))
        }
        let id = BackfillID(name(at: now).text)
        record(.backfillCreated(id, order, stretches: wanted), at: now)
        return id
    }

    mutating func change(
        _ id: BackfillID, from phases: [ScheduledBackfill.Phase], to phase: ScheduledBackfill.Phase, at now: Int
    ) throws(Diagnostic) -> SchedulerReply {
        guard let place = state.place(of: id) else {
            throw .error("there is no backfill '\(id)'", hint: "'millrace backfill list' names them")
        }
        let backfill = state.backfills[place]
        guard phases.contains(backfill.phase) else { throw .error("backfill \(id) is \(backfill.phase.rawValue)") }
        record(.backfillChanged(id, phase), at: now)
        if phase == .cancelled {
            for run in liveRuns where run.queued.backfill == id { stop(run, .cancelled, at: now) }
        }
        return SchedulerReply(backfill: id)
    }

    /// Gives each backfill as many runs as may go on at once, and ends those that have no more to do.
    mutating func feedBackfills(at now: Int) {
        for backfill in state.backfills where !backfill.isOver {
            let runs = state.live.values.count { $0.queued.backfill == backfill.id }
            if backfill.phase == .running { feed(backfill, runs: runs, at: now) }
            guard let place = state.place(of: backfill.id), state.backfills[place].pending.isEmpty else { continue }
            guard !state.live.values.contains(where: { $0.queued.backfill == backfill.id }) else { continue }
            record(.backfillChanged(backfill.id, state.backfills[place].failed > 0 ? .failed : .done), at: now)
        }
    }

    private mutating func feed(_ backfill: ScheduledBackfill, runs: Int, at now: Int) {
        var runs = runs
        while runs < backfill.order.concurrency, let range = nextRange(of: backfill.id) {
            let order = RunOrder(
                selection: backfill.order.dataset.text, isFullRefresh: backfill.order.which == .all,
                partitions: range, priority: backfill.order.priority)
            _ = queue(order, cause: "backfill \(backfill.id)", backfill: backfill.id, at: now)
            runs += 1
        }
    }

    /// The next partitions for one run; none that another run is about to make.
    private func nextRange(of id: BackfillID) -> [PartitionKey]? {
        guard let place = state.place(of: id) else { return nil }
        let order = state.backfills[place].order
        var busy: Set<PartitionKey> = []
        for run in state.live.values where state.dataset(of: run) == order.dataset {
            busy.formUnion(run.order.partitions)
        }
        for stretch in state.backfills[place].pending {
            let free = stretch.drop(while: busy.contains).prefix { !busy.contains($0) }
            if !free.isEmpty { return Array(free.prefix(order.partitionsPerRun)) }
        }
        return nil
    }
}
