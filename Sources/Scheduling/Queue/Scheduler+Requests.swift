package import Project

extension Scheduler {
    /// Carries out a request.
    /// - Parameters:
    ///   - id: of a request that another process wrote into the log; it gets its answer there.
    ///   - partitions: for a new backfill, which partitions it means.
    ///   - narrowed: for a retry, the selection of what is to be made again, when that is less than the run's own.
    ///   - past: for a retry of a run that is none of the scheduler's, what was asked of that.
    package mutating func carryOut(
        _ request: SchedulerRequest, id: RequestID? = nil, partitions: PartitionAnswer? = nil, narrowed: String? = nil,
        past: RunOrder? = nil, at now: Int
    ) -> (decisions: Decisions, result: Result<SchedulerReply, Diagnostic>) {
        let result: Result<SchedulerReply, Diagnostic>
        do throws(Diagnostic) {
            result = .success(try reply(to: request, partitions, narrowed, past, at: now))
        } catch {
            result = .failure(error)
        }
        answer(id, with: result, at: now)
        return (settle(at: now), result)
    }

    /// Answers a request that was found wrong before it came here.
    package mutating func refuse(_ id: RequestID, _ diagnostic: Diagnostic, at now: Int) -> Decisions {
        answer(id, with: .failure(diagnostic), at: now)
        return settle(at: now)
    }

    private mutating func answer(_ id: RequestID?, with result: Result<SchedulerReply, Diagnostic>, at now: Int) {
        guard let id else { return }
        switch result {
        case .success(let reply): record(.answered(id, .done(reply)), at: now)
        case .failure(let error): record(.answered(id, .refused(message: error.message, hint: error.hint)), at: now)
        }
    }

    private mutating func reply(
        to request: SchedulerRequest, _ partitions: PartitionAnswer?, _ narrowed: String?, _ past: RunOrder?,
        at now: Int
    ) throws(Diagnostic) -> SchedulerReply {
        switch request {
        case .run(let order): return SchedulerReply(run: queue(order, cause: "a person", at: now))
        case .fire(let trigger): return try fire(known(trigger), .manual(trigger: trigger), at: now)
        case .webhook(let trigger): return try fire(known(trigger), .webhook(trigger: trigger), at: now)
        case .pause(let trigger):
            machine.pause(try known(trigger), at: now)
            return SchedulerReply()
        case .resume(let trigger):
            machine.resume(try known(trigger), at: now)
            return SchedulerReply()
        case .cancel(let run):
            guard let found = state.live[run] else { throw unknown(run, "cannot be cancelled any more") }
            stop(found, .cancelled, at: now)
            return SchedulerReply(run: run)
        case .retry(let run): return SchedulerReply(run: try retry(run, narrowed, past, at: now))
        case .createBackfill(let order):
            return SchedulerReply(backfill: try createBackfill(order, partitions, at: now))
        case .pauseBackfill(let id): return try change(id, from: [.running], to: .paused, at: now)
        case .resumeBackfill(let id): return try change(id, from: [.paused], to: .running, at: now)
        case .cancelBackfill(let id): return try change(id, from: [.running, .paused], to: .cancelled, at: now)
        }
    }

    private func known(_ trigger: String) throws(Diagnostic) -> String {
        if self.trigger(trigger) != nil { return trigger }
        let names = configuration.triggers.map(\.name.value)
        let near = Spelling.nearest(to: trigger, among: names)
        throw .error(
            "there is no trigger '\(trigger)'",
            hint: near.map { "did you mean '\($0)'?" }
                ?? (names.isEmpty ? "the project has none" : "the project has \(names.joined(separator: ", "))"))
    }

    private func unknown(_ run: RunID, _ problem: String) -> Diagnostic {
        if state.ended.contains(where: { $0.run == run }) { return .error("run \(run) has ended; it \(problem)") }
        return .error("the scheduler knows no run '\(run)'", hint: "'millrace runs' names those that it knows")
    }

    private mutating func fire(_ trigger: String, _ event: TriggerEvent, at now: Int) throws(Diagnostic)
        -> SchedulerReply
    {
        let before = decisions.entries.count
        observe(event, at: now)
        for case .fired(let firing, let outcome) in decisions.entries[before...] where firing.trigger == trigger {
            switch outcome {
            case .queued(let run): return SchedulerReply(run: run)
            case .skipped, .dropped:
                // What a caller on the web asks for is the same whether or not a run waits already.
                if case .webhook = event { return SchedulerReply() }
                throw .error(
                    outcome == .skipped
                        ? "a run of '\(trigger)' goes on, and its overlap is 'skip'"
                        : "a run of '\(trigger)' waits already", hint: "'millrace runs' shows it")
            }
        }
        return SchedulerReply()
    }

    /// The same order again: what the run has published is up to date, so what failed and what was not reached is made.
    private mutating func retry(
        _ id: RunID, _ narrowed: String?, _ past: RunOrder?, at now: Int
    ) throws(Diagnostic) -> RunID {
        if state.live[id] != nil {
            throw .error("run \(id) has not ended yet", hint: "'millrace cancel \(id)' ends it")
        }
        if let past { return queue(past, cause: "retry of \(id)", at: now) }
        guard let run = state.ended.last(where: { $0.run == id }) else { throw unknown(id, "cannot be repeated") }
        guard run.phase != .done else { throw .error("run \(id) is done; there is nothing to do again in it") }
        var order = run.order
        if let narrowed { order.selection = narrowed }
        return queue(order, cause: "retry of \(id)", trigger: run.queued.trigger, at: now)
    }
}
