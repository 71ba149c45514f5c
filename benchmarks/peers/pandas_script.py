"""The flights project by hand in pandas: whole tables in memory, each step also kept as Parquet."""

import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa

from common import Script

script = Script()


def read(files: str, dates: list[str] = []) -> pd.DataFrame:
    parts = [
        pd.read_csv(path, na_values=["NA"], engine="pyarrow", dtype_backend="pyarrow", parse_dates=dates)
        for path in sorted(script.landing.glob(files))
    ]
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def write(frame: pd.DataFrame, name: str) -> None:
    frame.to_parquet(script.output / f"{name}.parquet", compression="zstd", index=False)


def none(name: str, failing: pd.Series, allowed: float = 0, warns: bool = False) -> None:
    script.verdict(name, int(failing.fillna(False).sum()) <= allowed * len(failing), warns)


def unique(name: str, frame: pd.DataFrame, key: list[str]) -> None:
    script.verdict(f"{name}.unique", not frame.duplicated(key).any())


def outside(values: pd.Series, low: float, high: float) -> pd.Series:
    return ((values < low) | (values > high)).fillna(False)


def minute_of_day(values: pd.Series) -> pd.Series:
    return values // 100 * 60 + (values - values // 100 * 100)


with script.step("ingest"):
    flights_raw = read("flights-*.csv*", ["time_hour"])
    weather = read("weather.csv", ["time_hour"])
    planes = read("planes.csv")
    airlines = read("airlines.csv")
    for name, frame in [("flights_raw", flights_raw), ("planes_raw", planes), ("airlines_raw", airlines)]:
        write(frame, name)

with script.step("checks of the raw data"):
    script.verdict("flights_raw.rows", len(flights_raw) >= 300_000)
    for column in ["carrier", "flight", "origin", "dest", "time_hour"]:
        none(f"flights_raw.not_null({column})", flights_raw[column].isna())
    none("weather_raw.range(humid)", outside(weather["humid"], 0, 100))
    unique("weather_raw", weather, ["origin", "time_hour"])
    for name, frame, column in [("planes_raw", planes, "tailnum"), ("airlines_raw", airlines, "carrier")]:
        none(f"{name}.not_null", frame[column].isna())
        unique(name, frame, [column])

with script.step("quarantine of the weather"):
    gale = outside(weather["wind_speed"], 0, 200)
    write(weather[gale].assign(_reasons="range(wind_speed)"), "weather_quarantine")
    weather = weather[~gale]
    write(weather, "weather_raw")

with script.step("transform"):
    flown = flights_raw[flights_raw["dep_time"].notna()]
    del flights_raw
    weather_columns = [
        "temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib"]
    plane_columns = ["manufacturer", "model", "engines", "seats", "engine"]
    flights = flown.merge(
        weather[["origin", "time_hour", *weather_columns]], on=["origin", "time_hour"], how="left"
    ).merge(
        planes.rename(columns={"year": "plane_year"})[["tailnum", "plane_year", *plane_columns]],
        on="tailnum", how="left")
    del flown
    date = pd.to_datetime(flights[["year", "month", "day"]].astype("int64"))
    flights["date"] = date.dt.date.astype(pd.ArrowDtype(pa.date32()))
    flights["flight_id"] = (
        flights["carrier"] + "-" + flights["flight"].astype("string[pyarrow]") + "-"
        + date.dt.strftime("%Y-%m-%d").astype("string[pyarrow]") + "-" + flights["origin"])
    flights["weekday"] = date.dt.day_of_week + 1
    flights["weekend"] = flights["weekday"] >= 6
    flights["sched_dep_minute"] = minute_of_day(flights["sched_dep_time"])
    flights["sched_arr_minute"] = minute_of_day(flights["sched_arr_time"])
    flights["made_up"] = flights["dep_delay"] - flights["arr_delay"]
    flights["speed"] = flights["distance"] * 60.0 / flights["air_time"]
    wind = np.radians(flights["wind_dir"].to_numpy(dtype="float64", na_value=np.nan))
    flights["wind_east"] = flights["wind_speed"] * np.sin(wind)
    flights["wind_north"] = flights["wind_speed"] * np.cos(wind)
    flights["wind_gust"] = flights["wind_gust"].fillna(flights["wind_speed"])
    flights["plane_age"] = flights["year"] - flights["plane_year"]
    flights["late"] = flights["arr_delay"] > 15
    flights = flights[[
        "flight_id", "date", "carrier", "flight", "tailnum", "origin", "dest", "distance", "time_hour", "month", "day",
        "hour", "weekday", "weekend", "sched_dep_time", "sched_dep_minute", "sched_arr_time", "sched_arr_minute",
        "dep_time", "dep_delay", "arr_time", "arr_delay", "made_up", "air_time", "speed", "temp", "dewp", "humid",
        "wind_dir", "wind_speed", "wind_east", "wind_north", "wind_gust", "precip", "pressure", "visib", "plane_year",
        "plane_age", "manufacturer", "model", "engines", "seats", "engine", "late",
    ]]
    write(flights, "flights_all")

