import Millrace
import Planning
import Project
import Recording
import Running
import Store

/// What `parity` tells.
struct ParityText: Sendable {
    private let trial: ParityTrial
    private let style: TextStyle
    private let width: Int?
    private let nameWidth: Int

    init(_ trial: ParityTrial, style: TextStyle, width: Int?) {
        self.trial = trial
        self.style = style
        self.width = width
        nameWidth = trial.steps.map { $0.dataset.text.count }.max() ?? 0
    }

    /// `local and cluster  floats within 1e-09 of each other  samples of 1,000 rows, seed 7`
    var headline: String {
        var line = style.bold("\(trial.first) and \(trial.second)") + "  " + tolerance
        if let sample = trial.options.sample {
            line += "  samples of \(Quantity.count(sample.rows, "row")) of each input, seed \(sample.seed)"
        }
        return line
    }

    private var tolerance: String {
        let relative = trial.options.tolerance.relative
        return relative == 0 ? "floats to the last digit" : "floats within \(relative) of each other"
    }

    func doing(_ dataset: DatasetName, _ phase: StepTrial.Phase) -> String {
        switch phase {
        case .sampling: "\(dataset): sampling its inputs"
        case .staging(let engine): "\(dataset) on \(engine)"
        case .comparing: "\(dataset): comparing"
        }
    }

    // MARK: One step

    /// `✓ flights  equal: 327,346 rows, 8,255 quarantined  local 1.2 s, cluster 8.3 s`, then what is different.
    func lines(_ parity: StepParity) -> [String] {
        let isEqual = parity.outcome == .equal
        let name = style.bold(TextWidth.padded(parity.dataset.text, to: nameWidth))
        let head = "\(isEqual ? style.green("✓") : style.red("✗")) \(name)  \(verdict(on: parity))"
        let times = [parity.first, parity.second].filter { $0.rows != nil }.map {
            "\($0.engine) \(Quantity.seconds($0.seconds))"
        }
        let line = times.isEmpty ? head : head + "  " + style.faint(times.joined(separator: ", "))
        guard parity.outcome == .different else { return [line] }
        let details = facts(parity) + tables(parity.rows, "") + tables(parity.quarantine, "quarantined: ")
        return [line] + details.map { $0.isEmpty ? "" : "    " + $0 } + [""]
    }

    private func verdict(on parity: StepParity) -> String {
        switch parity.outcome {
        case .failed:
            let engines = [parity.first, parity.second].filter { !$0.problems.isEmpty }.map(\.engine)
            return style.red("failed") + (engines.isEmpty ? "" : " on \(engines.joined(separator: " and "))")
        case .different: return style.red("different")
        case .equal:
            var words = "equal: \(Quantity.count(parity.first.rows?.published ?? 0, "row"))"
            if let refused = parity.first.rows?.quarantined, refused > 0 {
                words += ", \(Quantity.grouped(refused)) quarantined"
            }
            let rounded = (parity.rows?.rounded ?? 0) + (parity.quarantine?.rounded ?? 0)
            if rounded > 0 {
                words += ", floats of \(Quantity.grouped(rounded)) not to the last digit"
                let deviation = [parity.rows?.deviation, parity.quarantine?.deviation].compactMap(\.self).max()
                if let deviation { words += " (off by up to \(Self.rounded(deviation)))" }
            }
            return words
        }
    }

    /// A small number with two digits: `2.1e-16`.
    private static func rounded(_ number: Double) -> String {
        guard number > 0, number.isFinite else { return "\(number)" }
        var (scaled, exponent) = (number, 0)
        while scaled < 1 { (scaled, exponent) = (scaled * 10, exponent - 1) }
        return exponent == 0 ? "\(number)" : "\(Quantity.decimal(scaled, places: 1))e\(exponent)"
    }

    private func facts(_ parity: StepParity) -> [String] {
        guard !parity.differences.isEmpty else { return [] }
        var table = TextTable([.init(""), .init(trial.first), .init(trial.second)])
        for difference in parity.differences {
            table.add([.init(difference.what), .init(difference.first), .init(difference.second)])
        }
        return [""] + table.lines(width: width.map { $0 - 4 }, style: style)
    }

    private func tables(_ parity: TableParity?, _ kind: String) -> [String] {
        guard let parity, !parity.isEqual else { return [] }
        let text = TableDiffText(
            difference: parity.difference, key: parity.key, first: trial.first, second: trial.second,
            words: .init(
                added: "only on \(trial.second)", removed: "only on \(trial.first)", changed: "different",
                unchanged: "equal", addedTitle: "\(kind)only on \(trial.second)",
                removedTitle: "\(kind)only on \(trial.first)"),
            tellsChanged: true, style: style, width: width.map { $0 - 4 })
        return (kind.isEmpty ? [] : ["", style.bold("quarantine")]) + text.lines()
    }

    /// Why it came to no comparison.
    static func problems(_ parity: StepParity) -> [Diagnostic] {
        parity.problems
            + [parity.first, parity.second].flatMap { side in
                side.problems.map { problem in
                    var problem = problem
                    problem.notes.insert("this was \(parity.dataset) on \(side.engine)", at: 0)
                    return problem
                }
            }
    }

    // MARK: All of them

    func summary(_ results: [StepParity]) -> [String] {
        var lines: [String] = []
        if results.isEmpty {
            lines.append("nothing to compare: no SQL step is selected")
        } else {
            func count(_ outcome: StepParity.Outcome) -> Int { results.count { $0.outcome == outcome } }
            let others = [(count(.different), "different"), (count(.failed), "failed")].filter { $0.0 > 0 }
            lines.append(
                ([(count(.equal), "equal")] + others).map { "\(Quantity.grouped($0)) \($1)" }
                    .joined(separator: ", ") + " of \(Quantity.count(results.count, "dataset"))")
        }
        if !trial.leftOut.isEmpty {
            let names = trial.leftOut.map { "\($0.dataset) (\($0.reason))" }
            lines.append(style.faint("left out: " + names.joined(separator: ", ")))
        }
        return lines
    }
}
