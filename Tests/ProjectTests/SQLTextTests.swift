import Project
import Testing

@Suite("Where SQL stands in the user's file")
struct SQLTextTests {
    /// Every word of the SQL must be found in the file where its span says.
    private func check(_ yaml: String, environment: [String: String] = [:]) throws {
        let sql = try #require(try project(yaml, environment: environment).dataset(named: "a")?.step.sql)
        let bytes = Array(sql.text.utf8)
        let source = Array(yaml.utf8)
        for (index, byte) in bytes.enumerated() where byte > 0x20 {
            let span = sql.span(at: index)
            // An escape stands where its backslash does.
            #expect([byte, UInt8(ascii: "\\")].contains(source[span.offset]), "byte \(index) of \(sql.text)")
        }
    }

    @Test(
        "every byte is found, in each way to write a text",
        arguments: [
            "sql: SELECT a FROM b",
            "sql: 'SELECT a, ''x'' FROM b'",
            "sql: \"SELECT a, \\\"ü\\\" FROM\\n b -- \\t\"",
            "sql: |\n      SELECT a\n        FROM b\n\n      WHERE 'ü' = c\n",
            "sql: |2\n        SELECT a\n       FROM b\n",
            "sql: >-  # folded\n      SELECT a\n      FROM b\n\n        WHERE c\n      ORDER BY d\n",
            "sql: SELECT a\n      FROM b\n\n      WHERE c",
            "sql: \"SELECT a\n      FROM b \\\n      WHERE c\"",
            "sql: &anchor SELECT a FROM b",
            "sql: !!str 'SELECT a FROM b'",
        ])
    func places(field: String) throws {
        try check("project: p\ndatasets:\n  a:\n    \(field)\n    tags: [t]\n")
    }

    @Test("what follows a value of the environment is still found")
    func environment() throws {
        let yaml = "project: p\ndatasets:\n  a:\n    sql: |\n      SELECT '${env:WORD}' AS x,\n        y FROM z\n"
        let sql = try #require(
            try project(yaml, environment: ["WORD": "a longer one"]).dataset(named: "a")?.step.sql)
        #expect(sql.text == "SELECT 'a longer one' AS x,\n  y FROM z\n")
        let place = try #require(sql.text.utf8.firstIndex(of: UInt8(ascii: "y")))
        let span = sql.span(at: sql.text.utf8.distance(from: sql.text.startIndex, to: place))
        #expect(span.line == 6)
        #expect(span.column == 9)
        #expect(sql.span(at: 8).column == 15)
    }
}
