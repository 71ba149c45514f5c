import Project
import Timetable

/// Writes tasks for Luigi: a class for each dataset, and a wrapper for each trigger, which something else has to start.
struct LuigiFile {
    private let dag: DagDescription
    private var names: PythonNames
    private var classes: [DatasetName: String] = [:]
    private var standard: [PythonImport] =
        [.module("json"), .module("logging"), .module("sys")] + SharedPython.runImports

    init(_ dag: DagDescription) {
        self.dag = dag
        names = PythonNames(
            taken: SharedPython.runNames + [
                "Dataset", "Iterator", "LOG", "MILLRACE", "PROJECT", "Path", "Version", "contextmanager", "datetime",
                "deque", "is_due", "is_fresh", "json", "last_partition", "logging", "luigi", "main", "needed_tasks",
                "os",
                "shlex", "signal", "subprocess", "suppress", "sys", "threading", "timedelta", "timezone",
            ])
    }

    func render() -> DagFile {
        var writer = self
        return writer.write()
    }

    private mutating func write() -> DagFile {
        for task in dag.tasks { classes[task.dataset] = names.claim(PythonNames.className(task.dataset.text)) }
        if dag.hasTimePartitions { standard += SharedPython.lastPartitionImports }
        let everything = names.claim("All")
        var wrappers = [wrapper(DagDescription.Flow(trigger: nil, datasets: dag.tasks.map(\.dataset)), everything)]
        for flow in dag.flows where flow.trigger != nil {
            wrappers.append(wrapper(flow, names.claim(PythonNames.className(flow.trigger?.name.value ?? ""))))
        }
        var helpers = SharedPython.run.pythonSections + SharedPython.isFresh(byTime: dag.hasTimePartitions)
        if dag.hasTimePartitions { helpers += SharedPython.lastPartition.pythonSections }
        helpers += [version, dataset, Self.neededTasks]
        let text = ModuleText.join(
            head: PythonText.docstring(introduction, indent: 0),
            imports: PythonImport.lines(standard: standard, others: [.module("luigi")]),
            constants: SharedPython.places(projectFolder: dag.projectFolder)
                + ["LOG = logging.getLogger(\"luigi-interface\")"],
            sections: helpers + dag.tasks.map(task) + wrappers + [main(everything)])
        return DagFile(generated: text + "\n\n", ending: "\n\nif __name__ == \"__main__\":\n    main()\n", warnings: [])
    }

    private var introduction: String {
        """
        The project \(dag.project) of Millrace for Luigi: a task for each dataset, a wrapper for each trigger.

        "millrace export-dag luigi" writes what stands between the marks. MILLRACE in the environment names the \
        program, where it is not on the PATH; MILLRACE_PROJECT the project's folder, where it is not the one that \
        this file was written for. Luigi starts nothing by itself: let cron start a wrapper.
        """
    }

    // MARK: Helpers

    private var version: [String] {
        let fresh =
            dag.hasTimePartitions
            ? "is_fresh({task.dataset: task.partition for task in tasks})"
            : "is_fresh(*[task.dataset for task in tasks])"
        return """
            class Version(luigi.Target):
                \"""The live version of a dataset; it counts when a run would make no other.\"""

                def __init__(self, task: "Dataset") -> None:
                    self.task = task

                def exists(self) -> bool:
                    tasks = [self.task, *needed_tasks(self.task)]
                    return \(fresh)
            """.pythonLines
    }

    private var dataset: [String] {
        var lines = """
            class Dataset(luigi.Task):
                \"""Publishes a new version of a dataset of the project.\"""

                dataset: str
                retry_count = 1  # How many failures Luigi takes.
            """.pythonLines
        if dag.hasTimePartitions {
            lines += [
                "    period: str | None = None", "    until = luigi.DateHourParameter(",
                "        default=datetime.now(timezone.utc).replace(tzinfo=None),",
                "        description=\"makes the last partition that was over then, in UTC\",", "    )",
            ]
        }
        if dag.hasTimePartitions {
            lines +=
                """

                    @property
                    def partition(self) -> str | None:
                        if self.period is None:
                            return None
                        return last_partition(self.period, self.until.replace(tzinfo=timezone.utc))

                    def run(self) -> None:
                        options = ["--partition", self.partition] if self.period else []
                        run(self.dataset, *options)
                """.pythonLines
        } else {
            lines += ["", "    def run(self) -> None:", "        run(self.dataset)"]
        }
        return lines + ["", "    def output(self) -> Version:", "        return Version(self)"]
    }

