import Queries
import Testing

/// What is translated is told here by its text; that it gives DuckDB's answers is judged on both engines by
/// `TranslationTests`.
@Suite("Translation to Spark SQL")
struct SparkTranslationTests {
    static let translator = SparkTranslator(
        tables: [
            "t": .init(
                source: "`t`",
                columns: [
                    ("a", "INTEGER"), ("b", "BIGINT"), ("d", "DOUBLE"), ("p", "DECIMAL(10,2)"), ("v", "VARCHAR"),
                    ("dt", "DATE"), ("ts", "TIMESTAMP"), ("l", "INTEGER[]"), ("s", "STRUCT(x INTEGER, y VARCHAR)"),
                    ("m", "MAP(VARCHAR, INTEGER)"), ("ub", "UBIGINT"), ("bo", "BOOLEAN"),
                ].compactMap { name, type in DuckType(type).map { .init(name: name, type: $0) } }),
            "u": .init(source: "`u`", columns: [.init(name: "a", type: .integer), .init(name: "w", type: .varchar)]),
        ])

    static func translation(_ sql: String) throws -> SparkTranslator.Translation {
        try translator.translate(try Parser.query(sql))
    }

    static func faults(_ sql: String) throws -> [TranslationFault] {
        do {
            let translation = try translation(sql)
            Issue.record("\(sql) became \(translation.sql)")
            return []
        } catch let faults as TranslationFaults {
            return faults.faults
        }
    }

    @Test(
        "clauses",
        arguments: [
            ("SELECT a FROM t", "SELECT `t`.`a` AS `a` FROM `t` AS `t`"),
            (
                "SELECT * EXCLUDE (a) FROM u AS x ORDER BY w DESC",
                "SELECT `x`.`w` AS `w` FROM `u` AS `x` ORDER BY 1 DESC NULLS LAST"
            ),
            (
                "SELECT a + 1 AS n, n * 2 AS m FROM u WHERE n > 3",
                "SELECT (`u`.`a` + 1) AS `n`, ((`u`.`a` + 1) * 2) AS `m` FROM `u` AS `u` WHERE ((`u`.`a` + 1) > 3)"
            ),
            (
                "SELECT w, count(*) AS n FROM u GROUP BY ALL HAVING n > 1",
                "SELECT `u`.`w` AS `w`, count(*) AS `n` FROM `u` AS `u` GROUP BY `u`.`w` HAVING (count(*) > 1L)"
            ),
            (
                "SELECT w FROM u GROUP BY GROUPING SETS ((w), ())",
                "SELECT `u`.`w` AS `w` FROM `u` AS `u` GROUP BY GROUPING SETS ((`u`.`w`), ())"
            ),
            (
                "SELECT a FROM t SEMI JOIN u USING (a)",
                "SELECT `t`.`a` AS `a` FROM `t` AS `t` LEFT SEMI JOIN `u` AS `u` ON (`t`.`a` = `u`.`a`)"
            ),
            (
                "SELECT a FROM u UNION SELECT b FROM t",
                "(SELECT CAST(__r1.`c0` AS BIGINT) AS `a` FROM (SELECT `u`.`a` AS `a` FROM `u` AS `u`) AS __r1(`c0`)) UNION (SELECT `t`.`b` AS `b` FROM `t` AS `t`)"
            ),
            (
                "SELECT a FROM u QUALIFY row_number() OVER (ORDER BY w) = 1",
                "SELECT c0 AS `a` FROM (SELECT * FROM (SELECT `u`.`a` AS c0, (CAST(row_number() OVER (ORDER BY `u`.`w` ASC NULLS LAST) AS BIGINT) = 1L) AS q0 FROM `u` AS `u`) WHERE q0)"
            ),
            (
                "SELECT x FROM t, unnest(l) AS e(x)",
                "SELECT `e`.`x` AS `x` FROM `t` AS `t` CROSS JOIN LATERAL explode(`t`.`l`) AS `e`(`x`)"
            ),
            (
                "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r",
                "WITH RECURSIVE `r`(`n`) AS (SELECT 1 AS `1` UNION ALL SELECT (`r`.`n` + 1) AS `(n + 1)` FROM `r` AS `r` WHERE (`r`.`n` < 3)) SELECT `r`.`n` AS `n` FROM `r` AS `r`"
            ),
        ])
    func clauses(_ sql: String, _ expected: String) throws {
        #expect(try Self.translation(sql).sql == expected)
    }

