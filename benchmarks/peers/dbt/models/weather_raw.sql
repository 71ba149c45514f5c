SELECT *
FROM {{ ref('weather_all') }}
WHERE (wind_speed NOT BETWEEN 0 AND 200) IS NOT TRUE
