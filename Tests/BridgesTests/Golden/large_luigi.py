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
from datetime import datetime, timedelta, timezone
from pathlib import Path

import luigi

MILLRACE = os.environ.get("MILLRACE") or "millrace"
PROJECT = Path(
    os.environ.get("MILLRACE_PROJECT") or Path(__file__).resolve().parents[1],
)
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


def is_fresh(partitions: dict[str, str | None]) -> bool:
    """Whether these datasets, or the partitions named for them, need not be made."""
    answer = subprocess.run(
        [MILLRACE, "plan", *partitions, "--each", "--json"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )
    if answer.returncode != 0:
        return False  # The run says what is wrong.
    steps = json.loads(answer.stdout)["steps"]
    return not any(is_due(step, partitions[step["dataset"]]) for step in steps)


def is_due(step: dict, partition: str | None) -> bool:
    """Whether a step of a plan makes something, or makes a partition."""
    if step["action"] == "skip":
        return False
    if partition is None or "partitions" not in step:
        return True
    ranges = [text.partition("..") for text in step["partitions"]]
    return any(first <= partition <= (last or first) for first, _, last in ranges)


def last_partition(period: str, moment: datetime) -> str:
    """The name of the last hour, day, week or month that was over, in UTC."""
    moment = moment.astimezone(timezone.utc)
    if period == "hour":
        return (moment - timedelta(hours=1)).strftime("%Y-%m-%dT%H")
    if period == "day":
        return (moment - timedelta(days=1)).strftime("%Y-%m-%d")
    if period == "week":
        return (moment - timedelta(days=moment.weekday() + 7)).strftime("%Y-%m-%d")
    return (moment.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


class Version(luigi.Target):
    """The live version of a dataset; it counts when a run would make no other."""

    def __init__(self, task: "Dataset") -> None:
        self.task = task

    def exists(self) -> bool:
        tasks = [self.task, *needed_tasks(self.task)]
        return is_fresh({task.dataset: task.partition for task in tasks})


class Dataset(luigi.Task):
    """Publishes a new version of a dataset of the project."""

    dataset: str
    retry_count = 1  # How many failures Luigi takes.
    period: str | None = None
    until = luigi.DateHourParameter(
        default=datetime.now(timezone.utc).replace(tzinfo=None),
        description="makes the last partition that was over then, in UTC",
    )

    @property
    def partition(self) -> str | None:
        if self.period is None:
            return None
        return last_partition(self.period, self.until.replace(tzinfo=timezone.utc))

    def run(self) -> None:
        options = ["--partition", self.partition] if self.period else []
        run(self.dataset, *options)

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


class Class(Dataset):
    dataset = "class"
    retry_count = 2


class FlightsRaw(Dataset):
    """Flights as they came."""

    dataset = "flights_raw"
    retry_count = 4
    worker_timeout = 1800
    priority = 5
    resources = {"database": 2}


class WeatherRaw(Dataset):
    dataset = "weather_raw"
    retry_count = 3
    resources = {"database": 1}


class Flights(Dataset):
    """One row per "departure" that took place, with the weather at its origin and the
    plane, as far as they are known.

    A path: C:\\new, quotes: ""\", and a last "
    """

    dataset = "flights"

    def requires(self) -> list[luigi.Task]:
        return [FlightsRaw(until=self.until), WeatherRaw(until=self.until)]


class Events(Dataset):
    """A row for each click; made day by day."""

    dataset = "events"
    period = "day"


class Sessions(Dataset):
    dataset = "sessions"
    period = "week"

    def requires(self) -> list[luigi.Task]:
        return [Events(until=self.until)]


class Signal(Dataset):
    """ "Quoted" from the start."""

    dataset = "signal"

    def requires(self) -> list[luigi.Task]:
        return [Class(until=self.until), Flights(until=self.until)]


class MakeSignal(Dataset):
    dataset = "make_signal"

    def requires(self) -> list[luigi.Task]:
        return [Signal(until=self.until)]


class All(luigi.WrapperTask):
    """All datasets."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Sessions(until=self.until), MakeSignal(until=self.until)]


class Nightly(luigi.WrapperTask):
    """Trigger nightly: cron 0 2 * * * (Europe/Berlin)."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Sessions(until=self.until), MakeSignal(until=self.until)]


class QuarterHour(luigi.WrapperTask):
    """Trigger quarter-hour: every 15 minutes."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Sessions(until=self.until), MakeSignal(until=self.until)]


class AfterFlights(luigi.WrapperTask):
    """Trigger after_flights: a new version of flights."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [MakeSignal(until=self.until)]


class Report(luigi.WrapperTask):
    """Trigger report: after nightly."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Signal(until=self.until)]


class Both(luigi.WrapperTask):
    """Trigger both: a new version of flights and cron @daily (UTC)."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Sessions(until=self.until), MakeSignal(until=self.until)]


class Joined(luigi.WrapperTask):
    """Trigger joined: a new version of flights and a new version of class."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Sessions(until=self.until), MakeSignal(until=self.until)]


class Either(luigi.WrapperTask):
    """Trigger either: a new version of flights or cron @daily (UTC) or a new version of
    class.
    """

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Sessions(until=self.until), MakeSignal(until=self.until)]


class Twice(luigi.WrapperTask):
    """Trigger twice: cron 0 6 * * * (UTC) or cron 0 18 * * 1-5 (UTC)."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Sessions(until=self.until), MakeSignal(until=self.until)]


class Landed(luigi.WrapperTask):
    """Trigger landed: new files."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Sessions(until=self.until), MakeSignal(until=self.until)]


class Hook(luigi.WrapperTask):
    """Trigger hook: a webhook."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Sessions(until=self.until), MakeSignal(until=self.until)]


class ByHand(luigi.WrapperTask):
    """Trigger by_hand: by hand."""

    until = Dataset.until

    def requires(self) -> list[luigi.Task]:
        return [Events(until=self.until)]


def main() -> None:
    """Run the task that is named, otherwise All. Settings of Luigi's own files win."""
    config = luigi.configuration.get_config()
    for section, option, value in [
        ("worker", "keep_alive", "true"),
        ("scheduler", "retry_delay", "1.5"),
        ("resources", "database", "2"),
    ]:
        if not config.has_option(section, option):
            config.set(section, option, value)
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
