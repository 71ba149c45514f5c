import Queries
import Testing

@Suite("Queries as a tree")
struct TreeTests {
    @Test("every kind of node has a place in it, and every field", arguments: TreeQueries.all)
    func complete(_ sql: String) throws {
        let query = try Parser.query(sql)
        #expect(query.unread == [], "\(sql)")
        #expect(Self.unknown(in: query) == [], "\(sql)")
    }

    /// The kinds of nodes that the tree does not know.
    private static func unknown(in value: Any) -> [String] {
        Mirror(reflecting: value).children.flatMap { child in
            (child.label == "other" ? ["\(child.value)"] : []) + unknown(in: child.value)
        }
    }

    private func select(_ sql: String) throws -> SQLSelect {
        guard case .select(let select) = try Parser.query(sql).node else { throw Wrong(sql) }
        return select
    }

    private struct Wrong: Error {
        init(_ sql: String) {}
    }

    @Test("what is empty is not lost")
    func groupingSets() throws {
        let grouping = try select("SELECT a FROM t GROUP BY GROUPING SETS ((a, b), (b), ())").grouping
        #expect(grouping.expressions.count == 2)
        #expect(grouping.sets == [[0, 1], [1], []])
        #expect(try select("SELECT a FROM t GROUP BY CUBE (a, b)").grouping.sets.count == 4)
        #expect(try select("SELECT a, count(*) FROM t GROUP BY ALL").grouping.isByAll)
    }

    @Test(
        "numbers are exact",
        arguments: [
            ("1", "1"), ("-5", "-5"), ("0", "0"), ("1.50", "1.50"), ("0.001", "0.001"),
            ("99999999999999999999", "99999999999999999999"),
            ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
            ("123456789012345678901234567890.12", "123456789012345678901234567890.12"), ("1e10", "10000000000.0"),
            ("9223372036854775808", "9223372036854775808"), ("1e400", "Infinity"),
        ])
    func numerals(_ text: String, _ numeral: String) throws {
        var found: String?
        func look(_ expression: SQLExpression) {
            if case .constant(let constant) = expression.kind { found = constant.numeral }
            expression.children.forEach(look)
        }
        try select("SELECT \(text)").list.forEach(look)
        #expect(found == numeral)
    }

