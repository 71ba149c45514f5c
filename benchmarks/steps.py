"""What a run costs beside its steps: graphs of steps that do nothing, in Millrace and in other orchestrators."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from measure import Measurement, measure
from projects import ROOT, WORK

WORKLOAD = ROOT / ".build" / "release" / "StepsWorkload"
SHAPES = ["chain", "fan", "grid"]
# Of a peer that takes minutes for a thousand steps the fan has fewer; that is rather to its advantage.
PEERS = {
    "airflow": {"title": "Airflow, `dags test`", "venv": "airflow", "width": 100, "words": ["test"]},
    "airflow-scheduler": {
        "title": "Airflow, scheduler with LocalExecutor", "venv": "airflow", "width": 100, "words": ["scheduler"],
    },
    "prefect": {"title": "Prefect with a server", "venv": "prefect", "width": 1000},
    "dagster": {"title": "Dagster in one process", "venv": "dagster", "width": 100},
    "luigi": {"title": "Luigi, one worker", "venv": "luigi", "width": 1000, "repeat": 3},
}
# How many times as many steps a second Millrace is to do.
BARS = {"airflow": 50, "airflow-scheduler": 50, "prefect": 9, "dagster": 9, "luigi": 4}
LIMIT = 320


def run(peers: list[str], say) -> dict:
    """For each peer its steps a second and those that Millrace did just before and after, by shape."""
    answer: dict = {"peers": {}, "millrace": {}}
    for peer in peers:
        venv = install(PEERS[peer]["venv"], say)
        found: dict = {"version": version(venv, PEERS[peer]["venv"]), "shapes": {}}
        for shape in SHAPES:
            own, others = [millrace(shape)], []
            for _ in range(PEERS[peer].get("repeat", 1)):
                others.append(script(peer, venv, shape))
                own.append(millrace(shape))
            # Of the peer the fastest one counts, of Millrace the slowest.
            other = max(others, key=lambda figures: figures["rate"] or 0)
            slower = max(own, key=lambda figures: figures["seconds"])
            found["shapes"][shape] = {"millrace": rate(slower), **other}
            say(f"steps {shape}, {peer}: " + (other["failure"] or f"{other['rate']:,.1f} steps/s")
                + f"; Millrace {rate(slower):,.0f}, p99 {slower['p99_ms']:.2f} ms")
        answer["peers"][peer] = found
    for shape in SHAPES:
        runs = sorted((millrace(shape) for _ in range(5)), key=lambda figures: figures["seconds"])
        answer["millrace"][shape] = {
            **runs[2], "rate": rate(runs[2]), "p99_ms": sorted(figures["p99_ms"] for figures in runs)[2]}
        say(f"steps {shape}: {rate(runs[2]):,.0f} steps/s")
    return answer


def rate(figures: dict) -> float:
    return figures["steps"] / figures["seconds"]


def millrace(shape: str) -> dict:
    # On the disk, not in memory: what is recorded is to be durable.
    folder = tempfile.mkdtemp(prefix="steps-", dir=WORK)
    try:
        run = measure([str(WORKLOAD), folder, shape])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if run.failure:
        sys.exit(f"bench: StepsWorkload failed\n{run.errors[-2000:]}")
    return answer_of(run)


def script(peer: str, venv: pathlib.Path, shape: str) -> dict:
    details = PEERS[peer]
    path = ROOT / "benchmarks" / "peers" / f"steps_{details['venv']}.py"
    words = [shape, str(details["width"]), *details.get("words", [])]
    before = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="peer-", dir=WORK, ignore_cleanup_errors=True) as folder:
        os.environ["TMPDIR"] = folder
        try:
            run = measure([str(venv / "bin" / "python"), "-W", "ignore", str(path), *words], limit=LIMIT)
        finally:
            os.environ.pop("TMPDIR")
            if before is not None:
                os.environ["TMPDIR"] = before
    if run.failure:
        return {"failure": run.failure, "rate": None, "steps": None, "memory": run.memory}
    figures = answer_of(run)
    return {"failure": None, "rate": rate(figures), "steps": figures["steps"], "memory": run.memory}


def answer_of(run: Measurement) -> dict:
    return json.loads(run.output.strip().splitlines()[-1])


def install(name: str, say) -> pathlib.Path:
    venv = WORK / "orchestrators" / name
    wanted = ROOT / "benchmarks" / "orchestrators" / f"{name}.txt"
    done = venv / "requirements.txt"
    if not done.exists() or done.read_text() != wanted.read_text():
        say(f"installing {name} into {venv.relative_to(ROOT)} (some minutes)")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", wanted], check=True)
        shutil.copy(wanted, done)
    return venv


def version(venv: pathlib.Path, name: str) -> str:
    package = {"airflow": "apache-airflow"}.get(name, name)
    for line in (venv / "requirements.txt").read_text().splitlines():
        if line.startswith(package + "=="):
            return line.split("==")[1]
    return ""
