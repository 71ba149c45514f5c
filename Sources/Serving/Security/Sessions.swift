import Synchronization

/// Who is signed in. Kept in memory: a new start of the server asks everybody again.
final class Sessions: Sendable {
    private struct Session {
        var name: String
        var role: Role
        var startedAt: Int
        var usedAt: Int
    }

    private let sessions = Mutex<[String: Session]>([:])

    private static let longestPause = 12 * 3_600_000
    private static let longestTime = 7 * 86_400_000
    private static let most = 10_000

    /// - Returns: the name of the new session, for a cookie.
    func start(_ name: String, _ role: Role, at now: Int) -> String {
        let id = Secrets.random()
        sessions.withLock { sessions in
            if sessions.count >= Self.most { sessions = sessions.filter { Self.isValid($0.value, at: now) } }
            if sessions.count >= Self.most, let oldest = sessions.min(by: { $0.value.usedAt < $1.value.usedAt }) {
                sessions[oldest.key] = nil
            }
            sessions[id] = Session(name: name, role: role, startedAt: now, usedAt: now)
        }
        return id
    }

    func visitor(_ id: String, at now: Int) -> Visitor? {
        sessions.withLock { sessions in
            guard var session = sessions[id] else { return nil }
            guard Self.isValid(session, at: now) else {
                sessions[id] = nil
                return nil
            }
            session.usedAt = now
            sessions[id] = session
            return Visitor(name: session.name, role: session.role, proof: .cookie)
        }
    }

    func end(_ id: String) { sessions.withLock { $0[id] = nil } }

    private static func isValid(_ session: Session, at now: Int) -> Bool {
        now - session.usedAt < longestPause && now - session.startedAt < longestTime
    }
}
