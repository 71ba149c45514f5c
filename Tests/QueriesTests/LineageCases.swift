import Testing

/// Queries with their lineage: each clause once.
struct LineageCase: Sendable, CustomTestStringConvertible {
    var name: String
    var sql: String
    var lines: [String]

    init(_ name: String, _ sql: String, _ lines: [String]) {
        self.name = name
        self.sql = sql
        self.lines = lines
    }

    var testDescription: String { name }

    static let all: [LineageCase] = [
        .init("a column under another name", "SELECT a AS x FROM t", ["x: t.a identity"]),
        .init(
            "an expression", "SELECT a + b AS x, a::VARCHAR AS y, -c AS z FROM t",
            ["x: t.a transformation, t.b transformation", "y: t.a transformation", "z: t.c transformation"]),
        .init("a constant and a count have no column", "SELECT 1 AS one, count(*) AS n FROM t", ["one:", "n:"]),
        .init(
            "the letter case of names does not matter", "SELECT T.A, \"B\" AS x FROM t",
            ["a: t.a identity", "x: t.b identity"]),
        .init(
            "qualified names in every form", "SELECT t.a, main.t.b, memory.main.t.c FROM t",
            ["a: t.a identity", "b: t.b identity", "c: t.c identity"]),
        .init(
            "fields of structs", "SELECT s.x, t.s.y AS y, (s).x AS z, s['y'] AS w FROM t",
            ["x: t.s transformation", "y: t.s transformation", "z: t.s transformation", "w: t.s transformation"]),
        .init(
            "all fields of a struct", "SELECT s.*, a FROM t",
            ["x: t.s transformation", "y: t.s transformation", "a: t.a identity"]),
        .init("a whole row", "SELECT u FROM u", ["u: u.a transformation, u.d transformation"]),
        .init(
            "an alias used again", "SELECT a + 1 AS k, k * 2 AS m FROM t",
            ["k: t.a transformation", "m: t.a transformation"]),
        .init(
            "a column goes before an alias", "SELECT a + 1 AS b, b * 2 AS m FROM t",
            ["b: t.a transformation", "m: t.b transformation"]),
        .init(
            "WHERE sees aliases, columns first", "SELECT b AS a, c AS k FROM t WHERE a = 1 AND k > 2",
            ["a: t.b identity", "k: t.c identity", "rows: t.a filter, t.c filter"]),
        .init(
            "ORDER BY sees aliases first", "SELECT b AS a FROM t ORDER BY a + 0", ["a: t.b identity", "rows: t.b sort"]),
        .init(
            "ORDER BY a place, LIMIT by a subquery", "SELECT a, b FROM t ORDER BY 2 LIMIT (SELECT max(d) FROM u)",
            ["a: t.a identity", "b: t.b identity", "rows: t.b sort, u.d filter"]),
        .init(
            "ORDER BY ALL", "SELECT a, b FROM t ORDER BY ALL",
            ["a: t.a identity", "b: t.b identity", "rows: t.a sort, t.b sort"]),
        .init("a star", "SELECT * FROM u", ["a: u.a identity", "d: u.d identity"]),
        .init(
            "EXCLUDE, REPLACE and RENAME", "SELECT * EXCLUDE (l, s) REPLACE (b + c AS b) RENAME (a AS x) FROM t",
            ["x: t.a identity", "b: t.b transformation, t.c transformation", "c: t.c identity"]),
        .init(
            "a star of one table", "SELECT u.*, t.b FROM t JOIN u ON t.a = u.a",
            ["a: u.a identity", "d: u.d identity", "b: t.b identity", "rows: t.a join, u.a join"]),
        .init(
            "an excluded column of one of two tables", "SELECT * EXCLUDE (u.a, l, s, b, c) FROM t JOIN u ON t.a = u.a",
            ["a: t.a identity", "d: u.d identity", "rows: t.a join, u.a join"]),
        .init("COLUMNS with a pattern", "SELECT COLUMNS('^[ab]$') FROM t", ["a: t.a identity", "b: t.b identity"]),
        .init("COLUMNS with a lambda", "SELECT COLUMNS(c -> c LIKE 'a%') FROM t", ["a: t.a identity"]),
        .init(
            "COLUMNS with names in an expression", "SELECT max(COLUMNS(['a', 'b'])) FROM t",
            ["a: t.a aggregation", "b: t.b aggregation"]),
        .init(
            "COLUMNS as arguments", "SELECT coalesce(*COLUMNS(['a', 'b'])) AS x FROM t",
            ["x: t.a transformation, t.b transformation"]),
        .init("a star with LIKE", "SELECT * LIKE '_' FROM u", ["a: u.a identity", "d: u.d identity"]),
        .init(
            "a condition that is a value", "SELECT CASE WHEN a = 1 THEN b WHEN c = 2 THEN a END AS x FROM t",
            ["x: t.a transformation+conditional, t.b transformation, t.c conditional"]),
        .init(
            "IF and COALESCE", "SELECT if(a > 1, b, c) AS x, coalesce(a, b) AS y FROM t",
            [
                "x: t.a conditional, t.b transformation, t.c transformation",
                "y: t.a transformation+conditional, t.b transformation",
            ]),
        .init(
            "comparisons as values",
            "SELECT a = b AS e, a BETWEEN 1 AND b AS f, a IN (1, c) AS g, a IS NULL AS h FROM t",
            [
                "e: t.a transformation, t.b transformation", "f: t.a transformation, t.b transformation",
                "g: t.a transformation, t.c transformation", "h: t.a transformation",
            ]),
        .init(
            "aggregates", "SELECT sum(a) AS x, max(b + c) AS y FROM t",
            ["x: t.a aggregation", "y: t.b aggregation, t.c aggregation"]),
        .init(
            "an aggregate with FILTER and ORDER BY", "SELECT list(a ORDER BY b) FILTER (WHERE c > 1) AS x FROM t",
            ["x: t.a aggregation, t.b sort, t.c filter"]),
        .init(
            "WITHIN GROUP", "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) AS x FROM t", ["x: t.a aggregation"]),
        .init(
            "GROUP BY and HAVING", "SELECT a, sum(b) AS x FROM t GROUP BY a HAVING max(c) > 1",
            ["a: t.a identity", "x: t.b aggregation", "rows: t.a group_by, t.c filter"]),
        .init(
            "GROUP BY an alias", "SELECT a % 2 AS k, count(*) AS n FROM t GROUP BY k",
            ["k: t.a transformation", "n:", "rows: t.a group_by"]),
        .init(
            "GROUP BY a place", "SELECT a % 2 AS k, count(*) AS n FROM t GROUP BY 1",
            ["k: t.a transformation", "n:", "rows: t.a group_by"]),
        .init(
            "GROUP BY ALL", "SELECT a, b + 1 AS k, sum(c) AS x FROM t GROUP BY ALL",
            ["a: t.a identity", "k: t.b transformation", "x: t.c aggregation", "rows: t.a group_by, t.b group_by"]),
        .init(
            "GROUPING SETS", "SELECT a, b, grouping(a) AS g FROM t GROUP BY GROUPING SETS ((a), (b), ())",
            ["a: t.a identity", "b: t.b identity", "g: t.a group_by", "rows: t.a group_by, t.b group_by"]),
        .init(
            "windows",
            "SELECT sum(a) OVER (PARTITION BY b ORDER BY c) AS x, row_number() OVER w AS n FROM t WINDOW w AS (ORDER BY a)",
            ["x: t.a aggregation, t.b window, t.c window", "n: t.a window"]),
        .init(
            "LAG with a default", "SELECT lag(a, 1, b) OVER (ORDER BY c) AS x FROM t",
            ["x: t.a transformation, t.b transformation, t.c window"]),
        .init(
            "a frame", "SELECT max(a) OVER (ORDER BY b ROWS BETWEEN c PRECEDING AND CURRENT ROW) AS x FROM t",
            ["x: t.a aggregation, t.b window, t.c window"]),
        .init(
            "QUALIFY", "SELECT a FROM t QUALIFY row_number() OVER (PARTITION BY b ORDER BY c) = 1",
            ["a: t.a identity", "rows: t.b filter+window, t.c filter+window"]),
        .init(
            "DISTINCT", "SELECT DISTINCT a, b FROM t",
            ["a: t.a identity", "b: t.b identity", "rows: t.a group_by, t.b group_by"]),
        .init(
            "DISTINCT ON", "SELECT DISTINCT ON (a) b FROM t ORDER BY a, c",
            ["b: t.b identity", "rows: t.a group_by+sort, t.c sort"]),
        .init(
            "a join", "SELECT t.b, u.d FROM t JOIN u ON t.a = u.a AND u.d > 1",
            ["b: t.b identity", "d: u.d identity", "rows: t.a join, u.a join, u.d join"]),
        .init(
            "a left join with USING", "SELECT a, b, d FROM t LEFT JOIN u USING (a)",
            ["a: t.a identity", "b: t.b identity", "d: u.d identity", "rows: t.a join, u.a join"]),
        .init(
            "a right join with USING", "SELECT a FROM t RIGHT JOIN u USING (a)",
            ["a: u.a identity", "rows: t.a join, u.a join"]),
        .init(
            "a full join with USING", "SELECT a, t.a AS l, u.a AS r FROM t FULL JOIN u USING (a)",
            [
                "a: t.a transformation, u.a transformation", "l: t.a identity", "r: u.a identity",
                "rows: t.a join, u.a join",
            ]),
        .init(
            "a natural join", "SELECT * EXCLUDE (l, s, b) FROM t NATURAL JOIN v",
            ["a: t.a identity", "c: t.c identity", "e: v.e identity", "rows: t.c join, v.c join"]),
        .init(
            "a semi join", "SELECT b FROM t SEMI JOIN u ON t.a = u.a", ["b: t.b identity", "rows: t.a join, u.a join"]),
        .init(
            "an anti join", "SELECT * FROM u ANTI JOIN t USING (a)",
            ["a: u.a identity", "d: u.d identity", "rows: t.a join, u.a join"]),
        .init(
            "an asof join", "SELECT t.a, u.d FROM t ASOF JOIN u ON t.a >= u.a",
            ["a: t.a identity", "d: u.d identity", "rows: t.a join, u.a join"]),
        .init("a positional join", "SELECT t.b, u.d FROM t POSITIONAL JOIN u", ["b: t.b identity", "d: u.d identity"]),
        .init(
            "a comma and WHERE", "SELECT t.b FROM t, u WHERE t.a = u.a",
            ["b: t.b identity", "rows: t.a filter, u.a filter"]),
        .init(
            "a lateral subquery", "SELECT x FROM t, LATERAL (SELECT t.b + d AS x FROM u WHERE u.a = t.a)",
            ["x: t.b transformation, u.d transformation", "rows: t.a filter, u.a filter"]),
        .init(
            "unnest in FROM", "SELECT t.a, e FROM t, unnest(t.l) AS x(e)",
            ["a: t.a identity", "e: t.l transformation", "rows: t.l join"]),
        .init(
            "unnest in the list", "SELECT a, unnest(l) AS e FROM t",
            ["a: t.a identity", "e: t.l transformation", "rows: t.l join"]),
        .init(
            "unnest of a struct", "SELECT a, unnest(s) FROM t",
            ["a: t.a identity", "x: t.s transformation", "y: t.s transformation", "rows: t.s join"]),
        .init("a table function", "SELECT i + 1 AS x FROM range(10) AS r(i)", ["x:"]),
        .init("VALUES", "SELECT x + a AS y FROM t, (VALUES (1), (2)) AS w(x)", ["y: t.a transformation"]),
        .init(
            "a subquery with names", "SELECT x FROM (SELECT a + b, c FROM t WHERE c > 1) AS q(x)",
            ["x: t.a transformation, t.b transformation", "rows: t.c filter"]),
        .init(
            "a scalar subquery", "SELECT a, (SELECT max(d) FROM u WHERE u.a = t.b) AS x FROM t",
            ["a: t.a identity", "x: t.b filter, u.a filter, u.d aggregation"]),
        .init(
            "EXISTS", "SELECT b FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
            ["b: t.b identity", "rows: t.a filter, u.a filter"]),
        .init(
            "IN a subquery", "SELECT b, a IN (SELECT d FROM u) AS x FROM t WHERE c NOT IN (SELECT e FROM v)",
            ["b: t.b identity", "x: t.a transformation, u.d transformation", "rows: t.c filter, v.e filter"]),
        .init(
            "ALL of a subquery", "SELECT a > ALL (SELECT d FROM u WHERE a > 1) AS x FROM t",
            ["x: t.a transformation, u.a filter, u.d transformation"]),
        .init(
            "common table expressions",
            "WITH x AS (SELECT a AS k, b FROM t), y(p, q) AS (SELECT k, b + 1 FROM x) SELECT p, q FROM y",
            ["p: t.a identity", "q: t.b transformation"]),
        .init(
            "a common table expression hides a table", "WITH t AS (SELECT a + 1 AS a FROM t) SELECT a FROM t",
            ["a: t.a transformation"]),
        .init(
            "a recursive table",
            "WITH RECURSIVE r(n, m) AS (SELECT a, b FROM t UNION ALL SELECT m, n + 1 FROM r WHERE n < 5) SELECT n, m FROM r",
            [
                "n: t.a identity+transformation, t.b identity+transformation",
                "m: t.a transformation, t.b identity+transformation", "rows: t.a filter, t.b filter",
            ]),
        .init(
            "UNION", "SELECT a, b FROM t UNION SELECT a, d FROM u",
            [
                "a: t.a identity, u.a identity", "b: t.b identity, u.d identity",
                "rows: t.a group_by, t.b group_by, u.a group_by, u.d group_by",
            ]),
        .init(
            "UNION ALL BY NAME", "SELECT a AS x FROM t UNION ALL BY NAME SELECT d AS y, a AS x FROM u",
            ["x: t.a identity, u.a identity", "y: u.d identity"]),
        .init("EXCEPT", "SELECT a FROM t EXCEPT SELECT a FROM u", ["a: t.a identity", "rows: t.a filter, u.a filter"]),
        .init(
            "a set operation with ORDER BY", "(SELECT a AS x FROM t) UNION ALL (SELECT d FROM u) ORDER BY x LIMIT 3",
            ["x: t.a identity, u.d identity", "rows: t.a sort, u.d sort"]),
        .init("FROM first", "FROM u SELECT d", ["d: u.d identity"]),
        .init("a prefix alias", "SELECT x: a + 1 FROM t", ["x: t.a transformation"]),
        .init(
            "lambdas",
            "SELECT list_transform(l, x -> x + a) AS p, list_filter(l, lambda a, i: a > i) AS q, [b * 2 FOR b IN l] AS r FROM t",
            ["p: t.a transformation, t.l transformation", "q: t.l transformation", "r: t.l transformation"]),
        .init(
            "JSON's arrow is no lambda", "SELECT a::JSON -> 'k' AS x, b ->> 'k' AS y FROM t",
            ["x: t.a transformation", "y: t.b transformation"]),
        .init(
            "a method", "SELECT a.abs() AS x, t.b.abs() AS y, l.list_transform(x -> x + c) AS z FROM t",
            ["x: t.a transformation", "y: t.b transformation", "z: t.c transformation, t.l transformation"]),
        .init(
            "PIVOT", "PIVOT (SELECT a, b, c FROM t) ON c IN (1, 2) USING sum(b) GROUP BY a",
            [
                "a: t.a identity", "1: t.b aggregation, t.c conditional", "2: t.b aggregation, t.c conditional",
                "rows: t.a group_by",
            ]),
        .init(
            "PIVOT in FROM", "SELECT * FROM (SELECT a, b, c FROM t) PIVOT (sum(b) AS s, count(*) AS n FOR c IN (1, 2))",
            [
                "a: t.a identity", "1_s: t.b aggregation, t.c conditional", "1_n: t.c conditional",
                "2_s: t.b aggregation, t.c conditional", "2_n: t.c conditional", "rows: t.a group_by",
            ]),
        .init(
            "UNPIVOT", "UNPIVOT (SELECT a, b, c FROM t) ON b, c INTO NAME n VALUE v",
            ["a: t.a identity", "n:", "v: t.b identity, t.c identity", "rows: t.b filter, t.c filter"]),
        .init(
            "UNPIVOT INCLUDE NULLS", "SELECT * FROM (SELECT a, b, c FROM t) UNPIVOT INCLUDE NULLS (v FOR n IN (b, c))",
            ["a: t.a identity", "n:", "v: t.b identity, t.c identity"]),
        .init("a sample", "SELECT a FROM t USING SAMPLE 10 ROWS", ["a: t.a identity"]),
        .init(
            "a parameter of the session is no column", "SELECT current_date AS d, a FROM t", ["d:", "a: t.a identity"]),
        .init(
            "a table with names for its columns", "SELECT p + c AS x FROM t AS q(p)",
            ["x: t.a transformation, t.c transformation"]),
    ]
}
