SELECT
    *,
    list_filter(
        [
            CASE WHEN arr_delay IS NULL THEN 'not_null(arr_delay)' END,
            CASE WHEN dep_delay NOT BETWEEN -60 AND 720 THEN 'range(dep_delay)' END,
            CASE WHEN speed NOT BETWEEN 60 AND 600 THEN 'range(speed)' END
        ],
        lambda reason: reason IS NOT NULL
    ) AS _reasons
FROM {{ ref('flights_all') }}
WHERE arr_delay IS NULL OR dep_delay NOT BETWEEN -60 AND 720 OR speed NOT BETWEEN 60 AND 600
