import Project
import Timetable

extension SchedulerState {
    /// Takes an entry of the log. Decides nothing: the same entries always make the same state.
    package mutating func apply(_ entry: LogEntry, at: Int) {
        if since == nil { since = at }
        switch entry {
        case .requested(let id, let request):
            requests.append(PendingRequest(id: id, request: request, at: at))
        case .answered(let id, _): requests.removeAll { $0.id == id }
        case .triggers(let memory): self.memory = memory
        case .fired(let firing, let outcome):
            lastFired[firing.trigger] = at
            if case .queued(let run) = outcome { lastRun[firing.trigger] = run }
        case .runQueued(let queued):
            counter += 1
            live[queued.run] = ScheduledRun(queued, number: counter, at: at)
            take(queued)
        case .runStarted(let run, let attempt):
            live[run]?.phase = .running
            live[run]?.attempt = attempt
            live[run]?.resumedAt = at
            if live[run]?.startedAt == nil { live[run]?.startedAt = at }
        case .runStopping(let run, let reason): live[run]?.stopping = reason
        case .runInterrupted(let run, let interruption):
            live[run]?.phase = .queued
            live[run]?.message = interruption.message
            live[run]?.notBefore = interruption.notBefore
            if interruption.isCrash { live[run]?.crashes += 1 }
        case .runEnded(let run, let ending): end(run, ending, at: at)
        case .runLate(let run, let rule): live[run]?.late.append(rule)
        case .backfillCreated(let id, let order, let stretches):
            counter += 1
            backfills.append(
                ScheduledBackfill(
                    id: id, order: order, createdAt: at, total: stretches.reduce(0) { $0 + $1.count },
                    pending: stretches))
        case .backfillChanged(let id, let phase): change(id, to: phase, at: at)
        case .datasetsWatched(let names): watched = (watched ?? []).union(names)
        case .versionsSeen(let seen): versions.merge(seen) { $1 }
        case .filesSeen(let trigger, let digest): files[trigger] = digest
        case .freshness(let dataset, let isLapsed):
            if isLapsed { lapsed.insert(dataset) } else { lapsed.remove(dataset) }
        case .notice(let notice):
            counter += 1
            notices.append(notice)
            if notices.count > Self.keptNotices { notices.removeFirst(notices.count - Self.keptNotices) }
        case .noticeEnded(let number): notices.removeAll { $0.number == number }
        case .snapshot(let state): self = state
        }
    }

    /// A backfill's run takes its partitions out of what is pending.
    private mutating func take(_ queued: QueuedRun) {
        guard let place = queued.backfill.flatMap(place(of:)) else { return }
        remove(Set(queued.order.partitions), fromBackfillAt: place)
        backfills[place].runs.append(queued.run)
        if backfills[place].runs.count > Self.namedRuns { backfills[place].runs.removeFirst() }
    }

    private mutating func end(_ id: RunID, _ ending: RunEnding, at: Int) {
        guard var run = live.removeValue(forKey: id) else { return }
        run.phase = ending.phase
        run.message = ending.message ?? run.message
        run.finishedAt = at
        ended.append(run)
        if ended.count > Self.keptRuns { ended.removeFirst(ended.count - Self.keptRuns) }
        account(for: run)
    }

    private mutating func account(for run: ScheduledRun) {
        let partitions = Set(run.order.partitions)
        guard !partitions.isEmpty else { return }
        if let place = run.queued.backfill.flatMap(place(of:)) {
            // Those of a run that was cancelled are neither made nor tried.
            switch run.phase {
            case .done: backfills[place].done += partitions.count
            default: backfills[place].failed += partitions.count
            }
        }
        guard let dataset = dataset(of: run) else { return }
        switch run.phase {
        case .done:
            failedPartitions[dataset]?.subtract(partitions)
            if failedPartitions[dataset]?.isEmpty == true { failedPartitions[dataset] = nil }
            // Whoever else wanted them has them now.
            for place in backfills.indices where backfills[place].order.dataset == dataset {
                guard !backfills[place].isOver, backfills[place].id != run.queued.backfill else { continue }
                backfills[place].done += remove(partitions, fromBackfillAt: place)
            }
        case .failed: failedPartitions[dataset, default: []].formUnion(partitions)
        default: break
        }
    }

    private mutating func change(_ id: BackfillID, to phase: ScheduledBackfill.Phase, at: Int) {
        guard let place = place(of: id) else { return }
        backfills[place].phase = phase
        guard backfills[place].isOver else { return }
        backfills[place].finishedAt = at
        backfills[place].pending = []
        if backfills.count(where: \.isOver) > Self.keptBackfills, let oldest = backfills.firstIndex(where: \.isOver) {
            backfills.remove(at: oldest)
        }
    }

    /// Takes partitions out of what is pending of a backfill; what they split stays as two stretches.
    /// - Returns: how many were there.
    @discardableResult
    private mutating func remove(_ partitions: Set<PartitionKey>, fromBackfillAt place: Int) -> Int {
        var rest: [[PartitionKey]] = []
        var removed = 0
        for stretch in backfills[place].pending {
            guard stretch.contains(where: partitions.contains) else {
                rest.append(stretch)
                continue
            }
            for part in stretch.split(whereSeparator: partitions.contains) { rest.append(Array(part)) }
            removed += stretch.count(where: partitions.contains)
        }
        backfills[place].pending = rest
        return removed
    }

    func place(of id: BackfillID) -> Int? { backfills.firstIndex { $0.id == id } }

    /// The dataset whose partitions a run makes; nil when it has none, or it is not clear whose they are.
    func dataset(of run: ScheduledRun) -> DatasetName? {
        if let place = run.queued.backfill.flatMap(place(of:)) { return backfills[place].order.dataset }
        return DatasetName(run.order.selection)
    }
}
