"""The flights project by hand in DuckDB: one step after the other, each from Parquet to Parquet."""

import duckdb

from common import Script, project_sql

script = Script()
database = duckdb.connect()
database.execute("SET preserve_insertion_order = false")
database.execute("SET TimeZone = 'UTC'")


def parquet(name: str) -> str:
    return str(script.output / f"{name}.parquet")


def write(name: str, query: str) -> None:
    database.execute(f"COPY ({query}) TO '{parquet(name)}' (FORMAT parquet, COMPRESSION zstd)")
    database.execute(f"CREATE OR REPLACE VIEW {name} AS FROM '{parquet(name)}'")


def number(query: str) -> float:
    return database.execute(query).fetchone()[0]


def none(name: str, table: str, condition: str, mostly: float = 1.0, warns: bool = False) -> None:
    """The check that no row (or few rows) meets a condition."""
    failing, total = database.execute(f"SELECT count(*) FILTER (WHERE {condition}), count(*) FROM {table}").fetchone()
    script.verdict(f"{table}.{name}", total - failing >= mostly * total, warns)


def unique(table: str, key: str) -> None:
    twice = number(f"SELECT count(*) FROM (SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1)")
    script.verdict(f"{table}.unique({key})", twice == 0)


def between(name: str, value: float, low: float, high: float) -> None:
    script.verdict(name, low <= value <= high)


with script.step("ingest"):
    for name, files in {
        "flights_raw": "flights-*.csv*", "weather_all": "weather.csv", "planes_raw": "planes.csv",
        "airlines_raw": "airlines.csv",
    }.items():
        write(name, f"FROM read_csv('{script.landing / files}', nullstr = ['NA', ''])")

with script.step("checks of the raw data"):
    between("flights_raw.rows", number("SELECT count(*) FROM flights_raw"), 300_000, float("inf"))
    for column in ["carrier", "flight", "origin", "dest", "time_hour"]:
        none(f"not_null({column})", "flights_raw", f"{column} IS NULL")
    none("range(humid)", "weather_all", "humid NOT BETWEEN 0 AND 100")
    unique("weather_all", "origin, time_hour")
    for table, column in [("planes_raw", "tailnum"), ("airlines_raw", "carrier")]:
        none(f"not_null({column})", table, f"{column} IS NULL")
        unique(table, column)

with script.step("quarantine of the weather"):
    write(
        "weather_quarantine",
        "SELECT *, ['range(wind_speed)'] AS _reasons FROM weather_all WHERE wind_speed NOT BETWEEN 0 AND 200")
    write("weather_raw", "FROM weather_all WHERE (wind_speed NOT BETWEEN 0 AND 200) IS NOT TRUE")

with script.step("transform"):
    write("flights_all", project_sql("flights"))

with script.step("checks"):
    for column in ["flight_id", "tailnum", "origin", "dest", "dep_time", "distance"]:
        none(f"not_null({column})", "flights_all", f"{column} IS NULL")
    none("pattern(tailnum)", "flights_all", "NOT regexp_matches(tailnum, '^[A-Z0-9]{5,6}$')")
    none("length(dest)", "flights_all", "length(dest) <> 3")
    none("range(air_time)", "flights_all", "air_time NOT BETWEEN 10 AND 1000")
    none("not_null(pressure)", "flights_all", "pressure IS NULL", mostly=0.9, warns=True)
    none("accepted(origin)", "flights_all", "origin NOT IN ('EWR', 'JFK', 'LGA')")
    between("flights.rows", number("SELECT count(*) FROM flights_all"), 300_000, float("inf"))
    none(
        "references(tailnum)", "flights_all", "tailnum NOT IN (SELECT tailnum FROM planes_raw)", mostly=0.8, warns=True)
    between("flights.mean(dep_delay)", number("SELECT avg(dep_delay) FROM flights_all"), 0, 30)
    between("flights.quantile", number("SELECT quantile_cont(dep_delay, 0.99) FROM flights_all"), float("-inf"), 300)
    none("sql", "flights_all", "arr_time IS NULL AND arr_delay IS NOT NULL")
    unique("flights_all", "flight_id")

RULES = {
    "not_null(arr_delay)": "arr_delay IS NULL",
    "range(dep_delay)": "dep_delay NOT BETWEEN -60 AND 720",
    "range(speed)": "speed NOT BETWEEN 60 AND 600",
}
REFUSED = " OR ".join(RULES.values())
with script.step("quarantine"):
    reasons = ", ".join(f"CASE WHEN {condition} THEN '{name}' END" for name, condition in RULES.items())
    write(
        "flights_quarantine",
        f"SELECT *, list_filter([{reasons}], lambda r: r IS NOT NULL) AS _reasons FROM flights_all WHERE {REFUSED}")
    write("flights_clean", f"FROM flights_all WHERE ({REFUSED}) IS NOT TRUE")

with script.step("splits"):
    bucket = "('0x' || md5('7:' || coalesce(tailnum, ''))[1:15])::BIGINT % 1000000"
    write(
        "flights",
        f"""
        SELECT * EXCLUDE (bucket),
            CASE WHEN bucket < 800000 THEN 'train' WHEN bucket < 900000 THEN 'validation' ELSE 'test' END AS split
        FROM (SELECT *, {bucket} AS bucket FROM flights_clean)
        """)

with script.step("tables made from it"):
    for name in ["carrier_delays", "weather_delays"]:
        write(name, project_sql(name))
    for column in ["name", "flights", "late_share"]:
        none(f"not_null({column})", "carrier_delays", f"{column} IS NULL")
    unique("carrier_delays", "carrier, month")
    none("range(late_share)", "carrier_delays", "late_share NOT BETWEEN 0 AND 1")
    none("accepted(origin)", "weather_delays", "origin NOT IN ('EWR', 'JFK', 'LGA')")

script.finish(
    published=number("SELECT count(*) FROM flights"),
    quarantined=number("SELECT count(*) FROM flights_quarantine"),
    splits=dict(database.execute("SELECT split, count(*) FROM flights GROUP BY split ORDER BY split").fetchall()),
)