    private static let neededTasks = """
        def needed_tasks(task: Dataset) -> list[Dataset]:
            \"""The tasks that a task needs to be done before, however far above.\"""
            needed: dict[str, Dataset] = {}
            tasks = [task]
            while tasks:
                for other in tasks.pop().deps():
                    if other.dataset not in needed:
                        needed[other.dataset] = other
                        tasks.append(other)
            return list(needed.values())
        """.pythonLines

    // MARK: Tasks

    private func task(_ task: DagDescription.Task) -> [String] {
        let limits = task.limits
        var lines = ["class \(classes[task.dataset] ?? "")(Dataset):"]
        let documentation = PythonText.docstring(task.description ?? "", indent: 4)
        if !documentation.isEmpty { lines += documentation + [""] }
        lines.append("    dataset = \(PythonText.literal(task.dataset.text))")
        if let period = task.period { lines.append("    period = \(PythonText.literal(period.rawValue))") }
        if limits.retries.count > 0 { lines.append("    retry_count = \(limits.retries.count + 1)") }
        if let timeout = limits.timeout {
            lines.append("    worker_timeout = \((timeout + 999) / 1000)")
        }
        if limits.priority != 0 { lines.append("    priority = \(limits.priority)") }
        if let pool = limits.pool {
            lines.append("    resources = {\(PythonText.literal(pool.pool.value)): \(pool.weight)}")
        }
        if !task.inputs.isEmpty { lines += requires(task.inputs) }
        return lines
    }

    private func requires(_ datasets: [DatasetName]) -> [String] {
        let argument = dag.hasTimePartitions ? "until=self.until" : ""
        let tasks = PythonExpression.list(datasets.map { .raw((classes[$0] ?? "") + "(\(argument))") })
        return ["", "    def requires(self) -> list[luigi.Task]:"] + tasks.lines(before: "return ", indent: 8)
    }

    private func wrapper(_ flow: DagDescription.Flow, _ name: String) -> [String] {
        let inputs = Set(flow.datasets.compactMap(dag.task).flatMap(\.inputs))
        var lines = ["class \(name)(luigi.WrapperTask):"] + PythonText.docstring(flow.summary, indent: 4)
        if dag.hasTimePartitions { lines += ["", "    until = Dataset.until"] }
        return lines + requires(flow.datasets.filter { !inputs.contains($0) })
    }

    // MARK: Starting

    private func main(_ everything: String) -> [String] {
        var settings: [(String, String, String)] = []
        let retried = dag.tasks.map(\.limits.retries).filter { $0.count > 0 }
        if let delay = retried.map(\.delay).min() {
            settings.append(("worker", "keep_alive", "true"))
            settings.append(("scheduler", "retry_delay", Duration.seconds(milliseconds: delay)))
        }
        for (pool, places) in dag.pools.sorted(by: { $0.key < $1.key }) {
            settings.append(("resources", pool, "\(places)"))
        }
        var lines = ["def main() -> None:"]
        lines += PythonText.docstring(
            "Run the task that is named, otherwise \(everything). Settings of Luigi's own files win.", indent: 4)
        if !settings.isEmpty {
            lines += [
                "    config = luigi.configuration.get_config()", "    for section, option, value in [",
            ]
            lines += settings.map { section, option, value in
                "        (" + [section, option, value].map(PythonText.literal).joined(separator: ", ") + "),"
            }
            lines += [
                "    ]:", "        if not config.has_option(section, option):",
                "            config.set(section, option, value)",
            ]
        }
        return lines + [
            "    arguments = sys.argv[1:]", "    if not arguments or arguments[0].startswith(\"-\"):",
            "        arguments.insert(0, \(PythonText.literal(everything)))",
            "    with interruptible():", "        result = luigi.run(arguments, detailed_summary=True)",
            "    good = luigi.LuigiStatusCode.SUCCESS, luigi.LuigiStatusCode.SUCCESS_WITH_RETRY",
            "    sys.exit(0 if result.status in good else 1)",
        ]
    }
}
