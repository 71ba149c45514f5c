import Project
import Timetable

/// Writes flows for Prefect 3: a task for each dataset, a flow and a deployment for each trigger.
struct PrefectFile {
    private let dag: DagDescription
    private let awaited: Set<DatasetName>
    private var names: PythonNames
    private var makers: [DatasetName: String] = [:]
    /// The function that submits the tasks of several flows.
    private var shared: [[DatasetName]: String] = [:]
    private var standard: [PythonImport] = [
        .module("asyncio"), .module("json"), .module("os"), .module("shlex"), .module("signal"), .module("subprocess"),
        .module("sys"), .module("threading"), .module("time"),
        .names("collections", ["deque"]), .names("collections.abc", ["Iterator"]),
        .names("contextlib", ["contextmanager", "suppress"]), .names("pathlib", ["Path"]),
    ]
    private var others: [PythonImport] = [
        .module("anyio"), .names("prefect", ["flow", "get_run_logger", "serve", "task"]),
        .names("prefect.futures", ["PrefectFuture", "wait"]), .names("prefect.settings", ["get_current_settings"]),
    ]
    private var warnings: [Diagnostic] = []

    init(_ dag: DagDescription) {
        self.dag = dag
        awaited = dag.awaitedDatasets
        names = PythonNames(taken: [
            "CHILDREN", "ConcurrencyLimitConfig", "Cron", "DeploymentEventTrigger", "Interval", "Iterator", "MILLRACE",
            "PROJECT", "Path", "PrefectFuture", "STOPPING", "anyio", "asyncio", "concurrency", "contextmanager",
            "datetime", "deque", "emit_event", "end", "flow", "flow_run", "full_refresh", "futures", "get_client",
            "get_current_settings", "get_run_logger", "is_due", "is_fresh", "json", "last_partition", "main", "make",
            "may_retry", "os", "run", "serve", "shlex", "signal", "stopping_children", "subprocess", "suppress", "sys",
            "task", "threading", "time", "timedelta", "timezone", "until", "wait",
        ])
    }

    func render() -> DagFile {
        var writer = self
        return writer.write()
    }

    private mutating func write() -> DagFile {
        for task in dag.tasks { makers[task.dataset] = names.claim("make_" + task.dataset.text) }
        var sections = dag.tasks.map { task($0) }
        for (datasets, name) in dag.sharedTasks {
            let function = names.claim(name)
            shared[datasets] = function
            sections.append(together(datasets, function))
        }
        var deployments: [PythonExpression] = []
        for flow in dag.flows {
            let function = names.claim(flow.trigger?.name.value ?? dag.project)
            sections.append(self.flow(flow, function))
            deployments += [deployment(flow, function)]
        }
        sections.append(main(deployments))
        let text = ModuleText.join(
            head: PythonText.docstring(introduction, indent: 0),
            imports: PythonImport.lines(standard: standard, others: others),
            constants: SharedPython.places(projectFolder: dag.projectFolder)
                + ["CHILDREN: set[int] = set()", "STOPPING = threading.Event()"],
            sections: helpers + sections)
        return DagFile(
            generated: text + "\n\n", ending: "\n\nif __name__ == \"__main__\":\n    main()\n", warnings: warnings)
    }

    private var introduction: String {
        """
        The project \(dag.project) of Millrace for Prefect 3: a task for each dataset, a flow for each trigger.

        "millrace export-dag prefect" writes what stands between the marks. MILLRACE in the environment names the \
        program, where it is not on the PATH; MILLRACE_PROJECT the project's folder, where it is not the one that \
        this file was written for.
        """
    }

    /// The event that a new version is told by.
    private static let published = "millrace.dataset.published"

    private var hasRetries: Bool { dag.tasks.contains { $0.limits.retries.count > 0 } }

    // MARK: Helpers

    private var helpers: [[String]] {
        var helpers =
            [make] + SharedPython.isFresh(byTime: dag.hasTimePartitions) + [Self.run, Self.end, Self.stopping]
        if hasRetries { helpers.append(Self.mayRetry) }
        if dag.hasTimePartitions { helpers.append(SharedPython.lastPartition.pythonLines) }
        return helpers
    }

    private var make: [String] {
        guard dag.hasTimePartitions else {
            return """
                async def make(dataset: str, full_refresh: bool) -> bool:
                    \"""Publish a new version of a dataset, if one is due; tell whether it was.\"""
                    if full_refresh:
                        await run(dataset, "--full-refresh")
                    elif await asyncio.to_thread(is_fresh, dataset):
                        get_run_logger().info("%s is up to date", dataset)
                        return False
                    else:
                        await run(dataset)
                    return True
                """.pythonLines
        }
        return """
            async def make(dataset: str, full_refresh: bool, partition: str | None = None) -> bool:
                \"""Publish a new version of a dataset, if one is due; tell whether it was.\"""
                if full_refresh:
                    await run(dataset, "--full-refresh")
                elif await asyncio.to_thread(is_fresh, {dataset: partition}):
                    get_run_logger().info("%s is up to date", partition or dataset)
                    return False
                elif partition:
                    await run(dataset, "--partition", partition)
                else:
                    await run(dataset)
                return True
            """.pythonLines
    }

