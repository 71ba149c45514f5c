import TestThreads
import Testing

@Suite("Queries that open only the files they need", .ownThreads)
struct SkippingTests {
    /// A table of ten partitions, and one of six files that hold stretches of `id`.
    /// Made once: no test changes it, which is why they may share it.
    nonisolated(unsafe) private static let made = Result { () throws -> Sandbox in
        let sandbox = try Sandbox(
            datasets: """
                parts:
                  sql: "SELECT range % 10 AS day, range AS id, 'n' || range AS name FROM range(1000)"
                  partition_by: [day]
                grown: { ingest: { files: "in/*.csv" }, mode: append }
                """)
        for number in 0..<6 {
            let rows = (0..<10).map { "\(number * 10 + $0),2026-03-0\(number + 1),w\(number)\n" }.joined()
            try sandbox.write("id,day,word\n\(rows)", to: "in/\(number).csv")
            try sandbox.run()
        }
        return sandbox
    }

    private func sandbox() throws -> Sandbox { try Self.made.get() }

    private func opened(_ sql: String, in sandbox: Sandbox) throws -> (rows: [String], stats: [String]) {
        let result = try sandbox.millrace("query", sql, "--stats", "--format", "csv")
        #expect(result.status == 0, "\(result.text)")
        return (Array(result.lines.dropFirst()), result.errors.split(separator: "\n").map(String.init))
    }

    @Test(
        "conditions on partitions and on columns with statistics",
        arguments: [
            ("SELECT count(*) FROM parts WHERE day = 3", "100", "parts (version 0): 1 of 10 files opened"),
            ("SELECT count(*) FROM parts WHERE day IN (3, 4)", "200", "parts (version 0): 2 of 10 files opened"),
            (
                "SELECT count(*) FROM parts WHERE day > 7 AND name LIKE 'n%'", "200",
                "parts (version 0): 2 of 10 files opened"
            ),
            ("SELECT count(*) FROM parts", "1000", "parts (version 0): 10 of 10 files opened"),
            ("SELECT count(*) FROM grown WHERE id = 25", "1", "grown (version 5): 1 of 6 files opened"),
            ("SELECT count(*) FROM grown WHERE id BETWEEN 18 AND 31", "14", "grown (version 5): 3 of 6 files opened"),
            (
                "SELECT count(*) FROM grown WHERE day = DATE '2026-03-02'", "10",
                "grown (version 5): 1 of 6 files opened"
            ),
            ("SELECT count(*) FROM grown WHERE word = 'w5'", "10", "grown (version 5): 1 of 6 files opened"),
            ("SELECT count(*) FROM grown WHERE id < 5 OR id >= 55", "10", "grown (version 5): 2 of 6 files opened"),
            ("SELECT count(*) FROM grown@2 WHERE id = 25", "1", "grown@2 (version 2): 1 of 3 files opened"),
            ("SELECT count(*) FROM grown WHERE NOT id = 25", "59", "grown (version 5): 6 of 6 files opened"),
            ("SELECT count(*) FROM grown WHERE id + 1 = 26", "1", "grown (version 5): 6 of 6 files opened"),
        ])
    func conditions(sql: String, answer: String, stats: String) throws {
        let sandbox = try sandbox()
        let found = try opened(sql, in: sandbox)
        #expect(found.rows == [answer])
        #expect(found.stats == [stats])
    }

    @Test("a table that is named twice is read where either mention wants it")
    func twice() throws {
        let sandbox = try sandbox()
        let found = try opened(
            "SELECT (SELECT count(*) FROM grown WHERE id = 5), (SELECT count(*) FROM grown WHERE id = 45)", in: sandbox)
        #expect(found.rows == ["1,1"])
        #expect(try opened("SELECT count(*) FROM grown a, grown b WHERE a.id = 5", in: sandbox).rows == ["60"])
    }

    @Test("a condition on the other side of an outer join takes no row away")
    func outerJoin() throws {
        let sandbox = try sandbox()
        let found = try opened(
            "SELECT count(*), count(g.id) FROM parts p LEFT JOIN grown g ON p.id = g.id AND g.id < 10", in: sandbox)
        #expect(found.rows == ["1000,10"])
        let missing = try opened(
            "SELECT count(*) FROM parts p LEFT JOIN grown g ON p.id = g.id WHERE g.id IS NULL", in: sandbox)
        #expect(missing.rows == ["940"])
    }
}
