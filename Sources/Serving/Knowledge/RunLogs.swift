import Project
import Recording
import Synchronization

/// A line of a run's log, for people.
struct LogLine: Sendable, Equatable {
    enum Level: String, Sendable {
        case plain, good, warning, bad
    }

    /// In milliseconds since 1970; nil when nobody said.
    var at: String?
    var level: Level
    var dataset: String?
    var text: String

    var json: JSON {
        .object([
            ("at", .optional(at)), ("level", .string(level.rawValue)), ("dataset", .optional(dataset)),
            ("text", .string(text)),
        ])
    }
}

/// How far a step has come.
struct StepMark: Sendable, Equatable {
    var phase: String
    /// 0…1.
    var fraction: Double?
    var rows: Int?
}

/// The words of runs that go on or ended a short while ago. Bounded: the oldest runs are forgotten first.
final class RunLogs: Sendable {
    private struct Log {
        var lines: [LogLine] = []
        var bytes = 0
        var marks: [String: StepMark] = [:]
    }

    private struct State {
        var logs: [String: Log] = [:]
        /// The runs, the one that spoke first before.
        var order: [String] = []
        var bytes = 0
    }

    private let state = Mutex(State())

    private static let mostLines = 2000
    private static let mostBytes = 2 << 20

    /// Takes up a line of a run's process.
    /// - Returns: what it says to people; nothing when it only tells how far a step is.
    func add(_ line: String, of run: RunID) -> [LogLine] {
        let event = JSON(reading: line)
        let lines = event.map(RunWords.lines) ?? [LogLine(level: .plain, text: String(line.prefix(2000)))]
        state.withLock { state in
            if state.logs[run.text] == nil { state.order.append(run.text) }
            var log = state.logs[run.text] ?? Log()
            if let event, let dataset = event["dataset"]?.asString {
                switch event["event"]?.asString {
                case "step_progressed":
                    log.marks[dataset] = StepMark(
                        phase: event["phase"]?.asString ?? "", fraction: event["fraction"]?.asDouble,
                        rows: event["rows"]?.asInt)
                case "step_started": log.marks[dataset] = StepMark(phase: "writing")
                default: log.marks[dataset] = nil
                }
            }
            for line in lines where log.lines.count < Self.mostLines {
                log.lines.append(line)
                let size = line.text.utf8.count + 64
                log.bytes += size
                state.bytes += size
            }
            state.logs[run.text] = log
            while state.bytes > Self.mostBytes, state.order.count > 1 {
                let oldest = state.order.removeFirst()
                state.bytes -= state.logs.removeValue(forKey: oldest)?.bytes ?? 0
            }
        }
        return lines
    }

    func lines(of run: RunID) -> [LogLine]? { state.withLock { $0.logs[run.text]?.lines } }

    func marks(of run: RunID) -> [String: StepMark] { state.withLock { $0.logs[run.text]?.marks ?? [:] } }
}

extension JSON {
    var asDouble: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
}

