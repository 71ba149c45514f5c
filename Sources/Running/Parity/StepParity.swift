package import Project
package import Store

/// What became of one step on two engines.
package struct StepParity: Sendable {
    /// The step on one of the engines.
    package struct Side: Sendable {
        package var engine: String
        /// What it staged; nil when it failed, or was not begun.
        package var rows: RowAccount?
        /// Why it failed.
        package var problems: [Diagnostic] = []
        /// Wall time.
        package var seconds = 0.0

        package init(engine: String) { self.engine = engine }
    }

    /// Something beside the rows that is not the same on both.
    package struct Difference: Sendable, Equatable {
        /// In words: `rows published`, `split train`, `check unique(id)`.
        package var what: String
        package var first: String
        package var second: String
    }

    package enum Outcome: String, Sendable {
        case equal, different, failed
    }

    package var dataset: DatasetName
    package var first: Side
    package var second: Side
    /// Why it came to no comparison, where that is the fault of neither engine.
    package var problems: [Diagnostic] = []
    /// The row accounts, splits and verdicts that differ.
    package var differences: [Difference] = []
    /// The rows that would have been published; nil when it came to no comparison.
    package var rows: TableParity?
    /// The refused rows; nil when there are none.
    package var quarantine: TableParity?
    /// Whether something failed for a fault of Millrace itself.
    package var hasBug = false

    init(_ dataset: DatasetName, first: String, second: String) {
        self.dataset = dataset
        self.first = Side(engine: first)
        self.second = Side(engine: second)
    }

    package var outcome: Outcome {
        guard problems.isEmpty, first.problems.isEmpty, second.problems.isEmpty, let rows else { return .failed }
        return differences.isEmpty && rows.isEqual && quarantine?.isEqual != false ? .equal : .different
    }
}
