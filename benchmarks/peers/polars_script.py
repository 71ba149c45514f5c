"""The flights project by hand in Polars: lazy frames, the streaming engine, all checks of a table in one query."""

import hashlib

import polars as pl

from common import Script

script = Script()
pl.Config.set_engine_affinity("streaming")


def parquet(name: str) -> pl.LazyFrame:
    return pl.scan_parquet(script.output / f"{name}.parquet")


def sink(frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """A write that `pl.collect_all` carries out, together with others."""
    return frame.sink_parquet(script.output / f"{name}.parquet", compression="zstd", lazy=True)


def write(frame: pl.LazyFrame, name: str) -> None:
    pl.collect_all([sink(frame, name)])


def check(table: str, frame: pl.LazyFrame, failing: dict[str, pl.Expr], allowed: dict[str, float] = {}) -> None:
    """The checks that no row (or few rows) meets a condition; those with an allowance only warn."""
    counts = frame.select(pl.len().alias("rows"), **{name: value.sum() for name, value in failing.items()})
    row = counts.collect().row(0, named=True)
    for name in failing:
        script.verdict(f"{table}.{name}", row[name] <= allowed.get(name, 0) * row["rows"], warns=name in allowed)


def unique(table: str, frame: pl.LazyFrame, key: list[str]) -> None:
    twice = frame.group_by(key).len().filter(pl.col("len") > 1).select(pl.len()).collect().item()
    script.verdict(f"{table}.unique({', '.join(key)})", twice == 0)


def null(name: str) -> pl.Expr:
    return pl.col(name).is_null()


def outside(name: str, low: float, high: float) -> pl.Expr:
    return (pl.col(name) < low) | (pl.col(name) > high)


def minute_of_day(name: str) -> pl.Expr:
    return pl.col(name) // 100 * 60 + pl.col(name) % 100


with script.step("ingest"):
    # Faster than letting Polars guess: dates read as text first, and no more lines looked at than it does anyway.
    decimals = {name: pl.Float64 for name in ["temp", "dewp", "humid", "wind_gust", "pressure", "visib", "precip"]}
    for name, files, overrides in [
        ("flights_raw", "flights-*.csv*", {}), ("weather_all", "weather.csv", decimals),
        ("planes_raw", "planes.csv", {}), ("airlines_raw", "airlines.csv", {}),
    ]:
        frame = pl.scan_csv(script.landing / files, null_values=["NA", ""], schema_overrides=overrides)
        if name in ["flights_raw", "weather_all"]:
            frame = frame.with_columns(pl.col("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"))
        write(frame, name)

with script.step("checks of the raw data"):
    flights_raw, planes, airlines = parquet("flights_raw"), parquet("planes_raw"), parquet("airlines_raw")
    check(
        "flights_raw", flights_raw,
        {f"not_null({name})": null(name) for name in ["carrier", "flight", "origin", "dest", "time_hour"]})
    script.verdict("flights_raw.rows", flights_raw.select(pl.len()).collect().item() >= 300_000)
    check("weather_raw", parquet("weather_all"), {"range(humid)": outside("humid", 0, 100)})
    unique("weather_raw", parquet("weather_all"), ["origin", "time_hour"])
    for table, frame, column in [("planes_raw", planes, "tailnum"), ("airlines_raw", airlines, "carrier")]:
        check(table, frame, {"not_null": null(column)})
        unique(table, frame, [column])

with script.step("quarantine of the weather"):
    gale = outside("wind_speed", 0, 200).fill_null(False)
    reasons = pl.concat_list(pl.lit("range(wind_speed)")).alias("_reasons")
    pl.collect_all([
        sink(parquet("weather_all").filter(~gale), "weather_raw"),
        sink(parquet("weather_all").filter(gale).with_columns(reasons), "weather_quarantine"),
    ])

with script.step("transform"):
    date = pl.date("year", "month", "day")
    wind = pl.col("wind_dir").radians()
    weather = parquet("weather_raw").select(
        "origin", "time_hour", "temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure",
        "visib")
    planes_side = planes.select(
        "tailnum", pl.col("year").alias("plane_year"), "manufacturer", "model", "engines", "seats", "engine")
    flights_all = (
        flights_raw.filter(pl.col("dep_time").is_not_null())
        .join(weather, on=["origin", "time_hour"], how="left")
        .join(planes_side, on="tailnum", how="left")
        .select(
            pl.concat_str("carrier", "flight", date.dt.to_string("iso"), "origin", separator="-").alias("flight_id"),
            date.alias("date"), "carrier", "flight", "tailnum", "origin", "dest", "distance",
            "time_hour", "month", "day", "hour",
            date.dt.weekday().cast(pl.Int64).alias("weekday"), (date.dt.weekday() >= 6).alias("weekend"),
            "sched_dep_time", minute_of_day("sched_dep_time").alias("sched_dep_minute"),
            "sched_arr_time", minute_of_day("sched_arr_time").alias("sched_arr_minute"),
            "dep_time", "dep_delay", "arr_time", "arr_delay",
            (pl.col("dep_delay") - pl.col("arr_delay")).alias("made_up"),
            "air_time", (pl.col("distance") * 60.0 / pl.col("air_time")).alias("speed"),
            "temp", "dewp", "humid", "wind_dir", "wind_speed",
            (pl.col("wind_speed") * wind.sin()).alias("wind_east"),
            (pl.col("wind_speed") * wind.cos()).alias("wind_north"),
            pl.coalesce("wind_gust", "wind_speed").alias("wind_gust"), "precip", "pressure", "visib",
            "plane_year", (pl.col("year") - pl.col("plane_year")).alias("plane_age"),
            "manufacturer", "model", "engines", "seats", "engine",
            (pl.col("arr_delay") > 15).alias("late"),
        )
    )
    write(flights_all, "flights_all")
    flights_all = parquet("flights_all")

with script.step("checks"):
    known = planes.select("tailnum").collect().to_series()
    check(
        "flights", flights_all,
        {
            **{f"not_null({name})": null(name)
               for name in ["flight_id", "tailnum", "origin", "dest", "dep_time", "distance"]},
            "pattern(tailnum)": ~pl.col("tailnum").str.contains("^[A-Z0-9]{5,6}$"),
            "length(dest)": pl.col("dest").str.len_chars() != 3,
            "range(air_time)": outside("air_time", 10, 1000),
            "not_null(pressure)": null("pressure"),
            "accepted(origin)": ~pl.col("origin").is_in(["EWR", "JFK", "LGA"]),
            "references(tailnum)": ~pl.col("tailnum").is_in(known.implode()),
            "sql": null("arr_time") & pl.col("arr_delay").is_not_null(),
        },
        allowed={"not_null(pressure)": 0.1, "references(tailnum)": 0.2})
    rows, mean, quantile = flights_all.select(
        pl.len(), pl.col("dep_delay").mean().alias("mean"),
        pl.col("dep_delay").quantile(0.99, "linear").alias("quantile")).collect().row(0)
    script.verdict("flights.rows", rows >= 300_000)
    script.verdict("flights.mean(dep_delay)", 0 <= mean <= 30)
    script.verdict("flights.quantile(dep_delay)", quantile <= 300)
    unique("flights", flights_all, ["flight_id"])

with script.step("quarantine and splits"):
    rules = {
        "not_null(arr_delay)": null("arr_delay"),
        "range(dep_delay)": outside("dep_delay", -60, 720),
        "range(speed)": outside("speed", 60, 600),
    }
    refused = pl.any_horizontal(*(rule.fill_null(False) for rule in rules.values()))
    reasons = pl.concat_list(pl.when(rule).then(pl.lit(name)) for name, rule in rules.items()).list.drop_nulls()

    # Polars has no md5: it is taken once for each of the few thousand aeroplanes, and joined.
    def split_of(tailnum: str | None) -> str:
        bucket = int(hashlib.md5(f"7:{tailnum or ''}".encode()).hexdigest()[:15], 16) % 1_000_000
        return "train" if bucket < 800_000 else "validation" if bucket < 900_000 else "test"

    groups = flights_all.select(pl.col("tailnum").unique()).collect().to_series()
    splits = pl.LazyFrame({"tailnum": groups, "split": [split_of(tailnum) for tailnum in groups]})
    pl.collect_all([
        sink(flights_all.filter(refused).with_columns(reasons.alias("_reasons")), "flights_quarantine"),
        sink(
            flights_all.filter(~refused).join(splits, on="tailnum", how="left", nulls_equal=True), "flights"),
    ])
    flights = parquet("flights")

with script.step("tables made from it"):
    late_share = pl.col("late").mean().round(4).alias("late_share")
    mean_delay = pl.col("dep_delay").mean().round(1).alias("mean_delay")
    write(
        flights.join(airlines, on="carrier").group_by("carrier", "month").agg(
            pl.col("name").first(), pl.len().alias("flights"), pl.col("dep_delay").sum().alias("minutes_late"),
            mean_delay, pl.col("arr_delay").quantile(0.9, "linear").round().alias("delay_of_the_worst_tenth"),
            late_share,
        ).sort("carrier", "month"),
        "carrier_delays")
    wind_words = (
        pl.when(pl.col("wind_speed") < 10).then(pl.lit("calm"))
        .when(pl.col("wind_speed") < 20).then(pl.lit("breeze")).otherwise(pl.lit("strong")).alias("wind"))
    write(
        flights.filter(pl.col("wind_speed").is_not_null())
        .group_by("origin", wind_words, (pl.col("precip") > 0).alias("rain"))
        .agg(pl.len().alias("flights"), mean_delay, late_share).sort("origin", "wind", "rain"),
        "weather_delays")
    carrier_delays = parquet("carrier_delays")
    check(
        "carrier_delays", carrier_delays,
        {**{f"not_null({name})": null(name) for name in ["name", "flights", "late_share"]},
         "range(late_share)": outside("late_share", 0, 1)})
    unique("carrier_delays", carrier_delays, ["carrier", "month"])
    check(
        "weather_delays", parquet("weather_delays"),
        {"accepted(origin)": ~pl.col("origin").is_in(["EWR", "JFK", "LGA"])})

script.finish(
    published=flights.select(pl.len()).collect().item(),
    quarantined=parquet("flights_quarantine").select(pl.len()).collect().item(),
    splits=dict(flights.group_by("split").len().sort("split").collect().rows()),
)