    private static let run = """
        async def run(*arguments: str) -> None:
            \"""Run Millrace with its output in the task's log.\"""
            if STOPPING.is_set():
                raise RuntimeError("the flow is being stopped")
            log = get_run_logger()
            command = [MILLRACE, "run", *arguments, "--no-retries", "--die-with-parent"]
            log.info("%s", shlex.join(command))
            last_lines: deque[str] = deque(maxlen=20)
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=PROJECT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=2**24,
                start_new_session=True,
            )
            CHILDREN.add(process.pid)
            try:
                async for line in process.stdout:
                    text = line.decode(errors="replace").rstrip()
                    log.info("%s", text)
                    last_lines.append(text)
                status = await process.wait()
            except BaseException:
                with anyio.CancelScope(shield=True):
                    await end(process)
                raise
            finally:
                CHILDREN.discard(process.pid)
            if status != 0:
                message = f"{shlex.join(command)} ended with status {status}"
                raise RuntimeError("\\n".join([message, *last_lines]))
        """.pythonLines

    private static let end = """
        async def end(process: asyncio.subprocess.Process) -> None:
            \"""End a program and all that it has started; what does not follow is killed.\"""
            for number, patience in ((signal.SIGTERM, 3), (signal.SIGKILL, None)):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                with anyio.move_on_after(patience):
                    await process.wait()
        """.pythonLines

    private static let stopping = """
        @contextmanager
        def stopping_children() -> Iterator[None]:
            \"""End the programs of all tasks when the flow is cancelled.\"""
            try:
                yield
            except BaseException:
                STOPPING.set()
                for number, patience in ((signal.SIGTERM, 3), (signal.SIGKILL, 1)):
                    for child in list(CHILDREN):
                        with suppress(ProcessLookupError):
                            os.killpg(child, number)
                    end_of_patience = time.monotonic() + patience
                    while CHILDREN and time.monotonic() < end_of_patience:
                        time.sleep(0.05)
                raise
        """.pythonLines

    private static let mayRetry = """
        def may_retry(*_: object) -> bool:
            \"""Whether a task that failed is to be tried again.\"""
            return not STOPPING.is_set()
        """.pythonLines

    // MARK: Tasks

    private mutating func task(_ task: DagDescription.Task) -> [String] {
        let limits = task.limits
        var arguments: [PythonExpression.Argument] = [.string("name", task.dataset.text)]
        let tags = task.tags + (limits.pool.map { ["pool:" + $0.pool.value] } ?? [])
        if !tags.isEmpty { arguments.append(.init("tags", .list(tags.map { .string($0) }))) }
        if limits.retries.count > 0 {
            arguments += [
                .raw("retries", "\(limits.retries.count)"), .init("retry_delay_seconds", delays(limits.retries)),
            ]
            if limits.retries.jitter > 0 { arguments.append(.raw("retry_jitter_factor", "\(limits.retries.jitter)")) }
            arguments.append(.raw("retry_condition_fn", "may_retry"))
        }
        if let timeout = limits.timeout {
            arguments.append(.raw("timeout_seconds", Duration.seconds(milliseconds: timeout)))
        }
        let maker = makers[task.dataset] ?? ""
        let isPartitioned = task.period != nil
        let parameters = "full_refresh: bool" + (isPartitioned ? ", partition: str" : "")
        var call: [PythonExpression.Argument] = [.string(nil, task.dataset.text), .raw(nil, "full_refresh")]
        if isPartitioned { call.append(.raw(nil, "partition")) }
        func making(_ indent: Int) -> [String] {
            let make = PythonExpression.call("make", call)
            guard awaited.contains(task.dataset) else { return make.lines(before: "await ", indent: indent) }
            return make.lines(before: "if await ", after: ":", indent: indent) + published(task.dataset, indent + 4)
        }
        var body = making(4)
        if let pool = limits.pool {
            others.append(.names("prefect.concurrency.asyncio", ["concurrency"]))
            let places: PythonExpression = .call(
                "concurrency", [.string(nil, pool.pool.value), .raw("occupy", "\(pool.weight)")])
            body =
                places.lines(before: "async with ", after: ":", indent: 4)
                + making(8)
        }
        if awaited.contains(task.dataset) { others.append(.names("prefect.events", ["emit_event"])) }
        return PythonExpression.call("task", arguments).lines(before: "@")
            + ["async def \(maker)(\(parameters)) -> None:"]
            + PythonText.docstring(task.description ?? "", indent: 4) + body
    }

