/*
description: a table
kye: [x]
checks:
  - not_null: x
  - rnage: { column: x, min: 1 }
*/
SELECT 1 AS x
