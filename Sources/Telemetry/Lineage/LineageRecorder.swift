import Project
import Recording
import Running
import Synchronization

/// Tells a run to a server for OpenLineage, event by event.
final class LineageRecorder: RunRecorder {
    private let lineage: Mutex<RunLineage>
    private let outbox: Outbox

    init(_ lineage: RunLineage, outbox: Outbox) {
        self.lineage = Mutex(lineage)
        self.outbox = outbox
    }

    func record(_ event: RunEvent, at milliseconds: Int) {
        for (step, event) in lineage.withLock({ $0.take(event, at: milliseconds) }) {
            // Steps are told side by side, their run before and after all of them.
            outbox.put(Letter(bytes: Array(event.text.utf8), subject: step?.text, isAlone: step == nil))
        }
    }
}
