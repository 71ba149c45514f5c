/* key: x
   sql: SELECT 2 */
SELECT 1 AS x
