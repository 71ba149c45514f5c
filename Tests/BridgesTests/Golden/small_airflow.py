# >>> millrace generated, do not edit between these marks
"""The project shop of Millrace for Airflow 3: a task for each dataset, a DAG for each
trigger.

"millrace export-dag airflow" writes what stands between the marks. MILLRACE in the
environment names the program, where it is not on the PATH; MILLRACE_PROJECT the
project's folder, where it is not the one that this file was written for.
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
from pathlib import Path

from airflow.sdk import Asset, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

MILLRACE = os.environ.get("MILLRACE") or "millrace"
PROJECT = Path(os.environ.get("MILLRACE_PROJECT") or Path(__file__).resolve().parent)
LOG = logging.getLogger("airflow.task")


def make(dataset: str) -> None:
    """Publish a new version of a dataset, or skip the task when none is due."""
    if get_current_context()["params"]["full_refresh"]:
        run(dataset, "--full-refresh")
    elif is_fresh(dataset):
        raise AirflowSkipException(f"{dataset} is up to date")
    else:
        run(dataset)


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


@task(task_id="raw", outlets=[Asset("millrace://shop/raw")])
def make_raw() -> None:
    make("raw")


@task(
    task_id="clean",
    outlets=[Asset("millrace://shop/clean")],
    trigger_rule="none_failed",
)
def make_clean() -> None:
    """What came, without what is wrong."""
    make("clean")


@dag(
    dag_id="shop",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    params={"full_refresh": Param(False, type="boolean")},
    tags=["millrace", "shop"],
)
def shop() -> None:
    """All datasets."""
    raw = make_raw()
    clean = make_clean()

    raw >> clean


shop()
# <<< millrace generated
