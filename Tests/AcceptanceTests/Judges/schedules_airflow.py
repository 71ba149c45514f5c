"""Airflow as its users run it, with its scheduler and its API server, in a project's folder with `dags/`: a run of the DAG
shop_nightly is asked for once, and what waits for it has to follow by itself."""

import os
import pathlib
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

AWAITED = {"shop_nightly", "shop_after_orders", "shop_report"}
HOME = pathlib.Path(os.environ["AIRFLOW_HOME"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PORT = str(free_port())
os.environ |= {
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor", "AIRFLOW__CORE__PARALLELISM": "2",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False", "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{PORT}/execution/",
    "AIRFLOW__API__HOST": "127.0.0.1", "AIRFLOW__API__PORT": PORT, "AIRFLOW__API__WORKERS": "1",
    "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
    "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
}


def command(*words: str) -> None:
    """In this process, which has Airflow imported already."""
    from airflow.cli.cli_parser import get_parser

    options = get_parser().parse_args(words)
    options.func(options)


def runs() -> list[tuple[str, str, str]]:
    """Of each DAG's run its name, what started it, and how it stands."""
    with closing(sqlite3.connect(HOME / "airflow.db", timeout=30)) as database:
        return database.execute("SELECT dag_id, run_type, state FROM dag_run ORDER BY id").fetchall()


command("db", "migrate")
command("pools", "set", "database", "2", "Millrace")
command("dags", "reserialize")
command("dags", "trigger", "shop_nightly")
log = HOME / "processes.log"
with log.open("w") as output:
    processes = [
        subprocess.Popen([sys.executable, "-m", "airflow", word], stdout=output, stderr=output, start_new_session=True)
        for word in ["api-server", "scheduler"]
    ]
try:
    for _ in range(1500):
        found = runs()
        if {name for name, _, state in found if state == "success"} >= AWAITED:
            break
        if any(state == "failed" for _, _, state in found) or any(process.poll() is not None for process in processes):
            break
        time.sleep(0.2)
finally:
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
print(found)
if sorted(found) != [
    ("shop_after_orders", "asset_triggered", "success"), ("shop_nightly", "manual", "success"),
    ("shop_report", "asset_triggered", "success"),
]:
    sys.exit(log.read_text(errors="replace")[-5000:])
