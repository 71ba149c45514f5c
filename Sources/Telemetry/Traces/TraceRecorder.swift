import Running
import Synchronization

/// Tells a run to an OpenTelemetry collector, span by span.
final class TraceRecorder: RunRecorder {
    private let trace: Mutex<RunTrace>
    private let encoding: TraceEncoding
    private let outbox: Outbox

    init(_ trace: RunTrace, encoding: TraceEncoding, outbox: Outbox) {
        self.trace = Mutex(trace)
        self.encoding = encoding
        self.outbox = outbox
    }

    func record(_ event: RunEvent, at milliseconds: Int) {
        for span in trace.withLock({ $0.take(event, at: milliseconds) }) {
            outbox.put(Letter(bytes: encoding.bytes(of: span)))
        }
    }
}
