/*
description: What wind and rain do to the departures of each airport.
checks:
  - accepted: { column: origin, values: [EWR, JFK, LGA] }
*/
SELECT
    origin,
    CASE WHEN wind_speed < 10 THEN 'calm' WHEN wind_speed < 20 THEN 'breeze' ELSE 'strong' END AS wind,
    precip > 0 AS rain,
    count(*) AS flights,
    round(avg(dep_delay), 1) AS mean_delay,
    round(avg(late::INTEGER), 4) AS late_share
FROM flights
WHERE wind_speed IS NOT NULL
GROUP BY ALL
ORDER BY ALL
