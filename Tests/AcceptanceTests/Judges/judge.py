"""What other readers see in a store: commands that print JSON, for the acceptance tests."""

import hashlib
import json
import os
import pathlib
import sys

import duckdb
from deltalake import DeltaTable


def connection():
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    return con


def delta_connection():
    """DuckDB with its reader for Delta tables (delta-kernel), which is a package of its own."""
    import duckdb_extension_delta

    folder = pathlib.Path(duckdb_extension_delta.__file__).parent
    extension = next(folder.rglob("delta.duckdb_extension"))
    con = connection()
    con.execute(f"LOAD '{extension}'")
    return con


def seen(con, relation):
    rows = con.execute(f"SELECT count(*), bit_xor(hash(t)), sum(hash(t)) FROM {relation} AS t").fetchone()
    columns = con.execute(f"SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM {relation})")
    return {
        "rows": ",".join("" if value is None else str(value) for value in rows),
        "columns": [row[0] for row in columns.fetchall()],
    }


def tables(store):
    """Every Delta table below a folder: the number of its rows, hashes of them, and its columns."""
    delta = delta_connection()
    result = {}
    for log in sorted(pathlib.Path(store).glob("*/_delta_log")):
        if not any(log.glob("*.json")):
            continue
        path = str(log.parent)
        con = connection()
        con.register("found", DeltaTable(path).to_pyarrow_table())
        result[log.parent.name] = {
            "deltalake": seen(con, "found"),
            "duckdb": seen(delta, f"delta_scan('{path}')"),
        }
    return result


def table(path, version=None):
    """One table: what its metadata say, and its rows."""
    found = DeltaTable(path, version=None if version is None else int(version))
    data = found.to_pyarrow_table()
    metadata = found.metadata()
    return {
        "version": found.version(),
        "rows": data.num_rows,
        "columns": [field.name for field in found.schema().fields],
        "partition_columns": metadata.partition_columns,
        "files": len(found.file_uris()),
        "values": {name: [str(value) for value in data.column(name).to_pylist()] for name in data.column_names}
        if data.num_rows <= 1000
        else {},
    }


def splits(path, by, seed, *shares):
    """The rows whose split is not what the published rule says, decided again from nothing."""
    data = DeltaTable(path).to_pyarrow_table(columns=[by, "split"]).to_pylist()
    names = [share.split("=")[0] for share in shares]
    weights = [float(share.split("=")[1]) for share in shares]
    bounds, sum_so_far = [], 0.0
    for weight in weights:
        sum_so_far += weight
        bounds.append(round(sum_so_far / sum(weights) * 1_000_000))
    wrong, counts = 0, dict.fromkeys(names, 0)
    for row in data:
        counts[row["split"]] += 1
        digest = hashlib.md5(f"{seed}:{row[by]}".encode()).hexdigest()
        bucket = int(digest[:15], 16) % 1_000_000
        expected = next(name for name, bound in zip(names, bounds) if bucket < bound)
        wrong += expected != row["split"]
    return {"rows": len(data), "wrong": wrong, "counts": counts}


def parquet(path):
    """A file as pyarrow reads it."""
    import pyarrow.parquet

    data = pyarrow.parquet.read_table(path)
    return {"rows": data.num_rows, "columns": data.column_names, "values": data.slice(0, 1000).to_pylist()}


def write_parquet(path, text):
    """Makes a Parquet file of the columns in a JSON object."""
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table(json.loads(text)), path)
    return {}


def append(path, text):
    """Adds rows to a table as another tool would."""
    import pyarrow
    from deltalake import write_deltalake

    write_deltalake(path, pyarrow.table(json.loads(text)), mode="append")
    return {"version": DeltaTable(path).version()}


def storage_options():
    """How deltalake finds the S3 server of the tests: from the program's own variables."""
    names = ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"]
    return {name: os.environ[name] for name in names} | {"AWS_ALLOW_HTTP": "true"}


def remote_tables(*urls):
    """Tables in S3, as deltalake reads them."""
    result = {}
    for url in urls:
        con = connection()
        con.register("found", DeltaTable(url, storage_options=storage_options()).to_pyarrow_table())
        result[url] = seen(con, "found")
    return result


def remote_append(url, text):
    """Adds rows to a table in S3 as another tool would."""
    import pyarrow
    from deltalake import write_deltalake

    write_deltalake(url, pyarrow.table(json.loads(text)), mode="append", storage_options=storage_options())
    return {"version": DeltaTable(url, storage_options=storage_options()).version()}


def remote_objects(prefix, *texts):
    """The sizes of the objects below BUCKET/PREFIX, and those that hold one of the texts."""
    from pyarrow import fs

    scheme, endpoint = os.environ["AWS_ENDPOINT_URL"].split("://")
    store = fs.S3FileSystem(endpoint_override=endpoint, scheme=scheme, region=os.environ["AWS_REGION"])
    files = [
        file
        for file in store.get_file_info(fs.FileSelector(prefix, recursive=True, allow_not_found=True))
        if file.type == fs.FileType.File
    ]
    found = []
    for file in files:
        with store.open_input_stream(file.path) as stream:
            data = stream.read()
        if any(text.encode() in data for text in texts):
            found.append(file.path)
    return {"sizes": {file.path: file.size for file in files}, "found": found}


