/// Writes queries over the tables `t(a, b, c, l, s)`, `u(a, d)` and `v(c, e)`: numbers, but for the list `l` and the
/// struct `s`. Their results depend on nothing but the tables' values: no sample, no choice among equals.
struct RandomQuery {
    /// What may stand in an expression.
    private struct Scope {
        var numbers: [String]
        var lists: [String] = []
        var records: [String] = []
    }

    private struct Source {
        var sql: String
        var scope: Scope
        /// The names of its columns that are numbers, without a table in front.
        var names: [String]
        var alias: String
    }

    private struct Query {
        var sql: String
        var columns: [String]
    }

    private var random: SplitMix64
    private var counter = 0
    private var tables: [Query] = []

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func sql() -> String {
        var head: [String] = []
        if chance(4) {
            for _ in 0...number(2) {
                let query = query(1)
                let name = fresh("cte")
                head.append("\(name) AS (\(query.sql))")
                tables.append(Query(sql: name, columns: query.columns))
            }
        }
        var isRecursive = false
        if chance(9) {
            isRecursive = true
            let source = source(0)
            let (one, two) = (expression(source.scope, 1), expression(source.scope, 0))
            head.append(
                """
                rec(n, m) AS (SELECT \(one), \(two) FROM \(source.sql) UNION \(chance(2) ? "ALL " : "")SELECT n + 1, \
                \(choice(["m", "m + n", "n"])) FROM rec WHERE n < \(number(6)))
                """)
            tables.append(Query(sql: "rec", columns: ["n", "m"]))
        }
        let query = query(2)
        return (head.isEmpty ? "" : "WITH \(isRecursive ? "RECURSIVE " : "")\(head.joined(separator: ", ")) ")
            + query.sql
    }

    // MARK: Chance

    private mutating func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    private mutating func chance(_ one: Int) -> Bool { number(one) == 0 }
    private mutating func choice(_ items: [String]) -> String { items[number(items.count)] }

    private mutating func fresh(_ stem: String) -> String {
        counter += 1
        return "\(stem)\(counter)"
    }

    // MARK: Queries

    private mutating func query(_ depth: Int) -> Query {
        if depth > 0, chance(7) { return combination(depth) }
        return switch number(10) {
        case 0...3: plain(depth)
        case 4...6: grouped(depth)
        case 7: starred(depth)
        case 8: windowed(depth)
        default: ordered(depth)
        }
    }

