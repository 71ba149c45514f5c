/*
description: How late each airline is, month by month.
key: [carrier, month]
checks:
  - not_null: [name, flights, late_share]
  - unique: [carrier, month]
  - range: { column: late_share, min: 0, max: 1 }
*/
SELECT
    carrier,
    any_value(name) AS name,
    month,
    count(*) AS flights,
    sum(dep_delay) AS minutes_late,
    round(avg(dep_delay), 1) AS mean_delay,
    round(quantile_cont(arr_delay, 0.9)) AS delay_of_the_worst_tenth,
    round(avg(late::INTEGER), 4) AS late_share
FROM flights
JOIN airlines_raw USING (carrier)
GROUP BY carrier, month
ORDER BY carrier, month
