# >>> millrace generated, do not edit between these marks
"""The project shop of Millrace for Prefect 3: a task for each dataset, a flow for each
trigger.

"millrace export-dag prefect" writes what stands between the marks. MILLRACE in the
environment names the program, where it is not on the PATH; MILLRACE_PROJECT the
project's folder, where it is not the one that this file was written for.
"""

import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

import anyio
from prefect import flow, get_client, get_run_logger, serve, task
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.concurrency.asyncio import concurrency
from prefect.events import DeploymentEventTrigger, emit_event
from prefect.futures import PrefectFuture, wait
from prefect.runtime import flow_run
from prefect.schedules import Cron, Interval
from prefect.settings import get_current_settings

MILLRACE = os.environ.get("MILLRACE") or "millrace"
PROJECT = Path(
    os.environ.get("MILLRACE_PROJECT") or Path(__file__).resolve().parents[1],
)
CHILDREN: set[int] = set()
STOPPING = threading.Event()


async def make(dataset: str, full_refresh: bool, partition: str | None = None) -> bool:
    """Publish a new version of a dataset, if one is due; tell whether it was."""
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


async def run(*arguments: str) -> None:
    """Run Millrace with its output in the task's log."""
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
        raise RuntimeError("\n".join([message, *last_lines]))


async def end(process: asyncio.subprocess.Process) -> None:
    """End a program and all that it has started; what does not follow is killed."""
    for number, patience in ((signal.SIGTERM, 3), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with anyio.move_on_after(patience):
            await process.wait()


@contextmanager
def stopping_children() -> Iterator[None]:
    """End the programs of all tasks when the flow is cancelled."""
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


def may_retry(*_: object) -> bool:
    """Whether a task that failed is to be tried again."""
    return not STOPPING.is_set()


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
    name="class",
    retries=1,
    retry_delay_seconds=10,
    retry_jitter_factor=0.1,
    retry_condition_fn=may_retry,
)
async def make_class(full_refresh: bool) -> None:
    if await make("class", full_refresh):
        emit_event(
            "millrace.dataset.published",
            resource={"prefect.resource.id": "millrace.shop.class"},
        )


@task(
    name="flights_raw",
    tags=["pool:database"],
    retries=3,
    retry_delay_seconds=[10, 20, 40],
    retry_jitter_factor=0.1,
    retry_condition_fn=may_retry,
    timeout_seconds=1800,
)
async def make_flights_raw(full_refresh: bool) -> None:
    """Flights as they came."""
    async with concurrency("database", occupy=2):
        await make("flights_raw", full_refresh)


@task(
    name="weather_raw",
    tags=["pool:database"],
    retries=2,
    retry_delay_seconds=1.5,
    retry_condition_fn=may_retry,
)
async def make_weather_raw(full_refresh: bool) -> None:
    async with concurrency("database", occupy=1):
        await make("weather_raw", full_refresh)


@task(name="flights", tags=["training", 'it\'s "x"'])
async def make_flights(full_refresh: bool) -> None:
    """One row per "departure" that took place, with the weather at its origin and the
    plane, as far as they are known.

    A path: C:\\new, quotes: ""\", and a last "
    """
    if await make("flights", full_refresh):
        emit_event(
            "millrace.dataset.published",
            resource={"prefect.resource.id": "millrace.shop.flights"},
        )


@task(name="events")
async def make_events(full_refresh: bool, partition: str) -> None:
    """A row for each click; made day by day."""
    await make("events", full_refresh, partition)


@task(name="sessions")
async def make_sessions(full_refresh: bool, partition: str) -> None:
    await make("sessions", full_refresh, partition)


@task(name="signal")
async def make_signal(full_refresh: bool) -> None:
    """ "Quoted" from the start."""
    await make("signal", full_refresh)


@task(name="make_signal")
async def make_make_signal(full_refresh: bool) -> None:
    await make("make_signal", full_refresh)


def all_tasks(full_refresh: bool, until: datetime) -> list[PrefectFuture]:
    """Submit the tasks, each to wait for those that it needs."""
    class_ = make_class.submit(full_refresh)
    flights_raw = make_flights_raw.submit(full_refresh)
    weather_raw = make_weather_raw.submit(full_refresh)
    flights = make_flights.submit(full_refresh, wait_for=[flights_raw, weather_raw])
    events = make_events.submit(full_refresh, last_partition("day", until))
    sessions = make_sessions.submit(
        full_refresh,
        last_partition("week", until),
        wait_for=[events],
    )
    signal_ = make_signal.submit(full_refresh, wait_for=[class_, flights])
    make_signal_ = make_make_signal.submit(full_refresh, wait_for=[signal_])
    return [
        class_,
        flights_raw,
        weather_raw,
        flights,
        events,
        sessions,
        signal_,
        make_signal_,
    ]


