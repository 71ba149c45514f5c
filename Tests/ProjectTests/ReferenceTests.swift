import Foundation
import Project
import Queries
import Testing

/// Parses what it was told beforehand: DuckDB's trees of a few queries.
private struct KnownTrees: SQLParser {
    func parse(_ texts: [String]) throws -> [Result<SQLTree, SQLFault>] {
        try texts.map { text in
            guard let tree = Self.trees[text] else { return .failure(SQLFault(message: "unknown: \(text)")) }
            return try SQLTree.decode(
                #"{"error":false,"statements":[{"node":{"type":"SELECT_NODE","from_table":\#(tree)}}]}"#)
        }
    }

    func queries(_ texts: [String]) throws -> [Result<SQLQuery, SQLFault>] {
        try parse(texts).map { $0.map { SQLQuery($0) } }
    }

    private static func table(_ name: String, _ position: Int) -> String {
        #"{"type":"BASE_TABLE","query_location":\#(position),"table_name":"\#(name)"}"#
    }

    private static func join(_ left: String, _ right: String) -> String {
        #"{"type":"JOIN","left":\#(left),"right":\#(right),"join_type":"INNER","ref_type":"CROSS"}"#
    }

    private static func scan(_ position: Int, _ arguments: String...) -> String {
        let function =
            #""class":"FUNCTION","type":"FUNCTION","query_location":\#(position),"function_name":"delta_scan""#
        return """
            {"type":"TABLE_FUNCTION","query_location":\(position),"function":{\(function),"children":\
            [\(arguments.joined(separator: ","))],"order_bys":{"type":"ORDER_MODIFIER"}}}
            """
    }

    private static func text(_ value: String, alias: String? = nil) -> String {
        let name = alias.map { #""alias":"\#($0)","# } ?? ""
        return """
            {"class":"CONSTANT","type":"VALUE_CONSTANT",\(name)"value":{"type":{"id":"VARCHAR"},"is_null":false,\
            "value":"\(value)"}}
            """
    }

    private static let trees = [
        "FROM events": table("events", 5), "FROM Planes_Raw": table("Planes_Raw", 5),
        "FROM events, planes_raw": join(table("events", 5), table("planes_raw", 13)),
        "SELECT 1 AS x": #"{"type":"EMPTY"}"#,
        "FROM delta_scan('/lake/a'), delta_scan('b'), delta_scan('/lake/a')":
            join(join(scan(5, text("/lake/a")), scan(28, text("b"))), scan(45, text("/lake/a"))),
        "FROM delta_scan('a', version := 3)": scan(5, text("a"), text("3", alias: "version")),
        "FROM delta_scan(path := 'a')": scan(5, text("a", alias: "path")),
        "FROM delta_scan(x)": scan(5, #"{"class":"COLUMN_REF","type":"COLUMN_REF","column_names":["x"]}"#),
        "FROM delta_scan('gs://a')": scan(5, text("gs://a")),
        "FROM delta_scan('s3:///a')": scan(5, text("s3:///a")),
        "FROM delta_scan('')": scan(5, text("")),
        "FROM delta_scan('store/Events')": scan(5, text("store/Events")),
    ]
}

@Suite("What queries read")
struct ReferenceTests {
    private func resolve(_ datasets: String) throws -> (ProjectReferences, [String]) {
        let project = try project("project: p\ndatasets:\n" + datasets)
        var cache = AnalysisCache()
        let first = try ReferenceResolver(project: project, parser: KnownTrees()).resolve(cache: &cache)
        // What the cache knows must give the same as what was parsed.
        var warm = AnalysisCache(text: cache.text(for: "e"), engine: "e")
        let second = try ReferenceResolver(project: project, parser: KnownTrees()).resolve(cache: &warm)
        #expect(first.0.inputs == second.0.inputs)
        #expect(first.0.foreign == second.0.foreign)
        #expect(first.1.map { $0.rendered() } == second.1.map { $0.rendered() })
        return (first.0, first.1.map { $0.rendered() })
    }

    @Test("Delta tables of others are told by their paths, each once, those of an ingest and of checks too")
    func foreign() throws {
        let (references, faults) = try resolve(
            """
              a: { sql: "FROM delta_scan('/lake/a'), delta_scan('b'), delta_scan('/lake/a')" }
              b: { ingest: { delta: /lake/c } }
              c:
                sql: SELECT 1 AS x
                checks: [ { sql: "FROM delta_scan('/lake/a'), delta_scan('b'), delta_scan('/lake/a')" } ]

            """)
        #expect(faults.isEmpty)
        let foreign = Dictionary(uniqueKeysWithValues: references.foreign.map { ($0.key.text, $0.value) })
        #expect(foreign == ["a": ["/lake/a", "b"], "b": ["/lake/c"], "c": ["/lake/a", "b"]])
        #expect(references.inputs.values.allSatisfy { $0.isEmpty })
    }

    @Test(
        "a delta_scan that cannot be followed is told at its place",
        arguments: [
            (
                "FROM delta_scan('a', version := 3)",
                "delta_scan takes the path of a Delta table, in quotes and nothing else",
                "write delta_scan('PATH'); an older version is read by 'ingest: { delta: PATH, version: N }'"
            ),
            (
                "FROM delta_scan(path := 'a')",
                "delta_scan takes the path of a Delta table, in quotes and nothing else",
                "write delta_scan('PATH'); an older version is read by 'ingest: { delta: PATH, version: N }'"
            ),
            (
                "FROM delta_scan(x)", "delta_scan takes the path of a Delta table, in quotes and nothing else",
                "write delta_scan('PATH'); an older version is read by 'ingest: { delta: PATH, version: N }'"
            ),
            (
                "FROM delta_scan('gs://a')", "tables of the kind 'gs' are not supported by this version of Millrace",
                "name a folder, or s3://BUCKET/PATH"
            ),
            ("FROM delta_scan('s3:///a')", "this is no URL of an S3 service", "write s3://BUCKET/PATH"),
            (
                "FROM delta_scan('')", "this names no table",
                "name the folder of a Delta table, the one that holds '_delta_log'"
            ),
            (
                "FROM delta_scan('store/Events')", "this is the table of the dataset 'events'",
                "read it by its name, so that it is made first: FROM events"
            ),
        ])
    func faults(sql: String, message: String, hint: String) throws {
        let (references, faults) = try resolve(
            "  events: { ingest: { files: a.csv } }\n  a: { sql: \"\(sql)\" }\n")
        #expect(
            faults == [
                """
                millrace.yaml:4:19: error: \(message)
                    4 |   a: { sql: "\(sql)" }
                      |                   ^~~~~~~~~~
                  hint: \(hint)
                """
            ])
        #expect(references.broken.map(\.text) == ["a"])
    }

    @Test("an ingest of the project's own table is refused")
    func own() throws {
        let (_, faults) = try resolve(
            "  events: { ingest: { files: a.csv } }\n  a: { ingest: { delta: /work/store/events } }\n")
        #expect(
            faults == [
                """
                millrace.yaml:4:25: error: this is the table of the dataset 'events'
                    4 |   a: { ingest: { delta: /work/store/events } }
                      |                         ^~~~~~~~~~~~~~~~~~
                  hint: read it by its name, so that it is made first: FROM events
                """
            ])
    }

    @Test(
        "an incremental input that the SQL does not read is refused with what it reads",
        arguments: [
            ("FROM events", "planes_raw", "it reads 'events'"), ("SELECT 1 AS x", "events", nil),
            ("FROM events", "event", "did you mean 'events'?"), ("FROM events, planes_raw", "EVENTS", ""),
        ] as [(String, String, String?)])
    func incremental(sql: String, input: String, hint: String?) throws {
        let (references, faults) = try resolve(
            """
              events: { ingest: { files: a.csv }, mode: append }
              event: { ingest: { files: a.csv }, mode: append }
              planes_raw: { ingest: { files: a.csv }, mode: append }
              a: { sql: "\(sql)", mode: append, incremental: \(input) }

            """)
        guard hint != "" else {
            #expect(faults.isEmpty)
            return
        }
        let column = 35 + sql.count + 1
        let hint = hint ?? "name '\(input)' in the SQL, or remove 'incremental'"
        #expect(
            faults == [
                """
                millrace.yaml:6:\(column + 8): error: the SQL of 'a' does not read '\(input)'
                    6 |   a: { sql: "\(sql)", mode: append, incremental: \(input) }
                      | \(String(repeating: " ", count: column + 7))^\(String(repeating: "~", count: input.count - 1))
                  hint: \(hint)
                """
            ])
        #expect(references.broken.map(\.text) == ["a"])
    }

    @Test("a check's dataset is found however its name is written")
    func checkInputs() throws {
        let (references, faults) = try resolve(
            """
              planes_raw: { ingest: { files: a.csv } }
              a: { sql: FROM Planes_Raw }
              b: { sql: SELECT 1 AS x, checks: [ { references: { column: x, dataset: Planes_RAW } } ] }

            """)
        #expect(faults.isEmpty)
        #expect(references.inputs.values.flatMap { $0 }.map(\.text) == ["planes_raw"])
        #expect(references.checkInputs.values.flatMap { $0 }.map(\.text) == ["planes_raw"])
    }
}
