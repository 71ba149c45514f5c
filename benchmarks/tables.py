"""The Delta tables that the store is measured on: logs of many commits and files, written by hand as delta-rs writes
them, and tables of real rows. Each is made once and kept below `work/`."""

import dataclasses
import json
import os
import pathlib
import shutil
import uuid

from projects import WORK

CREATED = 1_700_000_000_000


@dataclasses.dataclass
class Size:
    title: str
    commits: int
    """Commits of the long log."""
    files: int
    """Live files of the long log."""
    many: int
    """Live files of the log of many files."""
    rows: int
    """Rows that are merged into."""
    small: int
    """Small files to be put together."""
    lookup: int
    """Files of the table in which one row is looked up."""


SIZES = {
    "small": Size("small", 1_000, 10_000, 100_000, 1_000_000, 1_000, 100),
    "large": Size("large", 10_000, 100_000, 1_000_000, 10_000_000, 10_000, 1_000),
}

SCHEMA = json.dumps({
    "type": "struct",
    "fields": [
        {"name": name, "type": kind, "nullable": True, "metadata": {}}
        for name, kind in [("id", "long"), ("day", "date"), ("customer", "string"), ("amount", "double"), ("at", "timestamp")]
    ],
})


def made(folder: pathlib.Path, make) -> pathlib.Path:
    """The folder, filled by `make` unless an earlier run has done so."""
    done = folder / ".done"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        done.touch()
    return folder


