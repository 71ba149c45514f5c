import Project
import Testing

@Suite("Reading where runs are told of")
struct TelemetryRulesTests {
    private func rules(_ telemetry: String, environment: [String: String] = [:]) throws -> TelemetryRules {
        try project(["millrace.yaml": "project: p\ntelemetry: \(telemetry)\n"], environment: environment).telemetry
    }

    @Test("nothing, unless it is written")
    func nothing() throws { #expect(try project("project: p\n").telemetry == TelemetryRules()) }

    @Test(
        "the path for traces is put behind the collector's URL",
        arguments: [
            ("http://c:4318", "http://c:4318/v1/traces"), ("http://c:4318/", "http://c:4318/v1/traces"),
            ("https://c/mine", "https://c/mine/v1/traces"), ("https://c/v1/traces", "https://c/v1/traces"),
        ])
    func traces(written: String, url: String) throws {
        #expect(try rules("{ traces: \"\(written)\" }").traces == url)
    }

    @Test("headers and keys may come from the environment")
    func secrets() throws {
        let rules = try rules(
            "{ traces: \"http://c\", headers: { X-Key: \"${env:A}\" }, lineage: { url: \"http://l\", api_key: \"${env:B}\" } }",
            environment: ["A": "one", "B": "two"])
        #expect(rules.headers == ["x-key": "one"])
        #expect(rules.lineage?.key == "two")
    }

    @Test(
        "events go to a server or into a file",
        arguments: [
            ("http://l:5000", LineageRules.Place.server(url: "http://l:5000/api/v1/lineage")),
            ("http://l:5000/", .server(url: "http://l:5000/api/v1/lineage")),
            ("http://l/other", .server(url: "http://l/other")), ("file:l.jsonl", .file(path: "/work/l.jsonl")),
            ("file:///tmp/l.jsonl", .file(path: "/tmp/l.jsonl")),
        ])
    func lineage(written: String, place: LineageRules.Place) throws {
        let rules = try rules("{ lineage: { url: \"\(written)\", namespace: n } }")
        #expect(rules.lineage?.place == place)
        #expect(rules.lineage?.namespace == "n")
    }
}
