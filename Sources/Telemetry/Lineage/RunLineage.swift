import Millrace
import Planning
import Project
import Recording
import Running
import Timetable

/// The OpenLineage events of a run: its own, as the parent, and those of the steps that it starts. A run that makes
/// nothing has none.
struct RunLineage {
    struct Identity: Sendable {
        /// The version of Millrace.
        var millrace: String
        /// The version of DuckDB; asked for when a step has started, so that it is there.
        var duckDB: @Sendable () -> String
        /// The engine that the run was told to use; nil leaves it to the project.
        var engine: String?
    }

    let project: Project
    let settings: TelemetrySettings.Lineage
    let identity: Identity
    let facets: LineageFacets
    /// What columns are made from, where that is known.
    let columns: ProjectLineage?
    private var start: (event: RunStart, at: Int)?
    private var hasStarted = false
    /// Steps that were started and have not ended.
    private var open: Set<DatasetName> = []
    private var checks: [DatasetName: [CheckOutcome]] = [:]
    /// Why the first steps failed.
    private var failures: [String] = []

    init(
        project: Project, settings: TelemetrySettings.Lineage, identity: Identity, columns: ProjectLineage? = nil
    ) {
        self.columns = columns
        self.project = project
        self.settings = settings
        self.identity = identity
        facets = LineageFacets(millrace: identity.millrace)
    }

    /// - Returns: what is to be told: of the run itself (`step` is nil), or of a step.
    mutating func take(_ event: RunEvent, at now: Int) -> [(step: DatasetName?, event: JSON)] {
        guard case .runStarted(let start) = event else {
            return events(of: event, at: now).map { ($0.step, $0.event.json(producer: facets.producer)) }
        }
        self.start = (start, now)
        return []
    }

    private mutating func events(of event: RunEvent, at now: Int) -> [(step: DatasetName?, event: LineageEvent)] {
        switch event {
        case .stepStarted(let start):
            // Each further attempt is the same run of the same job.
            guard open.insert(start.dataset).inserted, let begun = self.start else { return [] }
            let first = hasStarted ? [] : [(step: DatasetName?.none, event: run(.start, at: begun.at))]
            hasStarted = true
            return first + [(start.dataset, step(.start, start.dataset, at: now))]
        case .stepAudited(let dataset, let outcomes): checks[dataset] = outcomes
        case .stepFinished(let result):
            guard close(result.dataset) else { return [] }
            return [(result.dataset, step(.complete, result.dataset, result: result, at: now))]
        case .stepFailed(let failure):
            let message = shown(failure.diagnostics.first?.message ?? failure.cause.rawValue)
            if failure.cause != .cancelled, failures.count < 10 { failures.append("\(failure.dataset): \(message)") }
            guard close(failure.dataset) else { return [] }
            var event = step(failure.cause == .cancelled ? .abort : .fail, failure.dataset, at: now)
            let details = failure.diagnostics.dropFirst().map(\.message) + failure.diagnostics.flatMap(\.notes)
            event.runFacets.append(
                ("errorMessage", facets.error(message, details: shown(details.joined(separator: "\n")))))
            event.outputs = [output(failure.dataset, outcomes: failure.checks)]
            return [(failure.dataset, event)]
        case .runFinished(let summary):
            guard hasStarted else { return [] }
            hasStarted = false
            return [(nil, finish(summary, at: now))]
        case .runStarted, .stepProgressed, .stepSaid, .stepRetrying, .stepSkipped: break
        }
        return []
    }

    private mutating func close(_ dataset: DatasetName) -> Bool { open.remove(dataset) != nil }

    // MARK: The run

    private func run(_ kind: LineageEvent.Kind, at now: Int) -> LineageEvent {
        var event = LineageEvent(
            kind: kind, at: now, run: runID, namespace: settings.namespace, job: project.name)
        event.runFacets = [
            ("processing_engine", facets.engine("Millrace", version: identity.millrace, millrace: identity.millrace)),
            ("tags", facets.tags(tags)),
        ]
        if let parent = settings.parent {
            event.runFacets.append(
                (
                    "parent",
                    facets.parent(
                        parent.run, namespace: parent.namespace, job: parent.name, root: settings.root ?? parent)
                ))
        }
        if let queued = start?.event.queuedAt {
            event.runFacets.append(("nominalTime", facets.nominalTime(Timestamp.iso8601(queued), nil)))
        }
        event.jobFacets = [("jobType", facets.jobType("DAG"))]
        return event
    }

    private func finish(_ summary: RunSummary, at now: Int) -> LineageEvent {
        switch summary.outcome {
        case .done, .nothingToDo: return run(.complete, at: now)
        case .cancelled: return run(.abort, at: now)
        case .failed:
            var event = run(.fail, at: now)
            let words = summary.failed == 1 ? "a step failed" : "\(summary.failed) steps failed"
            event.runFacets.append(
                ("errorMessage", facets.error(words, details: failures.joined(separator: "\n"))))
            return event
        }
    }

    /// By which the run is found in Millrace.
    private var tags: [(key: String, value: String)] {
        guard let start = start?.event else { return [] }
        return [("millrace.run", start.run.text)] + (start.cause.map { [("millrace.cause", shown($0))] } ?? [])
    }

    private var runID: String { Identities.uuid("run", project.name, start?.event.run.text ?? "") }

    // MARK: Steps

    private func step(
        _ kind: LineageEvent.Kind, _ name: DatasetName, result: StepResult? = nil, at now: Int
    ) -> LineageEvent {
        var event = LineageEvent(
            kind: kind, at: now,
            run: Identities.uuid("step", project.name, start?.event.run.text ?? "", name.text),
            namespace: settings.namespace, job: "\(project.name).\(name)")
        let dataset = project.dataset(name)
        let planned = start?.event.plan.step(name)
        event.runFacets = [
            (
                "parent",
                facets.parent(
                    runID, namespace: settings.namespace, job: project.name, root: settings.root ?? settings.parent)
            ),
            ("tags", facets.tags(tags)),
        ]
        if let engine = engine(of: dataset, result) { event.runFacets.append(("processing_engine", engine)) }
        // A stretch of partitions is what a scheduler would call the run's interval.
        if let ranges = planned?.partitions?.making.ranges, ranges.count == 1, let range = ranges.first {
            event.runFacets.append(("nominalTime", facets.nominalTime("\(range.start)Z", "\(range.end)Z")))
        }
        event.jobFacets = [("jobType", facets.jobType((dataset?.step.kind ?? "sql").uppercased()))]
        if let sql = dataset?.step.sql { event.jobFacets.append(("sql", facets.sql(shown(sql.text)))) }
        if let text = dataset?.description {
            event.jobFacets.append(("documentation", facets.jobDescription(shown(text))))
        }
        if let dataset { event.inputs = inputs(of: dataset, planned, result) }
        event.outputs = [output(name, result: result, outcomes: result.map { $0.record.checks } ?? [])]
        if let result, let quarantine = self.quarantine(of: result) { event.outputs.append(quarantine) }
        return event
    }

    /// Nil as long as its version is not known: a server tells it when it is asked.
    private func engine(of dataset: Dataset?, _ result: StepResult?) -> JSON? {
        if let made = result?.record.engine {
            return facets.engine(made.software, version: made.version, millrace: identity.millrace)
        }
        let name = dataset.map { project.engine(for: $0, asked: identity.engine) }
        guard name.flatMap({ project.engines[$0] })?.kind != .spark else { return nil }
        return facets.engine("DuckDB", version: identity.duckDB(), millrace: identity.millrace)
    }

    func shown(_ text: String) -> String { project.redaction.redact(text) }
}
