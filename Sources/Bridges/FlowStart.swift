import Project
import Timetable

/// What starts a flow, in the two kinds that orchestrators know: times, and events.
struct FlowStart {
    enum Time: Equatable {
        case cron(String, timeZone: String)
        case interval(seconds: Int)
    }

    indirect enum Event {
        /// A new version of a dataset.
        case dataset(DatasetName)
        /// A run of another trigger ended well.
        case after(String)
        case all([Event])
        case any([Event])

        var triggers: [String] {
            switch self {
            case .dataset: []
            case .after(let name): [name]
            case .all(let parts), .any(let parts): parts.flatMap(\.triggers)
            }
        }

        var datasets: [DatasetName] {
            switch self {
            case .dataset(let name): [name]
            case .after: []
            case .all(let parts), .any(let parts): parts.flatMap(\.datasets)
            }
        }
    }

    /// No orchestrator sees files come; a run that finds none costs next to nothing.
    static let fileInterval = 300

    var times: [Time] = []
    var event: Event?
    var looksForFiles = false
    /// False for a condition that joins times by `and`.
    var isComplete = true

    init(_ condition: TriggerCondition?) {
        guard let condition else { return }
        switch condition {
        case .cron(let expression, let timeZone): times = [.cron(expression.value.text, timeZone: timeZone)]
        case .interval(let seconds): times = [.interval(seconds: seconds)]
        case .files:
            times = [.interval(seconds: Self.fileInterval)]
            looksForFiles = true
        case .dataset(let name): event = .dataset(name.value)
        case .after(let name): event = .after(name.value)
        case .webhook, .manual: break
        case .or(let parts):
            let starts = parts.map(FlowStart.init)
            for time in starts.flatMap(\.times) where !times.contains(time) { times.append(time) }
            let events = starts.compactMap(\.event)
            event = events.count > 1 ? .any(events) : events.first
            looksForFiles = starts.contains(where: \.looksForFiles)
            isComplete = starts.allSatisfy(\.isComplete)
        case .and(let parts):
            let starts = parts.map(FlowStart.init)
            let events = starts.compactMap(\.event)
            isComplete =
                events.count == parts.count && starts.allSatisfy { $0.times.isEmpty && $0.isComplete }
            if isComplete { event = .all(events) }
        }
    }
}

extension DagDescription {
    /// The triggers that other ones wait for.
    var awaitedTriggers: Set<String> {
        Set(flows.flatMap { FlowStart($0.trigger?.condition).event?.triggers ?? [] })
    }

    /// The datasets whose new versions start a flow.
    var awaitedDatasets: Set<DatasetName> {
        Set(flows.flatMap { FlowStart($0.trigger?.condition).event?.datasets ?? [] })
    }
}

extension Trigger {
    /// Told when an orchestrator has no counterpart for the trigger.
    func warning(_ orchestrator: Orchestrator) -> Diagnostic {
        .warning(
            "\(orchestrator.title) cannot start '\(name.value)' by itself: it has no counterpart for "
                + condition.words, at: span,
            hint: "its tasks are in the file; start them yourself, or write the schedule outside of the marks")
    }
}