    @Test(
        "types are DuckDB's",
        arguments: [
            ("a + 1", "INTEGER"), ("a / 2", "DOUBLE"), ("a // 2", "INTEGER"), ("a + b", "BIGINT"),
            ("p * p", "DECIMAL(18,4)"),
            ("p + 1", "DECIMAL(13,2)"), ("a * 1.5", "DECIMAL(12,1)"), ("sum(a)", "HUGEINT"),
            ("sum(p)", "DECIMAL(38,2)"),
            ("avg(a)", "DOUBLE"), ("count(*)", "BIGINT"), ("dt - dt", "BIGINT"), ("dt + 1", "DATE"),
            ("dt + INTERVAL 1 DAY", "TIMESTAMP"), ("date_trunc('month', dt)", "TIMESTAMP"), ("l[1]", "INTEGER"),
            ("list_transform(l, x -> x / 2)", "DOUBLE[]"), ("s.y", "VARCHAR"), ("m['k']", "INTEGER"),
            ("coalesce(a, 1.5)", "DECIMAL(11,1)"), ("NULL", "INTEGER"), ("[1, 2.5]", "DECIMAL(11,1)[]"),
            ("round(p, 1)", "DECIMAL(10,1)"), ("ceil(a)", "DOUBLE"), ("length(v)", "BIGINT"),
        ])
    func types(_ expression: String, _ type: String) throws {
        let columns = try Self.translation("SELECT \(expression) AS x FROM t").columns
        #expect(columns.map(\.type.description) == [type])
    }

    @Test("what Spark does otherwise is written out")
    func meanings() throws {
        func text(_ expression: String) throws -> String {
            let sql = try Self.translation("SELECT \(expression) AS x FROM t").sql
            return String(sql.dropFirst("SELECT ".count).dropLast(" AS `x` FROM `t` AS `t`".count))
        }
        #expect(try text("a // 2") == "CAST(`t`.`a` div 2 AS INT)")
        #expect(try text("a % 0") == "(`t`.`a` % nullif(0, 0))")
        #expect(try text("l[-1]") == "try_element_at(`t`.`l`, CAST('-1' AS INT))")
        #expect(try text("d::INTEGER") == "CAST(rint(`t`.`d`) AS INT)")
        #expect(try text(#"v LIKE 'a\%'"#) == #"(`t`.`v` LIKE 'a\\\\%')"#)
        #expect(try text(#"regexp_matches(v, '\sx$')"#) == #"(`t`.`v` RLIKE '(?d)[\\t\\n\\f\\r ]x\\z')"#)
        #expect(try text("left(v, 2)") == "left(`t`.`v`, 2)")
        #expect(try text("list_transform(l, (x, i) -> x + i)").contains("CAST(__x2 + 1 AS BIGINT)"))
    }

    @Test(
        "what cannot be equal is refused where it stands",
        arguments: [
            ("SELECT a, random() FROM t", 10, "random: it gives other values in each run"),
            (
                "SELECT a FROM t LIMIT 1", 22,
                "LIMIT without ORDER BY takes rows as they happen to come, which are others on Spark"
            ),
            ("SELECT first(a) FROM t", 7, "first: without ORDER BY in it, it gives values as they happen to come"),
            ("SELECT d::VARCHAR FROM t", 8, "DOUBLE as text has other digits on Spark"),
            ("SELECT ub + 1 FROM t", 10, "+ of UBIGINT fails at other numbers on Spark"),
            (
                "SELECT ts - ts FROM t", 10,
                "the difference of two timestamps is an INTERVAL of days and microseconds, which Spark has not"
            ),
            ("SELECT lenght(v) FROM t", 7, "the function lenght has no translation"),
            ("SELECT missing FROM t", 7, "there is no column \"missing\" here"),
            ("SELECT 1 FROM nowhere", 14, "no table \"nowhere\" is known"),
        ])
    func refusals(_ sql: String, _ position: Int, _ message: String) throws {
        let faults = try Self.faults(sql)
        #expect(faults.map(\.message) == [message])
        #expect(faults.map(\.position) == [position])
    }

    @Test("all faults of a query are told at once, with near names")
    func several() throws {
        let faults = try Self.faults("SELECT lenght(v), random(), regexp_matches(v, '(?U)a+') FROM t")
        #expect(faults.count == 3)
        #expect(faults.first?.hint?.contains("length") == true)
    }

    @Test("types are read back from their text")
    func typeTexts() {
        for text in [
            "STRUCT(\"a b\" INTEGER, \"c\" DECIMAL(4,2)[])", "MAP(VARCHAR, BIGINT)[]", "TIMESTAMP WITH TIME ZONE",
        ] {
            #expect(DuckType(text)?.description == text)
        }
        #expect(DuckType("INTEGER[3]") == nil)
        #expect(DuckType("GEOMETRY") == nil)
    }

    @Test("DuckDB's names can be given to the columns")
    func names() throws {
        let query = try Parser.query("SELECT a + 1 FROM u")
        let translation = try Self.translator.translate(query, names: ["(a + 1)!"])
        #expect(translation.columns.map(\.name) == ["(a + 1)!"])
    }

    @Test("the table of functions can be read")
    func table() {
        let functions = SparkTranslator.functions
        #expect(functions["substr"]?.allSatisfy { $0.reason == nil } == true)
        #expect(functions["hash"]?.first?.reason != nil)
        #expect(functions.values.allSatisfy { !$0.isEmpty })
    }
}
