/// Which rows go to a worker next, what becomes of those that a worker failed at, and which batch is handed on: a state
/// machine without clock, processes or data.
///
/// A batch that cannot be done is divided until the rows that are to blame stand alone. They count as *guilty*, up to a
/// limit; the rest goes on.
package struct BatchSchedule: Sendable {
    /// Some rows of a batch.
    package struct Piece: Sendable, Hashable {
        package var batch: Int
        package var rows: Range<Int>
        /// How often it was tried before.
        package var attempt: Int
    }

    /// What becomes of a piece that failed.
    package enum Verdict: Sendable, Equatable {
        case again
        case divided
        /// Its only row is to blame.
        case guilty
        /// There are more such rows than there may be.
        case stop
    }

    package struct Rules: Sendable {
        /// How often a whole batch is tried again before it is divided.
        package var retries: Int
        /// How many rows may be guilty; nil: none, and nothing is divided.
        package var mostGuilty: Int?
        /// How many batches may be under way: given out or waiting to be handed on.
        package var window: Int
        package var isOrdered: Bool

        package init(retries: Int = 0, mostGuilty: Int?, window: Int, isOrdered: Bool = true) {
            self.retries = retries
            self.mostGuilty = mostGuilty
            self.window = window
            self.isOrdered = isOrdered
        }
    }

    private let rules: Rules
    private var waiting: [Piece] = []
    /// Of each batch under way, how many pieces are not done.
    private var open: [Int: Int] = [:]
    private var next = 0
    package private(set) var guilty = 0
    package private(set) var hasAllInput = false

    package init(_ rules: Rules) {
        self.rules = rules
    }

    package var hasRoom: Bool { open.count < rules.window }

    /// Nothing is left to do, and nothing will come.
    package var isDone: Bool { hasAllInput && open.isEmpty }

    /// Takes a batch.
    /// - Returns: its number.
    package mutating func take(rows: Int) -> Int {
        defer { next += 1 }
        open[next] = 1
        waiting.append(Piece(batch: next, rows: 0..<rows, attempt: 0))
        return next
    }

    package mutating func end() { hasAllInput = true }

    /// What a worker does next; nil when nothing waits. Pieces of the oldest batch come first, because all others wait
    /// for that one.
    package mutating func start() -> Piece? {
        guard let first = waiting.indices.min(by: { waiting[$0].order < waiting[$1].order }) else { return nil }
        return waiting.remove(at: first)
    }

    package mutating func answered(_ piece: Piece) { open[piece.batch, default: 1] -= 1 }

    package mutating func failed(_ piece: Piece) -> Verdict {
        if piece.attempt < rules.retries {
            waiting.append(Piece(batch: piece.batch, rows: piece.rows, attempt: piece.attempt + 1))
            return .again
        }
        guard let most = rules.mostGuilty else { return .stop }
        guard piece.rows.count > 1 else {
            guard guilty < most, !piece.rows.isEmpty else { return .stop }
            guilty += 1
            open[piece.batch, default: 1] -= 1
            return .guilty
        }
        let middle = piece.rows.lowerBound + piece.rows.count / 2
        // Tried again once more would be once for each half.
        for half in [piece.rows.lowerBound..<middle, middle..<piece.rows.upperBound] {
            waiting.append(Piece(batch: piece.batch, rows: half, attempt: rules.retries))
        }
        open[piece.batch, default: 1] += 1
        return .divided
    }

    /// The batch that is handed on next, if one is done: by the order of the input the oldest, otherwise any.
    package mutating func finish() -> Int? {
        guard let oldest = open.keys.min() else { return nil }
        let done = rules.isOrdered ? (open[oldest] == 0 ? oldest : nil) : open.filter { $0.value == 0 }.keys.min()
        if let done { open[done] = nil }
        return done
    }
}

extension BatchSchedule.Piece {
    fileprivate var order: (Int, Int) { (batch, rows.lowerBound) }
}
