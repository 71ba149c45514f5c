"""Reads versions of Delta tables with deltalake and with DuckDB's delta extension, and compares them row by row with
Parquet files. Takes a JSON file, a list of objects with `table`, `version`, `expected` and `description`; prints a JSON
list of what differs."""

import concurrent.futures
import functools
import json
import multiprocessing
import os
import pathlib
import sys

import duckdb
import duckdb_extension_delta
import pyarrow
from deltalake import DeltaTable, QueryBuilder

EXTENSION = next(pathlib.Path(duckdb_extension_delta.__file__).parent.rglob("delta.duckdb_extension"))

# What one reader cannot do, whoever wrote the table: the reader, a test of the item and its columns' types by name, and
# the reason.
LIMITS = [
    (
        "duckdb-delta", lambda item, types: item["changesPartitionType"],
        "it reads the partition values of files that are long removed as the type that the column has now",
    ),
]


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "'" + text.replace("'", "''") + "'"


@functools.cache
def connection():
    con = duckdb.connect(config={"threads": 1})
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"LOAD {literal(str(EXTENSION))}")
    return con


def deltalake_rows(con, table, version):
    found = DeltaTable(table, version=version)
    types = {field.name: str(field.type) for field in found.schema().fields}
    if any("decimal" in types[name] for name in found.metadata().partition_columns):
        # Its way through pyarrow misspells negative decimals among the partition values ("0.-1"); its engine does not.
        reader = QueryBuilder().register("found", found).execute("SELECT * FROM found")
        con.register("found_rows", pyarrow.table(reader.read_all()))
    else:
        con.register("found_rows", found.to_pyarrow_table())
    return "found_rows"


def duckdb_rows(con, table, version):
    return f"delta_scan({literal(table)}, version => {version})"


READERS = {"deltalake": deltalake_rows, "duckdb-delta": duckdb_rows}


def difference(con, relation, expected):
    """The columns or the first rows that differ, as text; none when nothing does."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE found AS FROM {relation}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE expected AS FROM read_parquet({literal(expected)})")
    wanted = con.execute("DESCRIBE expected").fetchall()
    found = con.execute("DESCRIBE found").fetchall()
    names = [row[0] for row in wanted]
    if [row[0] for row in found] != names:
        return f"columns {[row[0] for row in found]} instead of {names}"
    types = {row[0]: row[1] for row in wanted}
    if types != (seen := {row[0]: row[1] for row in found}):
        return f"types {[(name, seen[name], types[name]) for name in names if seen[name] != types[name]]}"
    rows = con.execute("""
        SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (
            SELECT 'found' AS side, * FROM (FROM found EXCEPT ALL FROM expected)
            UNION ALL SELECT 'expected', * FROM (FROM expected EXCEPT ALL FROM found) LIMIT 6)
        """).fetchall()
    return "rows differ:\n" + "\n".join(map(repr, rows)) if rows else None


def judge(item):
    verdicts = []
    con = connection()
    wanted = con.execute(f"DESCRIBE FROM read_parquet({literal(item['expected'])})").fetchall()
    types = {row[0]: row[1] for row in wanted}
    for reader, rows in READERS.items():
        if any(limit[0] == reader and limit[1](item, types) for limit in LIMITS):
            continue
        try:
            problem = difference(con, rows(con, item["table"], item["version"]), item["expected"])
        except Exception as error:  # Whatever a reader throws is its verdict.
            problem = f"{type(error).__name__}: {error}"
        if problem:
            verdicts.append({
                "table": item["table"], "version": item["version"], "reader": reader, "problem": problem[:3000],
                "about": item["description"]})
    return verdicts


def main():
    items = json.loads(pathlib.Path(sys.argv[1]).read_text())
    # Forked before any library has threads of its own.
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("fork")) as pool:
        verdicts = [verdict for found in pool.map(judge, items, chunksize=8) for verdict in found]
    print(json.dumps(verdicts), flush=True)
    # The libraries' own threads sometimes abort the interpreter while it is taken down.
    os._exit(0)


if __name__ == "__main__":
    main()
