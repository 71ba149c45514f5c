import Planning
import Project
package import Running
import Timetable

extension RunEvent {
    /// The event as `JSONRecorder` documents it.
    package func json(at milliseconds: Int) -> JSON {
        let (name, fields) = parts
        return .object([("event", .string(name)), ("at", .string(Timestamp.iso8601(milliseconds)))] + fields)
    }

    private var parts: (name: String, fields: [(String, JSON)]) {
        switch self {
        case .runStarted(let start):
            (
                "run_started",
                [
                    ("run", .string(start.run.text)), ("project", .string(start.project)),
                    ("cause", .optional(start.cause)),
                    ("queued_at", .optional(start.queuedAt.map(Timestamp.iso8601))),
                    ("steps", .array(start.plan.steps.map(\.json))),
                ]
            )
        case .stepStarted(let start):
            (
                "step_started",
                [
                    ("dataset", .string(start.dataset.text)), ("kind", .string(start.kind)),
                    ("reasons", .strings(start.reasons.map(\.description))), ("index", .int(start.index)),
                    ("count", .int(start.count)), ("attempt", .int(start.attempt)),
                    ("waited", .double(Double(start.waited) / 1000)),
                ]
            )
        case .stepProgressed(let progress):
            (
                "step_progressed",
                [
                    ("dataset", .string(progress.dataset.text)), ("phase", .string(progress.phase.rawValue)),
                    ("fraction", .optional(progress.fraction)), ("rows", .optional(progress.rows)),
                    ("total_rows", .optional(progress.totalRows)),
                ]
            )
        case .stepSaid(let dataset, let lines):
            ("step_said", [("dataset", .string(dataset.text)), ("lines", .strings(lines))])
        case .stepAudited(let dataset, let checks):
            ("step_audited", [("dataset", .string(dataset.text)), ("checks", .array(checks.map(\.json)))])
        case .stepRetrying(let retry): ("step_retrying", retry.fields)
        case .stepFinished(let result): ("step_finished", result.fields)
        case .stepFailed(let failure): ("step_failed", failure.fields)
        case .stepSkipped(let dataset, let reason):
            (
                "step_skipped",
                [
                    ("dataset", .string(dataset.text)), ("reason", .string(reason.word)),
                    ("upstream", .optional(reason.upstream?.text)),
                ]
            )
        case .runFinished(let summary): ("run_finished", summary.fields)
        }
    }
}

extension Plan.Step {
    package var json: JSON {
        .object(
            [
                ("dataset", .string(dataset.text)), ("action", .string(action.rawValue)),
                ("reasons", .strings(reasons.map(\.description))), ("inputs", .strings(inputs.map(\.text))),
                ("foreign", .strings(foreign)), ("work", .string(work.word)),
                ("reads_after", .optional(work.after?.version.number)),
                ("current_version", .optional(current?.version.number)), ("next_version", .int(next.number)),
            ] + (partitions.map { [("partitions", .strings($0.making.texts))] } ?? []))
    }
}

extension Plan.Work {
    fileprivate var word: String {
        switch self {
        case .full: "full"
        case .continuing: "continuing"
        case .incremental, .incrementalTable: "incremental"
        case .partitions: "partitions"
        }
    }

    /// The version of its input after which a step reads.
    fileprivate var after: PinnedVersion? {
        switch self {
        case .full, .continuing, .partitions: nil
        case .incremental(_, let after), .incrementalTable(_, let after): after
        }
    }
}

extension StepResult {
    fileprivate var fields: [(String, JSON)] {
        [
            ("dataset", .string(dataset.text)), ("version", .int(published.version.number)),
            ("table", .string(published.table)), ("seconds", .double(seconds)), ("bytes", .int(bytes)),
            ("files", .int(files)), ("rows", record.rows.json),
            ("quarantine_version", .optional(record.quarantine?.number)),
            ("splits", .optional(record.splits, JSON.counts)),
            ("inputs", .inputs(record.inputs)), ("foreign", .foreign(record.foreign ?? [:])),
            ("fingerprint", .string(record.fingerprint.text)),
            ("checks", .array(record.checks.map(\.json))),
        ]
    }
}

extension StepFailure {
    fileprivate var fields: [(String, JSON)] {
        [
            ("dataset", .string(dataset.text)), ("cause", .string(cause.rawValue)),
            ("live_version", .optional(live?.number)), ("seconds", .double(seconds)),
            ("diagnostics", .array(diagnostics.map(\.json))), ("checks", .array(checks.map(\.json))),
        ]
    }
}

extension StepRetry {
    fileprivate var fields: [(String, JSON)] {
        Array(failure.fields.prefix(1)) + [
            ("attempt", .int(attempt)), ("attempts", .int(attempts)), ("delay", .double(Double(delay) / 1000)),
        ] + failure.fields.dropFirst()
    }
}

extension RunSummary {
    fileprivate var fields: [(String, JSON)] {
        [
            ("run", .string(run.text)), ("outcome", .string(outcome.word)), ("has_bug", .bool(hasBug)),
            ("done", .int(done)), ("failed", .int(failed)), ("skipped", .int(skipped)),
            ("up_to_date", .int(upToDate)), ("seconds", .double(seconds)),
        ]
    }
}

extension RunSummary.Outcome {
    var word: String { self == .nothingToDo ? "nothing_to_do" : rawValue }
}

extension SkipReason {
    var word: String {
        switch self {
        case .upToDate: "up_to_date"
        case .madeByThisRun: "made_by_this_run"
        case .upstreamFailed: "upstream_failed"
        case .stopped: "stopped"
        case .cancelled: "cancelled"
        }
    }

    fileprivate var upstream: DatasetName? {
        switch self {
        case .upstreamFailed(let name), .stopped(let name): name
        case .upToDate, .madeByThisRun, .cancelled: nil
        }
    }
}
