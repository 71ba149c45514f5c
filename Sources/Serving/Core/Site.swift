import Logging
import Millrace
import Project
import Recording
import Scheduling
import Synchronization

/// All that answers are made from.
final class Site: Sendable {
    let options: ServerOptions
    let project: String
    /// The version of Millrace.
    let millrace: String
    let control: any SchedulerControl
    let history: RunHistory
    let outlook: Outlook
    let knowledge: Knowledge
    let hub = EventHub()
    let logs = RunLogs()
    let guards: Guards
    let traffic = Traffic()
    let routes: RouteTable
    let logger: Logger
    let now: @Sendable () -> Int
    let startedAt: Int

    init(_ parts: Server.Parts, options: ServerOptions) {
        self.options = options
        project = parts.project
        millrace = parts.millrace
        control = parts.control
        history = parts.history
        outlook = parts.outlook
        logger = parts.logger
        now = parts.now
        startedAt = parts.now()
        knowledge = Knowledge(parts.outlook, project: parts.project)
        guards = Guards(options)
        routes = RouteTable(routes: APIRoutes.all + PageRoutes.all)
    }

    var sight: Sight { knowledge.sight }

    /// Passes on what the scheduler tells, until it stops telling.
    func followScheduler() async {
        for await event in control.events() {
            switch event {
            case .run(let state):
                if state.phase == .done || state.phase == .failed { knowledge.markDirty() }
                hub.publish("run", run: state.run.text, RunView(state, nil).json.text)
            case .output(let run, let line): tell(line, of: run)
            case .trigger(let name): hub.publish("trigger", JSON.object([("trigger", .string(name))]).text)
            case .backfill(let state):
                hub.publish("backfill", APIShapes.backfill(state).text)
            }
        }
    }

    private func tell(_ line: String, of run: RunID) {
        let lines = logs.add(line, of: run)
        let event = JSON(reading: line)
        if event?["event"]?.asString == "step_finished" { knowledge.markDirty() }
        var fields: [(String, JSON)] = [
            ("run", .string(run.text)), ("event", event?["event"] ?? .null), ("dataset", event?["dataset"] ?? .null),
            ("lines", .array(lines.map(\.json))),
        ]
        if event?["event"]?.asString == "step_progressed" {
            for name in ["phase", "fraction", "rows", "total_rows"] { fields.append((name, event?[name] ?? .null)) }
        }
        hub.publish("output", run: run.text, JSON.object(fields).text)
    }

    func followProject() async throws {
        try await knowledge.renewForever(lastResult: { self.history.lastResultTime() }) {
            let failure = knowledge.failure
            if let failure { logger.warning("the project could not be looked at: \(failure)") }
            hub.publish("datasets", JSON.object([("taken_at", .string(Timestamp.iso8601(sight.survey.takenAt)))]).text)
        }
    }
}
