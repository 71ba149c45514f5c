"""The flights project in Millrace with its SQL steps on a local Spark: the same Spark as that of the PySpark peer, started
and ended as a part of the run, as it is there."""

import csv
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import pyspark

from common import PROJECT, Script

MILLRACE = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "millrace"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_spark(port: int, folder: pathlib.Path) -> subprocess.Popen:
    home = pathlib.Path(pyspark.__file__).parent
    settings = {
        "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": str(port),
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)), "spark.log.level": "ERROR",
        "spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.local.dir": str(folder / "scratch"),
    }
    command = [
        home / "bin" / "spark-submit", "--master", f"local[{os.cpu_count()}]", "--driver-memory", "8g",
        "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
        *(word for name, value in settings.items() for word in ("--conf", f"{name}={value}")), "spark-internal",
    ]
    (folder / "scratch").mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"})
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    sys.exit("Spark did not start")


script = Script()
project = script.output / "project"
shutil.copytree(PROJECT / "datasets", project / "datasets", dirs_exist_ok=True)
shutil.copy(PROJECT / "millrace.yaml", project)
(project / "landing").symlink_to(script.landing.resolve())
port = free_port()
environment = {**os.environ, "SPARK_REMOTE": f"sc://127.0.0.1:{port}"}


def millrace(*words: str) -> str:
    run = subprocess.run([MILLRACE, *words], cwd=project, env=environment, capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    return run.stdout


def rows(sql: str) -> list[list[str]]:
    return list(csv.reader(millrace("query", sql, "--format", "csv").splitlines()))[1:]


server = start_spark(port, script.output.resolve())
try:
    with script.step("millrace run --engine cluster"):
        print(millrace("run", "--engine", "cluster"), file=sys.stderr)
finally:
    server.kill()
    server.wait()
splits = {name: int(count) for name, count in rows("SELECT split, count(*) FROM flights GROUP BY 1 ORDER BY 1")}
quarantined = int(rows("SELECT count(*) FROM flights__quarantine")[0][0])
script.finish(published=sum(splits.values()), quarantined=quarantined, splits=splits)
