import Project
import Timetable

/// Writes DAGs for Airflow 3: a TaskFlow function for each dataset, and a DAG for each trigger.
struct AirflowFile {
    private let dag: DagDescription
    private let awaited: Set<String>
    private var names: PythonNames
    /// The function of each dataset's task.
    private var makers: [DatasetName: String] = [:]
    /// The function that calls the tasks of several DAGs.
    private var shared: [[DatasetName]: String] = [:]
    private var standard: [PythonImport] = [.module("json"), .module("logging")] + SharedPython.runImports
    private var sdk: Set<String> = ["Asset", "Param", "dag", "get_current_context", "task"]
    private var warnings: [Diagnostic] = []

    init(_ dag: DagDescription) {
        self.dag = dag
        awaited = dag.awaitedTriggers
        names = PythonNames(
            taken: SharedPython.runNames + [
                "AirflowSkipException", "Asset", "AssetOrTimeSchedule", "CronTriggerTimetable", "DeltaTriggerTimetable",
                "Iterator", "LOG", "MILLRACE", "MultipleCronTriggerTimetable", "PROJECT", "Param", "Path",
                "contextmanager", "dag", "datetime", "deque", "get_current_context", "is_due", "is_fresh", "json",
                "last", "last_partition", "logging", "make", "os", "parameters", "shlex", "signal", "subprocess",
                "suppress",
                "task", "threading", "timedelta", "timezone", "ended_well",
            ])
    }

    func render() -> DagFile {
        var writer = self
        return writer.write()
    }

    private mutating func write() -> DagFile {
        for task in dag.tasks { makers[task.dataset] = names.claim("make_" + task.dataset.text) }
        var sections = dag.tasks.map { task($0) }
        if !awaited.isEmpty { sections.append(endings) }
        for (datasets, name) in dag.sharedTasks {
            let function = names.claim(name)
            shared[datasets] = function
            sections.append(together(datasets, function))
        }
        sections += dag.flows.map { flow($0) }
        let head = PythonText.docstring(introduction, indent: 0)
        let imports = PythonImport.lines(
            standard: standard + (dag.hasTimePartitions ? SharedPython.lastPartitionImports : []),
            others: [
                .names("airflow.sdk", Array(sdk)), .names("airflow.sdk.exceptions", ["AirflowSkipException"]),
            ])
        let constants =
            SharedPython.places(projectFolder: dag.projectFolder) + ["LOG = logging.getLogger(\"airflow.task\")"]
        var helpers = [make] + SharedPython.isFresh(byTime: dag.hasTimePartitions) + SharedPython.run.pythonSections
        if dag.hasTimePartitions { helpers += SharedPython.lastPartition.pythonSections }
        let text = ModuleText.join(head: head, imports: imports, constants: constants, sections: helpers + sections)
        return DagFile(generated: text, ending: "", warnings: warnings)
    }

    private var introduction: String {
        var text = """
            The project \(dag.project) of Millrace for Airflow 3: a task for each dataset, a DAG for each trigger.

            "millrace export-dag airflow" writes what stands between the marks. MILLRACE in the environment names the \
            program, where it is not on the PATH; MILLRACE_PROJECT the project's folder, where it is not the one that \
            this file was written for.
            """
        if !dag.pools.isEmpty {
            text += "\n\nThe pools, to be made once:"
            for (pool, places) in dag.pools.sorted(by: { $0.key < $1.key }) {
                text += "\n\nairflow pools set \(PythonText.shellWord(pool)) \(places) Millrace"
            }
        }
        return text
    }

    private var make: [String] {
        guard dag.hasTimePartitions else {
            return """
                def make(dataset: str) -> None:
                    \"""Publish a new version of a dataset, or skip the task when none is due.\"""
                    if get_current_context()["params"]["full_refresh"]:
                        run(dataset, "--full-refresh")
                    elif is_fresh(dataset):
                        raise AirflowSkipException(f"{dataset} is up to date")
                    else:
                        run(dataset)
                """.pythonLines
        }
        return """
            def make(dataset: str, period: str | None = None) -> None:
                \"""Publish a new version of a dataset, or skip the task when none is due.

                With a period only its last partition that was over at the end of the run's data
                interval, if the run has one.
                \"""
                context = get_current_context()
                moment = context.get("data_interval_end")
                partition = last_partition(period, moment) if period and moment else None
                if context["params"]["full_refresh"]:
                    run(dataset, "--full-refresh")
                elif is_fresh({dataset: partition}):
                    raise AirflowSkipException(f"{partition or dataset} is up to date")
                elif partition:
                    run(dataset, "--partition", partition)
                else:
                    run(dataset)
            """.pythonLines
    }

