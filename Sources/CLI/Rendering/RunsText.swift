import Project
import Recording
import Scheduling
import Timetable

/// Runs of the scheduler as people and programs read them.
enum RunsText {
    static let waitsForServer = "no 'millrace serve' goes on; the next one does it"

    static func lines(_ runs: [RunListing], isServed: Bool, width: Int?, style: TextStyle) -> [String] {
        guard !runs.isEmpty else { return ["no run is known"] }
        var table = TextTable([
            .init("run"), .init("state", isFirm: true), .init("started", isFirm: true),
            .init("took", .right, isFirm: true), .init("made", .right, isFirm: true), .init("what"), .init("cause"),
        ])
        for run in runs {
            table.add([
                .init(run.run.text, .bold), state(run, isServed: isServed),
                .init((run.scheduled?.startedAt ?? run.past?.startedAt).map(Timestamp.utc) ?? "–"),
                .init(run.milliseconds.map { Quantity.seconds(Double($0) / 1000) } ?? "–"),
                .init(run.past.map { Quantity.grouped($0.done) } ?? ""), .init(what(run)), .init(run.cause, .faint),
            ])
        }
        return table.lines(width: width, style: style)
    }

    static func lines(
        _ run: RunListing, _ steps: [PastStep], _ output: [String], isServed: Bool, width: Int?, style: TextStyle
    ) -> [String] {
        var lines = [
            "run \(style.bold(run.run.text)): \(style.paint(state(run, isServed: isServed).text, state(run, isServed: isServed).paint))"
        ]
        if let message = run.message { lines.append("  \(message)") }
        lines.append("  started by \(run.cause)")
        if !what(run).isEmpty { lines.append("  selection  \(what(run))") }
        if let queued = run.scheduled?.queuedAt { lines.append("  queued     \(Timestamp.utc(queued))") }
        if let started = run.scheduled?.startedAt ?? run.past?.startedAt {
            lines.append("  started    \(Timestamp.utc(started))")
        }
        if let milliseconds = run.milliseconds {
            lines.append("  took       \(Quantity.seconds(Double(milliseconds) / 1000))")
        }
        if let attempt = run.scheduled?.attempt, attempt > 1 { lines.append("  processes  \(attempt)") }
        if !steps.isEmpty {
            var table = TextTable([
                .init("step"), .init("result", isFirm: true), .init("version", .right, isFirm: true),
                .init("rows", .right, isFirm: true), .init("took", .right, isFirm: true), .init("why"),
            ])
            for step in steps {
                table.add([
                    .init(step.dataset, .bold), result(step.result), .init(step.version.map { "\($0)" } ?? ""),
                    .init(step.rows.map { Quantity.grouped($0.published) } ?? ""),
                    .init(step.seconds.map(Quantity.seconds) ?? ""), .init(step.message ?? step.cause ?? "", .faint),
                ])
            }
            lines += [""] + table.lines(width: width, style: style)
        }
        if !output.isEmpty { lines += [""] + output.map { style.faint(TextWidth.harmless(RunOutput.text($0))) } }
        return lines
    }

    static func json(_ step: PastStep) -> JSON {
        .object([
            ("dataset", .string(step.dataset)), ("result", .optional(step.result)), ("cause", .optional(step.cause)),
            ("message", .optional(step.message)), ("version", .optional(step.version?.number)),
            ("started", .string(Timestamp.iso8601(step.startedAt))), ("attempts", .int(step.attempts)),
            ("seconds", .optional(step.seconds)), ("rows", .optional(step.rows, \.json)),
        ])
    }

    static func json(_ reply: SchedulerReply?) -> JSON {
        .object([
            ("accepted", .bool(reply != nil)), ("run", .optional(reply?.run?.text)),
            ("backfill", .optional(reply?.backfill?.text)),
        ])
    }

    /// Says what runs do, as it happens.
    static func tell(_ events: AsyncStream<SchedulerEvent>, _ console: Console) async throws {
        for await event in events {
            guard case .run(let run) = event else { continue }
            if console.isJSON {
                let line = RunListing(run: run.run, scheduled: run, past: nil).json.text
                try Output.standard.writeNow(line + "\n")
                continue
            }
            let words =
                switch run.phase {
                case .queued: run.attempt == 0 ? "queued, by \(run.cause)" : "waits again: \(run.message ?? "")"
                case .running: "started"
                case .done: console.style.green("done")
                case .failed: console.style.red("failed") + (run.message.map { ": \($0)" } ?? "")
                case .cancelled: "cancelled"
                }
            console.remark("run \(run.run) \(words)")
        }
    }

    private static func what(_ run: RunListing) -> String {
        guard let selection = run.selection else { return "" }
        var words = selection.isEmpty ? "everything" : selection
        if let first = run.partitions.first, let last = run.partitions.last {
            words += first == last ? " \(first)" : " \(first)…\(last)"
        }
        return words
    }

    private static func state(_ run: RunListing, isServed: Bool) -> TextTable.Cell {
        switch run.state {
        case "done": .init("done", .green)
        case "failed": .init("failed", .red)
        case "nothing_to_do": .init("nothing to do", .faint)
        // The log of a scheduler that was killed says that its runs go on.
        case "running" where run.scheduled != nil && !isServed: .init("waits for serve", .yellow)
        case "running": .init("running", .cyan)
        case let word: .init(word, .yellow)
        }
    }

    private static func result(_ result: String?) -> TextTable.Cell {
        switch result {
        case "done": .init("done", .green)
        case "failed": .init("failed", .red)
        case let word?: .init(word, .yellow)
        case nil: .init("–", .cyan)
        }
    }
}
