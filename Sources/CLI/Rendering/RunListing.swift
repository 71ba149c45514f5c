import Project
import Recording
import Running
import Scheduling
import Timetable

/// A run as the scheduler and the history know it.
struct RunListing {
    var run: RunID
    var scheduled: SchedulerSnapshot.RunState?
    var past: PastRun?

    /// The newest first.
    static func all(_ scheduled: [SchedulerSnapshot.RunState], _ past: [PastRun], limit: Int) -> [RunListing] {
        let known = Dictionary(past.map { ($0.run, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Set(scheduled.map(\.run))
        let all =
            scheduled.map { RunListing(run: $0.run, scheduled: $0, past: known[$0.run]) }
            + past.filter { !names.contains($0.run) }.map { RunListing(run: $0.run, scheduled: nil, past: $0) }
        // Those that have not ended come first.
        return Array(
            all.sorted { ($0.isOver ? 0 : 1, $0.time, $0.run.text) > ($1.isOver ? 0 : 1, $1.time, $1.run.text) }
                .prefix(limit))
    }

    var isOver: Bool { scheduled.map { $0.finishedAt != nil } ?? (past?.outcome != nil) }

    var time: Int { scheduled?.startedAt ?? past?.startedAt ?? scheduled?.queuedAt ?? 0 }

    /// `queued`, `running`, `done`, `failed`, `cancelled`, `nothing_to_do`, `interrupted`.
    var state: String {
        // What the scheduler calls done may have had nothing to do.
        if let phase = scheduled?.phase, phase != .done { return phase.rawValue }
        return past?.outcome ?? scheduled?.phase.rawValue ?? "running"
    }

    var cause: String { scheduled?.cause ?? past?.cause ?? "the command line" }

    var message: String? { scheduled?.message }

    var stateWords: String { state.replacing("_", with: " ") }

    /// What was asked for; nil is not known.
    var order: RunArguments? {
        if let order = scheduled?.order {
            return RunArguments(
                selection: order.selection.isEmpty ? [] : [order.selection], partitions: order.partitions.map(\.text),
                isFullRefresh: order.isFullRefresh)
        }
        return past?.order
    }

    /// Empty means everything; nil is not known.
    var selection: String? { scheduled?.order.selection ?? past?.order?.selectionText }

    var partitions: [String] { scheduled?.order.partitions.map(\.text) ?? past?.order?.partitions ?? [] }

    var milliseconds: Int? {
        guard let start = scheduled?.startedAt ?? past?.startedAt, let end = scheduled?.finishedAt ?? past?.finishedAt
        else { return nil }
        return end - start
    }

    var json: JSON {
        .object([
            ("run", .string(run.text)), ("state", .string(state)), ("cause", .string(cause)),
            ("selection", .optional(selection)), ("partitions", .strings(partitions)),
            ("priority", .optional(scheduled?.order.priority)), ("attempt", .optional(scheduled?.attempt)),
            ("queued", .optional((scheduled?.queuedAt).map(Timestamp.iso8601))),
            ("started", .optional((scheduled?.startedAt ?? past?.startedAt).map(Timestamp.iso8601))),
            ("finished", .optional((scheduled?.finishedAt ?? past?.finishedAt).map(Timestamp.iso8601))),
            ("message", .optional(message)), ("done", .optional(past?.done)), ("failed", .optional(past?.failed)),
            ("skipped", .optional(past?.skipped)), ("up_to_date", .optional(past?.upToDate)),
        ])
    }
}
