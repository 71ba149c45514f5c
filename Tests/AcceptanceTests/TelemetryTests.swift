import Foundation
import Servers
import Synchronization
import TestThreads
import Testing

/// Receivers that answer as a test says; what they were sent is judged by OpenTelemetry's and OpenLineage's own code.
@Suite("Telling runs to OpenTelemetry and OpenLineage", .ownThreads)
struct TelemetryTests {
    private static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Judges/telemetry.py").path

    private static let datasets = """
        raw:
          ingest: { files: "landing/*.csv", format: csv }
        orders:
          description: All orders.
          sql: SELECT id, amount * 2 AS amount FROM raw
          columns: { id: { description: the key, checks: [not_null, unique] } }
          checks:
            - range: { column: amount, min: 0 }
              on_fail: quarantine
            - rows: { min: 1 }
            - sql: SELECT * FROM orders WHERE amount > 1000
        refused:
          sql: SELECT * FROM orders
          checks: [ { rows: { min: 100 } } ]
        after:
          sql: SELECT * FROM refused
        days:
          sql: SELECT DATE '2024-01-01' + id::INTEGER AS day, amount FROM raw
          partitions: { by: day, column: day, start: 2024-01-01 }
        """

    private func project(_ telemetry: String, _ datasets: String = datasets) throws -> Sandbox {
        let sandbox = try Sandbox(["landing/a.csv": "id,amount\n1,2\n2,-4\n3,5\n"])
        try sandbox.datasets(datasets, head: "project: shop\ntelemetry: \(telemetry)")
        return sandbox
    }

    private func server(_ script: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Action) throws
        -> ScriptedServer
    {
        try ScriptedServer(script)
    }

    /// What OpenTelemetry's messages make of the requests for traces.
    private func spans(_ requests: [ScriptedServer.Request], in sandbox: Sandbox) throws -> [JSON] {
        let sent = requests.filter { $0.target.hasSuffix("/v1/traces") }
        guard let type = sent.first?.headers["content-type"] else { return [] }
        var paths: [String] = []
        for request in sent {
            #expect(request.method == "POST" && request.headers["content-type"] == type)
            paths.append("spans-\(request.number)")
            try sandbox.write(Data(request.body), to: paths[paths.count - 1])
        }
        return try ask(["spans", type] + paths, in: sandbox).array
    }

