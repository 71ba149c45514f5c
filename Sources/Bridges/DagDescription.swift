package import Project
package import Timetable

/// What a file for an orchestrator is made from: the tasks, and what starts them.
package struct DagDescription: Sendable {
    /// The step of one dataset.
    package struct Task: Sendable {
        package var dataset: DatasetName
        package var description: String?
        package var tags: [String]
        /// Of the datasets that it needs, those that have a task here.
        package var inputs: [DatasetName]
        package var limits: StepLimits
        package var partitions: Partitioning.Scheme?

        /// The period of its partitions; nil when they are not by time.
        package var period: PartitionPeriod? {
            if case .time(let period, _) = partitions { period } else { nil }
        }
    }

    /// Tasks that are started together.
    package struct Flow: Sendable {
        /// What starts it; nil for the flow of all tasks that only people start.
        package var trigger: Trigger?
        package var datasets: [DatasetName]
    }

    package var project: String
    /// Every task after those that it needs.
    package var tasks: [Task]
    package var flows: [Flow]
    /// The places of each pool that a task uses.
    package var pools: [String: Int]
    package var runs: RunRules
    /// The way from the folder of the file to that of the project; empty when it is the same.
    package var projectFolder: String

    /// - Parameters:
    ///   - order: the project's datasets, every one after those that it needs.
    ///   - inputs: what each of them needs.
    ///   - selected: those that get a task.
    ///   - selections: what each trigger runs, by its name.
    package init(
        _ project: Project, order: [DatasetName], inputs: [DatasetName: [DatasetName]],
        selected: Set<DatasetName>, selections: [String: Set<DatasetName>], projectFolder: String
    ) {
        // Values from the environment may be secrets, and the file goes into somebody's repository.
        let shown = project.redaction.redact
        let names = order.filter(selected.contains)
        self.project = project.name
        self.projectFolder = projectFolder
        runs = project.runs
        tasks = names.compactMap { project.dataset($0) }.map { dataset in
            Task(
                dataset: dataset.name, description: dataset.description.map(shown), tags: dataset.tags.map(shown),
                inputs: (inputs[dataset.name] ?? []).filter(selected.contains).sorted(), limits: dataset.limits,
                partitions: dataset.partitioning?.scheme)
        }
        let used = Set(tasks.compactMap { $0.limits.pool?.pool.value })
        pools = project.pools.filter { used.contains($0.key) }
        flows = project.triggers.map { trigger in
            Flow(trigger: trigger, datasets: names.filter { selections[trigger.name.value]?.contains($0) == true })
        }.filter { !$0.datasets.isEmpty }
        if !flows.contains(where: { $0.datasets.count == names.count }) {
            flows.insert(Flow(trigger: nil, datasets: names), at: 0)
        }
    }

    package func task(_ dataset: DatasetName) -> Task? { tasks.first { $0.dataset == dataset } }

    /// The sets of tasks that more than one flow starts, each with a name for them.
    var sharedTasks: [(datasets: [DatasetName], name: String)] {
        var shared: [(datasets: [DatasetName], name: String)] = []
        for (index, flow) in flows.enumerated() where !shared.contains(where: { $0.datasets == flow.datasets }) {
            guard flows[(index + 1)...].contains(where: { $0.datasets == flow.datasets }) else { continue }
            let isAll = flow.datasets.count == tasks.count
            shared.append((flow.datasets, isAll ? "all_tasks" : "tasks_of_" + (flow.trigger?.name.value ?? project)))
        }
        return shared
    }

    var hasTimePartitions: Bool { tasks.contains { $0.period != nil } }
}

extension DagDescription.Flow {
    /// What an orchestrator calls it.
    func identifier(in project: String) -> String {
        let text = trigger.map { project + "_" + $0.name.value } ?? project
        return String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) ? $0 : "_" })
    }

    /// What starts it, in words.
    var summary: String {
        guard let trigger else { return "All datasets." }
        return "Trigger \(trigger.name.value): \(trigger.condition.words)."
    }
}

extension TriggerCondition {
    /// The condition as a person would say it.
    var words: String {
        switch self {
        case .cron(let expression, let timeZone): "cron \(expression.value.text) (\(timeZone))"
        case .interval(let seconds): "every \(Duration(milliseconds: seconds * 1000).words)"
        case .files: "new files"
        case .dataset(let name): "a new version of \(name.value.text)"
        case .webhook: "a webhook"
        case .manual: "by hand"
        case .after(let name): "after \(name.value)"
        case .and(let parts): parts.map(\.words).joined(separator: " and ")
        case .or(let parts): parts.map(\.words).joined(separator: " or ")
        }
    }
}
