# >>> millrace generated, do not edit between these marks
"""The project shop of Millrace for Luigi: a task for each dataset, a wrapper for each
trigger.

"millrace export-dag luigi" writes what stands between the marks. MILLRACE in the
environment names the program, where it is not on the PATH; MILLRACE_PROJECT the
project's folder, where it is not the one that this file was written for. Luigi starts
nothing by itself: let cron start a wrapper.
"""

import json
import logging
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import luigi

MILLRACE = os.environ.get("MILLRACE") or "millrace"
PROJECT = Path(os.environ.get("MILLRACE_PROJECT") or Path(__file__).resolve().parent)
LOG = logging.getLogger("luigi-interface")


def run(*arguments: str) -> None:
    """Run Millrace with its output in the task's log."""
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
        raise RuntimeError(message + "\n" + "".join(last_lines))


def end(process: subprocess.Popen) -> None:
    """End a program and all that it has started; what does not follow is killed."""
    for number, patience in ((signal.SIGTERM, 3), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let the signals that end a task raise, so that it can end its program."""

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


def is_fresh(*datasets: str) -> bool:
    """Whether a run of datasets would make no new version."""
    answer = subprocess.run(
        [MILLRACE, "plan", *datasets, "--json"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )
    if answer.returncode != 0:
        return False  # The run says what is wrong.
    steps = json.loads(answer.stdout)["steps"]
    return all(step["action"] == "skip" for step in steps)


class Version(luigi.Target):
    """The live version of a dataset; it counts when a run would make no other."""

    def __init__(self, task: "Dataset") -> None:
        self.task = task

    def exists(self) -> bool:
        tasks = [self.task, *needed_tasks(self.task)]
        return is_fresh(*[task.dataset for task in tasks])


class Dataset(luigi.Task):
    """Publishes a new version of a dataset of the project."""

    dataset: str
    retry_count = 1  # How many failures Luigi takes.

    def run(self) -> None:
        run(self.dataset)

    def output(self) -> Version:
        return Version(self)


def needed_tasks(task: Dataset) -> list[Dataset]:
    """The tasks that a task needs to be done before, however far above."""
    needed: dict[str, Dataset] = {}
    tasks = [task]
    while tasks:
        for other in tasks.pop().deps():
            if other.dataset not in needed:
                needed[other.dataset] = other
                tasks.append(other)
    return list(needed.values())


class Raw(Dataset):
    dataset = "raw"


class Clean(Dataset):
    """What came, without what is wrong."""

    dataset = "clean"

    def requires(self) -> list[luigi.Task]:
        return [Raw()]


class All(luigi.WrapperTask):
    """All datasets."""

    def requires(self) -> list[luigi.Task]:
        return [Clean()]


def main() -> None:
    """Run the task that is named, otherwise All. Settings of Luigi's own files win."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0].startswith("-"):
        arguments.insert(0, "All")
    with interruptible():
        result = luigi.run(arguments, detailed_summary=True)
    good = luigi.LuigiStatusCode.SUCCESS, luigi.LuigiStatusCode.SUCCESS_WITH_RETRY
    sys.exit(0 if result.status in good else 1)


# <<< millrace generated


if __name__ == "__main__":
    main()
