import Planning
import Project
import Running

/// What is said about one step.
enum StepText {
    static func started(_ start: StepStart, nameWidth: Int, style: TextStyle) -> String {
        let reasons = start.reasons.map(\.description).joined(separator: ", ")
        return "  \(name(start.dataset, nameWidth))  \(start.kind) started: \(reasons)"
    }

    static func said(_ line: String, by dataset: DatasetName, nameWidth: Int, style: TextStyle) -> String {
        "  \(name(dataset, nameWidth))  | \(line)"
    }

    /// `✓ flights  version 3  329,821 rows, 412 quarantined  1.2 s`, then the checks that did not simply pass.
    static func finished(_ result: StepResult, nameWidth: Int, width: Int?, style: TextStyle) -> [String] {
        let account = result.record.rows
        let noun = account.published == 1 ? " row" : " rows"
        var rows = TextWidth.paddedLeft(Quantity.grouped(account.published), to: 11) + noun
        if account.quarantined > 0 {
            rows += ", \(Quantity.grouped(account.quarantined)) quarantined"
        }
        let line =
            style.green("✓") + " " + style.bold(name(result.dataset, nameWidth)) + "  "
            + TextWidth.padded("version \(result.published.version)", to: 11) + "  "
            + TextWidth.padded(rows, to: 34) + "  " + TextWidth.paddedLeft(Quantity.seconds(result.seconds), to: 7)
        return [line] + CheckText.remarks(on: result.record.checks, width: width, style: style)
    }

    /// `✗ flights  refused by 2 checks, version 2 stays live  1.2 s`
    static func failed(_ failure: StepFailure, nameWidth: Int, style: TextStyle) -> String {
        let refusing = failure.checks.count { $0.status == .failed }
        let what =
            switch failure.cause {
            case .check: "refused by \(Quantity.count(max(1, refusing), "check"))"
            case .step: "failed"
            case .timeout: "took too long"
            case .cancelled: "stopped"
            case .bug: "failed by a fault of Millrace"
            }
        let stays = failure.live.map { "version \($0) stays live" } ?? "nothing is published"
        return style.red("✗") + " " + style.bold(name(failure.dataset, nameWidth)) + "  " + style.red(what)
            + ", \(stays)  \(Quantity.seconds(failure.seconds))"
    }

    /// `↻ flights  failed, tried again in 10.0 s (2 of 4)  1.2 s`, then why.
    static func retrying(_ retry: StepRetry, nameWidth: Int, width: Int?, style: TextStyle) -> [String] {
        let what = retry.failure.cause == .timeout ? "took too long" : "failed"
        let head =
            style.yellow("↻") + " " + style.bold(name(retry.dataset, nameWidth)) + "  " + style.yellow(what)
            + ", tried again in \(Quantity.seconds(Double(retry.delay) / 1000)) (\(retry.attempt + 1) of "
            + "\(retry.attempts))  \(Quantity.seconds(retry.failure.seconds))"
        return [head] + details(of: retry.failure, width: width, style: style)
    }

    static func details(of failure: StepFailure, width: Int?, style: TextStyle) -> [String] {
        guard failure.cause != .cancelled else { return [] }
        var lines = failure.diagnostics.flatMap { diagnostic in
            diagnostic.rendered(style: style).split(separator: "\n", omittingEmptySubsequences: false)
                .map { "    " + $0 }
        }
        lines += CheckText.remarks(on: failure.checks, width: width, style: style)
        return lines
    }

    /// Nil when there is nothing to say: what is up to date is only counted.
    static func skipped(
        _ dataset: DatasetName, _ reason: SkipReason, nameWidth: Int, style: TextStyle
    ) -> String? {
        let why: String
        switch reason {
        case .upToDate, .madeByThisRun: return nil
        case .upstreamFailed(let upstream): why = "skipped, because \(upstream) failed"
        case .stopped(let failed): why = "not started, because \(failed) failed"
        case .cancelled: why = "not started"
        }
        return style.yellow("–") + " " + style.bold(name(dataset, nameWidth)) + "  \(why)"
    }

    private static func name(_ dataset: DatasetName, _ width: Int) -> String {
        TextWidth.padded(dataset.text, to: width)
    }
}
