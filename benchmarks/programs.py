#!/usr/bin/env python3
"""A Python step beside the same function in one pyarrow process, which reads the same Parquet files and writes Parquet.

programs.py MILLRACE ROWS REPEAT: prints one JSON object with the seconds of each; they take turns.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

STEP = '''
import pyarrow as pa
import pyarrow.compute as pc


def clean(batch):
    distance = pc.multiply(batch["distance"], 1.609344)
    speed = pc.divide(distance, pc.add(batch["minutes"], 1))
    return pa.RecordBatch.from_arrays(
        [batch["id"], distance, speed, pc.greater(speed, 10)], names=["id", "km", "speed", "fast"])
'''

ALONE = '''
import sys
import pyarrow as pa
import pyarrow.parquet as pq
sys.path.insert(0, sys.argv[1])
from steps import clean

writer = None
for path in sys.argv[3:]:
    for batch in pq.ParquetFile(path).iter_batches(batch_size=65536):
        answer = clean(batch)
        if writer is None:
            writer = pq.ParquetWriter(sys.argv[2], answer.schema, compression="zstd")
        writer.write_batch(answer)
writer.close()
'''

PROJECT = """
project: programs
datasets:
  landed:
    sql: >
      SELECT range AS id, (50 + hash(range) % 4950)::INTEGER AS distance, (20 + hash(range + 1) % 680)::INTEGER AS minutes
      FROM range({rows})
  one: {{ run: {{ python: steps.py:clean, inputs: [landed], workers: 1 }} }}
  two: {{ run: {{ python: steps.py:clean, inputs: [landed], workers: 2 }} }}
"""


def timed(command: list[str], folder: pathlib.Path) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   env=os.environ | {"MILLRACE_PYTHON": sys.executable})
    return time.perf_counter() - began


def main() -> None:
    millrace, rows, repeat = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory(prefix="millrace-programs-", dir=os.environ.get("BENCH_FOLDER")) as name:
        folder = pathlib.Path(name)
        (folder / "steps.py").write_text(STEP)
        (folder / "alone.py").write_text(ALONE)
        (folder / "millrace.yaml").write_text(PROJECT.format(rows=rows))
        timed([millrace, "run", "landed"], folder)
        files = [str(path) for path in sorted((folder / "store" / "landed").glob("*.parquet"))]
        times: dict[str, list[float]] = {"alone": [], "one": [], "two": []}
        for _ in range(repeat):
            times["alone"].append(timed([sys.executable, "alone.py", str(folder), "out.parquet", *files], folder))
            for dataset in ["one", "two"]:
                times[dataset].append(timed([millrace, "run", "--full-refresh", dataset], folder))
    print(json.dumps({"rows": rows, "seconds": times}))


if __name__ == "__main__":
    main()
