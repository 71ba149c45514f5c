package import Project

/// How the scheduler stands at one moment.
package struct SchedulerSnapshot: Sendable {
    package struct TriggerState: Sendable {
        package var name: String
        /// Its condition in words: `cron 0 2 * * * (Europe/Berlin)`.
        package var condition: String
        package var selection: String
        package var isPaused: Bool
        /// When it will fire next, in milliseconds since 1970; nil when that depends on events.
        package var next: Int?
        package var lastFired: Int?
        package var lastRun: RunID?

        package init(
            name: String, condition: String, selection: String, isPaused: Bool, next: Int?, lastFired: Int?,
            lastRun: RunID?
        ) {
            self.name = name
            self.condition = condition
            self.selection = selection
            self.isPaused = isPaused
            self.next = next
            self.lastFired = lastFired
            self.lastRun = lastRun
        }
    }

    /// A run that waits, goes on, or ended a short while ago.
    package struct RunState: Sendable {
        package enum Phase: String, Sendable, Codable {
            case queued, running, done, failed, cancelled
        }

        package var run: RunID
        package var order: RunOrder
        /// What started it: `trigger nightly`, `backfill …`, `a person`, `retry of …`.
        package var cause: String
        package var phase: Phase
        package var queuedAt: Int
        package var startedAt: Int?
        package var finishedAt: Int?
        /// How many times its process was started.
        package var attempt: Int
        /// Why it failed, was cancelled, or waits again.
        package var message: String?

        package init(
            run: RunID, order: RunOrder, cause: String, phase: Phase, queuedAt: Int, startedAt: Int?,
            finishedAt: Int?, attempt: Int, message: String? = nil
        ) {
            self.run = run
            self.order = order
            self.cause = cause
            self.phase = phase
            self.queuedAt = queuedAt
            self.startedAt = startedAt
            self.finishedAt = finishedAt
            self.attempt = attempt
            self.message = message
        }
    }

    package struct BackfillState: Sendable {
        package enum Phase: String, Sendable, Codable {
            case running, paused, done, failed, cancelled
        }

        package var id: BackfillID
        package var order: BackfillOrder
        package var phase: Phase
        package var createdAt: Int
        /// Partitions: all, made, failed, those that a run is making now.
        package var total: Int
        package var done: Int
        package var failed: Int
        package var running: Int
        package var runs: [RunID]

        package init(
            id: BackfillID, order: BackfillOrder, phase: Phase, createdAt: Int, total: Int, done: Int, failed: Int,
            running: Int, runs: [RunID]
        ) {
            self.id = id
            self.order = order
            self.phase = phase
            self.createdAt = createdAt
            self.total = total
            self.done = done
            self.failed = failed
            self.running = running
            self.runs = runs
        }
    }

    package var triggers: [TriggerState]
    /// Those that wait and go on, and the newest that ended.
    package var runs: [RunState]
    package var backfills: [BackfillState]

    package init(triggers: [TriggerState] = [], runs: [RunState] = [], backfills: [BackfillState] = []) {
        self.triggers = triggers
        self.runs = runs
        self.backfills = backfills
    }
}
