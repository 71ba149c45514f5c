CREATE TABLE edge (
    id INTEGER, i INTEGER, j INTEGER, b BIGINT, ti TINYINT, d DOUBLE, e DOUBLE, f FLOAT, p DECIMAL(10, 2),
    q DECIMAL(18, 4), v VARCHAR, w VARCHAR, dt DATE, du DATE, ts TIMESTAMP, tu TIMESTAMP, tz TIMESTAMPTZ, bo BOOLEAN,
    l INTEGER[], k INTEGER[], n VARCHAR[], s STRUCT(a INTEGER, b VARCHAR), m MAP(VARCHAR, INTEGER), g VARCHAR
);
INSERT INTO edge VALUES
    (1, 1, 2, 3, 4, 1.5, 2.5, 1.25, 1.25, 2.5005, 'hello', 'l', '2024-02-29', '2023-02-28', '2024-02-29 12:34:56.789', '2023-12-31 23:59:59', '2024-03-31 01:30:00+00', true, [1, 2, 3], [3, 4], ['a', 'b'], {'a': 1, 'b': 'x'}, MAP {'a': 1}, 'a'),
    (2, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.00, 0.0000, '', '', '1970-01-01', '1970-01-01', '1970-01-01 00:00:00', '1970-01-01 00:00:00', '1970-01-01 00:00:00+00', false, [], [], [], {'a': 0, 'b': ''}, MAP {}, 'a'),
    (3, -1, 3, -3, -4, -1.5, 2.0, -1.25, -1.25, -2.5005, 'Hello World', 'o', '1969-12-31', '2000-02-29', '1969-12-31 23:59:59.999999', '1969-12-31 22:30:00', '1969-12-31 23:59:59+00', true, [-1, NULL, 1], [1], ['', NULL], {'a': NULL, 'b': NULL}, MAP {'b': NULL, 'a': 2}, 'b'),
    (4, 2147483647, 1, 9223372036854775807, 127, 1e15, -3.0, 16777216.0, 99999999.99, 99999999999999.9999, 'ünïcödé', 'ö', '2020-12-31', '2021-01-01', '2020-12-31 23:59:59', '2021-01-03 00:00:00', '2024-10-27 01:30:00+00', false, [2147483647], [NULL, 2], ['x'], {'a': 2147483647, 'b': 'ß'}, MAP {'ä': 1}, 'b'),
    (5, -2147483648, -1, -9223372036854775808, -128, 0.5, 0.1, 0.1, -99999999.99, 0.0050, '  spaces ', ' ', '2021-01-03', '2021-01-04', '2021-01-03 00:00:00.1', '2021-01-04 00:00:01', '2021-01-03 12:00:00+00', NULL, [5, 5, 1], [5], ['b', 'a', 'b'], {'a': 7, 'b': 'é'}, MAP {'x': 0}, 'c'),
    (6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (7, 7, -2, 70, 7, 'nan', 1.0, 2.5, 0.05, 0.1250, '100%_\x', '%', '0100-01-01', '9999-12-31', '0100-01-01 00:00:00', '9999-12-31 23:59:59.999999', '2000-01-01 00:00:00+00', true, [7, 8], [9], ['a,b', 'c'], {'a': 1, 'b': 'x'}, MAP {'a': 1}, 'c'),
    (8, -7, 2, -70, -7, 'inf', -0.0, -2.5, -0.05, -0.1250, '👍🏽é日本', '日', '2016-02-29', '2017-02-28', '2016-02-29 00:00:00', '2016-03-01 00:00:00', '2016-02-29 23:00:00+00', false, [0], [0], ['日'], {'a': -1, 'b': '👍'}, MAP {'日': 5}, 'a'),
    (9, 10, 3, 100, 10, '-inf', 3.0, 0.5, 2.50, 1.0000, 'a1b22c333', '[0-9]', '2023-12-31', '2024-01-01', '2023-12-31 23:59:59.5', '2024-01-01 00:00:00', '2023-12-31 23:59:59.5+00', true, [3, 1, 2], [1, 2, 3], ['c', 'a'], {'a': 3, 'b': 'b'}, MAP {'k': -1}, 'b'),
    (10, 5, 5, 5, 5, -0.0, 'nan', 1e10, 3.75, 3.3333, 'HELLO' || chr(10) || 'x', 'hello', '2024-03-31', '2024-10-27', '2024-03-31 02:30:00', '2024-10-27 02:30:00', '2024-03-31 02:30:00+00', false, [NULL], [NULL], [NULL], NULL, MAP {'a': 9}, NULL),
    (11, 3, 7, 2, 1, 2.675, 100.0, 1.1, 0.01, 0.0001, '12', '-3.7', '2000-01-01', '1999-12-31', '2000-01-01 00:00:00.000001', '1999-12-31 00:00:00', '2000-06-15 12:00:00+00', true, [1, 1], [1, 1], ['z', 'Z'], {'a': 3, 'b': 'B'}, MAP {'z': 26}, 'd');
-- Every character of the basic plane, and some beyond it.
CREATE TABLE letters AS
SELECT r::INTEGER AS cp, chr(r::INTEGER) AS c FROM range(1, 55296) AS t(r)
UNION ALL SELECT r::INTEGER, chr(r::INTEGER) FROM range(57344, 65536) AS t(r)
UNION ALL SELECT r::INTEGER, chr(r::INTEGER) FROM range(66560, 66700) AS t(r);
CREATE TABLE numbers AS
SELECT r::INTEGER AS id, ((md5_number(r::VARCHAR) % 2000000007)::BIGINT - 1000000003) / 1000.0 AS x,
    ((md5_number('y' || r) % 1000003)::BIGINT - 500000) / 7.0 AS y, (md5_number('n' || r) % 1000000)::BIGINT - 500000 AS n,
    ((md5_number('p' || r) % 2000000)::BIGINT / 100 - 10000)::DECIMAL(12, 2) AS p, (r % 17)::INTEGER AS g,
    TIMESTAMP '1950-01-01' + to_seconds((md5_number('t' || r) % 4000000000)::BIGINT) AS t
FROM range(3000) AS t(r);
-- The ends of each type of number, and decimals of all widths that are stored in another way.
CREATE TABLE wide (
    id INTEGER, ut UTINYINT, us USMALLINT, ui UINTEGER, ub UBIGINT, si SMALLINT, bi BIGINT, d4 DECIMAL(4, 1),
    d9 DECIMAL(9, 4), d38 DECIMAL(38, 10), w38 DECIMAL(38, 0), f FLOAT, d DOUBLE, bl BLOB
);
INSERT INTO wide VALUES
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ''),
    (2, 255, 65535, 4294967295, 18446744073709551615, 32767, 9223372036854775807, 999.9, 99999.9999, 9999999999999999999999999999.9999999999, 99999999999999999999999999999999999999, 3.4028234663852886e38, 1.7976931348623157e308, '\xFF\x00'),
    (3, 1, 1, 1, 1, -32768, -9223372036854775808, -999.9, -99999.9999, -9999999999999999999999999999.9999999999, -99999999999999999999999999999999999999, 1.401298464324817e-45, 4.9e-324, 'abc'),
    (4, 128, 32768, 2147483648, 9223372036854775808, 1, 1, 0.1, 0.0001, 0.0000000001, 1, 'inf'::DOUBLE, 'inf'::DOUBLE, '\x00'),
    (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (6, 127, 32767, 2147483647, 9223372036854775807, -1, 9007199254740993, 0.5, 0.5, 0.5, 9007199254740993, 'nan'::DOUBLE, '-inf'::DOUBLE, '\xC3\xA9'),
    (7, 2, 2, 2, 2, 2, 2, 2.5, 2.5, 2.5, 2, 2.5, 'nan'::DOUBLE, '\xC3\x28'),
    (8, 3, 3, 3, 3, -3, -3, -2.5, -2.5, -2.5, -3, -2.5, '-0.0'::DOUBLE, 'Hello'),
    (9, 10, 100, 1000, 10000, 1234, 123456789012, 12.3, 1.2345, 1234567.8901234567, 123456789012345678901234567890, 0.1, 0.1, 'SGk='),
    (10, 100, 7, 70, 700, -100, -1, -0.1, -0.0001, -0.0000000001, -1, -1.5, -1.5, '48');
CREATE TABLE words (id INTEGER, t VARCHAR, u VARCHAR, n INTEGER);
INSERT INTO words VALUES
    (1, '', '', 0), (2, NULL, 'x', NULL), (3, 'a', 'A', 1), (4, 'é', 'e' || chr(769), 2), (5, 'ǆǅ', 'Ǆ', -1),
    (6, 'straße', 'STRASSE', 3), (7, 'İI', 'iı', 1), (8, 'ΟΔΟΣ', 'οδος', 4), (9, 'ﬀ', 'ff', 2),
    (10, '👩‍👩‍👧‍👦', '👩', 5), (11, '🇩🇪', '🇩', 1), (12, '𝒳𝒴', '𝒴', 2), (13, chr(9) || 'a' || chr(10) || 'b' || chr(13), chr(10), 2),
    (14, chr(160) || ' x' || chr(8232), ' ', 1), (15, chr(8203) || 'x' || chr(65279), 'x', 1),
    (16, 'it''s "q" `b` \ / % _ $1 § #', '\', 7), (17, '{}[]().*+?^|', '.*', 6), (18, 'שלום عالم', 'م', 3),
    (19, '한글', chr(4370) || chr(4449), 1), (20, 'null', 'NaN', 9), (21, ' 1 ', '1', 2), (22, '١٢', '１２', 1),
    (23, '2024-02-29', '2023-02-29', 4), (24, '1e400', '-0', 3), (25, '+1', '0x1F', 2), (26, '1_000', '1,000', 3),
    (27, repeat('x', 1000), repeat('é', 1000), 999), (28, 'a' || chr(0) || 'b', chr(0), 2), (29, chr(65535) || chr(1114111), chr(1114111), 1),
    (30, 'true', 'off', 2), (31, 'A,b,,c,', ',', 3), (32, '2024-02-29 23:59:60', '2024-02-29 24:00:00', 4),
    (33, '99999999999999999999', '170141183460469231731687303715884105728', 5), (34, '0.5', '1.5', 1), (35, 'aXbXc', 'X', 2),
    (36, 'Aaa', 'aa', -2), (37, 'infinity', '-inf', 3), (38, '   ', '  ', 2), (39, 'a' || chr(9), chr(9), 1);
-- Quarters of an hour around clock changes, leap days, the turns of years, weeks and calendars; `x` with microseconds.
CREATE TABLE clock AS
SELECT (b * 18 + q)::INTEGER AS id, t + to_minutes(q * 15) AS t, t + to_minutes(q * 15) + to_microseconds(q * 7777777) AS x,
    (t + to_minutes(q * 15))::DATE AS d, (t + to_minutes(q * 15))::TIMESTAMPTZ AS z, (q - 9)::INTEGER AS q
FROM (
    SELECT b, list_value(
        '2024-03-31 00:00:00', '2024-10-27 00:00:00', '2024-03-10 05:00:00', '2024-11-03 04:00:00', '2024-04-06 13:00:00',
        '2024-10-05 14:00:00', '2011-12-29 22:00:00', '1969-12-31 22:00:00', '2000-02-28 22:00:00', '1900-02-28 22:00:00',
        '2024-12-29 22:00:00', '1582-10-04 22:00:00', '0001-01-02 00:00:00', '9999-12-30 20:00:00', '1883-11-18 15:00:00',
        '2024-02-29 22:00:00', '1995-12-31 22:00:00', '2026-01-01 00:00:00')[b + 1]::TIMESTAMP AS t
    FROM range(18) AS r(b)
) AS bases, range(18) AS r(q);
CREATE TABLE nest (
    id INTEGER, ll INTEGER[][], ld DOUBLE[], ls STRUCT(a INTEGER, b VARCHAR)[], mi MAP(INTEGER, DOUBLE), lt VARCHAR[],
    lb BIGINT[], lp DECIMAL(10, 2)[], st STRUCT(x STRUCT(y INTEGER, z VARCHAR[]), w DATE), lo BOOLEAN[], lw DATE[]
);
INSERT INTO nest VALUES
    (1, [[1, 2], [3]], [1.5, 'nan'::DOUBLE, '-0.0'::DOUBLE, 0.0, 'inf', '-inf', NULL], [{'a': 1, 'b': 'x'}, {'a': NULL, 'b': 'y'}], MAP {1: 1.5, -1: 'nan'::DOUBLE}, ['b', NULL, 'a', 'B', 'é', ''], [9223372036854775807, 1], [1.25, -0.05], {'x': {'y': 1, 'z': ['p', 'q']}, 'w': '2024-02-29'}, [true, NULL, false], ['2024-02-29', '1970-01-01']),
    (2, [], [], [], MAP {}, [], [], [], {'x': {'y': NULL, 'z': []}, 'w': NULL}, [], []),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, [[], NULL, [NULL, 5]], [NULL], [NULL, {'a': 2, 'b': NULL}], MAP {0: NULL}, [NULL], [NULL], [NULL], {'x': NULL, 'w': '1969-12-31'}, [NULL], [NULL]),
    (5, [[7], [7], [7, 8]], [2.5, 2.5, 1.0], [{'a': 3, 'b': 'z'}, {'a': 3, 'b': 'z'}], MAP {2147483647: 1.0, -2147483648: 2.0}, ['x', 'x', '👍'], [-9223372036854775808, 0, -9223372036854775808], [99999999.99, 99999999.99], {'x': {'y': 2, 'z': NULL}, 'w': '9999-12-31'}, [true, true], ['2000-02-29', NULL, '2000-02-29']),
    (6, [[1]], [0.1, 0.2, 0.3], [{'a': 4, 'b': ''}], MAP {1: 0.1, 2: 0.2, 3: 0.3}, ['a,b', 'c'], [1, 2, 3], [0.1, 0.2], {'x': {'y': 3, 'z': [NULL, '']}, 'w': '2023-01-01'}, [false], ['2021-01-03']);
-- Each argument NULL by itself.
CREATE TABLE gaps AS
SELECT id, CASE WHEN id & 1 = 0 THEN 'hello' END AS a, CASE WHEN id & 2 = 0 THEN 'l' END AS b,
    CASE WHEN id & 4 = 0 THEN 'L' END AS c, CASE WHEN id & 2 = 0 THEN 2 END AS i, CASE WHEN id & 4 = 0 THEN 3 END AS j,
    CASE WHEN id & 1 = 0 THEN 1.5::DOUBLE END AS d, CASE WHEN id & 2 = 0 THEN 2.5::DOUBLE END AS e,
    CASE WHEN id & 1 = 0 THEN 1.25::DECIMAL(10, 2) END AS p, CASE WHEN id & 2 = 0 THEN 0.5::DECIMAL(18, 4) END AS q,
    CASE WHEN id & 1 = 0 THEN DATE '2024-02-29' END AS dt, CASE WHEN id & 2 = 0 THEN TIMESTAMP '2024-03-31 02:30:00' END AS ts,
    CASE WHEN id & 1 = 0 THEN [1, 2, NULL] END AS l, CASE WHEN id & 2 = 0 THEN [2, 3] END AS k,
    CASE WHEN id & 1 = 0 THEN MAP {'l': 1} END AS m, CASE WHEN id & 1 = 0 THEN true END AS x, CASE WHEN id & 2 = 0 THEN false END AS y,
    CASE WHEN id & 1 = 0 THEN {'u': CASE WHEN id & 2 = 0 THEN 1 END} END AS s, CASE WHEN id & 1 = 0 THEN 7::HUGEINT END::BIGINT AS h
FROM (SELECT r::INTEGER AS id FROM range(8) AS t(r));