def foreign_tables(folder):
    """Tables of another tool: three commits; three, a checkpoint and one more; the same without its oldest commits."""
    import shutil

    import pyarrow
    from deltalake import write_deltalake

    def rows(number):
        return pyarrow.table({"id": [2 * number + 1, 2 * number + 2], "v": ["a", "b"]})

    for number in range(3):
        write_deltalake(f"{folder}/plain", rows(number), mode="append")
    shutil.copytree(f"{folder}/plain", f"{folder}/checkpointed")
    DeltaTable(f"{folder}/checkpointed").create_checkpoint()
    write_deltalake(f"{folder}/checkpointed", rows(3), mode="append")
    shutil.copytree(f"{folder}/checkpointed", f"{folder}/expired")
    for version in (0, 1):
        os.remove(f"{folder}/expired/_delta_log/{version:020}.json")
    # Partition values that only the log knows.
    count = 60
    values = pyarrow.table(
        {
            "id": list(range(count)),
            "part": [[None, "a", "b/c=d e", "é%41"][n % 4] for n in range(count)],
            "day": pyarrow.array([n % 3 for n in range(count)], pyarrow.int32()).cast(pyarrow.date32()),
        }
    )
    write_deltalake(f"{folder}/partitioned", values, partition_by=["part", "day"])
    deleted_table(f"{folder}/deleted")
    mapped_table(f"{folder}/mapped")
    return {}


def tpch(folder):
    """The tables of TPC-H as Parquet files, and its queries as SQL files of a project."""
    import duckdb_extension_tpch

    extension = next(pathlib.Path(duckdb_extension_tpch.__file__).parent.rglob("tpch.duckdb_extension"))
    con = duckdb.connect()
    con.execute(f"LOAD '{extension}'")
    con.execute("CALL dbgen(sf = 0.01)")
    os.makedirs(f"{folder}/landing")
    os.makedirs(f"{folder}/datasets")
    names = [row[0] for row in con.execute("SHOW TABLES").fetchall()]
    for name in names:
        con.execute(f"COPY {name} TO '{folder}/landing/{name}.parquet' (FORMAT parquet)")
    for number, query in con.execute("SELECT query_nr, query FROM tpch_queries()").fetchall():
        with open(f"{folder}/datasets/q{number:02}.sql", "w", encoding="utf-8") as file:
            file.write(query)
    return {"tables": names}


def handmade_table(folder, table, protocol, fields, configuration=None, **add):
    """A table of one file, its log written by hand."""
    import pyarrow.parquet

    os.makedirs(f"{folder}/_delta_log")
    pyarrow.parquet.write_table(table, f"{folder}/data.parquet")
    metadata = {
        "id": "11111111-2222-3333-4444-555555555555",
        "format": {"provider": "parquet", "options": {}},
        "schemaString": json.dumps({"type": "struct", "fields": fields}),
        "partitionColumns": [],
        "configuration": configuration or {},
    }
    file = {
        "path": "data.parquet",
        "partitionValues": {},
        "size": os.path.getsize(f"{folder}/data.parquet"),
        "modificationTime": 0,
        "dataChange": True,
        "stats": json.dumps({"numRecords": table.num_rows}),
        **add,
    }
    with open(f"{folder}/_delta_log/{0:020}.json", "w", encoding="utf-8") as log:
        for action in ({"protocol": protocol}, {"metaData": metadata}, {"add": file}):
            log.write(json.dumps(action) + "\n")


def field(name, kind, **metadata):
    return {"name": name, "type": kind, "nullable": True, "metadata": metadata}


def deleted_table(folder):
    """Rows 3, 4 and 50 of a file do not count, as a deletion vector in the log says."""
    import struct

    import pyarrow

    rows = [3, 4, 50]
    bitmap = struct.pack("<IIHHI", 12346, 1, 0, len(rows) - 1, 16) + struct.pack(f"<{len(rows)}H", *rows)
    vector = struct.pack("<IQI", 1681511377, 1, 0) + bitmap
    size = len(vector)
    vector += bytes(-size % 4)
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    text = ""
    for start in range(0, len(vector), 4):
        number = int.from_bytes(vector[start : start + 4], "big")
        text += "".join(digits[number // 85**power % 85] for power in (4, 3, 2, 1, 0))
    handmade_table(
        folder,
        pyarrow.table({"id": list(range(60)), "v": [f"v{n}" for n in range(60)]}),
        {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": ["deletionVectors"],
            "writerFeatures": ["deletionVectors"],
        },
        [field("id", "long"), field("v", "string")],
        deletionVector={
            "storageType": "i", "pathOrInlineDv": text, "sizeInBytes": size, "cardinality": len(rows)
        },
    )


def mapped_table(folder):
    """Columns, and fields in them, that have other names in files."""
    import pyarrow

    def mapped(name, kind, number):
        return field(
            name, kind, **{"delta.columnMapping.id": number, "delta.columnMapping.physicalName": f"col-{number}"}
        )

    inner = {"type": "struct", "fields": [mapped("a", "long", 3), mapped("b c", "string", 4)]}
    pairs = pyarrow.array(
        [{"col-3": n, "col-4": f"x{n}"} for n in range(10)],
        pyarrow.struct([("col-3", pyarrow.int64()), ("col-4", pyarrow.string())]),
    )
    handmade_table(
        folder,
        pyarrow.table({"col-1": list(range(10)), "col-2": pairs}),
        {"minReaderVersion": 2, "minWriterVersion": 5},
        [mapped("id", "long", 1), mapped("pair", inner, 2), mapped("later", "integer", 5)],
        {"delta.columnMapping.mode": "name", "delta.columnMapping.maxColumnId": "5"},
    )


COMMANDS = {
    "append": append,
    "foreign-tables": foreign_tables,
    "tpch": tpch,
    "remote-append": remote_append,
    "remote-objects": remote_objects,
    "remote-tables": remote_tables,
    "tables": tables,
    "table": table,
    "splits": splits,
    "parquet": parquet,
    "write-parquet": write_parquet,
}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:]), default=str), flush=True)
    # The libraries' own threads sometimes abort the interpreter while it is taken down.
    os._exit(0)