    // MARK: Tasks

    private mutating func task(_ task: DagDescription.Task) -> [String] {
        let limits = task.limits
        var arguments: [PythonExpression.Argument] = [
            .string("task_id", task.dataset.text), .init("outlets", .list([asset(task.dataset)])),
        ]
        if let pool = limits.pool {
            arguments.append(.string("pool", pool.pool.value))
            if pool.weight != 1 { arguments.append(.raw("pool_slots", "\(pool.weight)")) }
        }
        if limits.retries.count > 0 {
            standard.append(.names("datetime", ["timedelta"]))
            arguments += [
                .raw("retries", "\(limits.retries.count)"),
                .init("retry_delay", Duration(milliseconds: limits.retries.delay).python),
            ]
            if limits.retries.factor > 1 {
                let isPlain = limits.retries.factor == 2
                arguments += [
                    .raw("retry_exponential_backoff", isPlain ? "True" : "\(limits.retries.factor)"),
                    .init("max_retry_delay", Duration(milliseconds: limits.retries.longestDelay).python),
                ]
            }
        }
        if let timeout = limits.timeout {
            standard.append(.names("datetime", ["timedelta"]))
            arguments.append(.init("execution_timeout", Duration(milliseconds: timeout).python))
        }
        if limits.priority != 0 {
            arguments += [.raw("priority_weight", "\(limits.priority)"), .string("weight_rule", "absolute")]
        }
        if !task.inputs.isEmpty { arguments.append(.string("trigger_rule", "none_failed")) }
        let maker = makers[task.dataset] ?? ""
        var call: [PythonExpression.Argument] = [.string(nil, task.dataset.text)]
        if let period = task.period { call.append(.string("period", period.rawValue)) }
        return PythonExpression.call("task", arguments).lines(before: "@") + ["def \(maker)() -> None:"]
            + PythonText.docstring(task.description ?? "", indent: 4)
            + PythonExpression.call("make", call).lines(indent: 4)
    }

    private func asset(_ dataset: DatasetName) -> PythonExpression {
        .call("Asset", [.string(nil, "millrace://\(dag.project)/\(dataset.text)")])
    }

    private func asset(after trigger: String) -> PythonExpression {
        .call("Asset", [.string(nil, "millrace://\(dag.project)/triggers/\(trigger)")])
    }

    /// A last task, for the DAGs that wait for the end of others.
    private var endings: [String] {
        """
        @task(trigger_rule="none_failed")
        def ended_well() -> None:
            \"""The last task of a DAG that others wait for.\"""
        """.pythonLines
    }

    // MARK: DAGs

    private mutating func flow(_ flow: DagDescription.Flow) -> [String] {
        let trigger = flow.trigger
        var remarks: [String] = []
        var arguments: [PythonExpression.Argument] = [
            .string("dag_id", flow.identifier(in: dag.project)),
            .init("schedule", schedule(of: trigger, remarks: &remarks)),
            .raw("catchup", "False"),
        ]
        arguments.append(.raw("max_active_runs", "\(trigger.map(activeRuns) ?? 1)"))
        if let timeout = dag.runs.timeout {
            standard.append(.names("datetime", ["timedelta"]))
            arguments.append(.init("dagrun_timeout", Duration(milliseconds: timeout).python))
        }
        if trigger?.isPaused == true { arguments.append(.raw("is_paused_upon_creation", "True")) }
        arguments += [
            .init("params", .dictionary([("full_refresh", refresh(trigger))])),
            .init("tags", .list([.string("millrace"), .string(dag.project)])),
        ]
        let function = names.claim(trigger?.name.value ?? dag.project)
        let body = wiring(of: flow)
        return remarks.flatMap { PythonText.comment($0, indent: 0) }
            + PythonExpression.call("dag", arguments).lines(before: "@") + ["def \(function)() -> None:"]
            + PythonText.docstring(flow.summary, indent: 4) + body + ["", "", "\(function)()"]
    }

    private func refresh(_ trigger: Trigger?) -> PythonExpression {
        .call("Param", [.raw(nil, trigger?.isFullRefresh == true ? "True" : "False"), .string("type", "boolean")])
    }

    private mutating func schedule(of trigger: Trigger?, remarks: inout [String]) -> PythonExpression {
        guard let trigger else { return .raw("None") }
        let start = FlowStart(trigger.condition)
        let time = timetable(start.times)
        guard start.isComplete, time != nil || start.times.isEmpty else {
            warnings.append(trigger.warning(.airflow))
            remarks.append("Airflow has no counterpart for: \(trigger.condition.words). Start it by hand.")
            return .raw("None")
        }
        if start.looksForFiles { remarks.append("Airflow does not see files come, so it looks for them.") }
        guard let event = start.event else { return time ?? .raw("None") }
        guard let time else { return assets(event) }
        sdk.insert("AssetOrTimeSchedule")
        return .call("AssetOrTimeSchedule", [.init("timetable", time), .init("assets", assets(event))])
    }

