import Planning
import Project
import Running
import Timetable

/// The spans of a run, put together from its events. A run that makes nothing has none.
///
/// The run is the root (or a child of `TRACEPARENT`'s span), each step that was started a child of it, and what a step
/// does one after the other (`write`, `check`, `publish`) children of that.
struct RunTrace {
    private struct OpenPart {
        var name: String
        var start: Int
        var attempt: Int
    }

    private struct OpenStep {
        var span: Span
        var part: OpenPart?
        var attempts = 1
    }

    private let project: Project
    private let engine: String?
    private let parent: TraceContext?
    private let sampler: Sampler
    private var root: Span?
    private var run = RunID("")
    private var plan = Plan(steps: [])
    private var steps: [DatasetName: OpenStep] = [:]
    private var hasStarted = false
    private var isSampled = true

    /// More of them would say no more.
    private static let mostTexts = 32
    private static let mostEvents = 128

    /// - Parameter engine: the one that the run was told to use; nil leaves it to the project.
    init(project: Project, engine: String? = nil, parent: TraceContext?, sampler: Sampler) {
        self.project = project
        self.engine = engine
        self.parent = parent
        self.sampler = sampler
    }

    /// - Returns: the spans that ended with the event.
    mutating func take(_ event: RunEvent, at now: Int) -> [Span] {
        switch event {
        case .runStarted(let start): begin(start, at: now)
        case .stepStarted(let start): return begin(start, at: now)
        case .stepProgressed(let progress): return goOn(progress.dataset, with: progress.phase, at: now)
        case .stepAudited(let dataset, let checks): return audited(dataset, checks, at: now)
        case .stepRetrying(let retry): return again(retry, at: now)
        case .stepFinished(let result): return finish(result, at: now)
        case .stepFailed(let failure): return fail(failure, at: now)
        case .stepSkipped(let dataset, let reason): skip(dataset, reason, at: now)
        case .stepSaid: break
        case .runFinished(let summary): return finish(summary, at: now)
        }
        return []
    }

    // MARK: The run

    private mutating func begin(_ start: RunStart, at now: Int) {
        run = start.run
        plan = start.plan
        let trace = parent?.trace ?? Identities.trace(of: run)
        isSampled = sampler.takes(trace, parent: parent)
        var span = Span(trace: trace, id: Identities.span(of: run), name: "run", start: now, end: now)
        span.parent = parent?.span
        span.hasRemoteParent = parent != nil
        span.state = parent?.state ?? ""
        span.attributes = [
            ("millrace.project", .text(start.project)), ("millrace.run.id", .text(run.text)),
            ("millrace.run.steps", .int(plan.toRun.count)),
        ]
        if let cause = start.cause { span.attributes.append(("millrace.run.cause", .text(shown(cause)))) }
        if let queuedAt = start.queuedAt {
            span.attributes.append(("millrace.run.queued_ms", .int(max(0, now - queuedAt))))
        }
        root = span
    }

    private mutating func skip(_ dataset: DatasetName, _ reason: SkipReason, at now: Int) {
        // What is up to date is no event of the run, and the number of such is told at its end.
        let words: String
        switch reason {
        case .upToDate, .madeByThisRun: return
        case .upstreamFailed(let name): words = "'\(name)' failed"
        case .stopped(let name): words = "the run ended after '\(name)' failed"
        case .cancelled: words = "cancelled"
        }
        guard let count = root?.events.count, count < Self.mostEvents else { return }
        root?.events.append(
            Span.Event(
                name: "step skipped", at: now,
                attributes: [("millrace.dataset", .text(dataset.text)), ("millrace.step.skipped", .text(words))]))
    }

    private mutating func finish(_ summary: RunSummary, at now: Int) -> [Span] {
        guard hasStarted, var span = root else { return [] }
        root = nil
        span.end = max(now, span.start)
        span.attributes += [
            ("millrace.run.outcome", .text(summary.outcome.rawValue)), ("millrace.run.done", .int(summary.done)),
            ("millrace.run.failed", .int(summary.failed)), ("millrace.run.skipped", .int(summary.skipped)),
            ("millrace.run.up_to_date", .int(summary.upToDate)),
        ]
        switch summary.outcome {
        case .done, .nothingToDo: span.status = .ok
        case .failed: span.status = .error(summary.failed == 1 ? "a step failed" : "\(summary.failed) steps failed")
        case .cancelled: span.status = .error("cancelled")
        }
        return told([span])
    }

