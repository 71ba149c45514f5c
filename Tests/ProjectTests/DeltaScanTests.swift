import Project
import Queries
import Testing

@Suite("delta_scan in queries")
struct DeltaScanTests {
    @Test(
        "each call becomes the name of a view, and nothing else moves",
        arguments: [
            ("SELECT * FROM delta_scan('/lake/a') t", "SELECT * FROM \"delta_scan(/lake/a)\" t", "/lake/a"),
            ("FROM Delta_Scan ( 'a' )", "FROM \"delta_scan(a)\"   ", "a"),
            ("FROM delta_scan(/* of '(' */ 'a' -- b\n) x", "FROM \"delta_scan(a)\"                    x", "a"),
            ("FROM delta_scan('it''s')", "FROM \"delta_scan(it's)\" ", "it's"),
            ("FROM delta_scan($$a$$)", "FROM \"delta_scan(a)\"  ", "a"),
            ("FROM delta_scan($t$a'b$t$)", "FROM \"delta_scan(a'b)\"    ", "a'b"),
            ("FROM delta_scan(E'a\\'b\\tc''d')", "FROM \"delta_scan(a'b\tc'd)\"    ", "a'b\tc'd"),
            ("FROM \"delta_scan\"('a')", "FROM \"delta_scan(a)\"  ", "a"),
            ("FROM delta_scan('ü/日本')", "FROM \"delta_scan(ü/日本)\"", "ü/日本"),
        ])
    func rewritten(sql: String, expected: String, path: String) {
        let scans = DeltaScans(sql)
        #expect(scans.sql == expected)
        #expect(scans.sql.utf8.count == sql.utf8.count)
        #expect(Array(scans.paths.values) == [path])
        #expect(scans.paths.keys.allSatisfy { scans.sql.contains(Quote.name($0)) })
    }

    @Test(
        "what is no such call stays as it is",
        arguments: [
            "SELECT 'delta_scan(''a'')'", "SELECT 1 -- delta_scan('a')", "FROM delta_scan(a)",
            "FROM delta_scan('a' || 'b')",
            "FROM delta_scan('a', version := 3)", "FROM delta_scan", "FROM delta_scan(", "FROM delta_scan('a'",
            "FROM delta_scan('a", "FROM delta_scans('a')", "FROM delta_scan(E'\\x41')", "FROM delta_scan(E'", "",
        ])
    func untouched(sql: String) {
        #expect(DeltaScans(sql).sql == sql)
        #expect(DeltaScans(sql).paths.isEmpty)
    }

    @Test("the same path is one view, paths that differ by upper and lower case are two")
    func cases() {
        let sql = "FROM delta_scan('a'), delta_scan('A'), delta_scan('a'), delta_scan('\"'), delta_scan('''')"
        let scans = DeltaScans(sql)
        #expect(
            scans.sql
                == "FROM \"delta_scan(a)\", \"delta____1(A)\", \"delta_scan(a)\", \"delta_scan(')\", \"delta____1(')\" "
        )
        #expect(
            scans.paths == [
                "delta_scan(a)": "a", "delta____1(A)": "A", "delta_scan(')": "\"", "delta____1(')": "'",
            ])
        #expect(scans.sql.utf8.count == sql.utf8.count)
    }
}

