import Planning
import Project
import Testing

@testable import Running

/// Plans and projects in a line.
enum Samples {
    static func name(_ text: String) throws -> DatasetName { try #require(DatasetName(text)) }

    /// A plan of steps in this order: `"b": ["a"]` needs a.
    static func plan(_ steps: KeyValuePairs<String, [String]>) throws -> Plan {
        Plan(
            steps: try steps.map { dataset, inputs in
                Plan.Step(
                    dataset: try name(dataset), action: .run, reasons: [.new],
                    fingerprint: Fingerprint.Builder().finish(), inputs: try inputs.map(name), current: nil,
                    next: Version(0))
            })
    }

    static func pool(_ name: String, weight: Int = 1) -> PoolUse {
        PoolUse(pool: Located(name, at: .wholeFile("millrace.yaml")), weight: weight)
    }

    /// Retries that chance has no part in.
    static func retries(_ count: Int, delay: Int = 100) -> RetryPolicy {
        RetryPolicy(count: count, delay: delay, jitter: 0)
    }

    static func project(_ limits: [String: StepLimits], pools: [String: Int] = [:]) throws -> Project {
        let span = SourceSpan.wholeFile("millrace.yaml")
        var project = Project(
            name: "p", root: "/p", store: .folder("/p/store"), engine: "local", engines: [:],
            datasets: try limits.map { text, limits in
                var dataset = Dataset(
                    name: try name(text), step: .sql(SQLText("SELECT 1 AS n", in: span.file)), span: span)
                dataset.limits = limits
                return dataset
            }, feeds: [])
        project.pools = pools
        return project
    }

    static func result(_ step: Plan.Step, _ run: RunID) -> StepResult {
        StepResult(
            dataset: step.dataset, published: PinnedVersion(version: step.next, table: "t"),
            record: VersionRecord(
                run: run, fingerprint: step.fingerprint, rows: RowAccount(read: 0, published: 0, quarantined: 0),
                millrace: "0"),
            bytes: 0, files: 0, seconds: 0)
    }
}
