import Engines
import Project
import Queries
import Store

/// What two engines say about the rows that they staged, where that is not the same.
struct StagedDifferences {
    private let first: StagedStep
    private let second: StagedStep
    private let tolerance: FloatTolerance

    init(_ first: StagedStep, _ second: StagedStep, tolerance: FloatTolerance) {
        self.first = first
        self.second = second
        self.tolerance = tolerance
    }

    var all: [StepParity.Difference] { columns + counts + splits + checks }

    /// Which columns there are, and of what types, the comparison of the rows says.
    private var columns: [StepParity.Difference] {
        let names = [first, second].map { $0.columns.map(\.name) }
        guard names[0] != names[1], Set(names[0]) == Set(names[1]) else { return [] }
        return [difference("order of columns", names[0].joined(separator: ", "), names[1].joined(separator: ", "))]
    }

    private var counts: [StepParity.Difference] {
        [
            difference("rows read", first.rows.read, second.rows.read),
            difference("rows published", first.rows.published, second.rows.published),
            difference("rows quarantined", first.rows.quarantined, second.rows.quarantined),
        ].compactMap(\.self)
    }

    private var splits: [StepParity.Difference] {
        Set(first.splits.keys).union(second.splits.keys).sorted().compactMap { name in
            difference("split \(name)", first.splits[name] ?? 0, second.splits[name] ?? 0)
        }
    }

    private var checks: [StepParity.Difference] {
        let (ours, theirs) = (Self.named(first.checks), Self.named(second.checks))
        var names = ours.map(\.name)
        names += theirs.map(\.name).filter { !names.contains($0) }
        return names.compactMap { name in
            let (one, other) = (ours.first { $0.name == name }, theirs.first { $0.name == name })
            guard let one, let other, isSame(one.outcome, other.outcome) else {
                return difference("check \(name)", Self.words(one?.outcome), Self.words(other?.outcome))
            }
            return nil
        }
    }

    /// Of several checks with one name, the later ones are told by their number.
    private static func named(_ checks: [CheckOutcome]) -> [(name: String, outcome: CheckOutcome)] {
        var seen: [String: Int] = [:]
        return checks.map { outcome in
            let number = seen[outcome.name, default: 0] + 1
            seen[outcome.name] = number
            return (number == 1 ? outcome.name : "\(outcome.name) (\(number))", outcome)
        }
    }

    private func isSame(_ one: CheckOutcome, _ other: CheckOutcome) -> Bool {
        one.status == other.status && one.looked == other.looked && one.failing == other.failing
            && isClose(one.value, other.value)
    }

    private func isClose(_ one: Double?, _ other: Double?) -> Bool {
        guard let one, let other, one.isFinite, other.isFinite else {
            return one == other || one?.isNaN == true && other?.isNaN == true
        }
        return (one - other).magnitude <= tolerance.relative * max(one.magnitude, other.magnitude)
    }

    private static func words(_ outcome: CheckOutcome?) -> String {
        guard let outcome else { return "not there" }
        var words = outcome.status.rawValue
        if let failing = outcome.failing {
            words += outcome.looked.map { ", \(failing) of \($0) rows" } ?? ", \(failing) rows"
        }
        if let value = outcome.value { words += ", found \(value)" }
        return words
    }

    private func difference(_ what: String, _ first: Int, _ second: Int) -> StepParity.Difference? {
        first == second ? nil : difference(what, "\(first)", "\(second)")
    }

    private func difference(_ what: String, _ first: String, _ second: String) -> StepParity.Difference {
        StepParity.Difference(what: what, first: first, second: second)
    }
}