    private mutating func combination(_ depth: Int) -> Query {
        let left = plain(depth - 1)
        let right = plain(depth - 1)
        let word = choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "UNION BY NAME"])
        let count = min(left.columns.count, right.columns.count)
        func cut(_ query: Query) -> String {
            "SELECT \(query.columns.prefix(count).joined(separator: ", ")) FROM (\(query.sql))"
        }
        let columns = Array(left.columns.prefix(count))
        if word == "UNION BY NAME" {
            return Query(sql: "\(left.sql) UNION ALL BY NAME \(right.sql)", columns: left.columns + right.columns)
        }
        return Query(sql: "(\(cut(left))) \(word) (\(cut(right)))", columns: columns)
    }

    private mutating func plain(_ depth: Int) -> Query {
        let source = source(depth)
        var scope = source.scope
        var items: [String] = []
        var columns: [String] = []
        for _ in 0...number(3) {
            let name = fresh("x")
            items.append("\(expression(scope, 2)) AS \(name)")
            columns.append(name)
            if chance(3) { scope.numbers.append(name) }
        }
        if !scope.lists.isEmpty, chance(6) {
            let name = fresh("x")
            items.append("unnest(\(choice(scope.lists))) AS \(name)")
            columns.append(name)
        }
        let filter = chance(2) ? " WHERE \(condition(source.scope, 2))" : ""
        return Query(
            sql: "SELECT \(chance(7) ? "DISTINCT " : "")\(items.joined(separator: ", ")) FROM \(source.sql)\(filter)",
            columns: columns)
    }

    private mutating func grouped(_ depth: Int) -> Query {
        let source = source(depth)
        var keys: [String] = []
        var items: [String] = []
        var columns: [String] = []
        for _ in 0..<number(3) {
            let (key, name) = (expression(source.scope, 1), fresh("k"))
            keys.append(key)
            items.append("\(key) AS \(name)")
            columns.append(name)
        }
        for _ in 0...number(2) {
            let name = fresh("g")
            items.append("\(aggregate(source.scope)) AS \(name)")
            columns.append(name)
        }
        let grouping: String
        switch number(4) {
        case _ where keys.isEmpty: grouping = ""
        case 0: grouping = " GROUP BY ALL"
        case 1: grouping = " GROUP BY \((1...keys.count).map { "\($0)" }.joined(separator: ", "))"
        case 2: grouping = " GROUP BY \(choice(["ROLLUP", "CUBE"])) (\(keys.joined(separator: ", ")))"
        default: grouping = " GROUP BY \(keys.joined(separator: ", "))"
        }
        let filter = chance(2) ? " WHERE \(condition(source.scope, 1))" : ""
        let having = chance(3) ? " HAVING \(aggregate(source.scope)) > \(number(4))" : ""
        return Query(
            sql: "SELECT \(items.joined(separator: ", ")) FROM \(source.sql)\(filter)\(grouping)\(having)",
            columns: columns)
    }

    private mutating func starred(_ depth: Int) -> Query {
        let source = simpleSource(depth)
        let column = choice(source.names)
        let rest = source.names.filter { $0 != column }
        switch number(6) {
        case 0 where !rest.isEmpty:
            return Query(sql: "SELECT * EXCLUDE (\(column)) FROM \(source.sql)", columns: rest)
        case 1:
            return Query(
                sql: "SELECT * REPLACE (\(expression(source.scope, 1)) AS \(column)) FROM \(source.sql)",
                columns: source.names)
        case 2:
            let name = fresh("r")
            return Query(
                sql: "SELECT \(source.alias).* RENAME (\(column) AS \(name)) FROM \(source.sql)", columns: rest + [name]
            )
        case 3: return Query(sql: "SELECT COLUMNS('^\(column)$') FROM \(source.sql)", columns: [column])
        case 4:
            return Query(
                sql: "SELECT max(COLUMNS(c -> c = '\(column)')) FROM \(source.sql)", columns: [column])
        default:
            return Query(
                sql: "SELECT \(source.names.joined(separator: ", ")) FROM (FROM \(source.sql))", columns: source.names)
        }
    }

    private mutating func windowed(_ depth: Int) -> Query {
        let source = source(depth)
        var items: [String] = []
        var columns: [String] = []
        for _ in 0...number(2) {
            let name = fresh("w")
            items.append("\(window(source.scope)) AS \(name)")
            columns.append(name)
        }
        let qualify = chance(2) ? " QUALIFY \(window(source.scope)) > \(number(4))" : ""
        let filter = chance(3) ? " WHERE \(condition(source.scope, 1))" : ""
        return Query(
            sql: "SELECT \(items.joined(separator: ", ")) FROM \(source.sql)\(filter)\(qualify)", columns: columns)
    }

    private mutating func ordered(_ depth: Int) -> Query {
        var query = plain(depth)
        switch number(3) {
        case 0: query.sql = "SELECT * FROM (\(query.sql)) ORDER BY ALL LIMIT \(number(4) + 1)"
        case 1:
            let key = choice(query.columns)
            let order = ([key] + query.columns).joined(separator: ", ")
            query.sql = "SELECT DISTINCT ON (\(key)) * FROM (\(query.sql)) ORDER BY \(order)"
        default: query.sql = "FROM (\(query.sql)) ORDER BY \(query.columns.joined(separator: " DESC, ")) LIMIT 2"
        }
        return query
    }

    // MARK: FROM

    private mutating func source(_ depth: Int) -> Source {
        switch number(depth > 0 ? 16 : 8) {
        case 0...4: return simpleSource(depth)
        case 5: return joined(base(), base())
        case 6: return pivot()
        case 7: return unpivot()
        case 8...10: return joined(simpleSource(depth - 1), simpleSource(depth - 1))
        case 11: return joined(base(), joined(base(), simpleSource(depth - 1)))
        case 12:
            let left = base()
            let inner = plain(depth - 1)
            let alias = fresh("lat")
            let (value, name) = (expression(left.scope, 1), fresh("x"))
            let sql = "\(left.sql), LATERAL (SELECT *, \(value) AS \(name) FROM (\(inner.sql))) \(alias)"
            let names = inner.columns + [name]
            return Source(
                sql: sql,
                scope: Scope(
                    numbers: left.scope.numbers + names.map { "\(alias).\($0)" }, lists: left.scope.lists,
                    records: left.scope.records), names: left.names + names, alias: alias)
        case 13:
            let alias = fresh("t")
            let list = fresh("el")
            return Source(
                sql: "t AS \(alias), unnest(\(alias).l) AS \(list)(e)",
                scope: Scope(numbers: ["\(alias).a", "\(alias).b", "e", "\(list).e"], records: ["\(alias).s"]),
                names: ["a", "b", "e"], alias: alias)
        case 14:
            let left = base()
            let alias = fresh("val")
            return Source(
                sql: "\(left.sql), (VALUES (1, 2), (3, 4)) \(alias)(p, q)",
                scope: Scope(numbers: left.scope.numbers + ["p", "\(alias).q"], lists: left.scope.lists),
                names: left.names + ["p", "q"], alias: alias)
        default:
            let (left, right) = (fresh("t"), fresh("u"))
            let word = choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
            if chance(2) {
                return Source(
                    sql: "t AS \(left) \(word) u AS \(right) USING (a)",
                    scope: Scope(numbers: ["a", "\(left).a", "\(right).a", "b", "d"], lists: ["l"], records: ["s"]),
                    names: ["a", "b", "c", "d"], alias: left)
            }
            return Source(
                sql: "t AS \(left) NATURAL \(word) v AS \(right)",
                scope: Scope(numbers: ["a", "c", "\(left).c", "\(right).c", "e"], lists: ["l"], records: ["s"]),
                names: ["a", "b", "c", "e"], alias: left)
        }
    }

    /// One with a name, all of whose columns are numbers or those of `t`.
    private mutating func simpleSource(_ depth: Int) -> Source {
        if !tables.isEmpty, chance(2) { return named(tables[number(tables.count)]) }
        if depth > 0, chance(2) {
            let inner = query(depth - 1)
            let alias = fresh("q")
            if chance(3) {
                let names = inner.columns.map { _ in fresh("y") }
                return named(Query(sql: "(\(inner.sql))", columns: names), alias, aliases: true)
            }
            return named(Query(sql: "(\(inner.sql))", columns: inner.columns), alias)
        }
        return base()
    }

    private mutating func named(_ query: Query, _ given: String? = nil, aliases: Bool = false) -> Source {
        let alias = given ?? fresh("c")
        let list = aliases ? "(\(query.columns.joined(separator: ", ")))" : ""
        return Source(
            sql: "\(query.sql) AS \(alias)\(list)", scope: Scope(numbers: query.columns.map { "\(alias).\($0)" }),
            names: query.columns, alias: alias)
    }

    private mutating func base() -> Source {
        let alias = fresh("b")
        switch number(4) {
        case 0, 1:
            return Source(
                sql: "t AS \(alias)",
                scope: Scope(
                    numbers: ["\(alias).a", "\(alias).b", "\(alias).c", "\(alias).s.x"], lists: ["\(alias).l"],
                    records: ["\(alias).s"]), names: ["a", "b", "c"], alias: alias)
        case 2:
            return Source(
                sql: "u AS \(alias)", scope: Scope(numbers: ["\(alias).a", "\(alias).d"]), names: ["a", "d"],
                alias: alias)
        default:
            return Source(
                sql: "v AS \(alias)(p)", scope: Scope(numbers: ["\(alias).p", "\(alias).e"]), names: ["p", "e"],
                alias: alias)
        }
    }

    private mutating func joined(_ left: Source, _ right: Source) -> Source {
        let both = Scope(
            numbers: left.scope.numbers + right.scope.numbers, lists: left.scope.lists + right.scope.lists,
            records: left.scope.records + right.scope.records)
        let word = choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN", "CROSS JOIN"])
        if word == "CROSS JOIN" {
            return Source(
                sql: "\(left.sql) CROSS JOIN \(right.sql)", scope: both, names: left.names + right.names,
                alias: left.alias)
        }
        let (one, other) = (choice(left.scope.numbers), choice(right.scope.numbers))
        let further = chance(3) ? " AND \(condition(both, 0))" : ""
        let sql = "(\(left.sql) \(word) \(right.sql) ON \(one) = \(other)\(further))"
        let isHalf = word.hasPrefix("SEMI") || word.hasPrefix("ANTI")
        return Source(
            sql: sql, scope: isHalf ? left.scope : both, names: isHalf ? left.names : left.names + right.names,
            alias: left.alias)
    }

    private mutating func pivot() -> Source {
        let alias = fresh("p")
        if chance(2) {
            return Source(
                sql:
                    "(PIVOT (SELECT a, b, c FROM t) ON c IN (1, 2) USING sum(b) AS m, max(a) AS n GROUP BY a) AS \(alias)",
                scope: Scope(numbers: ["a", "\(alias).\"1_m\"", "\"2_n\""]),
                names: ["a", "\"1_m\"", "\"1_n\"", "\"2_m\"", "\"2_n\""],
                alias: alias)
        }
        return Source(
            sql: "(SELECT a, b, c FROM t) PIVOT (sum(b) FOR c IN (1 AS one, 2 AS two, 3)) AS \(alias)",
            scope: Scope(numbers: ["a", "one", "\(alias).two", "\"3\""]), names: ["a", "one", "two", "\"3\""],
            alias: alias)
    }

    private mutating func unpivot() -> Source {
        let alias = fresh("n")
        return Source(
            sql:
                "(SELECT a, b, c FROM t) UNPIVOT \(choice(["", "INCLUDE NULLS "]))(val FOR what IN (b, c)) AS \(alias)",
            scope: Scope(numbers: ["a", "val", "\(alias).val", "length(what)"]), names: ["a", "val"], alias: alias)
    }

    // MARK: Expressions

    private mutating func expression(_ scope: Scope, _ depth: Int) -> String {
        let column = choice(scope.numbers)
        guard depth > 0 else { return chance(6) ? "\(number(5))" : column }
        switch number(17) {
        case 0...3: return column
        case 4:
            return "(\(expression(scope, depth - 1)) \(choice(["+", "-", "*", "%"])) \(expression(scope, depth - 1)))"
        case 5:
            return """
                CASE WHEN \(condition(scope, depth - 1)) THEN \(expression(scope, depth - 1)) ELSE \
                \(expression(scope, depth - 1)) END
                """
        case 6: return "CASE \(column) WHEN 1 THEN \(expression(scope, depth - 1)) WHEN 2 THEN 7 END"
        case 7: return "coalesce(\(column), \(expression(scope, depth - 1)), 0)"
        case 8: return "greatest(abs(\(column)), \(expression(scope, depth - 1)))"
        case 9: return "length(CAST(\(expression(scope, depth - 1)) AS VARCHAR))"
        case 10: return "CAST(\(condition(scope, depth - 1)) AS INTEGER)"
        case 11: return subquery(scope)
        case 12 where !scope.lists.isEmpty:
            let list = choice(scope.lists)
            return choice([
                "list_sum(list_transform(\(list), z -> z + \(column)))", "len(\(list))", "\(list)[1]",
                "len(list_filter(\(list), z -> z > \(column)))", "list_sum([z * 2 FOR z IN \(list) IF z > 1])",
                "list_reduce(list_append(\(list), 0), (z, w) -> z + w)", "len(\(list)[1:2])",
            ])
        case 13 where !scope.records.isEmpty:
            let record = choice(scope.records)
            return choice([
                "(\(record)).y", "\(record)['x']", "struct_extract(\(record), 'y')", "length(\(record)::VARCHAR)",
            ])
        case 14: return "nullif(\(column), \(expression(scope, depth - 1)))"
        case 15: return "if(\(condition(scope, 0)), \(column), 1)"
        case 16: return "TRY_CAST(\(column) AS TINYINT)"
        default: return column
        }
    }

    private mutating func subquery(_ scope: Scope) -> String {
        let inner = base()
        let own = choice(inner.scope.numbers)
        let outer = choice(scope.numbers)
        switch number(3) {
        case 0:
            return "(SELECT max(\(own) + \(outer)) FROM \(inner.sql) WHERE \(choice(inner.scope.numbers)) = \(outer))"
        case 1: return "(SELECT \(aggregate(inner.scope)) FROM \(inner.sql) WHERE \(condition(inner.scope, 0)))"
        default: return "(SELECT count(*) FROM \(inner.sql) WHERE \(own) > \(outer))"
        }
    }

    private mutating func condition(_ scope: Scope, _ depth: Int) -> String {
        let column = choice(scope.numbers)
        switch number(depth > 0 ? 12 : 6) {
        case 0, 1: return "\(column) \(choice(["=", "<", ">", "<=", "<>", "IS DISTINCT FROM"])) \(number(5))"
        case 2: return "\(column) \(choice([">=", "<>", "="])) \(choice(scope.numbers))"
        case 3: return "\(column) IS \(choice(["NULL", "NOT NULL"]))"
        case 4: return "\(column) BETWEEN 1 AND \(choice(scope.numbers))"
        case 5: return "\(column) \(choice(["IN", "NOT IN"])) (1, 2, \(choice(scope.numbers)))"
        case 6: return "(\(condition(scope, depth - 1)) AND \(condition(scope, depth - 1)))"
        case 7: return "(\(condition(scope, depth - 1)) OR NOT \(condition(scope, depth - 1)))"
        case 8:
            let inner = base()
            return """
                \(choice(["", "NOT "]))EXISTS (SELECT 1 FROM \(inner.sql) WHERE \(choice(inner.scope.numbers)) = \(column))
                """
        case 9:
            let inner = base()
            return """
                \(column) \(choice(["IN", "NOT IN"])) (SELECT \(choice(inner.scope.numbers)) FROM \(inner.sql) WHERE \
                \(condition(inner.scope, 0)))
                """
        case 10:
            let inner = base()
            return
                "\(column) \(choice(["> ALL", "= ANY", "<= ANY"])) (SELECT \(choice(inner.scope.numbers)) FROM \(inner.sql))"
        default: return "\(expression(scope, depth - 1)) > \(number(4))"
        }
    }

    private mutating func aggregate(_ scope: Scope) -> String {
        let value = expression(scope, 1)
        let filter = chance(4) ? " FILTER (WHERE \(condition(scope, 0)))" : ""
        switch number(6) {
        case 0: return "count(*)\(filter)"
        case 1: return "count(DISTINCT \(value))\(filter)"
        case 2: return "length(CAST(list(\(value) ORDER BY \(value)) AS VARCHAR))"
        case 3: return "max(\(value))\(filter) + min(\(choice(scope.numbers)))"
        default: return "\(choice(["sum", "min", "max"]))(\(value))\(filter)"
        }
    }

    private mutating func window(_ scope: Scope) -> String {
        let order = choice(scope.numbers)
        let partition = chance(2) ? "PARTITION BY \(choice(scope.numbers)) " : ""
        switch number(4) {
        case 0: return "\(choice(["rank", "dense_rank", "cume_dist"]))() OVER (\(partition)ORDER BY \(order))"
        case 1: return "count(*) OVER (\(partition))"
        case 2: return "sum(\(expression(scope, 1))) FILTER (\(condition(scope, 0))) OVER (\(partition))"
        default:
            return "\(choice(["sum", "max", "min"]))(\(expression(scope, 1))) OVER (\(partition)ORDER BY \(order) DESC)"
        }
    }
}
