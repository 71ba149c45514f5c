package import Timetable

/// Reads a project: text in, model out. No data is touched and no SQL is understood.
package struct ProjectReader {
    /// The file that makes a folder a project.
    package static let fileName = "millrace.yaml"

    private let environment: [String: String]
    private let files: any ProjectFiles
    private let machineMemory: Int
    private let zones: ZoneDatabase

    /// A reader for which `${env:NAME}` stands for what `environment` has, and a memory limit in per cent is of
    /// `machineMemory` bytes (nil: those of this machine).
    package init(
        environment: [String: String], files: any ProjectFiles = DiskFiles(), machineMemory: Int? = nil,
        zones: ZoneDatabase = .ofThisMachine
    ) {
        self.zones = zones
        self.environment = environment
        self.files = files
        self.machineMemory = machineMemory ?? MemorySize.ofThisMachine()
    }

    /// The nearest folder with a `millrace.yaml`, from an absolute `folder` upwards.
    package static func findRoot(from folder: String, files: any ProjectFiles = DiskFiles()) -> String? {
        var folder: String? = FilePath.normalised(folder)
        while let current = folder {
            if files.isFile(FilePath.resolve(fileName, in: current)) { return current }
            folder = FilePath.parent(of: current)
        }
        return nil
    }

    /// The project in the absolute folder `root`, and all that is wrong with it, in the order of its files.
    /// - Returns: no project if there is an error among the diagnostics.
    package func read(root: String) -> (project: Project?, diagnostics: [Diagnostic]) {
        let root = FilePath.normalised(root)
        guard files.isFile(root + "/" + Self.fileName) else { return (nil, [missing(in: root)]) }
        let context = ReadingContext(
            root: root, files: files, environment: Environment(environment), machineMemory: machineMemory)
        let documents = ProjectDocuments(context)
        guard let values = documents.project else { return (nil, Self.inOrder(context.diagnostics)) }

        let name = values.text("project")
        let store =
            values.entry("store") == nil ? .folder(root + "/store") : StoreReader(context: context).store(values)
        let engines = EnginesReader(context: context).engines(values.present("engines"))
        let engine = values.located("engine")
        let datasets = self.datasets(documents, context)
        let feeds = self.feeds(documents, context)
        let names = CrossReferences(context: context, engines: engines, datasets: datasets.read, known: datasets.names)
        let triggers = self.triggers(documents, context)
        names.check(engine: engine, feeds: feeds)
        let orchestration = OrchestrationReader(context: context)
        let mailServer = orchestration.mailServer(values.entry("smtp"))
        let notifications = orchestration.notifications(
            values.present("notifications"), hasMailServer: values.entry("smtp") != nil)
        let pools = orchestration.pools(values.present("pools"))
        let runs = orchestration.runs(values.present("runs"))
        let telemetry = TelemetryReader(context: context).telemetry(values.present("telemetry"))
        OrchestrationReferences(
            context: context, datasets: datasets.read, known: datasets.names, triggers: triggers.read,
            knownTriggers: triggers.names, pools: pools
        ).check(triggerEntries: documents.triggers, notifications: notifications)

        let diagnostics = Self.inOrder(context.diagnostics)
        guard let name, let store, !diagnostics.contains(where: { $0.severity == .error }) else {
            return (nil, diagnostics)
        }
        var project = Project(
            name: name, root: root, store: store, engine: engine?.value ?? "local", engines: engines,
            datasets: datasets.read, feeds: feeds)
        project.triggers = triggers.read.sorted { $0.name.value < $1.name.value }
        project.pools = pools
        project.runs = runs
        project.notifications = notifications
        project.mailServer = mailServer
        project.telemetry = telemetry
        project.redaction = context.redaction
        return (project, diagnostics)
    }

    private func missing(in root: String) -> Diagnostic {
        let other = ["millrace.yml", "Millrace.yaml"].first { files.isFile(root + "/" + $0) }
        return .error(
            "there is no \(Self.fileName) in \(root)",
            hint: other.map { "rename '\($0)' to '\(Self.fileName)'" }
                ?? "'millrace init' makes a new project; '--project DIR' names another folder")
    }

    // MARK: Parts

    private func datasets(
        _ documents: ProjectDocuments, _ context: ReadingContext
    ) -> (read: [Dataset], names: [String: String]) {
        let bareFiles = BareFiles(context)
        let ahead = bareFiles.sorted.map {
            ($0.path, context.redaction.redact(FilePath.shown($0.path, from: context.root)))
        }
        context.take(FilesAhead.read(ahead, context.files))
        let reader = DatasetReader(context: context, bareFiles: bareFiles.paths)
        let defined = Definitions(of: "dataset", context)
        var datasets: [Dataset] = []
        for entry in documents.datasets {
            guard let name = defined.name(entry) else { continue }
            if let dataset = reader.dataset(name, entry: entry) { datasets.append(dataset) }
        }
        let used = Set(datasets.compactMap { $0.step.sql?.file.path })
        for (name, path) in bareFiles.sorted where !used.contains(FilePath.shown(path, from: context.root)) {
            guard !defined.contains(name) || defined.hasOtherCase(name) else { continue }
            guard let valid = defined.name(bare: name, path: FilePath.shown(path, from: context.root)) else { continue }
            if let dataset = reader.dataset(valid, file: path) { datasets.append(dataset) }
        }
        return (datasets.map { $0.spelling(inputsAs: defined.names) }, defined.names)
    }

    private func feeds(_ documents: ProjectDocuments, _ context: ReadingContext) -> [Feed] {
        let defined = Definitions(of: "feed", context)
        let reader = FeedReader(context: context)
        return documents.feeds.compactMap { entry in
            defined.name(entry) == nil ? nil : reader.feed(entry)
        }
    }

    private func triggers(
        _ documents: ProjectDocuments, _ context: ReadingContext
    ) -> (read: [Trigger], names: [String: String]) {
        let defined = Definitions(of: "trigger", context)
        let reader = TriggerReader(context: context, zones: zones)
        let triggers = documents.triggers.compactMap { entry in
            defined.name(entry) == nil ? nil : reader.trigger(entry)
        }
        return (triggers, defined.names)
    }

    /// File by file, from top to bottom, the files in the order in which something was found in them; warnings stay
    /// among the errors. No two alike.
    private static func inOrder(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        var order: [String: Int] = [:]
        for diagnostic in diagnostics {
            let path = diagnostic.span?.file.path ?? ""
            if order[path] == nil { order[path] = path == fileName ? -1 : order.count }
        }
        let sorted = diagnostics.enumerated().sorted { left, right in
            let leftKey = (order[left.element.span?.file.path ?? ""] ?? 0, left.element.span?.offset ?? 0, left.offset)
            let rightKey = (
                order[right.element.span?.file.path ?? ""] ?? 0, right.element.span?.offset ?? 0, right.offset
            )
            return leftKey < rightKey
        }
        var seen: Set<String> = []
        return sorted.map(\.element).filter { diagnostic in
            let key = "\(diagnostic.span?.file.path ?? "") \(diagnostic.span?.offset ?? 0) \(diagnostic.message)"
            return seen.insert(key).inserted
        }
    }
}

extension Dataset {
    /// The dataset with its input named as that one names itself: for SQL, upper and lower case are the same.
    fileprivate func spelling(inputsAs names: [String: String]) -> Dataset {
        guard let input = incremental, let text = names[input.value.folded], let name = DatasetName(text) else {
            return self
        }
        var dataset = self
        dataset.incremental = Located(name, at: input.span)
        return dataset
    }
}
