"""A SQL step by hand in DuckDB: its inputs as they lie in Millrace's store, one COPY."""

import pathlib
import sys

import duckdb

from common import project_sql

store, output = pathlib.Path(sys.argv[1]), sys.argv[2]
database = duckdb.connect()
database.execute("SET preserve_insertion_order = false")
database.execute("SET TimeZone = 'UTC'")
for name in ["flights_raw", "weather_raw", "planes_raw"]:
    database.execute(f"CREATE VIEW {name} AS FROM read_parquet('{store / name}/**/*.parquet')")
print(database.execute(f"COPY ({project_sql('flights')}) TO '{output}' (FORMAT parquet, COMPRESSION zstd)").fetchone()[0])
