import Foundation
import Project
import Testing

@Suite("The registry of fields")
struct FieldRegistryTests {
    @Test("the schema is JSON and knows the fields")
    func schema() throws {
        let data = Data(FieldRegistry.jsonSchema().utf8)
        let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(schema["$schema"] as? String == "http://json-schema.org/draft-07/schema#")
        let properties = try #require(schema["properties"] as? [String: Any])
        #expect(Set(properties.keys) == Set(FieldRegistry.project.fields.map(\.name)))
        let definitions = try #require(schema["definitions"] as? [String: Any])
        #expect(Set(definitions.keys) == ["check", "columnCheck", "condition", "environment"])
    }

    @Test("the reference tells every field and every rule")
    func reference() {
        let text = FieldRegistry.reference()
        let sections = [
            FieldRegistry.project, FieldRegistry.store, FieldRegistry.dataset, FieldRegistry.ingest, FieldRegistry.feed,
            FieldRegistry.program,
            FieldRegistry.trigger, FieldRegistry.triggerCondition, FieldRegistry.runs, FieldRegistry.notification,
            FieldRegistry.smtp, FieldRegistry.partitions, FieldRegistry.retries, FieldRegistry.telemetry,
            FieldRegistry.lineage,
        ]
        for section in sections {
            for field in section.fields { #expect(text.contains("| `\(field.name)`")) }
        }
        for rule in FieldRegistry.checkRules { #expect(text.contains("### `\(rule.name)`")) }
        #expect(text.contains("It needs `files` or `delta`."))
    }

    @Test("the example of every rule is right", arguments: FieldRegistry.checkRules.map(\.example))
    func examples(example: String) throws {
        let yaml = """
            project: p
            datasets:
              planes_raw: { sql: SELECT 1 AS tailnum }
              flights:
                sql: SELECT 1 AS x
                checks:
                  - \(example)
            """
        #expect(try project(yaml).dataset(named: "flights")?.checks.isEmpty == false)
    }

    @Test("the example of every field of a dataset is right", arguments: FieldRegistry.dataset.fields.map(\.name))
    func datasetExamples(name: String) throws {
        let field = try #require(FieldRegistry.dataset.field(name))
        let example = try #require(field.example)
        // What a field needs beside it.
        let others = [
            "sql": "", "ingest": "", "run": "", "incremental": "    sql: SELECT 1 AS x\n    mode: append\n",
            "on_replace": "    sql: SELECT 1 AS x\n    mode: append\n    incremental: events\n",
            "delete_when": "    sql: SELECT 1 AS x\n    mode: merge\n    key: x\n",
        ]
        let step = others[name] ?? "    sql: SELECT 1 AS x\n"
        let yaml =
            "project: p\npools: { database: 2 }\ndatasets:\n"
            + "  events: { ingest: { files: a.csv }, mode: append }\n  reviews: { ingest: { files: b.csv } }\n  a:\n\(step)"
        let files = ["millrace.yaml": yaml + "    \(name): \(example)\n", "steps/clean.py": "def clean(batch): pass\n"]
        #expect(try project(files).datasets.count == 3)
    }

    @Test("the example of every field of a program is right", arguments: FieldRegistry.program.fields.map(\.name))
    func programExamples(name: String) throws {
        let example = try #require(FieldRegistry.program.field(name)?.example)
        var fields = ["python": "steps/clean.py:clean", "inputs": "[reviews]"]
        if name == "command" { fields["python"] = nil }
        fields[name] = example
        let run = fields.sorted { $0.key < $1.key }.map { "      \($0.key): \($0.value)\n" }.joined()
        let files = [
            "millrace.yaml": "project: p\ndatasets:\n  reviews: { ingest: { files: b.csv } }\n  a:\n    run:\n\(run)",
            "steps/clean.py": "def clean(batch): pass\n", "steps/words.txt": "a\n", "tool": "",
        ]
        #expect(try project(files).datasets.count == 2)
    }

    @Test("the example of every field of an ingest is right", arguments: FieldRegistry.ingest.fields.map(\.name))
    func ingestExamples(name: String) throws {
        let example = try #require(FieldRegistry.ingest.field(name)?.example)
        let others = [
            "files": "", "delta": "", "version": "      delta: /lake/events\n",
        ]
        let files = others[name] ?? "      files: a.csv\n"
        let yaml = "project: p\ndatasets:\n  a:\n    mode: append\n    ingest:\n\(files)      \(name): \(example)\n"
        #expect(try project(yaml).datasets.count == 1)
    }

    @Test("the example of every field of a store is right", arguments: FieldRegistry.store.fields.map(\.name))
    func storeExamples(name: String) throws {
        let example = try #require(FieldRegistry.store.field(name)?.example)
        let url = name == "url" ? "" : "  url: s3://lake/flights\n"
        guard case .s3(let address) = try project("project: p\nstore:\n\(url)  \(name): \(example)\n").store else {
            Issue.record("no bucket")
            return
        }
        #expect(address.bucket == "lake")
    }
}
