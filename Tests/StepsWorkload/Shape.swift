import Planning
import Project

/// A graph of steps.
enum Shape: String, CaseIterable {
    /// A hundred, one after the other.
    case chain
    /// One, then a thousand that need it, then one that needs them all.
    case fan
    /// Ten by ten, each after its neighbours above and to the left; ten times.
    case grid

    var repetitions: Int { self == .grid ? 10 : 1 }

    /// Each step's inputs, by their numbers.
    private var inputs: [[Int]] {
        switch self {
        case .chain: (0..<100).map { $0 == 0 ? [] : [$0 - 1] }
        case .fan: [[]] + Array(repeating: [0], count: 1000) + [Array(1...1000)]
        case .grid:
            (0..<100).map { step in
                (step >= 10 ? [step - 10] : []) + (step.isMultiple(of: 10) ? [] : [step - 1])
            }
        }
    }

    func plan() throws -> Plan {
        Plan(
            steps: try inputs.enumerated().map { number, inputs in
                Plan.Step(
                    dataset: try name(number), action: .run, reasons: [.new],
                    fingerprint: Fingerprint.Builder().finish(), inputs: try inputs.map(name), current: nil,
                    next: Version(0))
            })
    }

    func project() throws -> Project {
        let span = SourceSpan.wholeFile("millrace.yaml")
        let sql = SQLText("SELECT 1 AS n", in: span.file)
        return Project(
            name: "steps", root: "/", store: .folder("/store"), engine: "local", engines: [:],
            datasets: try inputs.indices.map { Dataset(name: try name($0), step: .sql(sql), span: span) }, feeds: [])
    }

    private func name(_ number: Int) throws -> DatasetName {
        guard let name = DatasetName("step_\(number)") else { throw Trouble("no name for \(number)") }
        return name
    }
}