@flow(name="shop_nightly", timeout_seconds=21600)
def nightly(
    full_refresh: bool = False,
    until: datetime | None = None,
) -> list[PrefectFuture]:
    """Trigger nightly: cron 0 2 * * * (Europe/Berlin).

    Of datasets by time it makes the last partition that was over at a moment: until, or
    the time for which the run was scheduled.
    """
    until = until or flow_run.scheduled_start_time
    with stopping_children():
        futures = all_tasks(full_refresh, until)
        wait(futures)
    return futures


@flow(name="shop_quarter-hour", timeout_seconds=21600)
def quarter_hour(
    full_refresh: bool = False,
    until: datetime | None = None,
) -> list[PrefectFuture]:
    """Trigger quarter-hour: every 15 minutes.

    Of datasets by time it makes the last partition that was over at a moment: until, or
    the time for which the run was scheduled.
    """
    until = until or flow_run.scheduled_start_time
    with stopping_children():
        futures = all_tasks(full_refresh, until)
        wait(futures)
    return futures


@flow(name="shop_after_flights", timeout_seconds=21600)
def after_flights(full_refresh: bool = False) -> list[PrefectFuture]:
    """Trigger after_flights: a new version of flights."""
    with stopping_children():
        signal_ = make_signal.submit(full_refresh)
        make_signal_ = make_make_signal.submit(full_refresh, wait_for=[signal_])
        futures = [signal_, make_signal_]
        wait(futures)
    return futures


@flow(name="shop_report", timeout_seconds=21600)
def report(full_refresh: bool = True) -> list[PrefectFuture]:
    """Trigger report: after nightly."""
    with stopping_children():
        signal_ = make_signal.submit(full_refresh)
        futures = [signal_]
        wait(futures)
    return futures


@flow(name="shop_both", timeout_seconds=21600)
def both(
    full_refresh: bool = False,
    until: datetime | None = None,
) -> list[PrefectFuture]:
    """Trigger both: a new version of flights and cron @daily (UTC).

    Of datasets by time it makes the last partition that was over at a moment: until, or
    the time for which the run was scheduled.
    """
    until = until or flow_run.scheduled_start_time
    with stopping_children():
        futures = all_tasks(full_refresh, until)
        wait(futures)
    return futures


@flow(name="shop_joined", timeout_seconds=21600)
def joined(
    full_refresh: bool = False,
    until: datetime | None = None,
) -> list[PrefectFuture]:
    """Trigger joined: a new version of flights and a new version of class.

    Of datasets by time it makes the last partition that was over at a moment: until, or
    the time for which the run was scheduled.
    """
    until = until or flow_run.scheduled_start_time
    with stopping_children():
        futures = all_tasks(full_refresh, until)
        wait(futures)
    return futures


@flow(name="shop_either", timeout_seconds=21600)
def either(
    full_refresh: bool = False,
    until: datetime | None = None,
) -> list[PrefectFuture]:
    """Trigger either: a new version of flights or cron @daily (UTC) or a new version of
    class.

    Of datasets by time it makes the last partition that was over at a moment: until, or
    the time for which the run was scheduled.
    """
    until = until or flow_run.scheduled_start_time
    with stopping_children():
        futures = all_tasks(full_refresh, until)
        wait(futures)
    return futures


@flow(name="shop_twice", timeout_seconds=21600)
def twice(
    full_refresh: bool = False,
    until: datetime | None = None,
) -> list[PrefectFuture]:
    """Trigger twice: cron 0 6 * * * (UTC) or cron 0 18 * * 1-5 (UTC).

    Of datasets by time it makes the last partition that was over at a moment: until, or
    the time for which the run was scheduled.
    """
    until = until or flow_run.scheduled_start_time
    with stopping_children():
        futures = all_tasks(full_refresh, until)
        wait(futures)
    return futures


@flow(name="shop_landed", timeout_seconds=21600)
def landed(
    full_refresh: bool = False,
    until: datetime | None = None,
) -> list[PrefectFuture]:
    """Trigger landed: new files.

    Of datasets by time it makes the last partition that was over at a moment: until, or
    the time for which the run was scheduled.
    """
    until = until or flow_run.scheduled_start_time
    with stopping_children():
        futures = all_tasks(full_refresh, until)
        wait(futures)
    return futures