    /// The delays before each repetition: doubled or so each time, up to the longest.
    private func delays(_ retries: RetryPolicy) -> PythonExpression {
        var delays: [Int] = []
        var delay = Double(retries.delay)
        for _ in 0..<min(retries.count, 50) {
            delays.append(Int(min(delay, Double(retries.longestDelay))))
            delay = min(delay * retries.factor, 1e15)
        }
        let isConstant = Set(delays).count == 1
        let texts = (isConstant ? Array(delays.prefix(1)) : delays).map {
            PythonExpression.raw(Duration.seconds(milliseconds: $0))
        }
        return isConstant ? texts[0] : .list(texts)
    }

    private func published(_ dataset: DatasetName, _ indent: Int) -> [String] {
        PythonExpression.call(
            "emit_event",
            [
                .string(nil, Self.published),
                .init("resource", .dictionary([("prefect.resource.id", .string(resource(dataset)))])),
            ]
        ).lines(indent: indent)
    }

    private func resource(_ dataset: DatasetName) -> String { "millrace.\(dag.project).\(dataset.text)" }

    // MARK: Flows

    private mutating func flow(_ flow: DagDescription.Flow, _ function: String) -> [String] {
        let tasks = flow.datasets.compactMap(dag.task)
        let isPartitioned = tasks.contains { $0.period != nil }
        var arguments: [PythonExpression.Argument] = [.string("name", flow.identifier(in: dag.project))]
        if let timeout = dag.runs.timeout {
            arguments.append(.raw("timeout_seconds", Duration.seconds(milliseconds: timeout)))
        }
        let refresh = flow.trigger?.isFullRefresh == true ? "True" : "False"
        var parameters = ["full_refresh: bool = \(refresh)"]
        var summary = flow.summary
        var body: [String] = []
        if isPartitioned {
            standard += SharedPython.lastPartitionImports
            others.append(.names("prefect.runtime", ["flow_run"]))
            parameters.append("until: datetime | None = None")
            summary +=
                "\n\nOf datasets by time it makes the last partition that was over at a moment: until, or the "
                + "time for which the run was scheduled."
            body.append("    until = until or flow_run.scheduled_start_time")
        }
        let given = "full_refresh" + (isPartitioned ? ", until" : "")
        body.append("    with stopping_children():")
        if let function = shared[flow.datasets] {
            body += ["        futures = \(function)(\(given))", "        wait(futures)", "    return futures"]
        } else {
            let (lines, futures) = submitting(flow.datasets, indent: 8)
            body +=
                lines + futures.lines(before: "futures = ", indent: 8) + [
                    "        wait(futures)", "    return futures",
                ]
        }
        return PythonExpression.call("flow", arguments).lines(before: "@")
            + PythonExpression.call(function, parameters.map { .raw(nil, $0) })
            .lines(before: "def ", after: " -> list[PrefectFuture]:")
            + PythonText.docstring(summary, indent: 4) + body
    }

    /// What several flows have in common.
    private func together(_ datasets: [DatasetName], _ function: String) -> [String] {
        var parameters: [PythonExpression.Argument] = [.raw(nil, "full_refresh: bool")]
        if datasets.contains(where: { dag.task($0)?.period != nil }) { parameters.append(.raw(nil, "until: datetime")) }
        let (lines, futures) = submitting(datasets, indent: 4)
        return PythonExpression.call(function, parameters)
            .lines(before: "def ", after: " -> list[PrefectFuture]:")
            + PythonText.docstring("Submit the tasks, each to wait for those that it needs.", indent: 4) + lines
            + futures.lines(before: "return ", indent: 4)
    }

    /// Submits tasks.
    private func submitting(_ datasets: [DatasetName], indent: Int) -> (lines: [String], futures: PythonExpression) {
        let tasks = datasets.compactMap(dag.task)
        let members = Set(datasets)
        var lines: [String] = []
        var locals = names
        var variables: [DatasetName: String] = [:]
        for task in tasks {
            let inputs = task.inputs.filter(members.contains).compactMap { variables[$0] }
            var call: [PythonExpression.Argument] = [.raw(nil, "full_refresh")]
            if let period = task.period { call.append(.raw(nil, "last_partition(\"\(period.rawValue)\", until)")) }
            if !inputs.isEmpty { call.append(.init("wait_for", .list(inputs.map { .raw($0) }))) }
            let variable = locals.claim(task.dataset.text)
            variables[task.dataset] = variable
            lines += PythonExpression.call((makers[task.dataset] ?? "") + ".submit", call)
                .lines(before: variable + " = ", indent: indent)
        }
        return (lines, .list(tasks.compactMap { variables[$0.dataset] }.map { .raw($0) }))
    }

