import Project
import Running

/// What a run has come to so far, for its summary.
struct RunTally {
    /// The datasets of the plan.
    var planned = 0
    private var results: [StepResult] = []
    private var failures: [StepFailure] = []

    /// Steps that ended, well or not.
    var ended: Int { results.count + failures.count }

    mutating func add(_ result: StepResult) { results.append(result) }
    mutating func add(_ failure: StepFailure) { failures.append(failure) }

    /// The lines that end a run, each of at most `width` cells where it can be broken; nil is no limit.
    func summary(_ summary: RunSummary, width: Int?, style: TextStyle) -> [String] {
        switch summary.outcome {
        case .nothingToDo:
            let count = max(summary.upToDate, planned)
            guard count > 0 else { return ["nothing to do: no dataset is selected"] }
            return [
                "nothing to do: \(Quantity.count(count, "dataset")) \(count == 1 ? "is" : "are") up to date"
            ]
        case .done:
            return ["", headline(style.green("done"), summary)] + facts(width, style) + nextAfterSuccess(style)
        case .failed:
            return ["", headline(style.red("failed"), summary)] + facts(width, style) + nextAfterFailure(summary, style)
        case .cancelled:
            return ["", headline(style.yellow("stopped"), summary)] + facts(width, style)
                + ["  \(style.cyan("next:")) nothing half-done was published; 'millrace run' goes on from here"]
        }
    }

    private func headline(_ word: String, _ summary: RunSummary) -> String {
        let parts = [
            (summary.failed, "failed"), (summary.stopped, "stopped"), (summary.done, "made"),
            (summary.skipped, "skipped"), (summary.upToDate, "up to date"),
        ].filter { $0.0 > 0 }
        let texts = parts.enumerated().map { index, part in
            (index == 0 ? Quantity.count(part.0, "dataset") : Quantity.grouped(part.0)) + " " + part.1
        }
        return "\(word): \((texts + ["in " + Quantity.seconds(summary.seconds)]).joined(separator: ", "))"
    }

    private func facts(_ width: Int?, _ style: TextStyle) -> [String] {
        labelled("checks", checks(style), style) + labelled("quarantine", quarantine(width), style)
            + labelled("splits", splits(width), style)
    }

    private func checks(_ style: TextStyle) -> [String] {
        let outcomes = results.flatMap(\.record.checks) + failures.flatMap(\.checks)
        guard !outcomes.isEmpty else { return [] }
        func part(_ status: CheckOutcome.Status, _ word: String, _ paint: Paint) -> String? {
            let count = outcomes.count { $0.status == status }
            return count == 0 ? nil : style.paint("\(Quantity.grouped(count)) \(word)", paint)
        }
        let parts = [
            part(.passed, "passed", .plain), part(.quarantined, "with rows quarantined", .yellow),
            part(.warned, "warned", .yellow), part(.failed, "failed", .red),
        ]
        return [parts.compactMap(\.self).joined(separator: ", ")]
    }

    private func quarantine(_ width: Int?) -> [String] {
        aligned(
            width,
            results.filter { $0.record.rows.quarantined > 0 }.map { result in
                let account = result.record.rows
                let share = Quantity.share(account.quarantined, of: account.read).map { " (\($0))" } ?? ""
                return (
                    result.dataset.text,
                    "\(Quantity.grouped(account.quarantined)) of \(Quantity.count(account.read, "row"))\(share), "
                        + "kept in \(result.dataset.quarantine)"
                )
            })
    }

    private func splits(_ width: Int?) -> [String] {
        aligned(
            width,
            results.compactMap { result in
                guard let splits = result.record.splits, !splits.isEmpty else { return nil }
                return (result.dataset.text, SplitText.shares(splits))
            })
    }

    /// Names in one column, their texts in another, broken where a line ends.
    private func aligned(_ width: Int?, _ pairs: [(name: String, text: String)]) -> [String] {
        let nameWidth = pairs.map { TextWidth.of($0.name) }.max() ?? 0
        let room = width.map { max(20, $0 - Self.labelWidth - nameWidth - 6) }
        return pairs.flatMap { name, text in
            TextWidth.wrapped(text, to: room).enumerated().map { index, line in
                TextWidth.padded(index == 0 ? name : "", to: nameWidth) + "  " + line
            }
        }
    }

    private static let labelWidth = 10

    private func labelled(_ label: String, _ lines: [String], _ style: TextStyle) -> [String] {
        lines.enumerated().map { index, line in
            "  " + style.faint(TextWidth.padded(index == 0 ? label : "", to: Self.labelWidth)) + "  " + line
        }
    }

    /// Said when a dataset was made for the first time; later its reader knows.
    private func nextAfterSuccess(_ style: TextStyle) -> [String] {
        guard let newest = results.last(where: { $0.published.version == Version(0) })?.dataset else { return [] }
        return [
            "  \(style.cyan("next:"))       millrace show \(newest)",
            "              millrace query \"SELECT * FROM \(newest) LIMIT 5\"",
        ]
    }

    private func nextAfterFailure(_ summary: RunSummary, _ style: TextStyle) -> [String] {
        if summary.hasBug {
            return [
                "  \(style.cyan("next:")) this is a bug in Millrace: please report it with the output of "
                    + "'millrace doctor'"
            ]
        }
        return [
            "  \(style.cyan("next:")) mend what is told above, then 'millrace run' makes what is left; "
                + "what was published stays"
        ]
    }
}
