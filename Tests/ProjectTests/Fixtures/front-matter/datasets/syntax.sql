/*
key: [x
*/
SELECT 1 AS x
