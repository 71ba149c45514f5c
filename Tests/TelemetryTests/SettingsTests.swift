import Project
import Testing

@testable import Telemetry

@Suite("Where a run is told of")
struct SettingsTests {
    private func settings(
        _ environment: [String: String], _ rules: TelemetryRules = TelemetryRules()
    ) -> TelemetrySettings { TelemetrySettings(rules, environment: environment, root: "/p") }

    private let rules = TelemetryRules(
        traces: "https://collector.example.org/v1/traces", headers: ["x-key": "secret"],
        lineage: LineageRules(place: .server(url: "http://l:5000/api/v1/lineage"), namespace: "n", key: "k"))

    @Test("nowhere, unless somebody says so")
    func nothing() {
        let found = settings([:])
        #expect(found.traces == nil && found.lineage == nil && found.warnings.isEmpty)
    }

    @Test("where the project says")
    func project() throws {
        let found = settings([:], rules)
        let traces = try #require(found.traces)
        #expect(traces.address.url == "https://collector.example.org/v1/traces")
        #expect(traces.address.headers == ["x-key": "secret"])
        #expect(traces.form == .protobuf && traces.service == "millrace" && traces.sampler == .everything)
        let lineage = try #require(found.lineage)
        #expect(lineage.namespace == "n")
        guard case .server(let address) = lineage.place else { Issue.record("no server"); return }
        #expect(address.headers == ["authorization": "Bearer k"])
    }

    @Test(
        "the endpoint of the environment",
        arguments: [
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"], "http://c:4318/v1/traces"),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/mine/"], "http://c:4318/mine/v1/traces"),
            (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318"], "http://c:4318/"),
            (
                [
                    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://c/x?y=1",
                    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://other",
                ], "https://c/x?y=1"
            ),
            (["OTEL_TRACES_EXPORTER": "otlp"], "http://localhost:4318/v1/traces"),
            (["OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": ""], "http://localhost:4318/v1/traces"),
        ])
    func endpoints(environment: [String: String], url: String) {
        #expect(settings(environment).traces?.address.url == url)
    }

    @Test("headers of the project are for the project's collector alone")
    func headers() {
        let found = settings(
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_HEADERS": "a=1, B=x%20y "], rules)
        #expect(found.traces?.address.headers == ["a": "1", "b": "x y"])
        let both = settings(["OTEL_EXPORTER_OTLP_TRACES_HEADERS": "x-key=other"], rules)
        #expect(both.traces?.address.headers == ["x-key": "other"])
    }

    @Test(
        "what switches it off",
        arguments: [
            ["OTEL_SDK_DISABLED": "TRUE", "OPENLINEAGE_DISABLED": "true"],
            ["OTEL_TRACES_EXPORTER": "none", "OPENLINEAGE__TRANSPORT__TYPE": "noop"],
        ])
    func off(environment: [String: String]) {
        let found = settings(environment, rules)
        #expect(found.traces == nil && found.lineage == nil && found.warnings.isEmpty)
    }

    @Test("the rest of OpenTelemetry's variables")
    func rest() throws {
        let traces = try #require(
            settings([
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL": "HTTP/JSON",
                "OTEL_EXPORTER_OTLP_TIMEOUT": "2500", "OTEL_SERVICE_NAME": "nightly",
                "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,deployment.environment.name=a%2Cb",
                "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25",
                "OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "50",
                "OTEL_BSP_SCHEDULE_DELAY": "200", "OTEL_BSP_EXPORT_TIMEOUT": "700",
            ]).traces)
        #expect(traces.form == .json && traces.address.contentType == "application/json")
        #expect(traces.service == "nightly")
        #expect(traces.attributes.map(\.name) == ["deployment.environment.name"])
        #expect(traces.attributes.map(\.value) == ["a,b"])
        #expect(traces.sampler.share == 0.25 && traces.sampler.followsParent)
        #expect(traces.capacity == 10 && traces.rules.together == 10)
        #expect(traces.rules.timeout == .milliseconds(2500) && traces.rules.lag == .milliseconds(200))
        #expect(traces.rules.lastWait == .milliseconds(700))
    }

    @Test("what is wrong in the environment is told, without its value, and otherwise as if it were not there")
    func wrong() {
        let found = settings(
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "secret:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
                "OTEL_EXPORTER_OTLP_HEADERS": "secret", "OTEL_TRACES_SAMPLER": "secret",
                "OTEL_EXPORTER_OTLP_TIMEOUT": "secret", "OTEL_TRACES_EXPORTER": "secret", "OPENLINEAGE_URL": "secret",
                "OPENLINEAGE_PARENT_ID": "secret", "OPENLINEAGE__TRANSPORT__AUTH": "secret",
                "OPENLINEAGE__TRANSPORT__TYPE": "secret", "OPENLINEAGE__TRANSPORT__TIMEOUT": "secret",
            ], rules)
        #expect(found.traces?.address.url == rules.traces)
        #expect(found.traces?.form == .protobuf)
        guard case .server(let address) = found.lineage?.place else { Issue.record("no server"); return }
        #expect(address.url == "http://l:5000/api/v1/lineage")
        #expect(found.warnings.count == 11)
        #expect(!found.warnings.contains { "\($0)".contains("secret") })
    }

