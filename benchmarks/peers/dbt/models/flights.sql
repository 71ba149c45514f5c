SELECT
    * EXCLUDE (bucket),
    CASE WHEN bucket < 800000 THEN 'train' WHEN bucket < 900000 THEN 'validation' ELSE 'test' END AS split
FROM (
    SELECT *, ('0x' || md5('7:' || coalesce(tailnum, ''))[1:15])::BIGINT % 1000000 AS bucket
    FROM {{ ref('flights_all') }}
    WHERE (arr_delay IS NULL OR dep_delay NOT BETWEEN -60 AND 720 OR speed NOT BETWEEN 60 AND 600) IS NOT TRUE
)
