"""Runs a command and says what it cost: wall time, CPU time and peak memory of its whole process tree."""

import contextlib
import dataclasses
import os
import pathlib
import signal
import statistics
import subprocess
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
INTERVAL = 0.02
# A peer that leaves less than this to the rest of the machine is stopped, before the kernel picks a victim of its own.
MEMORY_TO_LEAVE = 1 << 30


@dataclasses.dataclass
class Measurement:
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time together."""
    memory: int
    """Bytes: the largest sum of resident memory that was seen."""
    status: int
    output: str
    errors: str
    starved: bool = False
    """It was stopped because the machine's memory ran out."""

    @property
    def failure(self) -> str | None:
        """Why it failed, in a line; none when it did not."""
        if self.status == 0:
            return None
        if self.starved:
            return "stopped: the machine's memory does not suffice"
        if self.status == -signal.SIGKILL:
            return "stopped: it took too long"
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        return f"exit status {self.status}: {lines[-1][:120]}" if lines else f"exit status {self.status}"


def measure(command: list[str], folder: pathlib.Path | None = None, limit: float = 3600) -> Measurement:
    """Runs the command to its end, or kills it after `limit` seconds."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    tree = Tree(process.pid)
    timer = threading.Timer(limit, kill, [process.pid])
    timer.start()
    tree.start()
    texts: dict[str, str] = {}
    readers = [
        threading.Thread(target=lambda name=name, pipe=pipe: texts.update({name: pipe.read()}))
        for name, pipe in [("output", process.stdout), ("errors", process.stderr)]
    ]
    for reader in readers:
        reader.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    timer.cancel()
    tree.stop()
    for reader in readers:
        reader.join()
    return Measurement(
        wall=wall,
        # What the kernel counted misses children that nobody waited for; what was seen misses the last moment.
        cpu=max(usage.ru_utime + usage.ru_stime, tree.cpu),
        # Not `ru_maxrss`: the kernel counts in it what this program itself held when it started the other one.
        memory=tree.peak,
        status=process.returncode, output=texts["output"], errors=texts["errors"],
        starved=tree.starved)


class Tree(threading.Thread):
    """Looks at a process and its descendants again and again."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root = root
        self.peak = 0
        self.ticks: dict[tuple[int, str], int] = {}
        self.done = threading.Event()
        self.starved = False

    @property
    def cpu(self) -> float:
        return sum(self.ticks.values()) / TICKS

    def run(self) -> None:
        while not self.done.wait(INTERVAL):
            self.look()

    def stop(self) -> None:
        self.done.set()
        self.join()

    def look(self) -> None:
        resident = 0
        pending = [self.root]
        while pending:
            pid = pending.pop()
            try:
                # The name may hold spaces: what follows its closing bracket does not.
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
                # A process may be the child of any thread of its parent.
                for task in os.listdir(f"/proc/{pid}/task"):
                    if int(task) != pid:
                        children += pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split()
            except (OSError, IndexError):
                continue
            self.ticks[(pid, fields[19])] = int(fields[11]) + int(fields[12])
            resident += int(fields[21]) * PAGE
            self.peak = max(self.peak, high_water(pid))
            pending += [int(child) for child in children]
        self.peak = max(self.peak, resident)
        if available_memory() < MEMORY_TO_LEAVE:
            self.starved = True
            kill(self.root)


def high_water(pid: int) -> int:
    """The most resident memory that a process has had since it became the program that it is, in bytes."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def available_memory() -> int:
    """Bytes."""
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return MEMORY_TO_LEAVE


def middle(runs: list[Measurement]) -> Measurement:
    """The run with each figure's median; of an unlucky series the first that failed."""
    for run in runs:
        if run.status != 0:
            return run
    return dataclasses.replace(
        runs[-1], wall=statistics.median(run.wall for run in runs), cpu=statistics.median(run.cpu for run in runs),
        memory=int(statistics.median(run.memory for run in runs)))
