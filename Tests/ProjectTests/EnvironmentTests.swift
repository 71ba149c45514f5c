import Project
import Testing

@Suite("Values of the environment")
struct EnvironmentTests {
    @Test("they take the place of ${env:NAME}, in numbers too")
    func values() throws {
        let yaml = """
            project: p
            store: ${env:STORE}/tables
            engines: { local: { type: duckdb, threads: "${env:THREADS}", memory: "${env:MEMORY:-2GiB}" } }
            datasets:
              a: { ingest: { files: "${env:DIR:-landing}/a.csv", nulls: ["${env:NULL:-}"] } }
            """
        let project = try project(yaml, environment: ["STORE": "/mnt/secret", "THREADS": "3"])
        #expect(project.store == .folder("/mnt/secret/tables"))
        #expect(project.engines["local"]?.threads == 3)
        #expect(project.engines["local"]?.memory == 2_147_483_648)
        #expect(project.datasets.first?.step.ingest?.files.map(\.value) == ["landing/a.csv"])
        #expect(project.datasets.first?.step.ingest?.csv.nulls == [""])
    }

    @Test("they are hidden in whatever is shown")
    func redaction() throws {
        let yaml = "project: p\nstore: ${env:STORE}\ndatasets: { a: { sql: \"SELECT '${env:WORD}' AS x\" } }\n"
        let project = try project(yaml, environment: ["STORE": "/mnt/secret", "WORD": "abc"])
        #expect(
            project.redaction.redact("cannot write /mnt/secret/a: abc") == "cannot write ${env:STORE}/a: abc")
    }
}
