import Millrace
import Project
import Recording
import Scheduling
import Store
import Timetable

/// What the API answers with. `APISchemas` describes the same to other programs.
enum APIShapes {
    static func time(_ milliseconds: Int?) -> JSON { .optional(milliseconds.map(Timestamp.iso8601)) }

    static func listing(_ dataset: Survey.Dataset, now: Int) -> JSON {
        .object([
            ("name", .string(dataset.name.text)), ("kind", .string(dataset.kind)),
            ("description", .optional(dataset.description)), ("tags", .strings(dataset.tags)),
            ("state", .string(dataset.state)), ("reasons", .strings(dataset.reasons)),
            ("version", .optional(dataset.live?.version.number)), ("rows", .optional(dataset.live?.rows)),
            ("bytes", .optional(dataset.live?.bytes)), ("quarantined", .optional(dataset.live?.quarantineRows)),
            ("published_at", time(dataset.live?.published)), ("is_late", .bool(dataset.isLate(at: now))),
            ("inputs", .strings(dataset.needs.map(\.text))), ("used_by", .strings(dataset.neededFor.map(\.text))),
        ])
    }

    static func dataset(_ dataset: Survey.Dataset, now: Int) -> JSON {
        guard case .object(let fields) = listing(dataset, now: now) else { return .null }
        let live = dataset.live
        return .object(
            fields + [
                ("defined_in", .string(dataset.definedIn)), ("mode", .string(dataset.mode)),
                ("incremental", .optional(dataset.incremental?.text)), ("key", .strings(dataset.key)),
                ("partitions", .optional(dataset.partitions)), ("fresh_within_s", .optional(dataset.freshWithin)),
                (
                    "columns",
                    .array(
                        (live?.columns ?? []).map {
                            .object([
                                ("name", .string($0.name)), ("type", .string($0.type)),
                                ("description", .optional($0.description)),
                            ])
                        })
                ),
                ("partition_by", .strings(live?.partitionBy ?? [])), ("files", .optional(live?.files)),
                ("run", .optional(live?.record?.run.text)), ("account", .optional(live?.record?.rows, \.json)),
                ("splits", .optional(live?.record?.splits, JSON.counts)),
                ("checks", .array((live?.record?.checks ?? []).map(\.json))),
                ("quarantine", .optional(live?.quarantine?.text)),
                (
                    "version_tags",
                    .object((live?.tags ?? []).map { ($0.name, .int($0.version)) })
                ),
            ])
    }

    static func version(_ entry: HistoryEntry) -> JSON {
        .object([
            ("version", .int(entry.version.number)), ("published_at", time(entry.time)),
            ("operation", .optional(entry.upkeep ?? entry.operation)), ("run", .optional(entry.record?.run.text)),
            ("rows", .optional(entry.record?.rows, \.json)), ("rows_added", .optional(entry.rowsAdded)),
            ("rows_removed", .optional(entry.rowsRemoved)), ("bytes_added", .int(entry.bytesAdded)),
            ("files_added", .int(entry.filesAdded)), ("files_removed", .int(entry.filesRemoved)),
            ("inputs", .inputs(entry.record?.inputs ?? [:])),
            ("checks", .array((entry.record?.checks ?? []).map(\.json))),
        ])
    }

    static func checkedRun(_ checked: CheckedRun) -> JSON {
        .object([
            ("run", .string(checked.run.text)), ("at", time(checked.at)),
            (
                "checks",
                .array(
                    checked.checks.map {
                        .object([
                            ("name", .string($0.name)), ("status", .string($0.status)),
                            ("looked", .optional($0.looked)), ("failing", .optional($0.failing)),
                            ("value", .optional($0.value)),
                        ])
                    })
            ),
        ])
    }

    static func step(_ step: PastStep, _ mark: StepMark?) -> JSON {
        .object([
            ("dataset", .string(step.dataset)), ("kind", .optional(step.kind)), ("started_at", time(step.startedAt)),
            ("finished_at", time(step.finishedAt)), ("result", .optional(step.result)),
            ("cause", .optional(step.cause)), ("message", .optional(step.message)),
            ("version", .optional(step.version?.number)), ("rows", .optional(step.rows, \.json)),
            ("seconds", .optional(step.seconds)), ("phase", .optional(mark?.phase)),
            ("fraction", .optional(mark?.fraction)),
        ])
    }

    static func trigger(_ trigger: SchedulerSnapshot.TriggerState) -> JSON {
        .object([
            ("name", .string(trigger.name)), ("condition", .string(trigger.condition)),
            ("selection", .string(trigger.selection)), ("is_paused", .bool(trigger.isPaused)),
            ("next_at", time(trigger.next)), ("last_fired_at", time(trigger.lastFired)),
            ("last_run", .optional(trigger.lastRun?.text)),
        ])
    }

    static func backfill(_ backfill: SchedulerSnapshot.BackfillState) -> JSON {
        .object([
            ("id", .string(backfill.id.text)), ("dataset", .string(backfill.order.dataset.text)),
            ("from", .string(backfill.order.from.text)), ("to", .string(backfill.order.to.text)),
            ("which", .string(backfill.order.which.rawValue)), ("concurrency", .int(backfill.order.concurrency)),
            ("partitions_per_run", .int(backfill.order.partitionsPerRun)),
            ("priority", .int(backfill.order.priority)), ("phase", .string(backfill.phase.rawValue)),
            ("created_at", time(backfill.createdAt)), ("total", .int(backfill.total)), ("done", .int(backfill.done)),
            ("failed", .int(backfill.failed)), ("running", .int(backfill.running)),
            ("runs", .strings(backfill.runs.map(\.text))),
        ])
    }

    static func reply(_ reply: SchedulerReply) -> JSON {
        .object([("run", .optional(reply.run?.text)), ("backfill", .optional(reply.backfill?.text))])
    }
}

extension Survey.Dataset {
    /// Its live version is older than the project allows.
    func isLate(at now: Int) -> Bool {
        guard let freshWithin else { return false }
        guard let published = live?.published else { return true }
        return now - published > freshWithin * 1000
    }
}
