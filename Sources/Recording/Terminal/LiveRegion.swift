import Project
import Running

/// The lines at the foot of a terminal that show the steps that run now.
struct LiveRegion {
    private struct RunningStep {
        var start: StepStart
        var startedAt: Int
        var progress: StepProgress?
        var phase = StepProgress.Phase.writing
        /// When the present phase began, for its rate and the time left.
        var phaseAt: Int
    }

    /// The steps of the run.
    var count = 0
    private var steps: [RunningStep] = []
    private var startedAt: Int?
    private var drawnLines = 0
    private var frame = 0

    /// More steps than these share one line.
    private static let mostLines = 12
    private static let frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

    var isEmpty: Bool { steps.isEmpty }

    mutating func start(_ start: StepStart, at milliseconds: Int) {
        startedAt = startedAt ?? milliseconds
        steps.append(RunningStep(start: start, startedAt: milliseconds, phaseAt: milliseconds))
    }

    mutating func update(_ progress: StepProgress, at milliseconds: Int) {
        guard let index = index(of: progress.dataset) else { return }
        if steps[index].phase != progress.phase { enter(progress.phase, index, at: milliseconds) }
        steps[index].progress = progress
    }

    mutating func audited(_ dataset: DatasetName, at milliseconds: Int) {
        if let index = index(of: dataset) { enter(.publishing, index, at: milliseconds) }
    }

    private mutating func enter(_ phase: StepProgress.Phase, _ index: Int, at milliseconds: Int) {
        steps[index].phase = phase
        steps[index].phaseAt = milliseconds
        steps[index].progress = nil
    }

    mutating func remove(_ dataset: DatasetName) { steps.removeAll { $0.start.dataset == dataset } }

    func start(of dataset: DatasetName) -> Int? { index(of: dataset).map { steps[$0].startedAt } }

    /// A step's line without decoration, for a pipe.
    func line(of dataset: DatasetName, nameWidth: Int, at milliseconds: Int) -> String? {
        index(of: dataset).map { "  " + text(of: steps[$0], nameWidth: nameWidth, at: milliseconds) }
    }

    /// Takes the lines that were drawn away again; the cursor then stands where they began.
    mutating func erasing() -> String {
        defer { drawnLines = 0 }
        return drawnLines == 0 ? "" : "\u{1B}[\(drawnLines)A\r\u{1B}[0J"
    }

    /// Draws the lines over those that were drawn last.
    mutating func drawing(width: Int?, nameWidth: Int, done: Int, style: TextStyle, at milliseconds: Int) -> String {
        guard !steps.isEmpty else { return erasing() }
        frame += 1
        // The last cell stays free: a full line would wrap on some terminals and spoil the count of lines.
        let room = max(10, (width ?? 80) - 1)
        let spinner = Self.frames[frame % Self.frames.count]
        var lines: [String] = steps.prefix(Self.mostLines).map { step in
            let text = TextWidth.truncated(text(of: step, nameWidth: nameWidth, at: milliseconds), to: room - 2)
            return style.cyan(spinner) + " " + text
        }
        if steps.count > Self.mostLines {
            lines.append("  … and \(steps.count - Self.mostLines) more")
        }
        if count > 1 {
            let elapsed = Self.clock(milliseconds - (startedAt ?? milliseconds))
            let text = "  \(Quantity.grouped(done)) of \(Quantity.grouped(count)) done, \(elapsed)"
            lines.append(style.faint(TextWidth.truncated(text, to: room)))
        }
        var drawing = drawnLines == 0 ? "" : "\u{1B}[\(drawnLines)A\r"
        drawing += lines.map { $0 + "\u{1B}[K\n" }.joined()
        if lines.count < drawnLines { drawing += "\u{1B}[0J" }
        drawnLines = lines.count
        return drawing
    }

    private func index(of dataset: DatasetName) -> Int? { steps.firstIndex { $0.start.dataset == dataset } }

    private func text(of step: RunningStep, nameWidth: Int, at milliseconds: Int) -> String {
        let name = TextWidth.padded(TextWidth.truncated(step.start.dataset.text, to: nameWidth), to: nameWidth)
        let isReading = step.phase == .writing && step.start.kind == "ingest"
        let verb = isReading ? "reading" : step.phase.rawValue
        var parts = [TextWidth.padded(verb, to: 10)]
        let inPhase = Double(milliseconds - step.phaseAt) / 1000
        if let rows = step.progress?.rows {
            parts.append(
                step.progress?.totalRows.map { "\(Quantity.grouped(rows)) of \(Quantity.count($0, "row"))" }
                    ?? Quantity.count(rows, "row"))
            if inPhase >= 1, rows > 0 { parts.append("\(Quantity.grouped(Int(Double(rows) / inPhase))) rows/s") }
        }
        if let fraction = step.progress?.fraction, fraction > 0 {
            let bounded = min(fraction, 1)
            parts.append("\(Int(bounded * 100)) %")
            // Before that an estimate jumps about more than it tells.
            if bounded >= 0.03, bounded < 1, inPhase >= 2 {
                parts.append("\(Quantity.seconds((inPhase * (1 - bounded) / bounded).rounded(.up))) left")
            }
        }
        parts.append(Self.clock(milliseconds - step.startedAt))
        return name + "  " + parts.joined(separator: "  ")
    }

    /// A time that goes on: always tenths of a second, so that the text keeps its form.
    private static func clock(_ milliseconds: Int) -> String {
        let seconds = Double(milliseconds / 100) / 10
        return seconds < 59.95 ? "\(Quantity.decimal(seconds, places: 1)) s" : Quantity.seconds(seconds)
    }
}
