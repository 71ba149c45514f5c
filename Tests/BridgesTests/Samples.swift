import Project
import Timetable

@testable import Bridges

/// Projects as their reader would give them.
enum Sample {
    private static let file = SourceFile(path: "millrace.yaml", text: "project: shop\n")
    static let span = SourceSpan(file: file, offset: 0)

    static func at<Value: Sendable>(_ value: Value) -> Located<Value> { Located(value, at: span) }

    /// Samples have valid names only.
    static func name(_ text: String) -> DatasetName {
        guard let name = DatasetName(text) else { preconditionFailure("'\(text)' is no name of a dataset") }
        return name
    }

    static func dataset(
        _ name: String, _ description: String? = nil, tags: [String] = [], limits: StepLimits = StepLimits(),
        by period: PartitionPeriod? = nil
    ) -> Dataset {
        var dataset = Dataset(
            name: self.name(name), description: description, tags: tags, step: .sql(SQLText("SELECT 1", in: file)),
            span: span)
        dataset.limits = limits
        dataset.partitioning = period.map {
            Partitioning(scheme: .time($0, start: PartitionKey("2024-01-01")), column: at("day"), span: span)
        }
        return dataset
    }

    static func trigger(
        _ name: String, _ condition: TriggerCondition, overlap: Trigger.Overlap = .queue, isFullRefresh: Bool = false,
        isPaused: Bool = false
    ) -> Trigger {
        Trigger(
            name: at(name), condition: condition, overlap: overlap, isFullRefresh: isFullRefresh, isPaused: isPaused,
            span: span)
    }

    static func cron(_ text: String, _ timeZone: String = "UTC") throws -> TriggerCondition {
        .cron(at(try CronExpression(text: text)), timeZone: timeZone)
    }

    static func project(
        _ datasets: [Dataset], triggers: [Trigger] = [], pools: [String: Int] = [:]
    ) -> Project {
        var project = Project(
            name: "shop", root: "/work", store: .folder("/work/store"), engine: "local", engines: [:],
            datasets: datasets, feeds: [])
        project.triggers = triggers
        project.pools = pools
        return project
    }

    /// - Parameter inputs: as `b: [a]`; a dataset comes after those named before it.
    static func description(
        _ project: Project, order: [String]? = nil, inputs: [String: [String]] = [:], only: [String]? = nil,
        selections: [String: [String]] = [:], folder: String = ""
    ) -> DagDescription {
        let order = (order ?? project.datasets.map(\.name.text)).map(name)
        var selected: [String: Set<DatasetName>] = [:]
        for trigger in project.triggers {
            selected[trigger.name.value] = Set(selections[trigger.name.value]?.map(name) ?? order)
        }
        return DagDescription(
            project, order: order,
            inputs: Dictionary(uniqueKeysWithValues: inputs.map { (name($0), $1.map(name)) }),
            selected: Set(only?.map(name) ?? order), selections: selected, projectFolder: folder)
    }

    /// Two datasets and no triggers.
    static var small: DagDescription {
        description(
            project([dataset("raw"), dataset("clean", "What came, without what is wrong.")]), order: ["raw", "clean"],
            inputs: ["clean": ["raw"]])
    }

    /// Everything that a project can say about its execution.
    static func large() throws -> DagDescription {
        let project = project(
            [
                dataset(
                    "flights_raw", "Flights as they came.",
                    limits: StepLimits(
                        retries: RetryPolicy(count: 3), timeout: 1_800_000,
                        pool: PoolUse(pool: at("database"), weight: 2), priority: 5)),
                dataset(
                    "weather_raw",
                    limits: StepLimits(
                        retries: RetryPolicy(count: 2, delay: 1500, factor: 1, jitter: 0),
                        pool: PoolUse(pool: at("database")))),
                dataset(
                    "flights",
                    "One row per \"departure\" that took place, with the weather at its origin and the plane, as far "
                        + "as they are known.\n\nA path: C:\\new, quotes: \"\"\", and a last \"",
                    tags: ["training", "it's \"x\""]),
                dataset("class", limits: StepLimits(retries: RetryPolicy(count: 1, factor: 1.5))),
                dataset("signal", "\"Quoted\" from the start."), dataset("make_signal"),
                dataset("events", "A row for each click; made day by day.", by: .day),
                dataset("sessions", by: .week),
            ],
            triggers: [
                trigger("nightly", try cron("0 2 * * *", "Europe/Berlin")),
                trigger("quarter-hour", .interval(seconds: 900), overlap: .skip),
                trigger("after_flights", .dataset(at(name("flights"))), overlap: .allow),
                trigger("report", .after(at("nightly")), isFullRefresh: true),
                trigger("both", .and([.dataset(at(name("flights"))), try cron("@daily")])),
                trigger("joined", .and([.dataset(at(name("flights"))), .dataset(at(name("class")))])),
                trigger(
                    "either",
                    .or([.dataset(at(name("flights"))), try cron("@daily"), .dataset(at(name("class")))])),
                trigger("twice", .or([try cron("0 6 * * *"), try cron("0 18 * * 1-5")]), isPaused: true),
                trigger("landed", .files([at("/work/landing/*.csv")])),
                trigger("hook", .webhook), trigger("by_hand", .manual),
            ], pools: ["database": 2, "unused": 3])
        var description = description(
            project,
            order: [
                "class", "flights_raw", "weather_raw", "flights", "events", "sessions", "signal", "make_signal",
            ],
            inputs: [
                "flights": ["flights_raw", "weather_raw"], "sessions": ["events"], "signal": ["flights", "class"],
                "make_signal": ["signal"],
            ],
            selections: ["after_flights": ["signal", "make_signal"], "report": ["signal"], "by_hand": ["events"]],
            folder: "..")
        description.runs.timeout = 6 * 3_600_000
        return description
    }
}
