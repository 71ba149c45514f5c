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
from pathlib import Path

import anyio
from prefect import flow, get_run_logger, serve, task
from prefect.futures import PrefectFuture, wait
from prefect.settings import get_current_settings

MILLRACE = os.environ.get("MILLRACE") or "millrace"
PROJECT = Path(os.environ.get("MILLRACE_PROJECT") or Path(__file__).resolve().parent)
CHILDREN: set[int] = set()
STOPPING = threading.Event()


async def make(dataset: str, full_refresh: bool) -> bool:
    """Publish a new version of a dataset, if one is due; tell whether it was."""
    if full_refresh:
        await run(dataset, "--full-refresh")
    elif await asyncio.to_thread(is_fresh, dataset):
        get_run_logger().info("%s is up to date", dataset)
        return False
    else:
        await run(dataset)
    return True


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


@task(name="raw")
async def make_raw(full_refresh: bool) -> None:
    await make("raw", full_refresh)


@task(name="clean")
async def make_clean(full_refresh: bool) -> None:
    """What came, without what is wrong."""
    await make("clean", full_refresh)


@flow(name="shop")
def shop(full_refresh: bool = False) -> list[PrefectFuture]:
    """All datasets."""
    with stopping_children():
        raw = make_raw.submit(full_refresh)
        clean = make_clean.submit(full_refresh, wait_for=[raw])
        futures = [raw, clean]
        wait(futures)
    return futures


def main() -> None:
    """Start the flows at their times, as long as this process lives."""
    if not get_current_settings().api.url:
        sys.exit("No server: run 'prefect server start' and set PREFECT_API_URL to it.")
    serve(shop.to_deployment("shop", tags=["millrace", "shop"]))


# <<< millrace generated


if __name__ == "__main__":
    main()