    // MARK: Steps

    private mutating func begin(_ start: StepStart, at now: Int) -> [Span] {
        hasStarted = true
        if var open = steps[start.dataset] {
            open.attempts = start.attempt
            open.part = OpenPart(name: Part.write, start: now, attempt: start.attempt)
            open.span.events.append(
                Span.Event(
                    name: "attempt", at: now, attributes: [("millrace.step.attempt", .int(start.attempt))]))
            steps[start.dataset] = open
            return []
        }
        var span = Span(
            trace: root?.trace ?? [], id: Identities.span(of: run, start.dataset.text), name: "step \(start.dataset)",
            start: now, end: now)
        span.parent = root?.id
        span.state = root?.state ?? ""
        let dataset = project.dataset(start.dataset)
        span.attributes = [
            ("millrace.run.id", .text(run.text)), ("millrace.dataset", .text(start.dataset.text)),
            ("millrace.step.kind", .text(start.kind)),
            ("millrace.step.engine", .text(dataset.map { project.engine(for: $0, asked: engine) } ?? "")),
            ("millrace.step.reasons", texts(start.reasons.map(\.description))),
        ]
        if let step = plan.step(start.dataset) {
            let inputs = step.inputs.map(\.text) + step.foreign
            if !inputs.isEmpty { span.attributes.append(("millrace.step.inputs", texts(inputs))) }
            if let partitions = step.partitions {
                span.attributes.append(("millrace.step.partitions", texts(partitions.making.texts)))
            }
        }
        if start.waited > 0 {
            span.attributes.append(("millrace.step.waited_ms", .int(start.waited)))
            var event = Span.Event(
                name: "waited", at: now, attributes: [("millrace.step.waited_ms", .int(start.waited))])
            if let pool = dataset?.limits.pool {
                event.attributes.append(("millrace.step.pool", .text(pool.pool.value)))
            }
            span.events.append(event)
        }
        steps[start.dataset] = OpenStep(
            span: span, part: OpenPart(name: Part.write, start: now, attempt: start.attempt), attempts: start.attempt)
        return []
    }

    private enum Part {
        /// The step's rows are read, transformed and written.
        static let write = "write"
        static let check = "check"
        static let publish = "publish"
        /// A word about an earlier one may come late.
        static let order = [write, check, publish]
    }

    private mutating func goOn(_ dataset: DatasetName, with phase: StepProgress.Phase, at now: Int) -> [Span] {
        let name =
            switch phase {
            case .writing: Part.write
            case .checking: Part.check
            case .publishing: Part.publish
            }
        guard let open = steps[dataset]?.part,
            let (old, new) = zipped(Part.order.firstIndex(of: open.name), Part.order.firstIndex(of: name)), old < new
        else { return [] }
        let ended = end(partOf: dataset, at: now)
        if let attempts = steps[dataset]?.attempts {
            steps[dataset]?.part = OpenPart(name: name, start: now, attempt: attempts)
        }
        return ended
    }

    private mutating func audited(_ dataset: DatasetName, _ checks: [CheckOutcome], at now: Int) -> [Span] {
        let ended = goOn(dataset, with: .checking, at: now)
        var counts: [CheckOutcome.Status: Int] = [:]
        for check in checks {
            counts[check.status, default: 0] += 1
            guard check.status != .passed, let count = steps[dataset]?.span.events.count, count < Self.mostEvents else {
                continue
            }
            var event = Span.Event(
                name: "check", at: now,
                attributes: [
                    ("millrace.check.name", .text(shown(check.name))),
                    ("millrace.check.status", .text(check.status.rawValue)),
                ])
            if let failing = check.failing { event.attributes.append(("millrace.check.failing", .int(failing))) }
            if let message = check.message {
                event.attributes.append(("millrace.check.message", .text(shown(message))))
            }
            steps[dataset]?.span.events.append(event)
        }
        for status in [CheckOutcome.Status.passed, .warned, .quarantined, .failed] {
            if let count = counts[status] { set("millrace.checks.\(status.rawValue)", .int(count), of: dataset) }
        }
        return ended
    }

