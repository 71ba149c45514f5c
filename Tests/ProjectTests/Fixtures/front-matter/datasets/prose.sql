/* Note: this is prose.
   It goes on: and on */
SELECT 1 AS x
