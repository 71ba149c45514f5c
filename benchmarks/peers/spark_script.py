"""The flights project by hand in PySpark, in local mode: one step after the other, each from Parquet to Parquet."""

import os

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from common import Script

script = Script()
spark = (
    SparkSession.builder.master(f"local[{os.cpu_count()}]")
    .config("spark.driver.memory", "8g")
    .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", str(2 * (os.cpu_count() or 1)))
    .config("spark.sql.parquet.compression.codec", "zstd")
    .config("spark.sql.warehouse.dir", str(script.output / "warehouse"))
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def write(frame: DataFrame, name: str) -> DataFrame:
    path = str(script.output / f"{name}.parquet")
    frame.write.mode("overwrite").parquet(path)
    spark.read.parquet(path).createOrReplaceTempView(name)
    return spark.table(name)


def check(table: str, failing: dict[str, str], allowed: dict[str, float] = {}) -> None:
    """The checks that no row (or few rows) meets a condition, in one scan; those with an allowance only warn."""
    counts = [F.count_if(F.expr(condition)).alias(name) for name, condition in failing.items()]
    row = spark.table(table).select(F.count("*").alias("rows"), *counts).first().asDict()
    for name in failing:
        script.verdict(f"{table}.{name}", row[name] <= allowed.get(name, 0) * row["rows"], warns=name in allowed)


def unique(table: str, *key: str) -> None:
    twice = spark.table(table).groupBy(*key).count().where("count > 1").count()
    script.verdict(f"{table}.unique({', '.join(key)})", twice == 0)


INTEGERS = "dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay".split()
SCHEMAS = {
    "flights_raw": ("flights-*.csv*", "year bigint, month bigint, day bigint, "
                    + "".join(f"{name} bigint, " for name in INTEGERS)
                    + "carrier string, flight bigint, tailnum string, origin string, dest string, air_time bigint, "
                    "distance bigint, hour bigint, minute bigint, time_hour timestamp"),
    "weather_all": ("weather.csv", "origin string, year bigint, month bigint, day bigint, hour bigint, temp double, "
                    "dewp double, humid double, wind_dir bigint, wind_speed double, wind_gust double, precip double, "
                    "pressure double, visib double, time_hour timestamp"),
    "planes_raw": ("planes.csv", "tailnum string, year bigint, type string, manufacturer string, model string, "
                   "engines bigint, seats bigint, speed bigint, engine string"),
    "airlines_raw": ("airlines.csv", "carrier string, name string"),
}

with script.step("ingest"):
    for name, (files, schema) in SCHEMAS.items():
        write(spark.read.csv(str(script.landing / files), schema=schema, header=True, nullValue="NA"), name)

with script.step("checks of the raw data"):
    check(
        "flights_raw",
        {f"not_null({name})": f"{name} IS NULL" for name in ["carrier", "flight", "origin", "dest", "time_hour"]})
    script.verdict("flights_raw.rows", spark.table("flights_raw").count() >= 300_000)
    check("weather_all", {"range(humid)": "humid NOT BETWEEN 0 AND 100"})
    unique("weather_all", "origin", "time_hour")
    for table, column in [("planes_raw", "tailnum"), ("airlines_raw", "carrier")]:
        check(table, {"not_null": f"{column} IS NULL"})
        unique(table, column)

with script.step("quarantine of the weather"):
    gale = "coalesce(wind_speed NOT BETWEEN 0 AND 200, false)"
    write(
        spark.table("weather_all").where(gale).withColumn("_reasons", F.array(F.lit("range(wind_speed)"))),
        "weather_quarantine")
    write(spark.table("weather_all").where(f"NOT {gale}"), "weather_raw")

with script.step("transform"):
    write(
        spark.sql("""
            SELECT
                concat_ws('-', f.carrier, f.flight, make_date(f.year, f.month, f.day), f.origin) AS flight_id,
                make_date(f.year, f.month, f.day) AS date,
                f.carrier, f.flight, f.tailnum, f.origin, f.dest, f.distance, f.time_hour, f.month, f.day, f.hour,
                weekday(make_date(f.year, f.month, f.day)) + 1 AS weekday,
                weekday(make_date(f.year, f.month, f.day)) >= 5 AS weekend,
                f.sched_dep_time, f.sched_dep_time div 100 * 60 + f.sched_dep_time % 100 AS sched_dep_minute,
                f.sched_arr_time, f.sched_arr_time div 100 * 60 + f.sched_arr_time % 100 AS sched_arr_minute,
                f.dep_time, f.dep_delay, f.arr_time, f.arr_delay, f.dep_delay - f.arr_delay AS made_up,
                f.air_time, f.distance * 60.0D / f.air_time AS speed,
                w.temp, w.dewp, w.humid, w.wind_dir, w.wind_speed,
                w.wind_speed * sin(radians(w.wind_dir)) AS wind_east,
                w.wind_speed * cos(radians(w.wind_dir)) AS wind_north,
                coalesce(w.wind_gust, w.wind_speed) AS wind_gust, w.precip, w.pressure, w.visib,
                p.year AS plane_year, f.year - p.year AS plane_age,
                p.manufacturer, p.model, p.engines, p.seats, p.engine,
                f.arr_delay > 15 AS late
            FROM flights_raw AS f
            LEFT JOIN weather_raw AS w ON w.origin = f.origin AND w.time_hour = f.time_hour
            LEFT JOIN planes_raw AS p ON p.tailnum = f.tailnum
            WHERE f.dep_time IS NOT NULL
            """),
        "flights_all")

with script.step("checks"):
    check(
        "flights_all",
        {
            **{f"not_null({name})": f"{name} IS NULL"
               for name in ["flight_id", "tailnum", "origin", "dest", "dep_time", "distance"]},
            "pattern(tailnum)": "NOT tailnum RLIKE '^[A-Z0-9]{5,6}$'",
            "length(dest)": "length(dest) <> 3",
            "range(air_time)": "air_time NOT BETWEEN 10 AND 1000",
            "not_null(pressure)": "pressure IS NULL",
            "accepted(origin)": "origin NOT IN ('EWR', 'JFK', 'LGA')",
            "sql": "arr_time IS NULL AND arr_delay IS NOT NULL",
        },
        allowed={"not_null(pressure)": 0.1})
    flights_all = spark.table("flights_all")
    unknown = flights_all.join(spark.table("planes_raw"), "tailnum", "left_anti").count()
    rows, mean, quantile = flights_all.selectExpr(
        "count(*)", "avg(dep_delay)", "percentile(dep_delay, 0.99)").first()
    script.verdict("flights_all.references(tailnum)", unknown <= 0.2 * rows, warns=True)
    script.verdict("flights_all.rows", rows >= 300_000)
    script.verdict("flights_all.mean(dep_delay)", 0 <= mean <= 30)
    script.verdict("flights_all.quantile(dep_delay)", quantile <= 300)
    unique("flights_all", "flight_id")

RULES = {
    "not_null(arr_delay)": "arr_delay IS NULL",
    "range(dep_delay)": "dep_delay NOT BETWEEN -60 AND 720",
    "range(speed)": "speed NOT BETWEEN 60 AND 600",
}
REFUSED = "coalesce(" + " OR ".join(f"({rule})" for rule in RULES.values()) + ", false)"
with script.step("quarantine"):
    reasons = F.array_compact(F.array(*(F.when(F.expr(rule), F.lit(name)) for name, rule in RULES.items())))
    quarantine = write(flights_all.where(REFUSED).withColumn("_reasons", reasons), "flights_quarantine")
    write(flights_all.where(f"NOT {REFUSED}"), "flights_clean")

with script.step("splits"):
    bucket = "cast(conv(substr(md5('7:' || coalesce(tailnum, '')), 1, 15), 16, 10) AS bigint) % 1000000"
    split = f"CASE WHEN {bucket} < 800000 THEN 'train' WHEN {bucket} < 900000 THEN 'validation' ELSE 'test' END"
    flights = write(spark.table("flights_clean").withColumn("split", F.expr(split)), "flights")

with script.step("tables made from it"):
    write(
        spark.sql("""
            SELECT carrier, any_value(name) AS name, month, count(*) AS flights, sum(dep_delay) AS minutes_late,
                round(avg(dep_delay), 1) AS mean_delay, round(percentile(arr_delay, 0.9)) AS delay_of_the_worst_tenth,
                round(avg(cast(late AS int)), 4) AS late_share
            FROM flights JOIN airlines_raw USING (carrier) GROUP BY carrier, month ORDER BY carrier, month
            """),
        "carrier_delays")
    write(
        spark.sql("""
            SELECT origin,
                CASE WHEN wind_speed < 10 THEN 'calm' WHEN wind_speed < 20 THEN 'breeze' ELSE 'strong' END AS wind,
                precip > 0 AS rain, count(*) AS flights, round(avg(dep_delay), 1) AS mean_delay,
                round(avg(cast(late AS int)), 4) AS late_share
            FROM flights WHERE wind_speed IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """),
        "weather_delays")
    check(
        "carrier_delays",
        {**{f"not_null({name})": f"{name} IS NULL" for name in ["name", "flights", "late_share"]},
         "range(late_share)": "late_share NOT BETWEEN 0 AND 1"})
    unique("carrier_delays", "carrier", "month")
    check("weather_delays", {"accepted(origin)": "origin NOT IN ('EWR', 'JFK', 'LGA')"})

splits = {row["split"]: row["count"] for row in flights.groupBy("split").count().orderBy("split").collect()}
script.finish(published=flights.count(), quarantined=quarantine.count(), splits=splits)
