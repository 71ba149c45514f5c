/// What a person may do.
package enum Role: String, Sendable, CaseIterable, Comparable {
    /// Look at everything.
    case viewer
    /// And start, retry and cancel runs, fire, pause and resume triggers, and fill gaps.
    case `operator`
    /// And make datasets anew from all of their rows.
    case admin

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }

    package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}

/// Who asks.
struct Visitor: Sendable {
    /// How it was told who that is.
    enum Proof: Sendable {
        /// Nobody is asked.
        case none
        case cookie
        case token
    }

    var name: String
    var role: Role
    var proof: Proof
}
