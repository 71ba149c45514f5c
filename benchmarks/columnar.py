#!/usr/bin/env python3
"""Reads and writes Arrow streams with pyarrow and with Millrace's own target, in turns.

columnar.py WORKLOAD FOLDER REPEAT: prints one JSON object. WORKLOAD is the program ColumnarWorkload.
"""

import json
import pathlib
import random
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.ipc as ipc

ROWS = 2_000_000
BATCH = 65_536
SECONDS = 1.0


def streams() -> dict[str, tuple[pa.Table, str | None]]:
    chance = random.Random(7)
    numbers = pa.array(range(ROWS), pa.int64())
    some = pa.array([None if chance.random() < 0.1 else value & 0xFFFF for value in range(ROWS)], pa.int32())
    words = ["".join(chance.choice("abcdefghijklmnopqrstuvwxyzäö") for _ in range(chance.randrange(4, 40))) for _ in range(1000)]
    picks = [chance.randrange(1000) for _ in range(ROWS)]
    texts = pa.array([words[pick] for pick in picks])
    integers = pa.table({"a": numbers, "b": some, "c": numbers, "d": some})
    strings = pa.table({"a": texts, "b": texts})
    offsets = pa.array(range(0, ROWS + 1, 4), pa.int32())
    nested = pa.table({
        "l": pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays([some, texts], names=["n", "t"])),
        "m": pa.MapArray.from_arrays(offsets, texts, numbers),
    })
    dictionary = pa.table({"a": pa.DictionaryArray.from_arrays(pa.array(picks, pa.int32()), pa.array(words)), "b": numbers})
    mixed = pa.table({"a": numbers, "b": some, "t": texts})
    return {
        "integers": (integers, None), "strings": (strings, None), "nested": (nested, None),
        "dictionary": (dictionary, None), "mixed-lz4": (mixed, "lz4"), "mixed-zstd": (mixed, "zstd"),
    }


def write(table: pa.Table, codec: str | None, target) -> None:
    with ipc.new_stream(target, table.schema, options=ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_table(table, max_chunksize=BATCH)


def best(work) -> float:
    """The shortest of as many turns as fit into the time."""
    found, start, turns = float("inf"), time.perf_counter(), 0
    while turns < 5 or time.perf_counter() - start < SECONDS:
        began = time.perf_counter()
        work()
        found = min(found, time.perf_counter() - began)
        turns += 1
    return found


def drain(source) -> int:
    rows = 0
    for batch in ipc.open_stream(source):
        rows += batch.num_rows
    return rows


def check(source) -> None:
    for batch in ipc.open_stream(source):
        batch.validate(full=True)


def from_file(path: pathlib.Path) -> None:
    with pa.OSFile(str(path)) as file:
        drain(file)


def pyarrow(path: pathlib.Path, codec: str | None) -> dict[str, float]:
    data = pa.py_buffer(path.read_bytes())
    batches = list(ipc.open_stream(data))
    schema = batches[0].schema
    target = path.with_suffix(".written")

    def encode() -> None:
        with pa.OSFile(str(target), "wb") as sink:
            with ipc.new_stream(sink, schema, options=ipc.IpcWriteOptions(compression=codec)) as writer:
                for batch in batches:
                    writer.write_batch(batch)

    found = {
        "memory": best(lambda: drain(data)), "checked": best(lambda: check(data)),
        "descriptor": best(lambda: from_file(path)), "encoding": best(encode),
    }
    target.unlink()
    return found


def main(workload: str, folder: pathlib.Path, repeat: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    codecs = {}
    for name, (table, codec) in streams().items():
        codecs[name] = codec
        with pa.OSFile(str(folder / f"{name}.arrows"), "wb") as file:
            write(table, codec, file)
    own: dict[str, list[dict]] = {name: [] for name in codecs}
    peer: dict[str, list[dict]] = {name: [] for name in codecs}
    for _ in range(repeat):
        output = subprocess.run([workload, "measure", str(folder), str(SECONDS)], check=True, stdout=subprocess.PIPE, text=True)
        for line in output.stdout.splitlines():
            found = json.loads(line)
            own[found["stream"].removesuffix(".arrows")].append(found)
        for name, codec in codecs.items():
            peer[name].append(pyarrow(folder / f"{name}.arrows", codec))
    result = {}
    for name in codecs:
        result[name] = {
            "bytes": own[name][0]["bytes"],
            "millrace": {key: min(turn[key] for turn in own[name]) for key in ["memory", "descriptor", "encoding"]},
            "pyarrow": {key: min(turn[key] for turn in peer[name]) for key in ["memory", "checked", "descriptor", "encoding"]},
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]))
