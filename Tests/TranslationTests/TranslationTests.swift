import DuckDB
import Foundation
import Queries
import Servers
import TestThreads
import Testing

/// One test after the other: each gives a real Spark server all that it can do at once.
@Suite("Translated queries give DuckDB's answers on Spark", .onTime, .serialized, .enabled(if: SparkServer.isExpected))
struct TranslationTests {
    private static func edges() throws -> Database {
        let database = try Database(Database.Configuration(threads: 1))
        let sql = try CaseFiles.tables()
        try database.withConnection { try $0.execute(sql) }
        return database
    }

    @Test("cases", arguments: CaseFiles.names)
    func cases(_ file: String) async throws {
        let cases = try CaseFiles.cases(file)
        guard !cases.isEmpty else { return }
        if CaseFiles.chosen != nil { try print(Judge.translations(of: cases, Self.edges()).joined(separator: "\n")) }
        let findings = try await Judge.with(Self.edges()) { try await $0.findings(cases) }
        for finding in findings { Issue.record("\(finding)") }
    }

    @Test("every function of the table is in some case")
    func functions() throws {
        let text = try CaseFiles.names.flatMap { try CaseFiles.cases($0, chosen: nil) }.map { $0.name.lowercased() }
            .joined(separator: "\n")
        let words = Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
        let missing = SparkTranslator.functions.keys.filter { name in
            name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
                ? !words.contains(name.lowercased()) : !text.contains(" \(name) ")
        }
        #expect(missing.sorted() == [])
    }

    @Test("the 22 queries of TPC-H", .enabled(if: TPCH.isExpected))
    func tpch() async throws {
        let database = try Database(Database.Configuration(threads: 2, extensions: [TPCH.file()]))
        let cases = try database.withConnection { connection in
            try connection.execute("CALL dbgen(sf = 0.01)")
            return try connection.query("SELECT query_nr, query FROM tpch_queries() ORDER BY query_nr").map { row in
                Case(
                    name: "TPC-H \(row[0].int ?? 0)",
                    query: (row[1].text ?? "").trimmingCharacters(in: ["\n", " ", ";"]), tolerance: 4e-15)
            }
        }
        #expect(cases.count == 22)
        let findings = try await Judge.with(database) { try await $0.findings(cases) }
        for finding in findings { Issue.record("\(finding)") }
    }

    /// A translation that is spoilt must be found out, whatever is wrong with it.
    @Test("wrong translations are found")
    func mistakes() async throws {
        let mistakes: [(line: String, text: String, instead: String, finding: Judge.Finding.Kind?)] = [
            ("upper(v)", "upper(", "upper(", nil),
            ("upper(v)", "upper(", "lower(", .otherRows),
            ("i - j", " - ", " + ", .onlySparkFails),
            ("i + 1", " + 1", " - 1", .onlyDuckDBFails),
            ("j + 1", " + 1", " + 1L", .otherTypes),
            ("i + 1", " + 1", " + 2", .otherRows),
            ("j * 2", "`edge`.`j`", "`edge`.`jj`", .onlySparkFails),
            ("i + 1", "`edge`.`i`", "`edge`.`ii`", .failsOtherwise),
            ("d * 2", "`edge`.`d`", "(`edge`.`d` * 1.0000000000000002D)", .otherRows),
            ("~d * 2", "`edge`.`d`", "(`edge`.`d` * 1.0000000000000002D)", nil),
            ("e * 0", "`edge`.`e`", "(-`edge`.`e`)", .otherRows),
            ("i + 1", "", "", nil),
            ("!i + 1", "", "", .notRefused),
            ("random()", "", "", .refused),
            ("i +", "", "", .noSQL),
            ("SELECT i FROM edge", "AS `edge`", "AS `edge` WHERE `edge`.`id` > 1", .otherRows),
            ("SELECT id FROM edge ORDER BY id", " ASC", " DESC", .otherRows),
            ("SELECT id FROM edge", "FROM", "FROM", nil),
        ]
        let (database, lines) = (try Self.edges(), mistakes)
        let found = try await Judge.with(database) { judge in
            var kinds: [[Judge.Finding.Kind]] = []
            for mistake in lines {
                let spoilt = Judge(database: judge.database, session: judge.session) { query in
                    var translation = try judge.translate(query)
                    translation.sql = translation.sql.replacingOccurrences(of: mistake.text, with: mistake.instead)
                    return translation
                }
                kinds.append(try await spoilt.findings([Case(mistake.line)]).map(\.kind))
            }
            // One wrong expression among right ones.
            let spoilt = Judge(database: judge.database, session: judge.session) { query in
                var translation = try judge.translate(query)
                translation.sql = translation.sql.replacingOccurrences(of: "upper(", with: "lower(")
                return translation
            }
            let some = try await spoilt.findings(["i", "v", "upper(v)", "lower(v)", "dt"].map { Case($0) })
            #expect(some.map(\.name) == ["upper(v)"])
            return kinds
        }
        for (mistake, kinds) in zip(mistakes, found) {
            #expect(kinds == (mistake.finding.map { [$0] } ?? []), "\(mistake)")
        }
    }
}

/// DuckDB's own extension that makes the data and the queries of TPC-H.
enum TPCH {
    /// Among the tests' Python tools.
    static func file() throws -> String {
        if let found { return found }
        return try Extension.find("tpch")
    }

    static var isExpected: Bool {
        (try? file()) != nil || !(ProcessInfo.processInfo.environment["CI"] ?? "").isEmpty
    }

    private static let found: String? = {
        var root = URL(filePath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let libraries = root.appending(path: ".deps/venv/lib")
        let files = FileManager.default
        for python in (try? files.contentsOfDirectory(atPath: libraries.path)) ?? [] {
            let package = libraries.appending(path: "\(python)/site-packages/duckdb_extension_tpch/extensions")
            for version in (try? files.contentsOfDirectory(atPath: package.path)) ?? [] {
                let file = package.appending(path: "\(version)/tpch.duckdb_extension").path
                if files.fileExists(atPath: file) { return file }
            }
        }
        return nil
    }()
}