    // MARK: Deployments

    private mutating func deployment(_ flow: DagDescription.Flow, _ function: String) -> PythonExpression {
        var arguments: [PythonExpression.Argument] = [.string(nil, flow.trigger?.name.value ?? dag.project)]
        if let trigger = flow.trigger {
            let start = FlowStart(trigger.condition)
            let events = start.event.flatMap { triggers($0) }
            if start.isComplete, events != nil || start.event == nil {
                if !start.times.isEmpty {
                    arguments.append(.init("schedules", .list(start.times.map { schedule($0) })))
                }
                if let events { arguments.append(.init("triggers", .list(events))) }
            } else {
                warnings.append(trigger.warning(.prefect))
            }
            if trigger.isPaused { arguments.append(.raw("paused", "True")) }
            if trigger.overlap != .allow {
                others.append(.names("prefect.client.schemas.objects", ["ConcurrencyLimitConfig"]))
                let strategy = trigger.overlap == .skip ? "CANCEL_NEW" : "ENQUEUE"
                arguments.append(
                    .init(
                        "concurrency_limit",
                        .call(
                            "ConcurrencyLimitConfig",
                            [.raw("limit", "1"), .string("collision_strategy", strategy)])))
            }
        }
        arguments.append(.init("tags", .list([.string("millrace"), .string(dag.project)])))
        return .call(function + ".to_deployment", arguments)
    }

    private mutating func schedule(_ time: FlowStart.Time) -> PythonExpression {
        switch time {
        case .cron(let text, let timeZone):
            others.append(.names("prefect.schedules", ["Cron"]))
            return .call("Cron", [.string(nil, text), .string("timezone", timeZone)])
        case .interval(let seconds):
            others.append(.names("prefect.schedules", ["Interval"]))
            standard.append(.names("datetime", ["datetime", "timedelta", "timezone"]))
            return .call(
                "Interval",
                [
                    .init(nil, Duration(milliseconds: seconds * 1000).python),
                    .raw("anchor_date", "datetime(1970, 1, 1, tzinfo=timezone.utc)"),
                ])
        }
    }

    /// Any of these starts the flow; nil for what Prefect cannot say.
    private mutating func triggers(_ event: FlowStart.Event) -> [PythonExpression]? {
        switch event {
        case .dataset(let name):
            return [
                trigger(Self.published, "match", [("prefect.resource.id", .string(resource(name)))])
            ]
        case .after(let name):
            guard let flow = dag.flows.first(where: { $0.trigger?.name.value == name }) else { return nil }
            return [
                trigger(
                    "prefect.flow-run.Completed", "match_related",
                    [
                        ("prefect.resource.role", .string("flow")),
                        ("prefect.resource.name", .string(flow.identifier(in: dag.project))),
                    ])
            ]
        case .any(let parts):
            var all: [PythonExpression] = []
            for part in parts {
                guard let some = triggers(part) else { return nil }
                all += some
            }
            return all
        case .all: return nil
        }
    }

    private mutating func trigger(
        _ event: String, _ field: String, _ match: [(String, PythonExpression)]
    ) -> PythonExpression {
        others.append(.names("prefect.events", ["DeploymentEventTrigger"]))
        return .call(
            "DeploymentEventTrigger",
            [.raw("expect", "{\(PythonText.literal(event))}"), .init(field, .dictionary(match))])
    }

    private mutating func main(_ deployments: [PythonExpression]) -> [String] {
        var lines = ["def main() -> None:"]
        lines += PythonText.docstring("Start the flows at their times, as long as this process lives.", indent: 4)
        // Without a server every process starts one of its own for a while, which fires no events and knows no limits.
        lines += [
            "    if not get_current_settings().api.url:",
            "        sys.exit(\"No server: run 'prefect server start' and set PREFECT_API_URL to it.\")",
        ]
        if !dag.pools.isEmpty {
            others.append(.names("prefect", ["get_client"]))
            lines.append("    with get_client(sync_client=True) as client:")
            for (pool, places) in dag.pools.sorted(by: { $0.key < $1.key }) {
                lines += PythonExpression.call(
                    "client.upsert_global_concurrency_limit_by_name", [.string(nil, pool), .raw(nil, "\(places)")]
                ).lines(indent: 8)
            }
        }
        return lines + PythonExpression.call("serve", deployments.map { .init(nil, $0) }).lines(indent: 4)
    }
}