/// What an event of a run says to people.
enum RunWords {
    static func lines(_ event: JSON) -> [LogLine] {
        let at = event["at"]?.asString
        let dataset = event["dataset"]?.asString
        func line(_ level: LogLine.Level, _ text: String) -> LogLine {
            LogLine(at: at, level: level, dataset: dataset, text: text)
        }
        switch event["event"]?.asString {
        case "run_started":
            let steps = event["steps"]?.asArray?.filter { $0["action"]?.asString == "run" }.count ?? 0
            return [line(.plain, "run started: \(Quantity.count(steps, "dataset")) to make")]
        case "step_started":
            let reasons = event["reasons"]?.asArray?.compactMap(\.asString).joined(separator: ", ") ?? ""
            return [line(.plain, "\(event["kind"]?.asString ?? "step") started: \(reasons)")]
        case "step_progressed": return []
        case "step_said": return (event["lines"]?.asArray ?? []).compactMap(\.asString).map { line(.plain, $0) }
        case "step_audited": return checks(event).map { line($0.0, $0.1) }
        case "step_finished":
            var text = "version \(event["version"]?.asInt ?? 0)"
            if let rows = event["rows"]?["published"]?.asInt { text += ", \(Quantity.count(rows, "row"))" }
            if let refused = event["rows"]?["quarantined"]?.asInt, refused > 0 {
                text += ", \(Quantity.grouped(refused)) quarantined"
            }
            if let seconds = event["seconds"]?.asDouble { text += ", in \(Quantity.seconds(seconds))" }
            return [line(.good, text)]
        case "step_failed":
            let words = (event["diagnostics"]?.asArray ?? []).flatMap { diagnostic in
                var lines = [line(.bad, diagnostic["message"]?.asString ?? "failed")]
                lines += (diagnostic["notes"]?.asArray ?? []).compactMap(\.asString).map { line(.plain, $0) }
                if let hint = diagnostic["hint"]?.asString { lines.append(line(.plain, "hint: \(hint)")) }
                return lines
            }
            return [line(.bad, "failed (\(event["cause"]?.asString ?? "step"))")] + words
        case "step_skipped":
            guard event["reason"]?.asString != "up_to_date" else { return [] }
            let upstream = event["upstream"]?.asString.map { " of \($0)" } ?? ""
            let reason = event["reason"]?.asString?.replacing("_", with: " ") ?? ""
            return [line(.warning, "skipped because \(reason)\(upstream)")]
        case "run_finished":
            let outcome = event["outcome"]?.asString ?? "done"
            let level: LogLine.Level = outcome == "failed" ? .bad : outcome == "cancelled" ? .warning : .good
            let took = event["seconds"]?.asDouble.map { " in \(Quantity.seconds($0))" } ?? ""
            return [line(level, "run \(outcome.replacing("_", with: " "))\(took)")]
        case let other?:
            return [
                line(.plain, event["text"]?.asString ?? event["message"]?.asString ?? other.replacing("_", with: " "))
            ]
        case nil:
            // What a command says that could not even begin.
            return (event["diagnostics"]?.asArray ?? []).map {
                line($0["severity"]?.asString == "warning" ? .warning : .bad, $0["message"]?.asString ?? "")
            }
        }
    }

    private static func checks(_ event: JSON) -> [(LogLine.Level, String)] {
        (event["checks"]?.asArray ?? []).compactMap { check in
            let name = check["name"]?.asString ?? "check"
            let message = check["message"]?.asString.map { ": \($0)" } ?? ""
            switch check["status"]?.asString {
            case "failed": return (.bad, "check \(name) failed\(message)")
            case "warned": return (.warning, "check \(name)\(message)")
            case "quarantined": return (.warning, "check \(name) quarantined rows\(message)")
            default: return nil
            }
        }
    }

    /// The log of a run of which only the history is left.
    static func lines(_ run: PastRun, _ steps: [PastStep]) -> [LogLine] {
        var lines: [(Int, LogLine)] = [
            (run.startedAt, LogLine(at: Timestamp.iso8601(run.startedAt), level: .plain, text: "run started"))
        ]
        for step in steps {
            func add(_ at: Int, _ level: LogLine.Level, _ text: String) {
                lines.append(
                    (at, LogLine(at: Timestamp.iso8601(at), level: level, dataset: step.dataset, text: text)))
            }
            if let kind = step.kind { add(step.startedAt, .plain, "\(kind) started") }
            guard let end = step.finishedAt else { continue }
            switch step.result {
            case "done":
                let rows = step.rows.map { ", \(Quantity.count($0.published, "row"))" } ?? ""
                let refused =
                    (step.rows?.quarantined ?? 0) > 0
                    ? ", \(Quantity.grouped(step.rows?.quarantined ?? 0)) quarantined" : ""
                add(end, .good, "version \(step.version.map { "\($0)" } ?? "?")\(rows)\(refused)")
            case "failed": add(end, .bad, "failed: \(step.message ?? step.cause ?? "no reason is known")")
            default: add(end, .warning, "skipped because \((step.cause ?? "of another").replacing("_", with: " "))")
            }
        }
        if let end = run.finishedAt {
            let level: LogLine.Level = run.outcome == "failed" ? .bad : run.outcome == "cancelled" ? .warning : .good
            let words = "run \((run.outcome ?? "ended").replacing("_", with: " "))"
            lines.append((end, LogLine(at: Timestamp.iso8601(end), level: level, text: words)))
        }
        return lines.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
    }
}
