#!/usr/bin/env python3
"""Measures Millrace against the same work done by hand with other tools, and writes RESULTS.md.

Runs of different tools take turns, so that what the machine does besides falls on all of them; figures are medians.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import machine
import projects
import report
import server
import steps
from measure import Measurement, measure, middle
from projects import ROOT, WORK

PEERS = {
    "duckdb": "DuckDB, step by step", "polars": "Polars, lazy and streaming", "pandas": "pandas",
    "dbt": "dbt-duckdb", "cluster": "Millrace on a local Spark", "spark": "PySpark, local",
}
SECTIONS = ["pipeline", "step", "store", "idle", "many", "steps", "server", "columnar", "programs", "version"]
STORE = ["opening", "merging", "optimizing", "lookups"]
PYTHON = WORK / "venv" / "bin" / "python"
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
STATE = WORK / "results.json"


def main() -> int:
    options = arguments()
    if not pathlib.Path(options.millrace).exists():
        print("bench: there is no millrace program yet: run 'make build'", file=sys.stderr)
        return 1
    WORK.mkdir(parents=True, exist_ok=True)
    if {"pipeline", "step", "store", "columnar", "programs"} & set(options.sections):
        install()
    results = json.loads(STATE.read_text()) if STATE.exists() else {}
    bench = Bench(options)
    for section in options.sections:
        if section == "pipeline":
            for size in options.sizes:
                results[f"pipeline-{size}"] = bench.pipeline(size)
        elif section == "step":
            for size in options.sizes:
                results[f"step-{size}"] = bench.step(size)
        elif section == "store":
            for size in options.sizes:
                results.setdefault(f"store-{size}", {}).update(bench.store(size))
        elif section == "steps":
            found = bench.steps()
            found["peers"] = results.get("steps", {}).get("peers", {}) | found["peers"]
            results["steps"] = found
        else:
            results[section] = getattr(bench, section)()
        results["machine"] = machine.description()
        results["versions"] = machine.versions(options.millrace, PYTHON)
        STATE.write_text(json.dumps(results, indent=2))
        RESULTS.write_text(report.merged(RESULTS.read_text(), report.render(results), PYTHON.exists()))
    print(RESULTS.read_text())
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", choices=["small", "large", "all"], default="all")
    parser.add_argument("--peers", default=",".join(PEERS), help="comma-separated (default: %(default)s)")
    parser.add_argument("--store", default=",".join(STORE), help="what of the section store (default: %(default)s)")
    parser.add_argument(
        "--orchestrators", default=",".join(steps.PEERS), help="the peers of the section steps (default: %(default)s)")
    parser.add_argument("--only", default=",".join(SECTIONS), help="comma-separated (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each tool (default: 3)")
    parser.add_argument("--millrace", default=str(ROOT / ".build" / "release" / "millrace"))
    options = parser.parse_args()
    options.sizes = ["small", "large"] if options.rows == "all" else [options.rows]
    options.peers = [name for name in options.peers.split(",") if name]
    options.sections = options.only.split(",")
    options.store = options.store.split(",")
    options.orchestrators = [name for name in options.orchestrators.split(",") if name]
    for name, known in [
        *((peer, PEERS) for peer in options.peers), *((part, SECTIONS) for part in options.sections),
        *((part, STORE) for part in options.store), *((peer, steps.PEERS) for peer in options.orchestrators),
    ]:
        if name not in known:
            parser.error(f"unknown: {name} (known: {', '.join(known)})")
    if options.repeat < 1:
        parser.error("--repeat is at least 1")
    options.millrace = str(pathlib.Path(options.millrace).resolve())
    return options


def install() -> None:
    wanted = ROOT / "benchmarks" / "requirements.txt"
    done = WORK / "venv" / "requirements.txt"
    if done.exists() and done.read_text() == wanted.read_text():
        return
    say("installing the peers into benchmarks/work/venv (some minutes)")
    subprocess.run([sys.executable, "-m", "venv", WORK / "venv"], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted], check=True)
    shutil.copy(wanted, done)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.repeat = options.repeat

    def millrace(self, project: pathlib.Path, *words: str) -> Measurement:
        return measure([self.options.millrace, words[0], "--project", str(project), *words[1:]])

    def must(self, run: Measurement) -> Measurement:
        if run.failure:
            sys.exit(f"bench: millrace failed\n{run.errors[-2000:]}")
        return run

    # --- The whole project against the same by hand -----------------------------------------------------------------

    def pipeline(self, size: str) -> dict:
        project = projects.flights(size)
        landing = project / "landing"
        # All tools find the files in memory, the first one too.
        for file in landing.iterdir():
            file.read_bytes()
        runs: dict[str, list[Measurement]] = {name: [] for name in ["millrace", *self.options.peers]}
        rows: dict[str, dict] = {}
        for turn in range(self.repeat):
            for name, series in runs.items():
                if series and series[-1].failure:
                    continue
                if name == "millrace":
                    projects.forget(project)
                    run = self.must(self.millrace(project, "run"))
                    rows[name] = self.published(project)
                else:
                    output = WORK / "output" / name
                    shutil.rmtree(output, ignore_errors=True)
                    script = ROOT / "benchmarks" / "peers" / f"{name}_script.py"
                    run = measure([str(PYTHON), "-W", "ignore", str(script), str(landing), str(output)])
                    if not run.failure:
                        answer = json.loads(run.output.strip().splitlines()[-1])
                        rows[name] = {key: answer[key] for key in ["published", "quarantined", "splits"]}
                    shutil.rmtree(output, ignore_errors=True)
                series.append(run)
                say(f"{size} {turn + 1}/{self.repeat} {name}: {run.failure or ''} {run.wall:.1f} s, "
                    f"{run.cpu:.1f} CPU s, {run.memory / 2**20:,.0f} MiB")
        return {
            "repeat": self.repeat, "date": today(), "rows": rows["millrace"],
            "tools": [
                {
                    "name": name, "title": "Millrace" if name == "millrace" else PEERS[name],
                    **figures(series), "same": rows.get(name) == rows["millrace"],
                }
                for name, series in runs.items()
            ],
        }

    def published(self, project: pathlib.Path) -> dict:
        splits = dict(self.table(project, "SELECT split, count(*) FROM flights GROUP BY split ORDER BY split"))
        splits = {name: int(count) for name, count in splits.items()}
        quarantined = self.table(project, "SELECT count(*) FROM flights__quarantine")
        return {"published": sum(splits.values()), "quarantined": int(quarantined[0][0]), "splits": splits}

    def table(self, project: pathlib.Path, sql: str) -> list[list[str]]:
        """The rows of a query whose values hold neither commas nor quotes."""
        lines = self.must(self.millrace(project, "query", sql, "--format", "csv")).output.strip().splitlines()
        return [line.split(",") for line in lines[1:]]

    # --- A SQL step alone -------------------------------------------------------------------------------------------

    def step(self, size: str) -> dict:
        project = projects.lone_step(size)
        projects.forget(project)
        self.must(self.millrace(project, "run"))
        by_hand = WORK / "output" / "step.parquet"
        by_hand.parent.mkdir(exist_ok=True)
        script = str(ROOT / "benchmarks" / "peers" / "lone_step.py")
        own, hand = [], []
        for turn in range(self.repeat):
            own.append(self.must(self.millrace(project, "run", "flights", "--full-refresh")))
            hand.append(measure([str(PYTHON), script, str(project / "store"), str(by_hand)]))
            say(f"step {size} {turn + 1}/{self.repeat}: {own[-1].wall:.1f} s, by hand {hand[-1].wall:.1f} s")
            by_hand.unlink(missing_ok=True)
        return {"repeat": self.repeat, "date": today(), "millrace": figures(own), "hand": figures(hand)}

    # --- The store against deltalake --------------------------------------------------------------------------------

    def store(self, size: str) -> dict:
        # The tables are made with libraries that only the peers' environment has.
        command = [str(PYTHON), str(ROOT / "benchmarks" / "store.py"), self.options.millrace, str(self.repeat), size]
        found = subprocess.run([*command, *self.options.store], check=True, stdout=subprocess.PIPE, text=True)
        return {"repeat": self.repeat, "date": today(), **json.loads(found.stdout)}

    # --- Steps that do nothing, against other orchestrators ---------------------------------------------------------

    def server(self) -> dict:
        return {"date": today(), **server.run(self.options.millrace, say)}

    # --- Python steps against the same function alone ---------------------------------------------------------------

    def programs(self) -> dict:
        script = ROOT / "benchmarks" / "programs.py"
        command = [str(PYTHON), str(script), self.options.millrace, "10000000", str(self.repeat)]
        found = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | {"BENCH_FOLDER": str(WORK)})
        return {"repeat": self.repeat, "date": today(), "steps": json.loads(found.stdout)}

    # --- Arrow's streams against pyarrow ----------------------------------------------------------------------------

    def columnar(self) -> dict:
        # The streams are made with pyarrow, which only the peers' environment has.
        workload = ROOT / ".build" / "release" / "ColumnarWorkload"
        script = ROOT / "benchmarks" / "columnar.py"
        command = [str(PYTHON), str(script), str(workload), str(WORK / "columnar"), str(self.repeat)]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        shutil.rmtree(WORK / "columnar", ignore_errors=True)
        return {"repeat": self.repeat, "date": today(), "streams": json.loads(found.stdout)}

    def steps(self) -> dict:
        return {"date": today(), **steps.run(self.options.orchestrators, say)}

    # --- Nothing to do, many datasets, the version ------------------------------------------------------------------

    def idle(self) -> dict:
        flights = projects.flights("small")
        hundred = projects.many(100, "hundred")
        figures_by_project = {}
        for title, project in [("flights, 7 datasets", flights), ("100 generated datasets", hundred)]:
            self.must(self.millrace(project, "run"))
            runs = [self.must(self.millrace(project, "run")) for _ in range(max(5, self.repeat))]
            figures_by_project[title] = figures(runs)
            say(f"nothing to do, {title}: {middle(runs).wall:.3f} s")
        return {"repeat": max(5, self.repeat), "date": today(), "projects": figures_by_project}

    def many(self) -> dict:
        project = projects.many(2000, "two-thousand")
        answer: dict = {"repeat": self.repeat, "date": today(), "commands": {}}

        def series(title: str, command: str, prepare) -> None:
            runs = []
            for turn in range(self.repeat):
                prepare(turn)
                runs.append(self.must(self.millrace(project, command)))
            answer["commands"][title] = figures(runs)
            say(f"2,000 datasets, {title}: {middle(runs).wall:.3f} s")

        def from_nothing(_: int) -> None:
            shutil.rmtree(project / ".millrace", ignore_errors=True)

        def one_changed(turn: int) -> None:
            file = project / "datasets" / "step_1000.sql"
            file.write_text(projects.step(1000, 10) + f"-- {turn}\nLIMIT {1000 + time.time_ns() % 100000}\n")

        for command in ["check", "plan"]:
            series(f"{command} from nothing", command, from_nothing)
            series(f"{command}, one file changed", command, one_changed)
        run = self.must(self.millrace(project, "run"))
        answer["run"] = figures([run])
        say(f"2,000 datasets, run: {run.wall:.1f} s")
        series("plan of published datasets, one file changed", "plan", one_changed)
        return answer

    def version(self) -> dict:
        runs = [measure([self.options.millrace, "--version"]) for _ in range(20)]
        return {"repeat": 20, "date": today(), **figures(runs)}


def figures(runs: list[Measurement]) -> dict:
    found = middle(runs)
    return {"wall": found.wall, "cpu": found.cpu, "memory": found.memory, "failure": found.failure}


def today() -> str:
    return time.strftime("%Y-%m-%d")


if __name__ == "__main__":
    sys.exit(main())
