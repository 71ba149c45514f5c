import Processes
import Project
import Recording
import Scheduling
import Synchronization

extension Supervisor {
    /// Tells the scheduler what happens, one thing after the other.
    func decide() async {
        let isBegun = await carryOut([]) { scheduler, _, now in (scheduler.start(at: now), []) }
        while isBegun {
            let letters = await mailbox.take()
            if Task.isCancelled || mailbox.isClosed {
                refuse(letters, .error("the scheduler is being stopped"))
                return
            }
            guard await carryOut(letters, { Self.read(&$0, $1, options, at: $2) }) else { return }
        }
    }

    /// An answer for somebody who waits in this process.
    private typealias Answer = (
        to: CheckedContinuation<SchedulerReply, any Error>, result: Result<SchedulerReply, Diagnostic>
    )

    private static func read(
        _ scheduler: inout Scheduler, _ letters: [Letter], _ options: Options, at now: Int
    ) -> (Scheduler.Decisions, [Answer]) {
        var all = Scheduler.Decisions()
        var answers: [Answer] = []
        for letter in letters {
            switch letter {
            case .tick: all.add(scheduler.advance(to: now))
            case .lines(let lines):
                for line in lines { scheduler.take(line) }
            case .request(let request):
                // Its answer may be in the log already.
                if let id = request.id, !scheduler.state.requests.contains(where: { $0.id == id }) { continue }
                let (decisions, result) = scheduler.carryOut(
                    request.request, id: request.id, partitions: request.partitions, narrowed: request.narrowed,
                    past: request.past, at: now)
                all.add(decisions)
                if let answer = request.answer { answers.append((answer, result)) }
            case .refused(let id, let diagnostic): all.add(scheduler.refuse(id, diagnostic, at: now))
            case .ended(let run, let attempt, let ending, let message):
                all.add(scheduler.runEnded(run, attempt: attempt, ending, message: message, at: now))
            case .versions(let versions, let names): all.add(scheduler.saw(versions, of: names, at: now))
            case .files(let trigger, let patterns, let digest):
                all.add(scheduler.saw(filesOf: trigger, patterns, digest: digest, at: now))
            case .project(let project): all.add(scheduler.take(configuration(project, options), at: now))
            case .told(let number): all.add(scheduler.told(number, at: now))
            }
        }
        return (all, answers)
    }

    /// Lets the scheduler decide, puts that into its log, and does it. While the log cannot be written nothing is done,
    /// and it is tried again; only who waits for an answer in this process is refused.
    /// - Returns: false when the task was cancelled meanwhile.
    private func carryOut(
        _ letters: [Letter],
        _ body: (inout Scheduler, _ letters: [Letter], _ now: Int) -> (Scheduler.Decisions, [Answer])
    ) async -> Bool {
        var letters = letters
        var isTold = false
        while !Task.isCancelled {
            let now = now
            var next = scheduler.withLock { $0 }
            let (decisions, answers) = body(&next, letters, now)
            do {
                if !decisions.entries.isEmpty {
                    _ = try await log.append(decisions.entries.map { try LogCoding.draft($0, at: now) })
                }
                scheduler.withLock { $0 = next }
                if isTold { options.surroundings.warn(.warning("the scheduler's log can be written again")) }
                for effect in decisions.effects { perform(effect) }
                for answer in answers { answer.to.resume(with: answer.result.mapError { $0 as any Error }) }
                tell(decisions.entries, next)
                shorten(by: decisions.entries.count, next)
                return true
            } catch {
                letters = refuse(letters, Self.diagnostic(error))
                if !isTold {
                    options.surroundings.warn(
                        .error(
                            Self.diagnostic(error).message,
                            notes: ["no run is started until it can be written again; nothing is lost"]))
                }
                isTold = true
                try? await Task.sleep(for: .seconds(1))
            }
        }
        refuse(letters, .error("the scheduler is being stopped"))
        return false
    }

    /// Nobody must wait for an answer that never comes.
    /// - Returns: the letters that nobody waits for.
    @discardableResult
    private func refuse(_ letters: [Letter], _ diagnostic: Diagnostic) -> [Letter] {
        letters.filter { letter in
            guard case .request(let request) = letter, let answer = request.answer else { return true }
            answer.resume(throwing: diagnostic)
            return false
        }
    }

    private func perform(_ effect: Scheduler.Effect) {
        switch effect {
        case .start(let run, let order, let attempt, let resumes, let cause):
            start(run, order, attempt: attempt, resumes: resumes, cause: cause)
        case .stop(let run): children.withLock { $0[run] }?.stop(grace: options.grace)
        case .notify(let notice): notices.put(notice)
        }
    }

    private func tell(_ entries: [LogEntry], _ scheduler: Scheduler) {
        guard listeners.isHeard else { return }
        // Each once, as it is now: what was queued and started at once is said to have started.
        var runs: [RunID] = []
        var backfills: [BackfillID] = []
        var triggers: [String] = []
        for entry in entries {
            switch entry {
            case .runQueued(let queued): runs.append(queued.run)
            case .runStarted(let run, _), .runStopping(let run, _), .runInterrupted(let run, _), .runEnded(let run, _):
                if !runs.contains(run) { runs.append(run) }
            case .fired(let firing, _): triggers.append(firing.trigger)
            case .backfillCreated(let id, _, _), .backfillChanged(let id, _):
                if !backfills.contains(id) { backfills.append(id) }
            case .triggers: triggers += scheduler.configuration.triggers.map(\.name.value)
            default: break
            }
        }
        for run in runs { tell(run, scheduler) }
        for id in backfills { tell(id, scheduler) }
        for name in Set(triggers).sorted() { listeners.send(.trigger(name: name)) }
    }

    private func tell(_ run: RunID, _ scheduler: Scheduler) {
        guard let state = scheduler.snapshot(of: run) else { return }
        listeners.send(.run(state))
        if let scheduled = scheduler.state.live[run] ?? scheduler.state.ended.last(where: { $0.run == run }),
            let backfill = scheduled.queued.backfill
        {
            tell(backfill, scheduler)
        }
    }

    private func tell(_ id: BackfillID, _ scheduler: Scheduler) {
        guard let backfill = scheduler.state.backfills.first(where: { $0.id == id }) else { return }
        listeners.send(.backfill(scheduler.snapshot(of: backfill)))
    }

    // MARK: A log that stays short

    /// So many entries, and the log begins anew with the state that they make.
    static let mostEntries = 2000
    /// Answers are kept for so many milliseconds, for whoever asked.
    private static let answersKept = 600_000

    private func shorten(by count: Int, _ scheduler: Scheduler) {
        let isDue = written.withLock { written in
            written += count
            return written >= Self.mostEntries
        }
        guard isDue else { return }
        let now = now
        do {
            let draft = try LogCoding.draft(scheduler.snapshotEntry, at: now)
            let isDone = try log.restart(
                with: draft, keeping: [LogEntry.answerKind], keptSince: now - Self.answersKept,
                unless: LogEntry.requestKind, after: seen.withLock { $0 })
            if isDone { written.withLock { $0 = 0 } }
        } catch {
            // The log stays longer than it should; what matters is in it.
            written.withLock { $0 = Self.mostEntries / 2 }
        }
    }
}