    @Test("texts are exact, and so is what stands for none")
    func texts() throws {
        let list = try select(#"SELECT '', 'a"b\n', E'\t😀', NULL, 'it''s' AS "A ""B""""#).list
        let constants = list.compactMap { if case .constant(let constant) = $0.kind { constant } else { nil } }
        #expect(constants.map(\.text) == ["", #"a"b\n"#, "\t😀", nil, "it's"])
        #expect(constants.map(\.isNull) == [false, false, false, true, false])
        #expect(list.last?.alias == #"A "B""#)
    }

    @Test("positions are bytes of the text")
    func positions() throws {
        let sql = "SELECT 'ü' AS u, other FROM somewhere WHERE x > 1"
        let select = try select(sql)
        #expect(select.list[1].position == Array(sql.utf8).firstRange(of: Array("other".utf8))?.lowerBound)
        guard case .table(let table) = select.from else { throw Wrong(sql) }
        #expect(table.traits.position == Array(sql.utf8).firstRange(of: Array("somewhere".utf8))?.lowerBound)
    }

    @Test("joins of every kind")
    func joins() throws {
        func join(_ text: String) throws -> SQLJoin {
            guard case .join(let join) = try select("FROM a \(text)").from else { throw Wrong(text) }
            return join
        }
        #expect(try join("JOIN b USING (x, y)").using == ["x", "y"])
        #expect(try join("LEFT JOIN b ON true").kind == .left)
        #expect(try join("NATURAL FULL JOIN b").pairing == .natural)
        #expect(try join("SEMI JOIN b ON a.x = b.x").kind == .semi)
        #expect(try join("ANTI JOIN b ON a.x = b.x").kind == .anti)
        #expect(try join("ASOF LEFT JOIN b ON a.x >= b.x").pairing == .asof)
        #expect(try join("POSITIONAL JOIN b").pairing == .positional)
        #expect(try join(", b").pairing == .cross)
    }

    @Test("set operations say whether they keep what there is several times")
    func setOperations() throws {
        func operation(_ sql: String) throws -> SQLSetOperation {
            guard case .setOperation(let operation) = try Parser.query(sql).node else { throw Wrong(sql) }
            return operation
        }
        #expect(try operation("SELECT 1 UNION SELECT 2").isAll == false)
        #expect(try operation("SELECT 1 UNION ALL SELECT 2").isAll)
        #expect(try operation("SELECT 1 UNION ALL BY NAME SELECT 2").operator == .unionByName)
        #expect(try operation("SELECT 1 EXCEPT ALL SELECT 2").operator == .except)
        let ordered = try operation("(SELECT 1) INTERSECT (SELECT 2) ORDER BY 1 LIMIT 3")
        #expect(ordered.operator == .intersect && ordered.modifiers.count == 2 && ordered.parts.count == 2)
    }

    @Test("a window has its frame")
    func frames() throws {
        let sql = """
            SELECT sum(DISTINCT a ORDER BY b) FILTER (c) OVER (PARTITION BY d ORDER BY e DESC NULLS FIRST \
            GROUPS BETWEEN 2 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES)
            """
        guard case .window(let call) = try select(sql).list[0].kind else { throw Wrong(sql) }
        #expect(call.isDistinct && call.filter != nil && call.argumentOrder.count == 1 && call.partitions.count == 1)
        #expect(call.order[0].direction == .descending && call.order[0].nulls == .first)
        guard case .preceding(.some) = call.frame.start, case .unboundedFollowing = call.frame.end else {
            throw Wrong(sql)
        }
        #expect(call.frame.startUnit == .groups && call.frame.exclusion == .ties)
    }

    @Test("a star has what is taken out of it, put in and renamed")
    func stars() throws {
        let sql = "SELECT t.* EXCLUDE (t.a, b) REPLACE (c + 1 AS c) RENAME (d AS e), COLUMNS('x.*') FROM t"
        let list = try select(sql).list
        guard case .star(let star) = list[0].kind, case .star(let columns) = list[1].kind else { throw Wrong(sql) }
        #expect(star.relation == "t" && star.excluded.map(\.column) == ["b", "a"] && star.excluded[1].table == "t")
        #expect(star.replaced.map(\.column) == ["c"] && star.renamed.map(\.name) == ["e"] && !star.isColumns)
        #expect(columns.isColumns && columns.selector != nil)
    }

    @Test("types have their parts")
    func types() throws {
        func type(_ text: String) throws -> SQLType {
            guard case .cast(_, let type, _) = try select("SELECT CAST(a AS \(text))").list[0].kind else {
                throw Wrong(text)
            }
            return type
        }
        #expect(try type("DECIMAL(10, 2)").details == .decimal(width: 10, scale: 2))
        guard case .array(let element, 3) = try type("INTEGER[3]").details else { throw Wrong("array") }
        #expect(element.identifier == "INTEGER")
        guard case .fields(let fields) = try type("STRUCT(a INTEGER, b VARCHAR)").details else { throw Wrong("struct") }
        #expect(fields.map(\.name) == ["a", "b"])
        guard case .named(_, _, "ENUM", let words) = try type("ENUM('x', 'y')").details else { throw Wrong("enum") }
        #expect(words.map(\.text) == ["x", "y"])
    }

    @Test("nodes that nobody knows, and fields, are kept and told")
    func unknownNodes() throws {
        let tree = try SQLTree.decode(
            #"{"error":false,"statements":[{"node":{"type":"SELECT_NODE","select_list":[{"class":"WONDER","type":"W","x":1}],"#
                + #""from_table":{"type":"PORTAL","to":"there"},"colour":"red","flag":false,"nothing":null,"none":[]}}]}"#
        ).get()
        let query = SQLQuery(tree)
        #expect(query.unread == ["SELECT_NODE.colour"])
        guard case .select(let select) = query.node, case .other("W", let raw) = select.list[0].kind,
            case .other("PORTAL", _) = select.from
        else { throw Wrong("unknown") }
        #expect(raw["x"]?.number == 1)
        let empty = SQLQuery(.null)
        guard case .other = empty.node else { throw Wrong("empty") }
    }

    @Test(
        "JSON that is none is refused",
        arguments: [
            "", "{", "[1", #"{"a" 1}"#, #""\u12"#, "{}x", #"{"a":}"#, #""\uD83D""#,
            String(repeating: "[", count: 100_000),
        ])
    func malformed(_ text: String) throws {
        #expect(throws: (any Error).self) { try SQLTree.decode(text).get() }
    }
}
