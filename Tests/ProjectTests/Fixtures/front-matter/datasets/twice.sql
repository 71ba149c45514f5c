/* key: [y] */
SELECT 1 AS x
