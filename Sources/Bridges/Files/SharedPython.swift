import Project
import Timetable

/// Python that more than one of the files has.
enum SharedPython {
    /// Where the program and the project are.
    static func places(projectFolder: String) -> [String] {
        [
            "MILLRACE = os.environ.get(\"MILLRACE\") or \"millrace\""
        ]
            + PythonExpression.call(
                "Path",
                [.raw(nil, "os.environ.get(\"MILLRACE_PROJECT\") or " + folder(projectFolder))]
            ).lines(before: "PROJECT = ")
    }

    /// The project's folder as it is found from the file, so that both may be moved together.
    private static func folder(_ path: String) -> String {
        let parts = path.split(separator: "/").map(String.init)
        let up = parts.prefix { $0 == ".." }.count
        let down = parts.dropFirst(up).joined(separator: "/")
        let start = up == 0 ? "Path(__file__).resolve().parent" : "Path(__file__).resolve().parents[\(up)]"
        return down.isEmpty ? start : start + " / " + PythonText.literal(down)
    }

    /// Runs the program from a task that is a plain function.
    static let run = """
        def run(*arguments: str) -> None:
            \"""Run Millrace with its output in the task's log.\"""
            command = [MILLRACE, "run", *arguments, "--no-retries", "--die-with-parent"]
            LOG.info("%s", shlex.join(command))
            last_lines: deque[str] = deque(maxlen=20)
            with interruptible():
                process = subprocess.Popen(
                    command,
                    cwd=PROJECT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                    errors="replace",
                    start_new_session=True,
                )
                try:
                    for line in process.stdout or ():
                        LOG.info("%s", line.rstrip())
                        last_lines.append(line)
                    status = process.wait()
                except BaseException:
                    end(process)
                    raise
            if status != 0:
                message = f"{shlex.join(command)} ended with status {status}"
                raise RuntimeError(message + "\\n" + "".join(last_lines))


        def end(process: subprocess.Popen) -> None:
            \"""End a program and all that it has started; what does not follow is killed.\"""
            for number, patience in ((signal.SIGTERM, 3), (signal.SIGKILL, None)):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(patience)


        @contextmanager
        def interruptible() -> Iterator[None]:
            \"""Let the signals that end a task raise, so that it can end its program.\"""

            def interrupt(number: int, _frame: object) -> None:
                raise KeyboardInterrupt(signal.Signals(number).name)

            if threading.current_thread() is not threading.main_thread():
                yield
                return
            numbers = (signal.SIGINT, signal.SIGTERM)
            former = {number: signal.signal(number, interrupt) for number in numbers}
            try:
                yield
            finally:
                for number, handler in former.items():
                    signal.signal(number, handler)
        """

    static let runNames = ["run", "end", "interruptible"]
    static let runImports: [PythonImport] = [
        .module("os"), .module("shlex"), .module("signal"), .module("subprocess"), .module("threading"),
        .names("collections", ["deque"]), .names("collections.abc", ["Iterator"]),
        .names("contextlib", ["contextmanager", "suppress"]), .names("pathlib", ["Path"]),
    ]

    /// Asks the store.
    /// - Parameter byTime: whether datasets have partitions by time.
    static func isFresh(byTime: Bool) -> [[String]] {
        let plan = """
                answer = subprocess.run(
                    [MILLRACE, "plan", \(byTime ? "*partitions, \"--each\"" : "*datasets"), "--json"],
                    cwd=PROJECT,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    encoding="utf-8",
                )
                if answer.returncode != 0:
                    return False  # The run says what is wrong.
                steps = json.loads(answer.stdout)["steps"]
            """
        guard byTime else {
            return [
                """
                def is_fresh(*datasets: str) -> bool:
                    \"""Whether a run of datasets would make no new version.\"""
                \(plan)
                    return all(step["action"] == "skip" for step in steps)
                """.pythonLines
            ]
        }
        return [
            """
            def is_fresh(partitions: dict[str, str | None]) -> bool:
                \"""Whether these datasets, or the partitions named for them, need not be made.\"""
            \(plan)
                return not any(is_due(step, partitions[step["dataset"]]) for step in steps)
            """.pythonLines,
            """
            def is_due(step: dict, partition: str | None) -> bool:
                \"""Whether a step of a plan makes something, or makes a partition.\"""
                if step["action"] == "skip":
                    return False
                if partition is None or "partitions" not in step:
                    return True
                ranges = [text.partition("..") for text in step["partitions"]]
                return any(first <= partition <= (last or first) for first, _, last in ranges)
            """.pythonLines,
        ]
    }

    /// The names of partitions by time.
    static let lastPartition = """
        def last_partition(period: str, moment: datetime) -> str:
            \"""The name of the last hour, day, week or month that was over, in UTC.\"""
            moment = moment.astimezone(timezone.utc)
            if period == "hour":
                return (moment - timedelta(hours=1)).strftime("%Y-%m-%dT%H")
            if period == "day":
                return (moment - timedelta(days=1)).strftime("%Y-%m-%d")
            if period == "week":
                return (moment - timedelta(days=moment.weekday() + 7)).strftime("%Y-%m-%d")
            return (moment.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
        """
    static let lastPartitionImports: [PythonImport] = [.names("datetime", ["datetime", "timedelta", "timezone"])]
}

/// An import, to be merged with others and sorted.
enum PythonImport {
    case module(String)
    case names(String, [String])

    /// The lines of all imports, in the order that isort and Ruff give them.
    static func lines(standard: [PythonImport], others: [PythonImport]) -> [String] {
        let groups = [standard, others].map(lines).filter { !$0.isEmpty }
        return Array(groups.joined(separator: [""]))
    }

    private static func lines(_ imports: [PythonImport]) -> [String] {
        var modules: Set<String> = []
        var members: [String: Set<String>] = [:]
        for item in imports {
            switch item {
            case .module(let name): modules.insert(name)
            case .names(let module, let names): members[module, default: []].formUnion(names)
            }
        }
        return modules.sorted().map { "import " + $0 }
            + members.sorted { $0.key < $1.key }.flatMap { module, names in
                let line = "from \(module) import " + sorted(names).joined(separator: ", ")
                guard line.count > PythonExpression.width else { return [line] }
                return ["from \(module) import ("] + sorted(names).map { "    \($0)," } + [")"]
            }
    }

    /// Constants, then classes, then functions: each by name.
    private static func sorted(_ names: Set<String>) -> [String] {
        func rank(_ name: String) -> Int {
            if name.allSatisfy({ $0.isUppercase || $0 == "_" }) { return 0 }
            return name.first?.isUppercase == true ? 1 : 2
        }
        return names.sorted { (rank($0), $0) < (rank($1), $1) }
    }
}