def copied(table: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    """A copy that costs no space: writers of Delta tables never change a file in place."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(table, target, copy_function=os.link)
    return target


# --- Logs without data -----------------------------------------------------------------------------------------------


def add(number: int) -> dict:
    """A file of a thousand rows, in one of a hundred partitions."""
    day = f"2024-{1 + number % 100 // 28:02}-{1 + number % 28:02}"
    low, high = number * 1000, number * 1000 + 999
    statistics = {
        "numRecords": 1000,
        "minValues": {"id": low, "customer": f"customer {low:012}", "amount": 0.25, "at": "2024-01-01T00:00:00.000Z"},
        "maxValues": {"id": high, "customer": f"customer {high:012}", "amount": 999.75, "at": "2024-12-31T23:59:59.999Z"},
        "nullCount": {"id": 0, "customer": 0, "amount": 3, "at": 0},
    }
    return {"add": {
        "path": f"day={day}/part-00000-{uuid.UUID(int=number)}-c000.snappy.parquet", "partitionValues": {"day": day},
        "size": 100_000 + number % 1000, "modificationTime": CREATED + number, "dataChange": True,
        "stats": json.dumps(statistics, separators=(",", ":")), "tags": None, "baseRowId": None,
        "defaultRowCommitVersion": None, "clusteringProvider": None,
    }}


def write_commit(log: pathlib.Path, version: int, actions: list[dict]) -> None:
    info = {"commitInfo": {
        "timestamp": CREATED + version * 1000, "operation": "WRITE",
        "operationParameters": {"mode": "Append", "partitionBy": '["day"]'}, "engineInfo": "delta-rs:py-1.6.6",
        "clientVersion": "delta-rs.py-1.6.6",
    }}
    head = [] if version else [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {"metaData": {
            "id": str(uuid.UUID(int=7)), "name": None, "description": None,
            "format": {"provider": "parquet", "options": {}}, "schemaString": SCHEMA, "partitionColumns": ["day"],
            "createdTime": CREATED, "configuration": {},
        }},
    ]
    lines = [json.dumps(action, separators=(",", ":")) for action in [info, *head, *actions]]
    (log / f"{version:020}.json").write_text("\n".join(lines) + "\n")


def write_log(table: pathlib.Path, commits: int, files: int) -> None:
    log = table / "_delta_log"
    log.mkdir(parents=True)
    each = files // commits
    for version in range(commits):
        write_commit(log, version, [add(number) for number in range(version * each, (version + 1) * each)])


def project(folder: pathlib.Path, name: str, lines: str = "") -> None:
    """A project whose store has the table `store/NAME`."""
    body = lines or f"  {name}: {{ sql: SELECT 1 AS id }}\n"
    (folder / "millrace.yaml").write_text(
        f"project: {name.replace('_', '-')}\nengine: local\nengines:\n  local: {{ type: duckdb, memory: 4GB }}\n"
        f"datasets:\n{body}")


def long_log(size: Size) -> pathlib.Path:
    """Many commits of a few files each, and no checkpoint."""
    def make(folder: pathlib.Path) -> None:
        write_log(folder / "store" / "events", size.commits, size.files)
        project(folder, "events")

    return made(WORK / f"store-{size.title}" / "long", make)


def long_log_with_checkpoints(size: Size) -> pathlib.Path:
    """The same log with checkpoints as deltalake writes them: every hundredth commit, fifty commits ago the last time."""
    def make(folder: pathlib.Path) -> None:
        from deltalake import DeltaTable

        copied(long_log(size) / "store" / "events", folder / "store" / "events")
        path = str(folder / "store" / "events")
        for version in range(size.commits // 2, size.commits - 50 + 1, size.commits // 2 - 50):
            DeltaTable(path, version=version).create_checkpoint()
        project(folder, "events")

    return made(WORK / f"store-{size.title}" / "checkpoints", make)


def many_files(size: Size) -> pathlib.Path:
    """A log of a hundred commits with very many live files, and a checkpoint."""
    def make(folder: pathlib.Path) -> None:
        from deltalake import DeltaTable

        path = folder / "store" / "events"
        write_log(path, 100, size.many)
        DeltaTable(str(path)).create_checkpoint()
        write_commit(path / "_delta_log", 100, [add(size.many)])
        project(folder, "events")

    return made(WORK / f"store-{size.title}" / "many", make)


# --- Tables of rows --------------------------------------------------------------------------------------------------


def rows(first: int, count: int, generation: int = 0):
    """Rows with the ids from `first`, made of them by arithmetic, so that every machine makes the same."""
    import numpy
    import pyarrow

    ids = numpy.arange(first, first + count, dtype=numpy.int64)
    mixed = (ids * 2654435761 + generation * 97) % 4294967291
    return pyarrow.table({
        "id": ids,
        "customer": pyarrow.array(numpy.char.add("customer ", (mixed % 50_000).astype("U"))),
        "category": pyarrow.array(numpy.array(["alpha", "beta", "gamma", "delta"])[mixed % 4]),
        "amount": (mixed % 1_000_000) / 100,
        "quantity": (mixed % 100).astype(numpy.int32),
        "at": pyarrow.array(1_700_000_000_000_000 + mixed * 1000, pyarrow.timestamp("us", "UTC")),
        "note": pyarrow.array(numpy.char.add("note number ", (mixed % 1_000_003).astype("U"))),
    })


def merge_target(size: Size) -> pathlib.Path:
    """A table of twenty files, and what is to be merged into it: a hundredth of its rows, nine tenths of them known."""
    def make(folder: pathlib.Path) -> None:
        import numpy
        import pyarrow.parquet
        from deltalake import write_deltalake

        table = folder / "store" / "orders"
        for part in range(20):
            write_deltalake(str(table), rows(part * size.rows // 20, size.rows // 20), mode="append")
        count = size.rows // 100
        known = count * 9 // 10
        for name, ids in [
            # One row of every hundred, so that no file is left alone; and the newest tenth of the table.
            ("spread", numpy.arange(known) * (size.rows // known)),
            ("recent", size.rows * 9 // 10 + numpy.arange(known) * (size.rows // 10 // known)),
        ]:
            ids = numpy.concatenate([ids, size.rows + numpy.arange(count - known)])
            changed = rows(0, 1).slice(0, 0)
            changed = pyarrow.concat_tables([changed, changes(ids)])
            (folder / name).mkdir()
            pyarrow.parquet.write_table(changed, folder / name / "changes.parquet")
        project(folder, "orders", MERGE)

    return made(WORK / f"store-{size.title}" / "merge", make)


MERGE = """  changes: { ingest: { files: changes.parquet, format: parquet } }
  orders: { sql: SELECT * FROM changes, mode: merge, key: [id] }
"""


def changes(ids):
    """New rows for these ids."""
    import pyarrow

    row = rows(0, len(ids), generation=1)
    return row.set_column(0, "id", pyarrow.array(ids, pyarrow.int64()))


def small_files(size: Size) -> pathlib.Path:
    """A table of very many files of a hundred rows each."""
    def make(folder: pathlib.Path) -> None:
        write_files(folder / "store" / "events", size.small, 100)
        project(folder, "events")

    return made(WORK / f"store-{size.title}" / "small-files", make)


def lookup(size: Size) -> pathlib.Path:
    """A table of files whose ids do not overlap."""
    def make(folder: pathlib.Path) -> None:
        write_files(folder / "store" / "events", size.lookup, 10_000)
        project(folder, "events")

    return made(WORK / f"store-{size.title}" / "lookup", make)


def write_files(table: pathlib.Path, files: int, each: int) -> None:
    """A commit of this many files, with the statistics that deltalake writes."""
    import pyarrow.compute
    import pyarrow.parquet

    log = table / "_delta_log"
    log.mkdir(parents=True)
    kinds = {"int64": "long", "string": "string", "double": "double", "int32": "integer", "timestamp[us, tz=UTC]": "timestamp"}
    schema = json.dumps({
        "type": "struct",
        "fields": [
            {"name": field.name, "type": kinds[str(field.type)], "nullable": True, "metadata": {}}
            for field in rows(0, 1).schema],
    })
    actions: list[dict] = [
        {"commitInfo": {"timestamp": CREATED, "operation": "WRITE", "operationParameters": {"mode": "Append"}}},
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {"metaData": {
            "id": str(uuid.UUID(int=8)), "name": None, "description": None,
            "format": {"provider": "parquet", "options": {}}, "schemaString": schema, "partitionColumns": [],
            "createdTime": CREATED, "configuration": {},
        }},
    ]
    for number in range(files):
        part = rows(number * each, each)
        file = table / f"part-00000-{uuid.UUID(int=number)}-c000.snappy.parquet"
        pyarrow.parquet.write_table(part, file)
        statistics: dict = {"numRecords": each, "minValues": {}, "maxValues": {}, "nullCount": {}}
        for name in ["id", "customer", "category", "amount", "quantity", "note"]:
            found = pyarrow.compute.min_max(part.column(name))
            statistics["minValues"][name] = found["min"].as_py()
            statistics["maxValues"][name] = found["max"].as_py()
            statistics["nullCount"][name] = 0
        actions.append({"add": {
            "path": file.name, "partitionValues": {}, "size": file.stat().st_size, "modificationTime": CREATED + number,
            "dataChange": True, "stats": json.dumps(statistics, separators=(",", ":")),
        }})
    (log / f"{0:020}.json").write_text("".join(json.dumps(action, separators=(",", ":")) + "\n" for action in actions))
