"""The projects that are measured: the flights at two sizes, a step alone, and many small datasets."""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "benchmarks" / "work"
EXAMPLE = ROOT / "examples" / "flights"
SCALES = {"small": 1, "large": 30}
SIZES = {"small": "337 thousand rows", "large": "10.1 million rows"}


def flights(size: str) -> pathlib.Path:
    """The example as it stands, over eight plain CSV files."""
    project = WORK / f"flights-{size}"
    project.mkdir(parents=True, exist_ok=True)
    shutil.copy(EXAMPLE / "millrace.yaml", project)
    shutil.copytree(EXAMPLE / "datasets", project / "datasets", dirs_exist_ok=True)
    make = [sys.executable, ROOT / "scripts" / "flights-data", project / "landing"]
    subprocess.run([*make, "--scale", str(SCALES[size]), "--files", "8", "--plain"], check=True)
    return project


def forget(project: pathlib.Path) -> None:
    """Removes all that runs left."""
    for name in ["store", ".millrace"]:
        shutil.rmtree(project / name, ignore_errors=True)


def lone_step(size: str) -> pathlib.Path:
    """The flights' SQL as a step without checks, splits and descendants."""
    landing = flights(size) / "landing"
    project = WORK / f"step-{size}"
    (project / "datasets").mkdir(parents=True, exist_ok=True)
    shutil.copy(EXAMPLE / "datasets" / "flights.sql", project / "datasets")
    sources = "".join(
        f'  {name}: {{ ingest: {{ files: "{landing / files}", format: csv, nulls: ["NA"] }} }}\n'
        for name, files in [
            ("flights_raw", "flights-*.csv"), ("weather_raw", "weather.csv"), ("planes_raw", "planes.csv")])
    (project / "millrace.yaml").write_text(
        "project: step\nengine: local\nengines:\n  local: { type: duckdb, memory: 4GB }\ndatasets:\n" + sources)
    return project


def many(count: int, name: str) -> pathlib.Path:
    """A graph of small datasets, each a SQL file with its properties and three checks in front matter."""
    project = WORK / name
    shutil.rmtree(project, ignore_errors=True)
    (project / "datasets").mkdir(parents=True)
    (project / "landing").mkdir()
    sources = max(1, count // 200)
    lines = [f"project: {name}", "datasets:"]
    for number in range(sources):
        file = f"landing/source_{number:02}.csv"
        rows = "".join(f"{row},group {row % 7},{row * (number + 1) % 1000 / 10}\n" for row in range(100))
        (project / file).write_text("id,label,amount\n" + rows)
        lines.append(f"  source_{number:02}: {{ ingest: {{ files: {file}, format: csv }} }}")
    (project / "millrace.yaml").write_text("\n".join(lines) + "\n")
    for number in range(count - sources):
        (project / "datasets" / f"step_{number:04}.sql").write_text(step(number, sources))
    return project


def step(number: int, sources: int) -> str:
    """Each step reads a source or an earlier step; every third joins a second one. Chains are about ten deep."""
    first = f"source_{number % sources:02}" if number < 200 else f"step_{number - 200:04}"
    header = f"""/*
description: Dataset number {number}, generated.
tags: [generated]
checks:
  - not_null: [id, label]
  - unique: id
  - range: {{ column: amount, min: 0, max: 1000000 }}
*/
"""
    if number % 3 or number < 200:
        return header + f"""SELECT id, label, round(amount + {number % 10}, 2) AS amount
FROM {first}
WHERE id % 100 <> {number % 100}
"""
    return header + f"""WITH totals AS (
    SELECT label, sum(amount) AS total FROM step_{number - 150:04} GROUP BY label
)
SELECT a.id, a.label, round(a.amount + coalesce(t.total, 0) / 1000, 2) AS amount
FROM {first} AS a
LEFT JOIN totals AS t ON t.label = a.label
"""
