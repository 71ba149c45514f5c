"""What deltalake does with a table: open it, merge into it, compact it, look one row up. Prints a JSON object with the
seconds that the work itself took."""

import json
import os
import sys
import time

from deltalake import DeltaTable


def opened(path):
    table = DeltaTable(path)
    return {"version": table.version(), "files": len(table.file_uris())}


def merged(path, source):
    import pyarrow.parquet

    result = (
        DeltaTable(path).merge(pyarrow.parquet.read_table(source), "t.id = s.id", source_alias="s", target_alias="t")
        .when_matched_update_all().when_not_matched_insert_all().execute())
    return {name: result[name] for name in ["num_target_rows_inserted", "num_target_rows_updated", "num_target_files_removed"]}


def compacted(path):
    result = DeltaTable(path).optimize.compact()
    return {"added": result["numFilesAdded"], "removed": result["numFilesRemoved"]}


def looked_up(path, key):
    import pyarrow.dataset

    found = DeltaTable(path).to_pyarrow_dataset().to_table(filter=pyarrow.dataset.field("id") == int(key))
    return {"rows": found.num_rows}


def digest(path):
    """A sum over the rows that does not depend on their order."""
    import duckdb

    con = duckdb.connect()
    con.register("found", DeltaTable(path).to_pyarrow_dataset())
    # Amounts as whole cents: the sum of floating numbers would depend on the order.
    rows = con.execute(
        "SELECT count(*), sum(id), sum(round(amount * 100)::HUGEINT), count(DISTINCT id) FROM found").fetchone()
    return {"digest": [str(value) for value in rows], "files": len(DeltaTable(path).file_uris())}


WORK = {"open": opened, "merge": merged, "optimize": compacted, "lookup": looked_up, "digest": digest}

if __name__ == "__main__":
    start = time.perf_counter()
    answer = WORK[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"seconds": time.perf_counter() - start, **answer}), flush=True)
    # The library's own threads sometimes abort the interpreter while it is taken down.
    os._exit(0)