    private mutating func again(_ retry: StepRetry, at now: Int) -> [Span] {
        let message = words(retry.failure)
        let ended = end(partOf: retry.dataset, at: now, status: .error(message))
        steps[retry.dataset]?.span.events.append(
            Span.Event(
                name: "retry", at: now,
                attributes: [
                    ("millrace.step.attempt", .int(retry.attempt)), ("millrace.step.attempts", .int(retry.attempts)),
                    ("millrace.step.delay_ms", .int(retry.delay)), ("error.type", .text(retry.failure.cause.rawValue)),
                    ("exception.message", .text(message)),
                ]))
        return ended
    }

    private mutating func finish(_ result: StepResult, at now: Int) -> [Span] {
        let parts = end(partOf: result.dataset, at: now)
        guard var open = steps.removeValue(forKey: result.dataset) else { return parts }
        let rows = result.record.rows
        open.span.attributes += [
            ("millrace.step.attempts", .int(open.attempts)),
            ("millrace.dataset.version", .int(result.published.version.number)),
            ("millrace.dataset.table", .text(result.published.table)), ("millrace.rows.read", .int(rows.read)),
            ("millrace.rows.published", .int(rows.published)), ("millrace.rows.quarantined", .int(rows.quarantined)),
            ("millrace.bytes", .int(result.bytes)), ("millrace.files", .int(result.files)),
        ]
        open.span.end = max(now, open.span.start)
        open.span.status = .ok
        return parts + told([open.span])
    }

    private mutating func fail(_ failure: StepFailure, at now: Int) -> [Span] {
        let message = words(failure)
        let parts = end(partOf: failure.dataset, at: now, status: .error(message))
        // A step may fail before it began: its pool's places cannot be had.
        guard var open = steps.removeValue(forKey: failure.dataset) else { return parts }
        open.span.attributes += [
            ("millrace.step.attempts", .int(open.attempts)), ("error.type", .text(failure.cause.rawValue)),
        ]
        if let live = failure.live { open.span.attributes.append(("millrace.dataset.version", .int(live.number))) }
        open.span.end = max(now, open.span.start)
        open.span.status = .error(message)
        return parts + told([open.span])
    }

    private mutating func end(partOf dataset: DatasetName, at now: Int, status: Span.Status = .unset) -> [Span] {
        guard let open = steps[dataset], let part = open.part else { return [] }
        steps[dataset]?.part = nil
        var span = Span(
            trace: open.span.trace, id: Identities.span(of: run, dataset.text, part.name, "\(part.attempt)"),
            name: part.name, start: part.start, end: max(now, part.start))
        span.parent = open.span.id
        span.state = open.span.state
        span.attributes = [
            ("millrace.dataset", .text(dataset.text)), ("millrace.step.attempt", .int(part.attempt)),
        ]
        span.status = status
        return told([span])
    }

    private mutating func set(_ key: String, _ value: Span.Value, of dataset: DatasetName) {
        steps[dataset]?.span.attributes.removeAll { $0.key == key }
        steps[dataset]?.span.attributes.append((key, value))
    }

    // MARK: Words

    private func told(_ spans: [Span]) -> [Span] { isSampled ? spans : [] }

    private func words(_ failure: StepFailure) -> String {
        shown(failure.diagnostics.first?.message ?? (failure.cause == .cancelled ? "cancelled" : "failed"))
    }

    private func texts(_ texts: [String]) -> Span.Value {
        let more = texts.count - Self.mostTexts
        return .texts(texts.prefix(Self.mostTexts).map(shown) + (more > 0 ? ["and \(more) more"] : []))
    }

    /// Without values that came from the environment.
    private func shown(_ text: String) -> String { project.redaction.redact(text) }

    private func zipped(_ first: Int?, _ second: Int?) -> (Int, Int)? {
        guard let first, let second else { return nil }
        return (first, second)
    }
}