    /// The events of requests, or of a file, none of which may be wrong.
    private func events(_ requests: [ScriptedServer.Request], in sandbox: Sandbox) throws -> [JSON] {
        let sent = requests.filter { $0.target == "/api/v1/lineage" }
        for request in sent { #expect(request.headers["content-type"] == "application/json") }
        let lines = sent.map { String(decoding: $0.body, as: UTF8.self) }
        try sandbox.write(lines.joined(separator: "\n"), to: "events.jsonl")
        return try events(inFile: "events.jsonl", in: sandbox)
    }

    private func events(inFile path: String, in sandbox: Sandbox) throws -> [JSON] {
        let verdict = try ask(["lineage", path], in: sandbox)
        #expect(verdict["problems"].array.map(\.text) == [])
        return try sandbox.read(path).split(separator: "\n").map { try JSON(String($0)) }
    }

    private func ask(_ arguments: [String], in sandbox: Sandbox) throws -> JSON {
        let result = try Program(
            Checkout.python, [Self.path] + arguments, in: sandbox.path,
            environment: ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        ).wait()
        try #require(result.status == 0, "\(result.text)")
        return try JSON(result.output)
    }

    /// How each step of the newest run ended, as the history has it.
    private func history(_ sandbox: Sandbox) throws -> (run: String, steps: [String: String]) {
        let run = try #require(try sandbox.json("history").array.first?["run"].text)
        let steps = try sandbox.json("runs", run)["steps"].array
        return (run, Dictionary(uniqueKeysWithValues: steps.map { ($0["dataset"].text, $0["result"].text) }))
    }

    // MARK: What is told

    @Test(
        "the spans of a run are one tree, and say what the history says",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"),
        arguments: ["http/protobuf", "http/json"])
    func traces(form: String) throws {
        let receiver = try server { _ in .answer(200) }
        let sandbox = try project("{ traces: \"\(receiver.endpoint)/\", headers: { X-Key: \"${env:OTLP_KEY}\" } }")
        sandbox.environment = [
            "OTEL_EXPORTER_OTLP_PROTOCOL": form, "OTLP_KEY": "hunter22", "OTEL_SERVICE_NAME": "mill",
        ]
        let result = try sandbox.millrace("run", "--keep-going")
        #expect(result.status == 1)
        #expect(!result.text.contains("warning") && !result.text.contains("hunter22"), "\(result.text)")
        #expect(receiver.requests.allSatisfy { $0.target == "/v1/traces" && $0.headers["x-key"] == "hunter22" })

        let spans = try spans(receiver.requests, in: sandbox)
        let (run, steps) = try history(sandbox)
        let root = try #require(spans.first { $0["name"].text == "run" })
        #expect(root["parent"].text == "" && root["status"].int == 2)
        #expect(root["attributes"]["millrace.run.id"].text == run)
        #expect(root["resource"]["service.name"].text == "mill")
        #expect(Set(spans.map { $0["trace"].text }).count == 1)
        #expect(Set(spans.map { $0["id"].text }).count == spans.count)
        for span in spans where span["name"].text != "run" {
            let parent = try #require(spans.first { $0["id"].text == span["parent"].text })
            #expect((parent["start"].int ?? .max) <= (span["start"].int ?? 0))
            #expect((span["end"].int ?? .max) <= (parent["end"].int ?? 0))
        }

        let told = spans.filter { $0["name"].text.hasPrefix("step ") }
        let ends = told.map { ($0["attributes"]["millrace.dataset"].text, $0["status"].int == 1 ? "done" : "failed") }
        #expect(
            Dictionary(uniqueKeysWithValues: ends)
                == steps.filter { $0.value == "done" || $0.value == "failed" })
        #expect(root["events"].array.map { $0["attributes"]["millrace.dataset"].text } == ["after"])

        let orders = try #require(told.first { $0["name"].text == "step orders" })
        #expect(orders["attributes"]["millrace.rows.read"].int == 3)
        #expect(orders["attributes"]["millrace.rows.published"].int == 2)
        #expect(orders["attributes"]["millrace.rows.quarantined"].int == 1)
        #expect(orders["attributes"]["millrace.dataset.version"].int == 0)
        #expect(orders["attributes"]["millrace.step.kind"].text == "sql")
        #expect(orders["attributes"]["millrace.step.reasons"].array.map(\.text) == ["new"])
        // On a busy machine it also says that it waited.
        let check = orders["events"].array.first { $0["name"].text == "check" }
        #expect(check?["attributes"]["millrace.check.name"].text == "range(amount)")
        #expect(
            spans.filter { $0["parent"].text == orders["id"].text }.map { $0["name"].text }
                == ["write", "check", "publish"])
        let days = try #require(told.first { $0["name"].text == "step days" })
        #expect(days["attributes"]["millrace.step.partitions"].array.first?.text.hasPrefix("2024-01-01..") == true)
        let refused = try #require(told.first { $0["name"].text == "step refused" })
        #expect(refused["message"].text == "rows: 2 rows is below 100")
        #expect(refused["attributes"]["error.type"].text == "check")
    }

    @Test(
        "the events of a run keep to OpenLineage's schemas, and say what the history says",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"))
    func lineage() throws {
        let receiver = try server { _ in .answer(201) }
        let sandbox = try project("{ lineage: { url: \"\(receiver.endpoint)\", namespace: lab, api_key: hunter22 } }")
        #expect(try sandbox.millrace("run", "--keep-going", "-q").status == 1)
        #expect(receiver.requests.allSatisfy { $0.headers["authorization"] == "Bearer hunter22" })
        let events = try events(receiver.requests, in: sandbox)
        func of(_ job: String, _ type: String? = nil) -> [JSON] {
            events.filter { $0["job"]["name"].text == job && (type == nil || $0["eventType"].text == type) }
        }
        let (run, steps) = try history(sandbox)
        #expect(of("shop").map { $0["eventType"].text } == ["START", "FAIL"])
        #expect(events.first?["job"]["name"].text == "shop" && events.last?["job"]["name"].text == "shop")
        let parent = try #require(events.first?["run"]["runId"].text)
        for (dataset, result) in steps {
            let told = of("shop.\(dataset)").map { $0["eventType"].text }
            #expect(
                told == ["done": ["START", "COMPLETE"], "failed": ["START", "FAIL"]][result, default: []], "\(dataset)")
        }
        #expect(events.allSatisfy { $0["job"]["namespace"].text == "lab" })
        #expect(events.allSatisfy { $0["run"]["facets"]["tags"]["tags"][0]["value"].text == run })
        #expect(
            events.allSatisfy {
                $0["job"]["name"].text == "shop" || $0["run"]["facets"]["parent"]["run"]["runId"].text == parent
            })

        let made = try #require(of("shop.orders", "COMPLETE").first)
        #expect(made["inputs"].array.map { $0["name"].text } == [sandbox.path + "/store/raw"])
        #expect(made["inputs"][0]["facets"]["version"]["datasetVersion"].text == "0")
        #expect(
            made["inputs"][0]["facets"]["schema"]["fields"].array.map { $0["name"].text } == ["id", "amount"])
        let output = made["outputs"][0]
        #expect(output["namespace"].text == "file" && output["name"].text == sandbox.path + "/store/orders")
        #expect(output["outputFacets"]["outputStatistics"]["rowCount"].int == 2)
        #expect(output["facets"]["schema"]["fields"][0]["description"].text == "the key")
        let columns = output["facets"]["columnLineage"]
        let amount = columns["fields"]["amount"]["inputFields"].array
        #expect(amount.map { $0["name"].text + " " + $0["field"].text } == [sandbox.path + "/store/raw amount"])
        #expect(amount.first?["transformations"][0]["type"].text == "DIRECT")
        #expect(amount.first?["transformations"][0]["subtype"].text == "TRANSFORMATION")
        #expect(columns["fields"]["id"]["inputFields"][0]["transformations"][0]["subtype"].text == "IDENTITY")
        #expect(columns["dataset"].array.map { $0["transformations"][0]["type"].text } == ["INDIRECT"])
        let assertions = output["facets"]["dataQualityAssertions"]["assertions"]
        #expect(assertions.first("assertion", "range")["success"].isTrue == false)
        #expect(assertions.first("assertion", "range")["severity"].text == "warn")
        #expect(assertions.first("assertion", "not_null")["column"].text == "id")
        #expect(assertions.first("assertion", "custom_sql")["success"].isTrue)
        #expect(made["job"]["facets"]["sql"]["query"].text.hasPrefix("SELECT id, amount * 2"))
        #expect(made["outputs"][1]["name"].text == sandbox.path + "/store/orders__quarantine")
        #expect(made["outputs"][1]["outputFacets"]["outputStatistics"]["rowCount"].int == 1)

        let ingest = try #require(of("shop.raw", "COMPLETE").first)
        #expect(ingest["inputs"][0]["name"].text == sandbox.path + "/landing")
        #expect(
            ingest["outputs"][0]["facets"]["columnLineage"]["fields"]["id"]["inputFields"][0]["name"].text
                == sandbox.path + "/landing")
        #expect(ingest["inputs"][0]["inputFacets"]["inputStatistics"]["fileCount"].int == 1)
        let refused = try #require(of("shop.refused", "FAIL").first)
        #expect(refused["run"]["facets"]["errorMessage"]["message"].text == "rows: 2 rows is below 100")
        let days = try #require(of("shop.days", "START").first)
        #expect(days["run"]["facets"]["nominalTime"]["nominalStartTime"].text == "2024-01-01T00:00:00Z")
    }

    @Test(
        "what a SELECT with a value of the environment says is told without it",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"))
    func redacted() throws {
        let sandbox = try project(
            "{ lineage: { url: \"file:told/lineage.jsonl\" } }",
            "a:\n  sql: SELECT 'hunter22' AS n, '${env:SECRET}' AS s\n  description: ${env:SECRET}\n")
        try sandbox.write("", to: "told/lineage.jsonl")
        sandbox.environment = ["SECRET": "hunter22"]
        try sandbox.run()
        let text = try sandbox.read("told/lineage.jsonl")
        #expect(!text.contains("hunter22") && text.contains("${env:SECRET}"))
        #expect(
            try events(inFile: "told/lineage.jsonl", in: sandbox).map { $0["eventType"].text }
                == ["START", "START", "COMPLETE", "COMPLETE"])
    }

    @Test(
        "a run belongs to its caller's trace and to its caller's run",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"))
    func callers() throws {
        let receiver = try server { _ in .answer(200) }
        let sandbox = try project("{}", "a: { sql: SELECT 1 AS n }")
        let id = "3f5e83fa-3480-44ff-99c5-ff943904e5e8"
        sandbox.environment = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint, "OPENLINEAGE_URL": receiver.endpoint,
            "OPENLINEAGE_PARENT_ID": "airflow/dag.task/\(id)",
            "TRACEPARENT": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "TRACESTATE": "vendor=1",
        ]
        try sandbox.run()
        let spans = try spans(receiver.requests, in: sandbox)
        #expect(spans.allSatisfy { $0["trace"].text == "0af7651916cd43dd8448eb211c80319c" })
        #expect(spans.first { $0["name"].text == "run" }?["parent"].text == "b7ad6b7169203331")
        #expect(spans.allSatisfy { $0["state"].text == "vendor=1" })
        let events = try events(receiver.requests, in: sandbox)
        let run = try #require(events.first { $0["job"]["name"].text == "shop" })
        #expect(run["run"]["facets"]["parent"]["run"]["runId"].text == id)
        #expect(run["run"]["facets"]["parent"]["job"]["name"].text == "dag.task")
        let step = try #require(events.first { $0["job"]["name"].text == "shop.a" })
        #expect(step["run"]["facets"]["parent"]["root"]["run"]["runId"].text == id)

        let count = receiver.requests.count
        sandbox.environment["TRACEPARENT"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
        sandbox.environment["OPENLINEAGE_DISABLED"] = "true"
        try sandbox.run("--full-refresh")
        #expect(receiver.requests.count == count)
    }

    // MARK: What goes wrong

    @Test("a run that makes nothing tells nobody, and says nothing of it")
    func nothingToDo() throws {
        let receiver = try server { _ in .answer(200) }
        let sandbox = try project(
            "{ traces: \"\(receiver.endpoint)\", lineage: { url: \"\(receiver.endpoint)\" } }",
            "a: { sql: SELECT 1 AS n }")
        try sandbox.run()
        let count = receiver.requests.count
        #expect(count == 5)
        let result = try sandbox.run()
        #expect(receiver.requests.count == count)
        #expect(result.errors.isEmpty)
    }

    /// Receivers as they are on bad days, and what is said of each.
    private enum Day: String, CaseIterable {
        case away, failing, refusing, hangingUp, silent, redirecting

        var reason: String {
            switch self {
            case .away: "connection refused"
            case .failing: "it answered with status 500"
            case .refusing: "it answered with status 401"
            case .hangingUp: "it closed the connection without an answer"
            case .silent: "no answer in time"
            case .redirecting: "it answered with status 307"
            }
        }
    }

    @Test(
        "a receiver that is away, fails, refuses or is silent fails no run, and is told of once",
        arguments: Day.allCases)
    private func badDays(_ day: Day) throws {
        let receiver = try server { _ in
            switch day {
            case .away, .failing: .answer(500)
            case .refusing: .answer(401)
            case .hangingUp: .hangUp
            case .silent: .silence
            case .redirecting: .answer(307, headers: ["Location": "http://127.0.0.1:1/"])
            }
        }
        let port = day == .away ? try FreePorts.take(1)[0] : receiver.port
        let sandbox = try project(
            "{ traces: \"http://user:hunter22@127.0.0.1:\(port)\", headers: { k: hunter23 }, "
                + "lineage: { url: \"http://127.0.0.1:\(port)\", api_key: hunter24 } }", "a: { sql: SELECT 1 AS n }")
        sandbox.environment = ["OTEL_BSP_EXPORT_TIMEOUT": "300"]
        let result = try sandbox.run()
        #expect(try sandbox.versions() == ["a": 0])
        #expect(
            result.errors.contains("5 spans did not reach http://127.0.0.1:\(port)/v1/traces: \(day.reason)"),
            "\(result.text)")
        #expect(
            result.errors.contains("4 events did not reach http://127.0.0.1:\(port)/api/v1/lineage: \(day.reason)"),
            "\(result.text)")
        #expect(result.errors.components(separatedBy: "warning:").count == 3, "\(result.text)")
        for secret in ["hunter22", "hunter23", "hunter24"] { #expect(!result.text.contains(secret)) }
    }

    @Test(
        "what a receiver asks to be sent again is sent again, and arrives once",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"))
    func again() throws {
        let receiver = try server { request in
            request.number <= 2 ? .answer(503, headers: ["Retry-After": "0"]) : .answer(200)
        }
        let sandbox = try project("{ traces: \"\(receiver.endpoint)\" }", "a: { sql: SELECT 1 AS n }")
        sandbox.environment = ["OTEL_BSP_EXPORT_TIMEOUT": "60000"]
        let result = try sandbox.run()
        #expect(result.errors.isEmpty, "\(result.text)")
        #expect(receiver.requests.count == 3)
        let spans = try spans(Array(receiver.requests.suffix(1)), in: sandbox)
        #expect(Set(spans.map { $0["name"].text }) == ["run", "step a", "write", "check", "publish"])
    }

    @Test("what a collector rejects of what it takes is told")
    func rejected() throws {
        let receiver = try server { _ in
            .answer(200, body: #"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}"#)
        }
        let sandbox = try project("{ traces: \"\(receiver.endpoint)\" }", "a: { sql: SELECT 1 AS n }")
        sandbox.environment = ["OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"]
        let result = try sandbox.run()
        #expect(receiver.requests.count == 1)
        #expect(result.errors.contains("2 spans did not reach \(receiver.endpoint)/v1/traces: it said: too old"))
    }

    @Test("what is wrong in the environment is a warning, and the run goes on")
    func environment() throws {
        let sandbox = try project("{}", "a: { sql: SELECT 1 AS n }")
        sandbox.environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4318", "OPENLINEAGE_URL": "localhost"]
        let result = try sandbox.run()
        #expect(
            result.errors.contains(
                "warning: OTEL_EXPORTER_OTLP_ENDPOINT is ignored: it is a URL that begins with http:// or https://"))
        #expect(result.errors.contains("OPENLINEAGE_URL is ignored"))
    }

    @Test(
        "a run that was killed and taken up again goes on under the same identities",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"))
    func killed() throws {
        let receiver = try server { _ in .answer(200) }
        let unready = "ingest: { files: ready.csv, format: csv, types: { n: BIGINT } }"
        let sandbox = try project(
            "{ traces: \"\(receiver.endpoint)\", lineage: { url: \"\(receiver.endpoint)\" } }",
            """
            first: { sql: SELECT 1 AS n }
            second:
              \(unready)
              retries: { count: 1000, delay: 100ms, factor: 1 }
            """)
        try sandbox.write("n\nnot yet\n", to: "ready.csv")
        sandbox.environment = ["OTEL_BSP_SCHEDULE_DELAY": "100"]
        let program = try sandbox.start("run", "--json", "--run-id", "r-1", "--jobs", "1")
        // Its first step was told to both, and its second had begun.
        let end = ContinuousClock.now + .seconds(60)
        func isTold() -> Bool {
            let bodies = receiver.requests.map { ($0.target, String(decoding: $0.body, as: UTF8.self)) }
            return bodies.contains { $0.0 == "/v1/traces" && $0.1.contains("step first") }
                && bodies.contains { $0.1.contains("COMPLETE") && $0.1.contains("shop.first") }
                && bodies.contains { $0.1.contains("START") && $0.1.contains("shop.second") }
        }
        while !isTold() {
            try #require(ContinuousClock.now < end, "waited in vain")
            usleep(20_000)
        }
        program.signal(SIGKILL)
        _ = program.wait()
        let before = receiver.requests
        try sandbox.write("n\n1\n", to: "ready.csv")
        try sandbox.run("--run-id", "r-1", "--resume")
        let after = Array(receiver.requests.dropFirst(before.count))

        let early = try spans(before, in: sandbox)
        let late = try spans(after, in: sandbox)
        #expect(!early.contains { $0["name"].text == "run" })
        let root = try #require(late.first { $0["name"].text == "run" })
        #expect(Set((early + late).map { $0["trace"].text }).count == 1)
        #expect(early.first { $0["name"].text == "step first" }?["parent"].text == root["id"].text)
        #expect(late.filter { $0["name"].text.hasPrefix("step ") }.map { $0["name"].text } == ["step second"])

        let (told, retold) = (try events(before, in: sandbox), try events(after, in: sandbox))
        func run(_ events: [JSON], _ job: String) -> Set<String> {
            Set(events.filter { $0["job"]["name"].text == job }.map { $0["run"]["runId"].text })
        }
        for job in ["shop", "shop.second"] {
            #expect(run(told, job).count == 1)
            #expect(run(told, job) == run(retold, job))
        }
        #expect(run(retold, "shop.first").isEmpty)
        let ends = (told + retold).filter { ["COMPLETE", "FAIL"].contains($0["eventType"].text) }
        #expect(ends.map { $0["job"]["name"].text } == ["shop.first", "shop.second", "shop"])
    }

    @Test(
        "a run that somebody stops still says so",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"))
    func stopped() throws {
        let receiver = try server { _ in .answer(200) }
        let sandbox = try project(
            "{ traces: \"\(receiver.endpoint)\", lineage: { url: \"\(receiver.endpoint)\" } }",
            "slow: { sql: SELECT count(*) AS n FROM range(100000000000) t(i) WHERE i % 7 = random() }")
        let program = try sandbox.start("run")
        let end = ContinuousClock.now + .seconds(60)
        while !receiver.requests.contains(where: { String(decoding: $0.body, as: UTF8.self).contains("shop.slow") }) {
            try #require(ContinuousClock.now < end, "waited in vain")
            usleep(20_000)
        }
        program.signal(SIGINT)
        let result = program.wait()
        #expect(result.status == 130, "\(result.text)")
        let events = try events(receiver.requests, in: sandbox)
        #expect(
            events.map { $0["eventType"].text + " " + $0["job"]["name"].text }
                == ["START shop", "START shop.slow", "ABORT shop.slow", "ABORT shop"])
        let spans = try spans(receiver.requests, in: sandbox)
        #expect(spans.map { $0["name"].text } == ["write", "step slow", "run"])
        #expect(spans.map { $0["status"].int } == [2, 2, 2])
        #expect(spans.last?["message"].text == "cancelled")
    }

    @Test(
        "a run of the server is a trace of its own, and says what started it",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"))
    func served() throws {
        let receiver = try server { _ in .answer(200) }
        let sandbox = try project(
            "{ traces: \"\(receiver.endpoint)\" }\ntriggers: { often: { every: 1s, full_refresh: true } }",
            "a: { sql: SELECT 1 AS n }")
        sandbox.environment = ["TRACEPARENT": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]
        let program = try sandbox.start("serve", "--port", "0")
        defer {
            program.signal(SIGTERM)
            _ = program.wait()
        }
        let end = ContinuousClock.now + .seconds(60)
        while receiver.requests.isEmpty {
            try #require(ContinuousClock.now < end, "waited in vain")
            usleep(20_000)
        }
        let spans = try spans(Array(receiver.requests.prefix(1)), in: sandbox)
        let root = try #require(spans.first { $0["name"].text == "run" })
        #expect(root["parent"].text == "" && root["trace"].text != "0af7651916cd43dd8448eb211c80319c")
        #expect(root["attributes"]["millrace.run.cause"].text.hasPrefix("trigger often"))
        #expect(root["attributes"]["millrace.run.queued_ms"].int != nil)
    }

    @Test(
        "a hundred steps are told whole, whichever way they went",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"))
    func many() throws {
        let receiver = try server { _ in .answer(200) }
        var datasets = ""
        for number in 0..<100 {
            let from = number < 4 ? "" : " FROM d\(number - 4)"
            datasets += "d\(number):\n  sql: SELECT \(number) AS n\(from)\n"
            if number % 23 == 22 { datasets += "  checks: [ { range: { column: n, max: 0 } } ]\n" }
        }
        let sandbox = try project(
            "{ traces: \"\(receiver.endpoint)\", lineage: { url: \"\(receiver.endpoint)\" } }", datasets)
        sandbox.environment = ["OTEL_BSP_EXPORT_TIMEOUT": "60000"]
        let result = try sandbox.millrace("run", "--keep-going", "-q")
        #expect(result.status == 1)
        #expect(!result.errors.contains("did not reach"), "\(result.errors)")
        let (_, steps) = try history(sandbox)
        let ended = steps.filter { $0.value == "done" || $0.value == "failed" }
        let spans = try spans(receiver.requests, in: sandbox).filter { $0["name"].text.hasPrefix("step ") }
        #expect(spans.count == ended.count)
        let events = try events(receiver.requests, in: sandbox)
        let ends = events.filter { $0["eventType"].text != "START" && $0["job"]["name"].text != "shop" }
        let told = Dictionary(
            uniqueKeysWithValues: ends.map {
                (String($0["job"]["name"].text.dropFirst(5)), $0["eventType"].text == "COMPLETE" ? "done" : "failed")
            })
        #expect(told == ended)
    }
}
