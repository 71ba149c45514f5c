SELECT *, ['range(wind_speed)'] AS _reasons
FROM {{ ref('weather_all') }}
WHERE wind_speed NOT BETWEEN 0 AND 200
