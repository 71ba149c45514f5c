import TestThreads
import Testing

@Suite("Comparing versions", .ownThreads)
struct ComparisonTests {
    /// Two versions of `t`, by `id`.
    private func sandbox(
        _ first: String = "SELECT * FROM (VALUES (1, 'a', 1.5), (2, 'b', 2.5), (3, NULL, 3.5)) v(id, name, x)",
        _ second: String = "SELECT * FROM (VALUES (1, 'a', 1.5), (3, 'c', 3.5), (4, 'd', NULL)) v(id, name, x)"
    ) throws -> Sandbox {
        let sandbox = try Sandbox(datasets: "t: { sql: t.sql, key: [id] }", ["t.sql": first])
        try sandbox.run()
        try sandbox.write(second, to: "t.sql")
        try sandbox.run()
        return sandbox
    }

    @Test("diff counts added, removed and changed rows by key, and shows them")
    func counts() throws {
        let sandbox = try sandbox()
        let found = try sandbox.json("diff", "t@0", "t@1")
        #expect(found["different"].isTrue)
        #expect(found["key"].array.map(\.text) == ["id"])
        #expect(["added", "removed", "changed", "unchanged"].map { found[$0].int } == [1, 1, 1, 1])
        #expect(found["examples"]["added"][0]["id"].text == "4")
        #expect(found["examples"]["removed"][0]["name"].text == "b")
        let changed = found["examples"]["changed"][0]
        #expect(changed["key"]["id"].text == "3")
        #expect(changed["fields"]["name"]["before"].isNull)
        #expect(changed["fields"]["name"]["after"].text == "c")
        #expect(changed["fields"].object.count == 1)
        #expect(found["changes_by_column"]["name"].int == 1)
    }

    @Test("diff in words: columns, counts, examples with the changed fields side by side")
    func text() throws {
        let sandbox = try sandbox()
        try Snapshot.expect(try sandbox.millrace("diff", "t@0", "t@1").output, "diff", in: sandbox)
    }

    @Test("diff of a version with the live one, exit status on request")
    func live() throws {
        let sandbox = try sandbox()
        #expect(try sandbox.millrace("diff", "t@0").status == 0)
        #expect(try sandbox.millrace("diff", "t@0", "--exit-code").status == 1)
        let same = try sandbox.millrace("diff", "t@1", "--exit-code")
        #expect(same.status == 0)
        #expect(same.output.contains("no difference: 3 rows in both"))
        #expect(try sandbox.millrace("diff", "t").status == 2)
    }

    @Test("columns that came, went and changed their type are told; they do not make rows changed")
    func columns() throws {
        let sandbox = try sandbox(
            "SELECT 1::INTEGER AS id, 5::INTEGER AS n, 'x' AS gone", "SELECT 1::INTEGER AS id, 5::BIGINT AS n, 7 AS new"
        )
        let found = try sandbox.json("diff", "t@0", "t@1")
        #expect(
            found["columns"].array.map { [$0["name"].text, $0["before"].text, $0["after"].text] }.sorted {
                $0[0] < $1[0]
            }
                == [["gone", "VARCHAR", ""], ["n", "INTEGER", "BIGINT"], ["new", "", "INTEGER"]])
        #expect([found["changed"].int, found["unchanged"].int] == [0, 1])
    }

    @Test("two datasets are compared when their keys agree, and by other columns with --key")
    func twoDatasets() throws {
        let sandbox = try Sandbox(
            datasets: """
                a: { sql: "SELECT range AS id, range * 2 AS v FROM range(5)", key: [id] }
                b: { sql: "SELECT range AS id, range * 2 AS v FROM range(1, 6)", key: [id] }
                c: { sql: "SELECT range AS other, range * 2 AS v FROM range(5)", key: [other] }
                """)
        try sandbox.run()
        let found = try sandbox.json("diff", "a@0", "b@0")
        #expect(["added", "removed", "changed", "unchanged"].map { found[$0].int } == [1, 1, 0, 4])
        let refused = try sandbox.millrace("diff", "a", "c")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("'a' and 'c' have different keys"))
        let byValue = try sandbox.json("diff", "a", "c", "--key", "v")
        #expect([byValue["added"].int, byValue["unchanged"].int, byValue["columns"].array.count] == [0, 5, 2])
    }

    @Test("without a key rows are compared as a whole; a key that does not tell rows apart is refused")
    func noKey() throws {
        let sandbox = try Sandbox(datasets: "t: { sql: t.sql }", ["t.sql": "SELECT unnest([1, 1, 2]) AS a, 5 AS b"])
        try sandbox.run()
        try sandbox.write("SELECT unnest([1, 2, 3]) AS a, 5 AS b", to: "t.sql")
        try sandbox.run()
        let found = try sandbox.json("diff", "t@0", "t@1")
        #expect(["added", "removed", "changed", "unchanged"].map { found[$0].int } == [1, 1, 0, 2])
        #expect(found["key"].array.isEmpty)
        let text = try sandbox.millrace("diff", "t@0", "t@1").output
        #expect(text.hasPrefix("t@0 → t@1  as whole rows\n"), "\(text)")
        #expect(!text.contains("\n  changed"))
        let twice = try sandbox.millrace("diff", "t@0", "t@1", "--key", "a")
        #expect(twice.status == 2, "\(twice.text)")
        #expect(twice.errors.contains("does not tell which row is which"), "\(twice.errors)")
        #expect(try sandbox.millrace("diff", "t@0", "t@1", "--key", "nope").status == 2)
    }

    @Test("keys of several columns, of NULLs and of odd names")
    func oddKeys() throws {
        let sandbox = try Sandbox(
            datasets: "t: { sql: t.sql }",
            ["t.sql": "SELECT * FROM (VALUES (1, NULL, 'x'), (1, 'b', 'y')) v(id, \"a, b\", w)"])
        try sandbox.run()
        try sandbox.write("SELECT * FROM (VALUES (1, NULL, 'z'), (1, 'b', 'y')) v(id, \"a, b\", w)", to: "t.sql")
        try sandbox.run()
        let found = try sandbox.json("diff", "t@0", "--key", "id,\"a, b\"")
        #expect(["added", "removed", "changed", "unchanged"].map { found[$0].int } == [0, 0, 1, 1], "\(found)")
    }

    @Test("changes between versions are a table, with the kind of change and the version that made it")
    func changes() throws {
        let sandbox = try sandbox()
        let rows = try sandbox.rows(
            "SELECT id, name, _change_type, _commit_version FROM t@changes(1, 1) ORDER BY id, _change_type")
        #expect(
            rows == [
                "2,b,delete,1", "3,c,update_postimage,1", "3,,update_preimage,1", "4,d,insert,1",
            ])
        #expect(try sandbox.rows("SELECT count(*) FROM t@changes(0, 0) WHERE _change_type = 'insert'") == ["3"])
        #expect(try sandbox.millrace("query", "FROM t@changes(1, 0)").status == 2)
        #expect(try sandbox.millrace("query", "FROM t@changes(0, 9)").status == 2)
    }
}
