#!/usr/bin/env python3
"""Python steps beside the same function in one pyarrow process, which reads the same Parquet files and writes Parquet.

programs.py MILLRACE ROWS REPEAT: prints one JSON object with the seconds of each; they take turns. `narrow` computes with
pyarrow on all rows; `heavy` computes in Python, on a twentieth of them, which is what several workers are for.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

STEPS = """
import pyarrow as pa
import pyarrow.compute as pc


def narrow(batch):
    distance = pc.multiply(batch["distance"], 1.609344)
    speed = pc.divide(distance, pc.add(batch["minutes"], 1))
    return pa.RecordBatch.from_arrays(
        [batch["id"], distance, speed, pc.greater(speed, 10)], names=["id", "km", "speed", "fast"])


def heavy(batch):
    found = []
    for value in batch["id"].to_pylist():
        state = value
        for _ in range(40):
            state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFF
        found.append(state)
    return {"id": batch["id"], "state": found}
"""

ALONE = """
import sys
import pyarrow as pa
import pyarrow.parquet as pq
sys.path.insert(0, sys.argv[1])
import steps

function = getattr(steps, sys.argv[2])
writer = None
for path in sys.argv[4:]:
    for batch in pq.ParquetFile(path).iter_batches(batch_size=65536):
        answer = function(batch)
        if isinstance(answer, dict):
            answer = pa.RecordBatch.from_pydict(answer)
        if writer is None:
            writer = pq.ParquetWriter(sys.argv[3], answer.schema, compression="zstd", compression_level=1)
        writer.write_batch(answer)
writer.close()
"""

PROJECT = """
project: programs
datasets:
  narrow:
    sql: >
      SELECT range AS id, (50 + hash(range) % 4950)::INTEGER AS distance, (20 + hash(range + 1) % 680)::INTEGER AS minutes
      FROM range({rows})
  heavy: {{ sql: "SELECT id FROM narrow WHERE id < {rows} / 20 ORDER BY id" }}
"""

STEP = "  {name}_{workers}: {{ run: {{ python: steps.py:{name}, inputs: [{name}], workers: {workers}{more} }} }}\n"


def timed(command: list[str], folder: pathlib.Path) -> float:
    began = time.perf_counter()
    subprocess.run(
        command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"MILLRACE_PYTHON": sys.executable})
    return time.perf_counter() - began


def main() -> None:
    millrace, rows, repeat = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory(prefix="millrace-programs-", dir=os.environ.get("BENCH_FOLDER")) as name:
        folder = pathlib.Path(name)
        (folder / "steps.py").write_text(STEPS)
        (folder / "alone.py").write_text(ALONE)
        (folder / "millrace.yaml").write_text(PROJECT.format(rows=rows) + "".join(
            STEP.format(name=step, workers=workers, more=more)
            for step, more in [("narrow", ""), ("heavy", ", batch_rows: 16384")] for workers in [1, 2]))
        timed([millrace, "run", "narrow", "heavy"], folder)
        times = {}
        for step in ["narrow", "heavy"]:
            files = [str(path) for path in sorted((folder / "store" / step).glob("*.parquet"))]
            found = times[step] = {"alone": [], "1": [], "2": []}
            for _ in range(repeat):
                found["alone"].append(
                    timed([sys.executable, "alone.py", str(folder), step, "out.parquet", *files], folder))
                for workers in ["1", "2"]:
                    found[workers].append(timed([millrace, "run", "--full-refresh", f"{step}_{workers}"], folder))
    print(json.dumps(times))


if __name__ == "__main__":
    main()
