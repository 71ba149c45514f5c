import Project
import Testing

@Suite("What makes a definition another one")
struct DefinitionTests {
    private func fingerprint(_ dataset: String) throws -> Fingerprint {
        let yaml =
            "project: p\ndatasets:\n  b: { sql: SELECT 1 AS x, mode: append }\n  c: { sql: SELECT 1 AS x, mode: append }\n  a: { \(dataset) }\n"
        let dataset = try #require(try project(yaml).dataset(named: "a"))
        var builder = Fingerprint.Builder()
        dataset.definition(into: &builder) { $0.filter { !$0.isWhitespace } }
        return builder.finish()
    }

    private static let sql = "sql: SELECT 1 AS x"

    @Test(
        "descriptions, tags, names of checks and places do not",
        arguments: [
            "description: d, \(sql), checks: [ { not_null: x } ]", "\(sql), tags: [t], checks: [ not_null: x ]",
            "\(sql), checks: [ { not_null: x, name: n } ]",
            "sql: \"SELECT  1 AS x\", checks: [ { not_null: { column: x } } ]",
            "\(sql), columns: { x: { checks: [ not_null ], description: d } }, description: e",
        ])
    func same(dataset: String) throws {
        let plain = try fingerprint("\(Self.sql), checks: [ { not_null: x } ]")
        guard dataset.contains("columns") else {
            #expect(try fingerprint(dataset) == plain)
            return
        }
        #expect(try fingerprint(dataset) == fingerprint("\(Self.sql), columns: { x: { checks: [ not_null ] } }"))
    }

    @Test(
        "policies do not, nor upper and lower case of an input",
        arguments: [
            "\(sql), mode: append, incremental: b, on_replace: full_refresh",
            "\(sql), mode: append, incremental: B, schema: widen",
            "\(sql), schema: fixed, mode: append, incremental: b",
        ])
    func policies(dataset: String) throws {
        #expect(try fingerprint(dataset) == fingerprint("\(Self.sql), mode: append, incremental: b"))
        let plain = try fingerprint("ingest: { files: a.csv }, mode: merge, key: x")
        #expect(
            try fingerprint("ingest: { files: a.csv, changed: fail, vanished: fail }, mode: merge, key: x") == plain)
    }

    @Test("how a step is executed does not")
    func execution() throws {
        let limits = "retries: { count: 3 }, timeout: 1h, priority: 7, freshness: { within: 1d }"
        #expect(try fingerprint("\(Self.sql), \(limits)") == fingerprint(Self.sql))
    }

    @Test("every other field does")
    func different() throws {
        let datasets = [
            "sql: SELECT 1 AS x", "sql: SELECT 2 AS x", "\(Self.sql), mode: append", "\(Self.sql), key: x",
            "\(Self.sql), key: [x, y]", "\(Self.sql), partition_by: x", "\(Self.sql), columns: { x: BIGINT }",
            "\(Self.sql), columns: { x: INTEGER }", "\(Self.sql), splits: { by: x, train: 1 }",
            "\(Self.sql), splits: { by: x, seed: 1, train: 1 }", "\(Self.sql), splits: { by: x, train: 2 }",
            "\(Self.sql), checks: [ { not_null: x } ]", "\(Self.sql), checks: [ { unique: x } ]",
            "\(Self.sql), checks: [ { unique: y } ]", "\(Self.sql), checks: [ { unique: x, where: x > 1 } ]",
            "\(Self.sql), checks: [ { unique: x, mostly: 0.5 } ]",
            "\(Self.sql), checks: [ { unique: x, on_fail: warn } ]",
            "\(Self.sql), checks: [ { range: { column: x, min: 1 } } ]",
            "\(Self.sql), checks: [ { range: { column: x, max: 1 } } ]",
            "\(Self.sql), checks: [ { length: { column: x, max: 1 } } ]",
            "\(Self.sql), checks: [ { rows: { max: 1 } } ]",
            "\(Self.sql), checks: [ { accepted: { column: x, values: [1] } } ]",
            "\(Self.sql), checks: [ { accepted: { column: x, values: [\"1\"] } } ]",
            "\(Self.sql), checks: [ { references: { column: x, dataset: b } } ]",
            "\(Self.sql), checks: [ { references: { column: x, dataset: b, to: y } } ]",
            "\(Self.sql), checks: [ { sql: SELECT 1 } ]", "\(Self.sql), checks: [ { sql: SELECT 2 } ]",
            "\(Self.sql), checks: [ { metric: { column: x, mean: { min: 1 } } } ]",
            "\(Self.sql), checks: [ { metric: { column: x, sum: { min: 1 } } } ]",
            "\(Self.sql), checks: [ { metric: { column: x, quantile: { q: 0.5, min: 1 } } } ]",
            "\(Self.sql), checks: [ { metric: { column: x, quantile: { q: 0.6, min: 1 } } } ]",
            "ingest: { files: a.csv }", "ingest: { files: b.csv }", "ingest: { files: a.csv, skip: 1 }",
            "ingest: { files: a.csv, header: true }", "ingest: { files: a.csv, nulls: NA }",
            "ingest: { files: a.csv, quote: \"'\" }", "ingest: { files: a.csv, escape: \"'\" }",
            "ingest: { files: a.csv, types: { x: TEXT } }", "ingest: { files: a.csv, on_error: quarantine }",
            "ingest: { files: a.csv, format: jsonl }", "ingest: { files: a.csv, compression: gzip }",
            "ingest: { files: a.csv, date_format: x }", "ingest: { files: a.csv, timestamp_format: x }",
            "ingest: { files: a.csv, decimal: \",\" }", "ingest: { files: a.csv, encoding: latin-1 }",
            "ingest: { files: a.csv, null_padding: true }", "ingest: { files: a.csv, comment: \"#\" }",
            "ingest: { files: a.csv }, mode: append", "ingest: { delta: a.csv }", "ingest: { delta: b.csv }",
            "ingest: { delta: a.csv, version: 0 }", "ingest: { delta: a.csv, version: 1 }",
        ]
        var seen: [Fingerprint: String] = [:]
        for dataset in datasets {
            let other = seen.updateValue(dataset, forKey: try fingerprint(dataset))
            #expect(other == nil, "\(dataset) and \(other ?? "")")
        }
    }
}