    private mutating func timetable(_ times: [FlowStart.Time]) -> PythonExpression? {
        switch times.first {
        case .cron(let text, let timeZone):
            var texts = [text]
            for time in times.dropFirst() {
                guard case .cron(let other, timeZone) = time else { return nil }
                texts.append(other)
            }
            let name = texts.count == 1 ? "CronTriggerTimetable" : "MultipleCronTriggerTimetable"
            sdk.insert(name)
            return .call(name, texts.map { .string(nil, $0) } + [.string("timezone", timeZone)])
        case .interval(let seconds):
            guard times.count == 1 else { return nil }
            sdk.insert("DeltaTriggerTimetable")
            standard.append(.names("datetime", ["timedelta"]))
            return .call("DeltaTriggerTimetable", [.init(nil, Duration(milliseconds: seconds * 1000).python)])
        case nil: return nil
        }
    }

    private mutating func assets(_ event: FlowStart.Event) -> PythonExpression {
        switch event {
        case .dataset(let name): return asset(name)
        case .after(let trigger): return asset(after: trigger)
        case .all(let parts), .any(let parts):
            let name = if case .all = event { "AssetAll" } else { "AssetAny" }
            sdk.insert(name)
            return .call(name, parts.map { .init(nil, assets($0)) })
        }
    }

    private func activeRuns(_ trigger: Trigger) -> Int {
        trigger.overlap == .allow ? max(2, dag.runs.concurrency) : 1
    }

    /// Calls the tasks and puts them into their order.
    private func wiring(of flow: DagDescription.Flow) -> [String] {
        let end = flow.trigger.flatMap { trigger in
            awaited.contains(trigger.name.value) ? ended(trigger.name.value) : nil
        }
        if let function = shared[flow.datasets] {
            return end.map { $0 + ["    \(function)() >> last"] } ?? ["    \(function)()"]
        }
        let (lines, last) = wiring(of: flow.datasets, needsLast: end != nil)
        return lines + (end.map { $0 + edge(last, "last") } ?? [])
    }

    /// What several DAGs have in common.
    private func together(_ datasets: [DatasetName], _ function: String) -> [String] {
        let (lines, last) = wiring(of: datasets, needsLast: true)
        return ["def \(function)() -> list:"]
            + PythonText.docstring("Put the tasks into their order, and return the last ones.", indent: 4) + lines
            + PythonExpression.list(last.map { .raw($0) }).lines(before: "return ", indent: 4)
    }

    private func ended(_ trigger: String) -> [String] {
        PythonExpression.call("ended_well.override", [.init("outlets", .list([asset(after: trigger)]))])
            .lines(before: "last = ", after: "()", indent: 4)
    }

    /// - Parameter needsLast: whether the tasks that no other one waits for get names.
    /// - Returns: the lines, and the variables of the last tasks.
    private func wiring(of datasets: [DatasetName], needsLast: Bool) -> (lines: [String], last: [String]) {
        let members = Set(datasets)
        let tasks = datasets.compactMap(dag.task)
        let inputs = Dictionary(uniqueKeysWithValues: tasks.map { ($0.dataset, $0.inputs.filter(members.contains)) })
        let needed = Set(inputs.values.joined())
        var variables: [DatasetName: String] = [:]
        var locals = names
        var lines: [String] = []
        for task in tasks {
            let call = (makers[task.dataset] ?? "") + "()"
            guard needsLast || needed.contains(task.dataset) || inputs[task.dataset]?.isEmpty == false else {
                lines.append("    " + call)
                continue
            }
            let variable = locals.claim(task.dataset.text)
            variables[task.dataset] = variable
            lines.append("    \(variable) = \(call)")
        }
        let edges = tasks.flatMap { task -> [String] in
            let sources = (inputs[task.dataset] ?? []).compactMap { variables[$0] }
            guard let variable = variables[task.dataset], !sources.isEmpty else { return [] }
            return edge(sources, variable)
        }
        let last = tasks.map(\.dataset).filter { !needed.contains($0) }.compactMap { variables[$0] }
        return (lines + (edges.isEmpty ? [] : [""] + edges), last)
    }

    private func edge(_ sources: [String], _ target: String) -> [String] {
        let from: PythonExpression = sources.count == 1 ? .raw(sources[0]) : .list(sources.map { .raw($0) })
        return from.lines(after: " >> " + target, indent: 4)
    }
}
