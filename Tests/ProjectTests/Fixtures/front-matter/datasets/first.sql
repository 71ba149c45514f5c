-- licence
/* chekcs: [ not_null ]
   key: [x] */
SELECT 1 AS x
