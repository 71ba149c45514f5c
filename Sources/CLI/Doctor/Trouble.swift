import Project
import Synchronization

/// Collects diagnostics that come by a closure.
final class Trouble: Sendable {
    private let diagnostics = Mutex<[Diagnostic]>([])

    func add(_ diagnostic: Diagnostic) { diagnostics.withLock { $0.append(diagnostic) } }
    var first: Diagnostic? { diagnostics.withLock { $0.first } }
}