    @Test(
        "the variables of OpenLineage's Python client",
        arguments: [
            (["OPENLINEAGE_URL": "http://m:5000"], "http://m:5000/api/v1/lineage"),
            (["OPENLINEAGE_URL": "http://m:5000/", "OPENLINEAGE_ENDPOINT": "/v2/x"], "http://m:5000/v2/x"),
            (["OPENLINEAGE_URL": "http://m/api/v1/lineage"], "http://m/api/v1/lineage"),
            (
                ["OPENLINEAGE__TRANSPORT__TYPE": "http", "OPENLINEAGE__TRANSPORT__URL": "http://t"],
                "http://t/api/v1/lineage"
            ),
        ])
    func lineage(environment: [String: String], url: String) {
        let found = settings(environment.merging(["OPENLINEAGE_API_KEY": "k"]) { $1 })
        guard case .server(let address) = found.lineage?.place else { Issue.record("no server"); return }
        #expect(address.url == url)
        #expect(address.headers == ["authorization": "Bearer k"])
        #expect(found.lineage?.namespace == "millrace")
    }

    @Test("lines in a file or on standard error in place of a server")
    func lines() {
        let file = settings([
            "OPENLINEAGE__TRANSPORT__TYPE": "file", "OPENLINEAGE__TRANSPORT__LOG_FILE_PATH": "l.jsonl",
        ])
        guard case .lines("/p/l.jsonl") = file.lineage?.place else { Issue.record("no file"); return }
        guard case .lines(nil) = settings(["OPENLINEAGE__TRANSPORT__TYPE": "console"]).lineage?.place else {
            Issue.record("no console")
            return
        }
    }

    @Test("a run that is part of somebody else's")
    func parents() throws {
        let id = "3f5e83fa-3480-44ff-99c5-ff943904e5e8"
        let parent = try #require(TelemetrySettings.ParentJob("http://airflow:8080/dag.task/\(id)"))
        #expect(parent.namespace == "http://airflow:8080" && parent.name == "dag.task" && parent.run == id)
        for text in ["", "a/b", "a/b/c", "a//\(id)", "/b/\(id)"] {
            #expect(TelemetrySettings.ParentJob(text) == nil)
        }
    }

    @Test(
        "what a message shows of a URL",
        arguments: [
            ("http://h:1/v1/traces", "http://h:1/v1/traces"), ("https://u:p%40@h/x?key=secret#f", "https://h/x"),
            ("https://u:p@h?key=secret", "https://h"),
        ])
    func shown(url: String, shown: String) {
        #expect(HTTPReceiver.Address(url: url, contentType: "").shown == shown)
    }
}
