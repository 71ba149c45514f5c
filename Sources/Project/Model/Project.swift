/// A project as its user wrote it: read, checked for form, and joined from all of its files.
package struct Project: Sendable {
    package var name: String
    /// The absolute path of the folder that holds `millrace.yaml`.
    package var root: String
    package var store: StoreLocation
    /// The engine of a SQL step that names none.
    package var engine: String
    package var engines: [String: EngineDefinition]
    /// In the order of their names.
    package var datasets: [Dataset]
    /// In the order of their names.
    package var feeds: [Feed]
    /// In the order of their names.
    package var triggers: [Trigger] = []
    /// The places that each pool has.
    package var pools: [String: Int] = [:]
    package var runs = RunRules()
    package var notifications: [Notification] = []
    package var mailServer: MailServer?
    package var telemetry = TelemetryRules()
    /// Hides the values that came from the environment: whatever is shown or recorded goes through it.
    package var redaction = Redaction()

    package init(
        name: String, root: String, store: StoreLocation, engine: String, engines: [String: EngineDefinition],
        datasets: [Dataset], feeds: [Feed]
    ) {
        self.name = name
        self.root = root
        self.store = store
        self.engine = engine
        self.engines = engines
        self.datasets = datasets.sorted { $0.name < $1.name }
        self.feeds = feeds.sorted { $0.name.value < $1.name.value }
        byFoldedName = Dictionary(
            self.datasets.enumerated().map { ($1.name.folded, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private var byFoldedName: [String: Int]

    /// The dataset that SQL means by a name: case does not matter.
    package func dataset(named name: String) -> Dataset? {
        byFoldedName[name.lowercased()].map { datasets[$0] }
    }

    package func dataset(_ name: DatasetName) -> Dataset? { dataset(named: name.text) }

    /// The name of the engine that makes a dataset's step: the one that is asked for, the dataset's, or the project's.
    /// What is no SQL is made by an embedded one.
    package func engine(for dataset: Dataset, asked: String?) -> String {
        let chosen = asked ?? dataset.engine?.value ?? engine
        return dataset.step.sql != nil || engines[chosen]?.kind == .duckdb ? chosen : embeddedEngine(asked: asked)
    }

    /// The name of the engine that parses and answers queries: the one that is asked for, where that is an embedded one.
    package func embeddedEngine(asked: String?) -> String {
        [asked, engine].compactMap { $0 }.first { engines[$0]?.kind == .duckdb } ?? "local"
    }
}

/// An entry under `engines`.
package struct EngineDefinition: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case duckdb, spark
    }

    package var name: String
    package var kind: Kind
    /// The most memory the engine may use, in bytes; nil leaves it to the engine.
    package var memory: Int?
    /// The most threads the engine may use; nil means all cores.
    package var threads: Int?
    /// The folder for what does not fit in memory: an absolute path; nil means inside `.millrace/`.
    package var spill: String?
    /// Of Spark: the connection string of a Spark Connect server.
    package var remote: Located<String>?
    /// Of Spark: settings of the sessions.
    package var settings: [String: String] = [:]

    package init(name: String, kind: Kind, memory: Int? = nil, threads: Int? = nil, spill: String? = nil) {
        self.name = name
        self.kind = kind
        self.memory = memory
        self.threads = threads
        self.spill = spill
    }
}
