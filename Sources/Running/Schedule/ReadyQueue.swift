/// The steps that could start, the most urgent first; one queue for each pool, and one for the steps without.
struct ReadyQueue: Sendable {
    /// A step's turn: more priority first, then the longer way to the end of the plan, then the plan's order.
    struct Turn: Comparable, Sendable {
        var priority: Int
        var stepsAhead: Int
        var step: Int

        static func < (left: Turn, right: Turn) -> Bool {
            (-left.priority, -left.stepsAhead, left.step) < (-right.priority, -right.stepsAhead, right.step)
        }
    }

    /// How often steps that need fewer places may go before one that waits for more.
    static let patience = 3

    /// The pool's places; nil means any number.
    private let size: Int?
    private(set) var used = 0
    /// Another process holds places: nothing starts before that time.
    var closedUntil: Int?
    /// By the places that a step needs.
    private var turns: [Int: PriorityHeap<Turn>] = [:]
    /// The most urgent step when others were let go before it, and how many were.
    private var passed: (step: Int, times: Int)?

    init(size: Int?) { self.size = size }

    /// A step that needs more places than there are gets all of them.
    func places(_ weight: Int) -> Int { size.map { min(max(1, weight), max(1, $0)) } ?? 1 }

    mutating func insert(_ turn: Turn, weight: Int) { turns[places(weight), default: PriorityHeap()].insert(turn) }

    mutating func take(_ weight: Int) { used += places(weight) }
    mutating func giveBack(_ weight: Int) { used -= places(weight) }

    /// True when a step waits here.
    /// - Parameter isReady: tells the steps that still wait from those that were skipped meanwhile.
    mutating func isWaiting(_ isReady: (Int) -> Bool) -> Bool {
        drop(isReady)
        return !turns.isEmpty
    }

    /// The step whose turn it is; nil when none can start now.
    mutating func next(at now: Int, _ isReady: (Int) -> Bool) -> Turn? {
        guard closedUntil.map({ $0 <= now }) ?? true else { return nil }
        closedUntil = nil
        drop(isReady)
        guard let urgent = turns.values.compactMap(\.first).min() else { return nil }
        let free = size.map { max(1, $0) - used } ?? .max
        guard let fitting = turns.filter({ $0.key <= free }).values.compactMap(\.first).min() else { return nil }
        if fitting.step != urgent.step, passed?.step == urgent.step, let times = passed?.times,
            times >= Self.patience
        {
            return nil
        }
        return fitting
    }

    /// The step starts.
    mutating func remove(_ turn: Turn, weight: Int) {
        guard let urgent = turns.values.compactMap(\.first).min() else { return }
        turns[places(weight)]?.removeFirst()
        if turn.step == urgent.step {
            passed = nil
        } else {
            passed = (urgent.step, passed?.step == urgent.step ? (passed?.times ?? 0) + 1 : 1)
        }
    }

    private mutating func drop(_ isReady: (Int) -> Bool) {
        for weight in Array(turns.keys) {
            while let first = turns[weight]?.first, !isReady(first.step) { turns[weight]?.removeFirst() }
            if turns[weight]?.isEmpty == true { turns[weight] = nil }
        }
    }
}
