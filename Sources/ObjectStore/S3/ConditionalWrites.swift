import Synchronization

/// What is known of whether a service keeps the conditions of conditional writes. It is shared by the copies of a store.
final class ConditionalWrites: Sendable {
    private let answer = Mutex<Bool?>(nil)

    var areKept: Bool { answer.withLock { $0 == true } }
    var areIgnored: Bool { answer.withLock { $0 == false } }

    func found(areKept: Bool) { answer.withLock { $0 = areKept } }
}
