# >>> millrace generated, do not edit between these marks
"""The project shop of Millrace for Airflow 3: a task for each dataset, a DAG for each
trigger.

"millrace export-dag airflow" writes what stands between the marks. MILLRACE in the
environment names the program, where it is not on the PATH; MILLRACE_PROJECT the
project's folder, where it is not the one that this file was written for.

The pools, to be made once:

airflow pools set database 2 Millrace
"""

import json
import logging
import os
import shlex
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

from airflow.sdk import (
    Asset,
    AssetAll,
    AssetAny,
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    DeltaTriggerTimetable,
    MultipleCronTriggerTimetable,
    Param,
    dag,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowSkipException

MILLRACE = os.environ.get("MILLRACE") or "millrace"
PROJECT = Path(
    os.environ.get("MILLRACE_PROJECT") or Path(__file__).resolve().parents[1],
)
LOG = logging.getLogger("airflow.task")


def make(dataset: str, period: str | None = None) -> None:
    """Publish a new version of a dataset, or skip the task when none is due.

    With a period only its last partition that was over at the end of the run's data
    interval, if the run has one.
    """
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


@task(
    task_id="class",
    outlets=[Asset("millrace://shop/class")],
    retries=1,
    retry_delay=timedelta(seconds=10),
    retry_exponential_backoff=1.5,
    max_retry_delay=timedelta(minutes=10),
)
def make_class() -> None:
    make("class")


@task(
    task_id="flights_raw",
    outlets=[Asset("millrace://shop/flights_raw")],
    pool="database",
    pool_slots=2,
    retries=3,
    retry_delay=timedelta(seconds=10),
    retry_exponential_backoff=True,
    max_retry_delay=timedelta(minutes=10),
    execution_timeout=timedelta(minutes=30),
    priority_weight=5,
    weight_rule="absolute",
)
def make_flights_raw() -> None:
    """Flights as they came."""
    make("flights_raw")


@task(
    task_id="weather_raw",
    outlets=[Asset("millrace://shop/weather_raw")],
    pool="database",
    retries=2,
    retry_delay=timedelta(milliseconds=1500),
)
def make_weather_raw() -> None:
    make("weather_raw")


@task(
    task_id="flights",
    outlets=[Asset("millrace://shop/flights")],
    trigger_rule="none_failed",
)
def make_flights() -> None:
    """One row per "departure" that took place, with the weather at its origin and the
    plane, as far as they are known.

    A path: C:\\new, quotes: ""\", and a last "
    """
    make("flights")


@task(task_id="events", outlets=[Asset("millrace://shop/events")])
def make_events() -> None:
    """A row for each click; made day by day."""
    make("events", period="day")


@task(
    task_id="sessions",
    outlets=[Asset("millrace://shop/sessions")],
    trigger_rule="none_failed",
)
def make_sessions() -> None:
    make("sessions", period="week")


@task(
    task_id="signal",
    outlets=[Asset("millrace://shop/signal")],
    trigger_rule="none_failed",
)
def make_signal() -> None:
    """ "Quoted" from the start."""
    make("signal")


@task(
    task_id="make_signal",
    outlets=[Asset("millrace://shop/make_signal")],
    trigger_rule="none_failed",
)
def make_make_signal() -> None:
    make("make_signal")


@task(trigger_rule="none_failed")
def ended_well() -> None:
    """The last task of a DAG that others wait for."""


def all_tasks() -> list:
    """Put the tasks into their order, and return the last ones."""
    class_ = make_class()
    flights_raw = make_flights_raw()
    weather_raw = make_weather_raw()
    flights = make_flights()
    events = make_events()
    sessions = make_sessions()
    signal_ = make_signal()
    make_signal_ = make_make_signal()

    [flights_raw, weather_raw] >> flights
    events >> sessions
    [class_, flights] >> signal_
    signal_ >> make_signal_
    return [sessions, make_signal_]


@dag(
    dag_id="shop_nightly",
    schedule=CronTriggerTimetable("0 2 * * *", timezone="Europe/Berlin"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def nightly() -> None:
    """Trigger nightly: cron 0 2 * * * (Europe/Berlin)."""
    last = ended_well.override(outlets=[Asset("millrace://shop/triggers/nightly")])()
    all_tasks() >> last


nightly()


@dag(
    dag_id="shop_quarter-hour",
    schedule=DeltaTriggerTimetable(timedelta(minutes=15)),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def quarter_hour() -> None:
    """Trigger quarter-hour: every 15 minutes."""
    all_tasks()


quarter_hour()


@dag(
    dag_id="shop_after_flights",
    schedule=Asset("millrace://shop/flights"),
    catchup=False,
    max_active_runs=2,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def after_flights() -> None:
    """Trigger after_flights: a new version of flights."""
    signal_ = make_signal()
    make_signal_ = make_make_signal()

    signal_ >> make_signal_


after_flights()


@dag(
    dag_id="shop_report",
    schedule=Asset("millrace://shop/triggers/nightly"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(True, type="boolean")},
    tags=["millrace", "shop"],
)
def report() -> None:
    """Trigger report: after nightly."""
    make_signal()


report()


# Airflow has no counterpart for: a new version of flights and cron @daily (UTC). Start
# it by hand.
@dag(
    dag_id="shop_both",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def both() -> None:
    """Trigger both: a new version of flights and cron @daily (UTC)."""
    all_tasks()


both()


@dag(
    dag_id="shop_joined",
    schedule=AssetAll(Asset("millrace://shop/flights"), Asset("millrace://shop/class")),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def joined() -> None:
    """Trigger joined: a new version of flights and a new version of class."""
    all_tasks()


joined()


@dag(
    dag_id="shop_either",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("@daily", timezone="UTC"),
        assets=AssetAny(
            Asset("millrace://shop/flights"),
            Asset("millrace://shop/class"),
        ),
    ),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def either() -> None:
    """Trigger either: a new version of flights or cron @daily (UTC) or a new version of
    class.
    """
    all_tasks()


either()


@dag(
    dag_id="shop_twice",
    schedule=MultipleCronTriggerTimetable("0 6 * * *", "0 18 * * 1-5", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    is_paused_upon_creation=True,
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def twice() -> None:
    """Trigger twice: cron 0 6 * * * (UTC) or cron 0 18 * * 1-5 (UTC)."""
    all_tasks()


twice()


# Airflow does not see files come, so it looks for them.
@dag(
    dag_id="shop_landed",
    schedule=DeltaTriggerTimetable(timedelta(minutes=5)),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def landed() -> None:
    """Trigger landed: new files."""
    all_tasks()


landed()


@dag(
    dag_id="shop_hook",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def hook() -> None:
    """Trigger hook: a webhook."""
    all_tasks()


hook()


@dag(
    dag_id="shop_by_hand",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def by_hand() -> None:
    """Trigger by_hand: by hand."""
    make_events()


by_hand()
# <<< millrace generated
