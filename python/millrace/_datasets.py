"""Reads and writes the datasets of a project through the program `millrace`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(@[A-Za-z0-9_.\-]+)?")


class MillraceError(Exception):
    """What the program said."""


def _program() -> str:
    program = os.environ.get("MILLRACE") or shutil.which("millrace")
    if program is None:
        raise MillraceError("the program 'millrace' is not in PATH: add its folder, or set MILLRACE to its path")
    return program


def _select(dataset: str) -> str:
    if not _NAME.fullmatch(dataset):
        raise ValueError(f"'{dataset}' is no dataset: write NAME, NAME@VERSION or NAME@TAG")
    name, _, version = dataset.partition("@")
    return f"SELECT * FROM {name}@{version}" if version else f'SELECT * FROM "{name}"'


def read_batches(
    dataset: str | None = None, *, sql: str | None = None, project: str | os.PathLike[str] = "."
) -> Iterator[pa.RecordBatch]:
    """The rows of a dataset (`NAME`, `NAME@VERSION`, `NAME@TAG`), or of a query, as they come."""
    if (dataset is None) == (sql is None):
        raise ValueError("name a dataset or give a query")
    command = [_program(), "query", sql if dataset is None else _select(dataset), "--format", "arrow"]
    with tempfile.TemporaryFile() as said, subprocess.Popen(
        command, cwd=project, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
    ) as program:
        try:
            with pa.ipc.open_stream(program.stdout) as stream:
                # Not `yield from`: nothing of a program that fails later may count as the whole.
                for batch in stream:
                    yield batch
            fault = None
        except pa.ArrowInvalid as error:
            fault = error
        except BaseException:
            program.kill()
            raise
        program.stdout.close()
        if program.wait() != 0 or fault is not None:
            said.seek(0)
            raise MillraceError(said.read().decode(errors="replace").strip() or str(fault)) from fault


def read(
    dataset: str | None = None, *, sql: str | None = None, project: str | os.PathLike[str] = "."
) -> pa.Table:
    """The rows of a dataset (its live version, `NAME@VERSION` or `NAME@TAG`), or of a query."""
    command = [_program(), "query", _select(dataset) if dataset is not None else sql or "", "--format", "arrow"]
    if (dataset is None) == (sql is None):
        raise ValueError("name a dataset or give a query")
    done = subprocess.run(command, cwd=project, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise MillraceError(done.stderr.decode(errors="replace").strip())
    return pa.ipc.open_stream(pa.py_buffer(done.stdout)).read_all()


def write(
    table: pa.Table | pa.RecordBatch, path: str, *, project: str | os.PathLike[str] = "."
) -> None:
    """Writes rows as a Parquet file that an `ingest` of the project reads: whole or not at all."""
    target = Path(project) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(table, pa.RecordBatch):
        table = pa.Table.from_batches([table])
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        pyarrow.parquet.write_table(table, beside)
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
