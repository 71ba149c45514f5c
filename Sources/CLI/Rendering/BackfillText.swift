import Project
import Recording
import Scheduling
import Timetable

/// Backfills as people and programs read them.
enum BackfillText {
    static func lines(_ backfills: [SchedulerSnapshot.BackfillState], width: Int?, style: TextStyle) -> [String] {
        guard !backfills.isEmpty else { return ["no backfill is known"] }
        var table = TextTable([
            .init("backfill"), .init("dataset", isFirm: true), .init("state", isFirm: true),
            .init("from", isFirm: true),
            .init("to", isFirm: true), .init("made", .right, isFirm: true), .init("failed", .right, isFirm: true),
            .init("being made", .right, isFirm: true), .init("of", .right, isFirm: true), .init("created"),
        ])
        for one in backfills {
            table.add([
                .init(one.id.text, .bold), .init(one.order.dataset.text), .init(one.phase.rawValue, paint(one.phase)),
                .init(one.order.from.text), .init(one.order.to.text), .init(Quantity.grouped(one.done)),
                .init(Quantity.grouped(one.failed), one.failed > 0 ? .red : .plain),
                .init(Quantity.grouped(one.running)), .init(Quantity.grouped(one.total)),
                .init(Timestamp.utc(one.createdAt), .faint),
            ])
        }
        return table.lines(width: width, style: style)
    }

    /// In one line how far it is.
    static func progress(_ one: SchedulerSnapshot.BackfillState) -> String {
        var words = "backfill \(one.id): \(one.done) of \(one.total) partitions made"
        if one.failed > 0 { words += ", \(one.failed) failed" }
        if one.running > 0 { words += ", \(one.running) being made" }
        return one.phase == .running ? words : words + "; \(one.phase.rawValue)"
    }

    static func json(_ one: SchedulerSnapshot.BackfillState) -> JSON {
        .object([
            ("backfill", .string(one.id.text)), ("dataset", .string(one.order.dataset.text)),
            ("state", .string(one.phase.rawValue)), ("from", .string(one.order.from.text)),
            ("to", .string(one.order.to.text)), ("which", .string(one.order.which.rawValue)),
            ("jobs", .int(one.order.concurrency)), ("per_run", .int(one.order.partitionsPerRun)),
            ("priority", .int(one.order.priority)), ("created", .string(Timestamp.iso8601(one.createdAt))),
            ("total", .int(one.total)), ("done", .int(one.done)), ("failed", .int(one.failed)),
            ("running", .int(one.running)), ("runs", .strings(one.runs.map(\.text))),
        ])
    }

    private static func paint(_ phase: SchedulerSnapshot.BackfillState.Phase) -> Paint {
        switch phase {
        case .running: .cyan
        case .done: .green
        case .failed: .red
        case .paused, .cancelled: .yellow
        }
    }
}
