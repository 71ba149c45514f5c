package import Project
package import Timetable

/// What a backfill's order means, as whoever knows the datasets' partitions says.
package struct PartitionAnswer: Sendable {
    /// All partitions of the range, as stretches of those that follow each other.
    package var stretches: [[PartitionKey]]
    /// Those that a version has.
    package var made: Set<PartitionKey>

    /// More in one backfill are a slip of the pen.
    private static let most = 200_000

    package init(stretches: [[PartitionKey]], made: Set<PartitionKey>) {
        self.stretches = stretches
        self.made = made
    }

    /// What the project file says about an order; nothing counts as made.
    package static func of(_ order: BackfillOrder, in project: Project) throws(Diagnostic) -> PartitionAnswer {
        guard let dataset = project.dataset(order.dataset) else {
            let near = Spelling.nearest(to: order.dataset.text, among: project.datasets.map(\.name.text))
            throw .error(
                "there is no dataset '\(order.dataset)'", hint: near.map { "did you mean '\($0)'?" })
        }
        guard let partitioning = dataset.partitioning else {
            throw .error(
                "'\(dataset.name)' has no partitions", at: dataset.span,
                hint: "a backfill makes those of a dataset with 'partitions'; 'millrace run' makes it whole")
        }
        switch partitioning.scheme {
        case .list(let values):
            guard let first = values.firstIndex(of: order.from.text), let last = values.firstIndex(of: order.to.text)
            else {
                throw .error(
                    "'\(dataset.name)' has no partition '\(values.contains(order.from.text) ? order.to : order.from)'",
                    hint: "its partitions are \(values.joined(separator: ", "))")
            }
            guard first <= last else { throw reversed(order) }
            return PartitionAnswer(stretches: [values[first...last].map { PartitionKey($0) }], made: [])
        case .time(let period, let start):
            for key in [order.from, order.to] where !period.isValid(key) {
                throw .error(
                    "'\(key)' names no \(period.rawValue)", hint: "write it as \(period.keyForm)")
            }
            guard let range = PartitionRange(period, first: order.from, last: order.to) else { throw reversed(order) }
            if let first = period.number(of: start), range.numbers.lowerBound < first {
                throw .error("the partitions of '\(dataset.name)' begin with \(start)")
            }
            guard range.count <= most else {
                throw .error("from \(order.from) to \(order.to) there are \(range.count) partitions")
            }
            return PartitionAnswer(stretches: [Array(range.keys)], made: [])
        }
    }

    private static func reversed(_ order: BackfillOrder) -> Diagnostic {
        .error("'\(order.to)' comes before '\(order.from)'")
    }
}
