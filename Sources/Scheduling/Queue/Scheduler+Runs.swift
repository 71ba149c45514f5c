package import Project

/// How the process of a run ended.
package enum ProcessEnding: Sendable, Equatable {
    case exited(status: Int)
    case killed(signal: Int)
    case notStarted(String)
}

extension Scheduler {
    /// After so many deaths of its process a run counts as failed.
    package static let mostCrashes = 3

    /// The process of a run ended.
    /// - Parameter message: what it said was wrong, in a sentence.
    package mutating func runEnded(
        _ id: RunID, attempt: Int, _ ending: ProcessEnding, message: String? = nil, at now: Int
    ) -> Decisions {
        // An end that is reported twice, or of an earlier process, says nothing.
        guard let run = state.live[id], run.phase == .running, run.attempt == attempt else { return settle(at: now) }
        if case .exited(0) = ending {
            end(run, .done, nil, at: now)
        } else if let reason = run.stopping {
            end(run, reason == .timedOut ? .failed : .cancelled, words(reason), at: now)
        } else {
            switch ending {
            case .exited(let status) where status == 130 || status == 143:
                end(run, .cancelled, "somebody stopped its process", at: now)
            case .exited(let status): end(run, .failed, message ?? Self.words(status: status), at: now)
            case .killed(let signal): crashed(run, "its process was ended by \(Self.name(signal: signal))", at: now)
            case .notStarted(let reason): crashed(run, "its process could not be started: \(reason)", at: now)
            }
        }
        return settle(at: now)
    }

    private mutating func crashed(_ run: ScheduledRun, _ message: String, at now: Int) {
        guard run.crashes + 1 < Self.mostCrashes else {
            return end(run, .failed, "\(message), \(Self.mostCrashes) times", at: now)
        }
        let interruption = RunInterruption(isCrash: true, message: message, notBefore: now + 1000 << run.crashes)
        record(.runInterrupted(run.run, interruption), at: now)
    }

    /// Puts a run into the queue.
    mutating func queue(
        _ order: RunOrder, cause: String, trigger: String? = nil, backfill: BackfillID? = nil, at now: Int
    ) -> RunID {
        let run = name(at: now)
        record(
            .runQueued(QueuedRun(run: run, order: order, cause: cause, trigger: trigger, backfill: backfill)), at: now)
        return run
    }

    /// Ends a run, or begins to.
    mutating func stop(_ run: ScheduledRun, _ reason: StopReason, at now: Int) {
        guard run.phase == .running else { return end(run, .cancelled, words(reason), at: now) }
        guard run.stopping == nil else { return }
        record(.runStopping(run.run, reason), at: now)
        decisions.effects.append(.stop(run.run))
    }

    mutating func end(_ run: ScheduledRun, _ phase: ScheduledRun.Phase, _ message: String?, at now: Int) {
        record(.runEnded(run.run, RunEnding(phase: phase, message: message)), at: now)
        if phase == .done || phase == .failed {
            tell(
                phase == .done ? .success : .failure,
                phase == .done
                    ? "run \(run.run) is done" : "run \(run.run) failed" + (message.map { ": \($0)" } ?? ""),
                about: run, at: now)
        }
        guard let trigger = run.queued.trigger, self.trigger(trigger) != nil else { return }
        observe(.runEnded(trigger: trigger, isDone: phase == .done), at: now)
    }

    mutating func stopOverdue(at now: Int) {
        for run in liveRuns where run.phase == .running && run.stopping == nil {
            if let time = timeout(of: run), time <= now { stop(run, .timedOut, at: now) }
        }
    }

    /// When a run takes longer than it may.
    func timeout(of run: ScheduledRun) -> Int? {
        guard let limit = configuration.rules.timeout, let start = run.resumedAt else { return nil }
        return start + limit
    }

    /// Starts as many of the waiting runs as may go on: those with more priority first, then those that came first.
    mutating func startRuns(at now: Int) {
        let all = liveRuns
        var running = all.filter { $0.phase == .running }
        let limit = max(1, configuration.rules.concurrency)
        guard running.count < limit else { return }
        // Stable: of equal priority the one that came first.
        let waiting = all.filter { $0.phase == .queued && $0.notBefore <= now }
            .sorted { ($1.order.priority, $0.number) < ($0.order.priority, $1.number) }
        for run in waiting where mayStart(run, beside: running, limit: limit) {
            let resumes = run.attempt > 0
            record(.runStarted(run.run, attempt: run.attempt + 1), at: now)
            guard let started = state.live[run.run] else { continue }
            decisions.effects.append(
                .start(
                    run.run, run.order, attempt: started.attempt, resumes: resumes, cause: run.queued.cause))
            running.append(started)
        }
    }

    private func mayStart(_ run: ScheduledRun, beside running: [ScheduledRun], limit: Int) -> Bool {
        guard running.count < limit else { return false }
        if let backfill = run.queued.backfill {
            // One place stays free for fresh data.
            guard running.count(where: { $0.queued.backfill != nil }) < max(1, limit - 1) else { return false }
            if let place = state.place(of: backfill), state.backfills[place].phase == .paused { return false }
        }
        if configuration.isForBackfills, run.queued.backfill == nil { return false }
        if let name = run.queued.trigger, let trigger = trigger(name), trigger.overlap != .allow {
            return !running.contains { $0.queued.trigger == name }
        }
        return true
    }

    private func words(_ reason: StopReason) -> String {
        switch reason {
        case .cancelled: "it was cancelled"
        case .replaced: "a newer run of its trigger took its place"
        case .timedOut: "it took longer than 'runs.timeout' allows"
        }
    }

    private static func words(status: Int) -> String {
        switch status {
        case 1: "a step or a check failed"
        case 2: "the project or the selection is wrong"
        case 3: "a fault of Millrace itself"
        default: "its process ended with status \(status)"
        }
    }

    private static func name(signal: Int) -> String {
        let names = [
            1: "SIGHUP", 2: "SIGINT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
            9: "SIGKILL (is there enough memory?)", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM", 24: "SIGXCPU",
        ]
        return names[signal] ?? "signal \(signal)"
    }

    /// A name that no other run or backfill has: the time in UTC, and six digits that follow from their number.
    func name(at now: Int) -> RunID {
        // FNV-1a: spreads, and is the same everywhere.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(now) \(state.counter) \(state.since ?? now)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return RunID(at: now, number: UInt32(truncatingIfNeeded: hash >> 20))
    }
}
