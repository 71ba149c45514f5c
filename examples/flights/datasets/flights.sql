-- One row per departure that took place: what was planned, what happened, the weather, the aeroplane, the label.
SELECT
    concat_ws('-', f.carrier, f.flight, make_date(f.year, f.month, f.day), f.origin) AS flight_id,
    make_date(f.year, f.month, f.day) AS date,
    f.carrier,
    f.flight,
    f.tailnum,
    f.origin,
    f.dest,
    f.distance,

    -- Known before departure: what a model may look at.
    f.time_hour,
    f.month,
    f.day,
    f.hour,
    isodow(make_date(f.year, f.month, f.day)) AS weekday,
    weekday >= 6 AS weekend,
    f.sched_dep_time,
    f.sched_dep_time // 100 * 60 + f.sched_dep_time % 100 AS sched_dep_minute,
    f.sched_arr_time,
    f.sched_arr_time // 100 * 60 + f.sched_arr_time % 100 AS sched_arr_minute,

    -- Known afterwards.
    f.dep_time,
    f.dep_delay,
    f.arr_time,
    f.arr_delay,
    f.dep_delay - f.arr_delay AS made_up,
    f.air_time,
    f.distance * 60.0::DOUBLE / f.air_time AS speed,

    -- The weather at the origin in the hour of departure.
    w.temp,
    w.dewp,
    w.humid,
    w.wind_dir,
    w.wind_speed,
    w.wind_speed * sin(radians(w.wind_dir)) AS wind_east,
    w.wind_speed * cos(radians(w.wind_dir)) AS wind_north,
    coalesce(w.wind_gust, w.wind_speed) AS wind_gust,
    w.precip,
    w.pressure,
    w.visib,

    -- The aeroplane, as far as the register knows it.
    p.year AS plane_year,
    f.year - p.year AS plane_age,
    p.manufacturer,
    p.model,
    p.engines,
    p.seats,
    p.engine,

    -- The label.
    f.arr_delay > 15 AS late
FROM flights_raw AS f
LEFT JOIN weather_raw AS w ON w.origin = f.origin AND w.time_hour = f.time_hour
LEFT JOIN planes_raw AS p ON p.tailnum = f.tailnum
WHERE f.dep_time IS NOT NULL