with script.step("checks"):
    for column in ["flight_id", "tailnum", "origin", "dest", "dep_time", "distance"]:
        none(f"flights.not_null({column})", flights[column].isna())
    none("flights.pattern(tailnum)", ~flights["tailnum"].str.match("^[A-Z0-9]{5,6}$"))
    none("flights.length(dest)", flights["dest"].str.len() != 3)
    none("flights.range(air_time)", outside(flights["air_time"], 10, 1000))
    none("flights.not_null(pressure)", flights["pressure"].isna(), allowed=0.1, warns=True)
    none("flights.accepted(origin)", ~flights["origin"].isin(["EWR", "JFK", "LGA"]))
    script.verdict("flights.rows", len(flights) >= 300_000)
    none("flights.references(tailnum)", ~flights["tailnum"].isin(planes["tailnum"]), allowed=0.2, warns=True)
    script.verdict("flights.mean(dep_delay)", 0 <= flights["dep_delay"].mean() <= 30)
    script.verdict("flights.quantile(dep_delay)", flights["dep_delay"].quantile(0.99) <= 300)
    none("flights.sql", flights["arr_time"].isna() & flights["arr_delay"].notna())
    unique("flights", flights, ["flight_id"])

with script.step("quarantine"):
    rules = {
        "not_null(arr_delay)": flights["arr_delay"].isna(),
        "range(dep_delay)": outside(flights["dep_delay"], -60, 720),
        "range(speed)": outside(flights["speed"], 60, 600),
    }
    refused = rules["not_null(arr_delay)"] | rules["range(dep_delay)"] | rules["range(speed)"]
    bad = flights[refused]
    reasons = [
        [name for name, holds in zip(rules, row) if holds]
        for row in zip(*(rule[refused].to_list() for rule in rules.values()))
    ]
    write(bad.assign(_reasons=reasons), "flights_quarantine")
    flights = flights[~refused]


def split_of(tailnum) -> str:
    text = "" if pd.isna(tailnum) else tailnum
    bucket = int(hashlib.md5(f"7:{text}".encode()).hexdigest()[:15], 16) % 1_000_000
    return "train" if bucket < 800_000 else "validation" if bucket < 900_000 else "test"


with script.step("splits"):
    splits = {tailnum: split_of(tailnum) for tailnum in flights["tailnum"].unique()}
    flights = flights.assign(split=flights["tailnum"].map(splits).astype("string[pyarrow]"))
    write(flights, "flights")

with script.step("tables made from it"):
    def delays(groups) -> pd.DataFrame:
        return groups.agg(flights=("late", "size"), mean_delay=("dep_delay", "mean"), late_share=("late", "mean"))

    groups = flights.groupby(["carrier", "month"])
    carrier_delays = delays(groups).assign(
        minutes_late=groups["dep_delay"].sum(), delay_of_the_worst_tenth=groups["arr_delay"].quantile(0.9).round())
    carrier_delays = carrier_delays.reset_index().merge(airlines, on="carrier").sort_values(["carrier", "month"])
    write(carrier_delays, "carrier_delays")
    known = flights[flights["wind_speed"].notna()]
    speed = known["wind_speed"].to_numpy(dtype="float64")
    wind_words = pd.Series(np.select([speed < 10, speed < 20], ["calm", "breeze"], "strong"), known.index, name="wind")
    rain = (known["precip"] > 0).rename("rain")
    weather_delays = delays(known.groupby([known["origin"], wind_words, rain])).reset_index()
    write(weather_delays, "weather_delays")
    for column in ["name", "flights", "late_share"]:
        none(f"carrier_delays.not_null({column})", carrier_delays[column].isna())
    unique("carrier_delays", carrier_delays, ["carrier", "month"])
    none("carrier_delays.range(late_share)", outside(carrier_delays["late_share"], 0, 1))
    none("weather_delays.accepted(origin)", ~weather_delays["origin"].isin(["EWR", "JFK", "LGA"]))

script.finish(
    published=len(flights), quarantined=len(bad),
    splits={name: int(count) for name, count in flights["split"].value_counts().sort_index().items()})