@Suite("Versions in queries")
struct VersionedNameTests {
    @Test(
        "a name with a version, a tag or a range becomes a quoted name",
        arguments: [
            ("FROM flights@3 f", "FROM \"flights@3\" f", "flights", VersionedNames.Meaning.pin(.version(Version(3)))),
            ("FROM flights@v1.2-rc WHERE x", "FROM \"flights@v1.2-rc\" WHERE x", "flights", .pin(.tag("v1.2-rc"))),
            ("FROM \"Odd \"\"x\"@3", "FROM \"Odd \"\"x@3\"", "Odd \"x", .pin(.version(Version(3)))),
            ("SELECT flights@3.x FROM b", "SELECT \"flights@3\".x FROM b", "flights", .pin(.version(Version(3)))),
            (
                "FROM flights@changes(3,7)", "FROM \"flights@changes(3,7)\"", "flights",
                .changes(from: .version(Version(3)), through: .version(Version(7)))
            ),
            (
                "FROM flights@CHANGES( v1 , /* to */ 7 ) c", "FROM \"flights@changes(v1,7)\" c", "flights",
                .changes(from: .tag("v1"), through: .version(Version(7)))
            ),
            ("FROM flights@changes", "FROM \"flights@changes\"", "flights", .pin(.tag("changes"))),
        ])
    func rewritten(sql: String, expected: String, name: String, what: VersionedNames.Meaning) {
        let names = VersionedNames(sql)
        #expect(names.sql == expected)
        #expect(names.pinned.values.map(\.name) == [name])
        #expect(names.pinned.values.map(\.what) == [what])
        #expect(names.faults.isEmpty)
    }

    @Test(
        "what is no such name stays as it is",
        arguments: [
            "SELECT 'a@3', a @ 3, @-5 -- a@3", "SELECT @x FROM t", "SELECT@x FROM t", "WHERE a AND@x > 1", "a@", "@3",
            "a@ 3",
        ])
    func untouched(sql: String) {
        let names = VersionedNames(sql)
        #expect(names.sql == sql)
        #expect(names.pinned.isEmpty)
        #expect(names.faults.isEmpty)
        for position in 0...sql.utf8.count { #expect(names.original(position) == position) }
    }

    @Test("every byte of the new text is told where it stood in the old one")
    func positions() throws {
        let sql = "SELECT a.x, b.wrong FROM flights@3 a JOIN flights@changes( 1, 3 ) b ON a.bad = b.x"
        let names = VersionedNames(sql)
        let old = Array(sql.utf8)
        let new = Array(names.sql.utf8)
        for word in ["SELECT", "wrong", "flights@3", "JOIN", "flights@changes", "ON", "bad", "b.x"] {
            let inOld = try #require(old.firstRange(of: Array(word.utf8))?.lowerBound)
            let inNew = try #require(new.firstRange(of: Array(word.utf8))?.lowerBound)
            #expect(names.original(inNew) == inOld, "\(word)")
        }
        var last = 0
        for position in 0...new.count {
            #expect(names.original(position) >= last)
            #expect(names.original(position) <= old.count)
            last = names.original(position)
        }
        #expect(names.original(new.count) == old.count)
        let quote = try #require(new.firstIndex(of: UInt8(ascii: "\"")))
        #expect(names.original(quote) == old.firstRange(of: Array("flights@3".utf8))?.lowerBound)
    }

    @Test(
        "a name that means nothing is told at its place, with what was meant",
        arguments: [
            ("FROM flights@changes(3)", 5, "changes takes two versions"),
            ("FROM flights@changes(3, 7, 9)", 5, "changes takes two versions"),
            ("FROM flights@changes(3, x y)", 5, "changes takes two versions"),
            ("FROM flights@changes(", 5, "changes takes two versions"),
            ("FROM flights@changes(7, 3)", 5, "version 7 is newer than version 3"),
            ("FROM flights@3a", 13, "no version and no tag: '3a'"),
            ("FROM flights@ä", 13, "no version and no tag: 'ä'"),
        ])
    func faults(sql: String, position: Int, message: String) throws {
        let names = VersionedNames(sql)
        let fault = try #require(names.faults.first)
        #expect(names.faults.count == 1)
        #expect(fault.message == message)
        #expect(fault.position == position)
        #expect(fault.hint?.contains("flights@") == true)
    }

    @Test("tags that differ by upper and lower case are two views")
    func cases() {
        let names = VersionedNames("FROM a@V1, a@v1, A@v1, a@V1")
        #expect(names.sql == "FROM \"a@V1\", \"a@v1'\", \"A@v1'\", \"a@V1\"")
        #expect(names.pinned["a@V1"]?.what == .pin(.tag("V1")))
        #expect(names.pinned["a@v1'"]?.what == .pin(.tag("v1")))
    }
}
