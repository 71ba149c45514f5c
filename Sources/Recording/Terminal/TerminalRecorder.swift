import Planning
package import Project
package import Running
import Synchronization

/// Tells a run to a person: on a terminal with lines that are redrawn in place while steps run, in a pipe with plain
/// lines, one an event.
package final class TerminalRecorder: RunRecorder {
    /// Where a text belongs when the two are kept apart, as in a pipe.
    package enum Channel: Sendable {
        /// What was done.
        case report
        /// What is wrong, and what to do about it.
        case diagnostics
    }

    package struct Options: Sendable {
        /// Redraw lines in place; only for terminals.
        package var isLive: Bool
        package var style: TextStyle
        /// Tell only what is wrong.
        package var isQuiet: Bool
        /// The cells of a line, asked anew for each drawing; nil when there is no limit.
        package var width: @Sendable () -> Int?

        package init(
            isLive: Bool, style: TextStyle = .plain, isQuiet: Bool = false, width: @escaping @Sendable () -> Int?
        ) {
            self.isLive = isLive
            self.style = style
            self.isQuiet = isQuiet
            self.width = width
        }
    }

    private struct State {
        var live = LiveRegion()
        var tally = RunTally()
        /// The cells of the longest name among the steps that run, so that finished lines align.
        var nameWidth = 0
        var lastDrawing = 0
        /// When each step last said in a pipe how far it is.
        var lastWord: [DatasetName: Int] = [:]
    }

    private let options: Options
    private let write: @Sendable (String, Channel) -> Void
    private let state = Mutex(State())

    /// `write` gets whole texts, line ends included, and is called by one thread at a time.
    package init(_ options: Options, write: @escaping @Sendable (String, Channel) -> Void) {
        self.options = options
        self.write = write
    }

    package func record(_ event: RunEvent, at milliseconds: Int) {
        state.withLock { state in
            let style = options.style
            switch event {
            case .runStarted(let start):
                self.start(start, &state)
            case .stepStarted(let start):
                state.live.start(start, at: milliseconds)
                if options.isLive {
                    draw(&state, at: milliseconds)
                } else {
                    say([StepText.started(start, nameWidth: state.nameWidth, style: style)])
                }
            case .stepProgressed(let progress):
                state.live.update(progress, at: milliseconds)
                if options.isLive {
                    if milliseconds - state.lastDrawing >= Self.drawingInterval { draw(&state, at: milliseconds) }
                } else {
                    sayProgress(of: progress.dataset, &state, at: milliseconds)
                }
            case .stepSaid(let dataset, let lines):
                scroll(
                    lines.map { StepText.said($0, by: dataset, nameWidth: state.nameWidth, style: style) }, .report,
                    &state, at: milliseconds)
            case .stepAudited(let dataset, _):
                state.live.audited(dataset, at: milliseconds)
                if options.isLive { draw(&state, at: milliseconds) }
            case .stepRetrying(let retry):
                state.live.remove(retry.dataset)
                let lines = StepText.retrying(retry, nameWidth: state.nameWidth, width: lineWidth, style: style)
                scroll(lines, .report, &state, at: milliseconds)
            case .stepFinished(let result):
                state.live.remove(result.dataset)
                state.tally.add(result)
                let lines = StepText.finished(
                    result, nameWidth: state.nameWidth, width: lineWidth, style: style)
                scroll(lines, .report, &state, at: milliseconds)
            case .stepFailed(let failure):
                state.live.remove(failure.dataset)
                state.tally.add(failure)
                fail(failure, &state, at: milliseconds)
            case .stepSkipped(let dataset, let reason):
                if let line = StepText.skipped(dataset, reason, nameWidth: state.nameWidth, style: style) {
                    scroll([line], .report, &state, at: milliseconds)
                }
            case .runFinished(let summary):
                finish(summary, &state)
            }
        }
    }

    /// Moves the spinner and the clocks on; to be called a few times a second while a run goes on.
    package func tick(at milliseconds: Int) {
        guard options.isLive else { return }
        state.withLock { state in
            guard !state.live.isEmpty, milliseconds - state.lastDrawing >= Self.drawingInterval else { return }
            draw(&state, at: milliseconds)
        }
    }

    /// Says something that is no event of the run.
    package func announce(_ text: String) {
        state.withLock { state in
            let line = options.style.yellow(text) + "\n"
            write(options.isLive ? state.live.erasing() + line : line, .diagnostics)
            if options.isLive { draw(&state, at: state.lastDrawing) }
        }
    }

    private static let drawingInterval = 80
    /// How often a long step says in a pipe that it is still at work.
    private static let wordInterval = 15_000

    private var lineWidth: Int? { options.width() }

    private func start(_ start: RunStart, _ state: inout State) {
        let names = start.plan.toRun.map { TextWidth.of($0.dataset.text) }
        state.nameWidth = min(names.max() ?? 0, 40)
        state.live.count = names.count
        state.tally.planned = start.plan.steps.count
        guard !names.isEmpty, !options.isLive else { return }
        let rest = start.plan.steps.count - names.count
        say([
            "run \(start.run): \(Quantity.count(names.count, "dataset")) to make"
                + (rest > 0 ? ", \(Quantity.grouped(rest)) up to date" : "")
        ])
    }

    private func sayProgress(of dataset: DatasetName, _ state: inout State, at milliseconds: Int) {
        guard let started = state.live.start(of: dataset) else { return }
        guard milliseconds - (state.lastWord[dataset] ?? started) >= Self.wordInterval else { return }
        state.lastWord[dataset] = milliseconds
        if let line = state.live.line(of: dataset, nameWidth: state.nameWidth, at: milliseconds) { say([line]) }
    }

    private func fail(_ failure: StepFailure, _ state: inout State, at milliseconds: Int) {
        let style = options.style
        let headline = StepText.failed(failure, nameWidth: state.nameWidth, style: style)
        let details = StepText.details(of: failure, width: lineWidth, style: style)
        if options.isLive {
            scroll([headline] + details, .diagnostics, &state, at: milliseconds)
        } else {
            say([headline])
            if !details.isEmpty { write(details.joined(separator: "\n") + "\n", .diagnostics) }
        }
    }

    private func finish(_ summary: RunSummary, _ state: inout State) {
        let lines = state.tally.summary(summary, width: lineWidth, style: options.style)
        let isBad = summary.outcome == .failed || summary.outcome == .cancelled
        if options.isQuiet, !isBad {
            if options.isLive { write(state.live.erasing(), .report) }
            return
        }
        let text = lines.map { $0 + "\n" }.joined()
        write((options.isLive ? state.live.erasing() : "") + text, options.isQuiet ? .diagnostics : .report)
    }

    /// Lines that stay, above those that are redrawn.
    private func scroll(_ lines: [String], _ channel: Channel, _ state: inout State, at milliseconds: Int) {
        guard options.isLive else { return say(lines) }
        let kept = options.isQuiet && channel == .report ? [] : lines
        write(state.live.erasing() + kept.map { $0 + "\n" }.joined(), channel)
        draw(&state, at: milliseconds)
    }

    private func say(_ lines: [String]) {
        guard !options.isQuiet else { return }
        write(lines.map { $0 + "\n" }.joined(), .report)
    }

    private func draw(_ state: inout State, at milliseconds: Int) {
        state.lastDrawing = milliseconds
        let text = state.live.drawing(
            width: lineWidth, nameWidth: state.nameWidth, done: state.tally.ended, style: options.style,
            at: milliseconds)
        if !text.isEmpty { write(text, .report) }
    }
}
