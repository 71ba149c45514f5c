import DuckDB
import Queries
import Testing

@Suite("What the columns of a query are made from")
struct LineageTests {
    @Test("each clause", arguments: LineageCase.all)
    func clause(_ known: LineageCase) throws {
        let names = try Database(.init(threads: 1)).withConnection { connection in
            try connection.execute(Tables.definition)
            return try connection.columns(of: known.sql).map(\.name)
        }
        let lineage = ColumnLineage.of(try Parser.query(known.sql), inputs: Tables.input, result: names)
        #expect(lineage.lines == known.lines, "\(known.sql)")
    }

    private func lines(_ sql: String, result: [String]? = nil) throws -> [String] {
        ColumnLineage.of(try Parser.query(sql), inputs: Tables.input, result: result).lines
    }

    @Test("of a table whose columns are not known, named columns are exact and stars are all columns")
    func unknownColumns() throws {
        #expect(try lines("SELECT x, w.y + 1 AS z FROM w") == ["x: w.x identity", "z: w.y transformation"])
        #expect(try lines("SELECT * FROM w") == ["*: w.* identity"])
        #expect(try lines("SELECT * FROM w", result: ["p", "q"]) == ["p: w.* identity", "q: w.* identity"])
        #expect(
            try lines("SELECT a, x FROM t JOIN w ON t.a = w.k") == [
                "a: t.a identity", "x: w.x identity", "rows: t.a join, w.k join",
            ])
        #expect(try lines("SELECT x FROM w, y") == ["x: w.* transformation, y.* transformation"])
        #expect(
            try lines("SELECT *, 1 AS one FROM t, w", result: ["a", "b", "c", "l", "s", "n", "m", "one"]) == [
                "a: t.a identity", "b: t.b identity", "c: t.c identity", "l: t.l identity", "s: t.s identity",
                "n: w.* identity", "m: w.* identity", "one:",
            ])
        #expect(try lines("SELECT q.k FROM (SELECT * FROM w) AS q") == ["k: w.* identity"])
        // Outside of a subquery there may be a column that hides behind an unknown one.
        #expect(try lines("SELECT (SELECT max(b) FROM w) AS x FROM t") == ["x: t.b aggregation, w.b aggregation"])
    }

    @Test("what means nothing may be any column in reach")
    func unresolved() throws {
        #expect(try lines("SELECT nothing FROM u") == ["nothing: u.* transformation"])
        #expect(try lines("SELECT u.nothing FROM u, v") == ["nothing: u.* transformation, v.* transformation"])
    }

    @Test("Delta tables outside of the store, and versions of datasets")
    func otherTables() throws {
        let query = try Parser.query("SELECT d.x, y FROM delta_scan('/lake/sales') AS d")
        let lineage = ColumnLineage.of(
            query,
            inputs: { name in
                ColumnLineage.deltaScanPath(name).map { .init(dataset: $0, columns: ["x", "y"]) }
            })
        #expect(lineage.lines == ["x: /lake/sales.x identity", "y: /lake/sales.y identity"])

        let named = VersionedNames("SELECT new.a, old.d FROM t@3 AS new JOIN u@v1 AS old USING (a)")
        let pinned = ColumnLineage.of(
            try Parser.query(named.sql), inputs: { name in named.pinned[name].flatMap { Tables.input($0.name) } })
        #expect(pinned.lines == ["a: t.a identity", "d: u.d identity", "rows: t.a join, u.a join"])
    }

    @Test("names that DuckDB makes up can be used outside of a subquery")
    func madeUpNames() throws {
        let sql = #"SELECT "max(b)", "count_star()", "(a + 1)" FROM (SELECT max(b), count(*), a + 1 FROM t GROUP BY a)"#
        #expect(
            try lines(sql) == [
                "max(b): t.b aggregation", "count_star():", "(a + 1): t.a transformation", "rows: t.a group_by",
            ])
    }

    @Test("columns that a table has besides are made of nothing")
    func arranged() throws {
        let lineage = ColumnLineage.of(try Parser.query("SELECT b, a, a + c FROM t"), inputs: Tables.input)
        #expect(
            lineage.arranged(["a", "B", "old"]).lines == [
                "a: t.a identity", "B: t.b identity", "old: t.a transformation, t.c transformation",
            ])
        let named = ColumnLineage.of(try Parser.query("SELECT b, a FROM t"), inputs: Tables.input)
        #expect(named.arranged(["a", "b", "old"]).lines == ["a: t.a identity", "b: t.b identity", "old:"])
    }
}
