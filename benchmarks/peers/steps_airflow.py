"""Airflow: `steps_airflow.py SHAPE WIDTH HOW`, where HOW is `test` (`airflow dags test`, everything in one process) or
`scheduler` (its scheduler with the LocalExecutor and its API server). The figure is the time from the start of the DAG's
run to its end as Airflow recorded it; making the database and starting processes is not counted."""

import json
import os
import pathlib
import secrets
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime

from steps_shapes import inputs

SHAPE, WIDTH, HOW = sys.argv[1], int(sys.argv[2]), sys.argv[3]
HOME = pathlib.Path(tempfile.mkdtemp(prefix="airflow-"))
AIRFLOW = [sys.executable, "-m", "airflow"]
DAG = f"""
from datetime import datetime
from airflow.sdk import dag, task

INPUTS = {inputs(SHAPE, WIDTH)!r}

@dag(schedule=None, start_date=datetime(2026, 1, 1), catchup=False, max_active_tasks=64)
def steps():
    made = []
    for number, needed in enumerate(INPUTS):
        @task(task_id=f"step_{{number}}")
        def nothing():
            pass
        step = nothing()
        for other in needed:
            made[other] >> step
        made.append(step)

steps()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PORT = free_port()
ENVIRONMENT = os.environ | {
    "AIRFLOW_HOME": str(HOME), "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__PARALLELISM": "8", "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{PORT}/execution/",
    "AIRFLOW__API__PORT": str(PORT), "AIRFLOW__API__HOST": "127.0.0.1",
    "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1", "AIRFLOW__SCHEDULER__USAGE_DATA_COLLECTION_ENABLED": "False",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
}


def airflow(*words: str) -> None:
    done = subprocess.run([*AIRFLOW, *words], env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"airflow {words[0]} failed: {done.stderr[-2000:] or done.stdout[-2000:]}")


def ended() -> tuple[str, float, int] | None:
    """The state of the DAG's run, its seconds, and how many steps succeeded."""
    with sqlite3.connect(HOME / "airflow.db") as database:
        run = database.execute("SELECT state, start_date, end_date FROM dag_run WHERE dag_id = 'steps'").fetchone()
        if not run or run[0] not in ("success", "failed"):
            return None
        done = database.execute("SELECT count(*) FROM task_instance WHERE state = 'success'").fetchone()[0]
        begin, end = (datetime.fromisoformat(text) for text in run[1:])
        return run[0], (end - begin).total_seconds(), done


def scheduled(limit: float) -> tuple[str, float, int] | None:
    begin = time.monotonic()
    logs = (HOME / "processes.log").open("w")
    # In this program's own group, so that whoever kills it kills them, too.
    processes = [
        subprocess.Popen([*AIRFLOW, *words], env=ENVIRONMENT, stdout=logs, stderr=logs)
        for words in [["api-server", "--workers", "1"], ["scheduler"], ["dag-processor"]]
    ]
    try:
        is_started = False
        while time.monotonic() - begin < limit:
            if is_started and (found := ended()):
                return found
            if not is_started:
                trigger = [*AIRFLOW, "dags", "trigger", "steps"]
                is_started = subprocess.run(trigger, env=ENVIRONMENT, capture_output=True).returncode == 0
            time.sleep(1)
        return None
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


(HOME / "dags").mkdir()
(HOME / "dags" / "steps.py").write_text(DAG)
airflow("db", "migrate")
if HOW == "test":
    airflow("dags", "test", "steps")
    found = ended()
else:
    found = scheduled(limit=280)
count = len(inputs(SHAPE, WIDTH))
if found is None:
    sys.exit("airflow did not end in time")
if found[0] != "success" or found[2] != count:
    sys.exit(f"airflow: {found[0]}, {found[2]} of {count} steps done")
print(json.dumps({"steps": count, "seconds": found[1]}))