@flow(name="shop_hook", timeout_seconds=21600)
def hook(
    full_refresh: bool = False,
    until: datetime | None = None,
) -> list[PrefectFuture]:
    """Trigger hook: a webhook.

    Of datasets by time it makes the last partition that was over at a moment: until, or
    the time for which the run was scheduled.
    """
    until = until or flow_run.scheduled_start_time
    with stopping_children():
        futures = all_tasks(full_refresh, until)
        wait(futures)
    return futures


@flow(name="shop_by_hand", timeout_seconds=21600)
def by_hand(
    full_refresh: bool = False,
    until: datetime | None = None,
) -> list[PrefectFuture]:
    """Trigger by_hand: by hand.

    Of datasets by time it makes the last partition that was over at a moment: until, or
    the time for which the run was scheduled.
    """
    until = until or flow_run.scheduled_start_time
    with stopping_children():
        events = make_events.submit(full_refresh, last_partition("day", until))
        futures = [events]
        wait(futures)
    return futures


def main() -> None:
    """Start the flows at their times, as long as this process lives."""
    if not get_current_settings().api.url:
        sys.exit("No server: run 'prefect server start' and set PREFECT_API_URL to it.")
    with get_client(sync_client=True) as client:
        client.upsert_global_concurrency_limit_by_name("database", 2)
    serve(
        nightly.to_deployment(
            "nightly",
            schedules=[Cron("0 2 * * *", timezone="Europe/Berlin")],
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="ENQUEUE",
            ),
            tags=["millrace", "shop"],
        ),
        quarter_hour.to_deployment(
            "quarter-hour",
            schedules=[
                Interval(
                    timedelta(minutes=15),
                    anchor_date=datetime(1970, 1, 1, tzinfo=timezone.utc),
                ),
            ],
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="CANCEL_NEW",
            ),
            tags=["millrace", "shop"],
        ),
        after_flights.to_deployment(
            "after_flights",
            triggers=[
                DeploymentEventTrigger(
                    expect={"millrace.dataset.published"},
                    match={"prefect.resource.id": "millrace.shop.flights"},
                ),
            ],
            tags=["millrace", "shop"],
        ),
        report.to_deployment(
            "report",
            triggers=[
                DeploymentEventTrigger(
                    expect={"prefect.flow-run.Completed"},
                    match_related={
                        "prefect.resource.role": "flow",
                        "prefect.resource.name": "shop_nightly",
                    },
                ),
            ],
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="ENQUEUE",
            ),
            tags=["millrace", "shop"],
        ),
        both.to_deployment(
            "both",
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="ENQUEUE",
            ),
            tags=["millrace", "shop"],
        ),
        joined.to_deployment(
            "joined",
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="ENQUEUE",
            ),
            tags=["millrace", "shop"],
        ),
        either.to_deployment(
            "either",
            schedules=[Cron("@daily", timezone="UTC")],
            triggers=[
                DeploymentEventTrigger(
                    expect={"millrace.dataset.published"},
                    match={"prefect.resource.id": "millrace.shop.flights"},
                ),
                DeploymentEventTrigger(
                    expect={"millrace.dataset.published"},
                    match={"prefect.resource.id": "millrace.shop.class"},
                ),
            ],
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="ENQUEUE",
            ),
            tags=["millrace", "shop"],
        ),
        twice.to_deployment(
            "twice",
            schedules=[
                Cron("0 6 * * *", timezone="UTC"),
                Cron("0 18 * * 1-5", timezone="UTC"),
            ],
            paused=True,
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="ENQUEUE",
            ),
            tags=["millrace", "shop"],
        ),
        landed.to_deployment(
            "landed",
            schedules=[
                Interval(
                    timedelta(minutes=5),
                    anchor_date=datetime(1970, 1, 1, tzinfo=timezone.utc),
                ),
            ],
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="ENQUEUE",
            ),
            tags=["millrace", "shop"],
        ),
        hook.to_deployment(
            "hook",
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="ENQUEUE",
            ),
            tags=["millrace", "shop"],
        ),
        by_hand.to_deployment(
            "by_hand",
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1,
                collision_strategy="ENQUEUE",
            ),
            tags=["millrace", "shop"],
        ),
    )


# <<< millrace generated


if __name__ == "__main__":
    main()
