package import Project

/// The door to a running scheduler.
package protocol SchedulerControl: Sendable {
    func snapshot() -> SchedulerSnapshot

    /// Takes a request into the log, and returns when it is durable there.
    /// - Throws: `Diagnostic` when it makes no sense: an unknown trigger, a selection that names nothing, a run that
    ///   ended long ago.
    func submit(_ request: SchedulerRequest) async throws -> SchedulerReply

    /// What happens from now on. A listener that is too slow loses the oldest.
    func events() -> AsyncStream<SchedulerEvent>
}

/// What became of a request.
package struct SchedulerReply: Sendable, Codable, Equatable {
    package var run: RunID?
    package var backfill: BackfillID?

    package init(run: RunID? = nil, backfill: BackfillID? = nil) {
        self.run = run
        self.backfill = backfill
    }
}

/// Something that a live view shows.
package enum SchedulerEvent: Sendable {
    /// A run was queued, started or ended.
    case run(SchedulerSnapshot.RunState)
    /// A line of a run's process: an event of `millrace run --json`, as JSON text.
    case output(RunID, line: String)
    /// A trigger fired, was paused or resumed.
    case trigger(name: String)
    case backfill(SchedulerSnapshot.BackfillState)
}
