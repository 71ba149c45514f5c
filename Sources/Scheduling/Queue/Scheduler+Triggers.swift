import Project

extension Scheduler {
    /// Something that triggers wait for.
    mutating func observe(_ event: TriggerEvent, at now: Int) {
        take(machine.observe(event, at: now), at: now)
    }

    mutating func take(_ firings: [Firing], at now: Int) {
        for firing in firings { take(firing, at: now) }
    }

    private mutating func take(_ firing: Firing, at now: Int) {
        guard let trigger = trigger(firing.trigger) else { return }
        let unfinished = liveRuns.filter { $0.queued.trigger == firing.trigger }
        switch trigger.overlap {
        case .skip where !unfinished.isEmpty: return record(.fired(firing, .skipped), at: now)
        case .queue where unfinished.contains { $0.phase == .queued && $0.attempt == 0 }:
            return record(.fired(firing, .dropped), at: now)
        case .cancelOld:
            for run in unfinished { stop(run, .replaced, at: now) }
        case .skip, .queue, .allow: break
        }
        let order = RunOrder(
            selection: trigger.selection, isFullRefresh: trigger.isFullRefresh, priority: trigger.priority)
        let run = queue(
            order, cause: "trigger \(firing.trigger): \(firing.cause)", trigger: firing.trigger, at: now)
        record(.fired(firing, .queued(run)), at: now)
    }
}
