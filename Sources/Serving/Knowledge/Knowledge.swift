import HTTPTypes
import Millrace
import Project
import Synchronization

/// What is known of the project at one moment; never changes.
final class Sight: Sendable {
    let survey: Survey
    let layout: GraphLayout
    private let places: [DatasetName: Int]
    private let byFoldedName: [String: Int]

    init(_ survey: Survey) {
        self.survey = survey
        places = Dictionary(
            survey.datasets.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        byFoldedName = Dictionary(
            survey.datasets.enumerated().map { ($1.name.folded, $0) }, uniquingKeysWith: { first, _ in first })
        layout = GraphLayout(survey.datasets.map { ($0.name, $0.needs) })
    }

    subscript(_ name: DatasetName) -> Survey.Dataset? { places[name].map { survey.datasets[$0] } }

    /// - Throws: `Trouble` when no dataset has the name.
    func dataset(_ name: String) throws -> Survey.Dataset {
        guard DatasetName.isValid(name), let place = byFoldedName[name.lowercased()] else {
            throw Trouble.notFound("there is no dataset of this name")
        }
        return survey.datasets[place]
    }
}

/// Keeps what the pages show, and renews it in the background, so that no visitor waits for the store.
final class Knowledge: Sendable {
    private struct State {
        var sight: Sight
        /// Why the last look at the project failed.
        var failure: String?
        var isRenewed = false
    }

    private let outlook: Outlook
    private let state: Mutex<State>
    private let isDirty = Atomic(true)

    init(_ outlook: Outlook, project: String) {
        self.outlook = outlook
        let last = outlook.lastSurvey() ?? Survey(project: project, takenAt: 0)
        state = Mutex(State(sight: Sight(last)))
    }

    var sight: Sight { state.withLock { $0.sight } }
    var failure: String? { state.withLock { $0.failure } }
    /// Something was looked at since the server was started.
    var isRenewed: Bool { state.withLock { $0.isRenewed } }

    /// The store is no longer as it was.
    func markDirty() { isDirty.store(true, ordering: .relaxed) }

    /// Looks again whenever something changed, until the task is cancelled.
    /// - Parameters:
    ///   - lastResult: when a dataset's step ended last, here or in another process.
    ///   - onChange: is called after each look.
    func renewForever(lastResult: @Sendable () -> Int, onChange: @Sendable () -> Void) async throws {
        var changes = outlook.changes()
        var result = lastResult()
        while true {
            let (newChanges, newResult) = (outlook.changes(), lastResult())
            if newChanges != changes || newResult != result { markDirty() }
            (changes, result) = (newChanges, newResult)
            if isDirty.exchange(false, ordering: .relaxed) {
                await renew()
                onChange()
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    func renew() async {
        do {
            let sight = Sight(try await outlook.survey())
            state.withLock { $0 = State(sight: sight, failure: nil, isRenewed: true) }
        } catch {
            state.withLock {
                $0.failure = Trouble(error).status == .internalServerError ? "\(error)" : Trouble(error).message
                $0.isRenewed = true
            }
        }
    }
}
