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
        #expect(Set(definitions.keys) == ["check", "columnCheck", "environment"])
    }

    @Test("the reference tells every field and every rule")
    func reference() {
        let text = FieldRegistry.reference()
        for section in [FieldRegistry.project, FieldRegistry.dataset, FieldRegistry.ingest, FieldRegistry.feed] {
            for field in section.fields { #expect(text.contains("| `\(field.name)`")) }
        }
        for rule in FieldRegistry.checkRules { #expect(text.contains("### `\(rule.name)`")) }
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
        let step = name == "sql" || name == "ingest" ? "" : "    sql: SELECT 1 AS x\n"
        let yaml = "project: p\ndatasets:\n  a:\n\(step)    \(name): \(example)\n"
        #expect(try project(yaml).datasets.count == 1)
    }

    @Test("the example of every field of an ingest is right", arguments: FieldRegistry.ingest.fields.map(\.name))
    func ingestExamples(name: String) throws {
        let example = try #require(FieldRegistry.ingest.field(name)?.example)
        let files = name == "files" ? "" : "      files: a.csv\n"
        let yaml = "project: p\ndatasets:\n  a:\n    ingest:\n\(files)      \(name): \(example)\n"
        #expect(try project(yaml).datasets.count == 1)
    }
}
