import Foundation
import HTTPTypes
import Project
import Recording
import Scheduling
import TestThreads
import Testing
import Timetable

@testable import Serving

/// One project and its history for all tests that only look.
actor Shared {
    static let shared = Shared()
    private var made: (Playground, RunID)?

    func playground() async throws -> (Playground, RunID) {
        if let made { return made }
        let playground = try Playground()
        let run = try await playground.make()
        made = (playground, run)
        return (playground, run)
    }
}

@Suite("What the server answers", .onTime, .serialized)
struct RouteTests {
    @Test("every page and every GET of the API answers with what it is for")
    func everythingAnswers() async throws {
        let (playground, run) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let pages = [
                ("/", "totals"), ("/datasets/clean", "doubled"), ("/datasets/clean/versions", "Made from"),
                ("/datasets/clean/preview", "amount"), ("/datasets/clean/checks", "unique"),
                ("/datasets/clean/lineage", "totals"), ("/datasets/clean/quarantine", "outside"),
                ("/datasets/raw/quarantine", "refused no row"), ("/runs", run.text), ("/runs/\(run)", "version 0"),
                ("/runs/20991231T235959-ffffff", "queued"), ("/triggers", "Europe/Berlin"),
                ("/backfills", "2024-01-31"),
                ("/search?q=amount", "clean.amount"), ("/runs?outcome=cancelled", "no such run"),
                ("/runs?from=9000000000000.\(run)", "Older ones"),
            ]
            for (path, word) in pages {
                let answer = await server.client.get(path)
                #expect(answer.status == 200, "\(path)")
                #expect(answer.body.contains(word), "\(path) says \(word)")
                #expect(answer.headers["content-type"]?.hasPrefix("text/html") == true)
                #expect(answer.headers["content-security-policy"]?.contains("script-src 'self'") == true)
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(!answer.body.contains("<script>alert"), "\(path) escapes")
            }
            let api = [
                "datasets", "datasets/clean", "datasets/clean/versions", "datasets/clean/preview",
                "datasets/clean/checks", "datasets/clean/lineage", "datasets/clean/quarantine", "runs", "runs/\(run)",
                "runs/\(run)/log", "triggers", "backfills", "search?q=c",
            ]
            for path in api {
                let answer = await server.client.get("/api/v1/" + path)
                #expect(answer.status == 200, "\(path)")
                #expect(JSON(reading: answer.body) != nil, "\(path)")
            }
            for path in ["/healthz", "/metrics", "/openapi.json", "/assets/style.css", "/assets/script.js"] {
                #expect(await server.client.get(path).status == 200, "\(path)")
            }
        }
    }

    @Test("the lineage of columns is in the API and on the page, with links to where they come from and go")
    func lineage() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let lineage = JSON(reading: await server.client.get("/api/v1/datasets/clean/lineage").body)
            let columns = lineage?["columns"]?.asArray ?? []
            #expect(columns.compactMap { $0["name"]?.asString } == ["id", "label", "amount"])
            let amount = columns.last?["from"]?.asArray?.first
            #expect(amount?["place"]?.asString == "dataset" && amount?["name"]?.asString == "raw")
            #expect(amount?["column"]?.asString == "amount")
            #expect(amount?["kinds"]?.asArray?.compactMap(\.asString) == ["transformation"])
            let use = columns.last?["used_in"]?.asArray?.first
            #expect(use?["dataset"]?.asString == "totals" && use?["column"]?.asString == "total")
            // Its quarantine refuses rows by the amount.
            #expect(lineage?["rows"]?.asArray?.compactMap { $0["column"]?.asString } == ["amount"])
            #expect(lineage?["problem"]?.isNull == true)

            let page = await server.client.get("/datasets/clean/lineage").body
            #expect(page.contains(#"<tr id="column-amount">"#))
            #expect(page.contains(#"href="/datasets/raw/lineage#column-amount""#))
            #expect(page.contains(#"href="/datasets/totals/lineage#column-total""#))
            let files = await server.client.get("/datasets/raw/lineage").body
            #expect(files.contains("landing/*.csv"))
        }
    }

    @Test("names of columns are text on the page, whatever is in them")
    func strangeColumns() async throws {
        let playground = try Playground(
            """
            project: strange
            datasets:
              one: { sql: 'SELECT 1 AS "<b>a&b</b>", 2 AS "x y#z"' }
              two: { sql: 'SELECT "<b>a&b</b>" + "x y#z" AS c FROM one' }

            """)
        defer { playground.remove() }
        try await TestServer.with(playground) { server in
            let page = await server.client.get("/datasets/two/lineage").body
            #expect(!page.contains("<b>a"))
            #expect(page.contains("&lt;b&gt;a&amp;b&lt;/b&gt;"))
            #expect(page.contains(#"href="/datasets/one/lineage#column-x%20y%23z""#))
            #expect(await server.client.get("/datasets/one/lineage").body.contains(#"id="column-x%20y%23z""#))
        }
    }

    @Test("a preview and the refused rows are rows of the store")
    func rows() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let preview = JSON(
                reading: await server.client.get("/api/v1/datasets/clean/preview?version=0&limit=3").body)
            #expect(preview?["rows"]?.asArray?.count == 3)
            #expect(preview?["columns"]?.asArray?.compactMap(\.asString) == ["id", "label", "amount"])
            #expect(preview?["rows"]?.asArray?.first?["amount"]?.asInt == 4)
            let refused = JSON(reading: await server.client.get("/api/v1/datasets/clean/quarantine").body)
            #expect(refused?["rows"]?.asArray?.isEmpty == false)
            #expect(await server.client.get("/api/v1/datasets/clean/preview?version=99").status == 404)
        }
    }

    @Test("runs come page by page, and none is left out or told twice")
    func runPages() async throws {
        let (playground, run) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            var seen: [String] = []
            var before = ""
            for _ in 0..<10 {
                let page = JSON(reading: await server.client.get("/api/v1/runs?limit=1\(before)").body)
                seen += (page?["runs"]?.asArray ?? []).compactMap { $0["run"]?.asString }
                guard let next = page?["next"]?.asString else { break }
                before = "&from=\(next)"
            }
            #expect(seen == ["20991231T235959-ffffff", "20991231T235958-eeeeee", run.text])
        }
    }

    @Test("a change by the API reaches the scheduler as it was meant")
    func changes() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let run = "20991231T235958-eeeeee"
            let asked: [(String, String)] = [
                ("runs", #"{"selection": "clean+", "partitions": ["2024-01-01"], "priority": 3}"#),
                ("runs/\(run)/retry", ""), ("runs/\(run)/cancel", "{}"), ("triggers/nightly/pause", ""),
                ("triggers/nightly/resume", ""), ("triggers/nightly/fire", ""), ("backfills/b1/pause", ""),
                ("backfills/b1/resume", ""), ("backfills/b1/cancel", ""),
                ("backfills", #"{"dataset": "clean", "from": "2024-01-01", "to": "2024-02-01", "which": "failed"}"#),
            ]
            for (path, body) in asked {
                let answer = await server.client.post("/api/v1/" + path, json: body)
                #expect(answer.status == 202, "\(path): \(answer.body)")
            }
            #expect(await server.client.ask("POST", "/hooks/hook", [:], "whatever").status == 202)
            let name = try #require(DatasetName("clean"))
            let backfill = BackfillID("b1")
            #expect(
                server.control.requests == [
                    .run(RunOrder(selection: "clean+", partitions: [PartitionKey("2024-01-01")], priority: 3)),
                    .retry(RunID(run)), .cancel(RunID(run)), .pause(trigger: "nightly"), .resume(trigger: "nightly"),
                    .fire(trigger: "nightly"), .pauseBackfill(backfill), .resumeBackfill(backfill),
                    .cancelBackfill(backfill),
                    .createBackfill(
                        BackfillOrder(
                            dataset: name, from: PartitionKey("2024-01-01"), to: PartitionKey("2024-02-01"),
                            which: .failed)), .webhook(trigger: "hook"),
                ])
            let refused = await server.client.post("/api/v1/runs", json: #"{"selection": "nothing_like_this"}"#)
            #expect(refused.status == 422)
            #expect(refused.body.contains("'millrace list' names them all"))
        }
    }

    @Test("forms work without a script")
    func forms() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let page = await server.client.get("/triggers")
            let (cookie, seal) = (try #require(page.cookie), try #require(page.seal))
            let run = "20991231T235959-ffffff"
            let asked: [(String, [String: String], String)] = [
                ("/runs", ["selection": "clean"], "/runs/\(run)?said=started"),
                ("/runs/\(run)/cancel", [:], "/runs/\(run)?said=cancelled"),
                ("/runs/\(run)/retry", [:], "/runs/\(run)?said=retried"),
                ("/triggers/nightly/pause", [:], "/triggers?said=paused"),
                ("/triggers/hook/resume", [:], "/triggers?said=resumed"),
                ("/triggers/hook/fire", [:], "/runs/\(run)?said=started"),
                ("/backfills/b1/pause", [:], "/backfills?said=paused"),
                ("/backfills", ["dataset": "clean", "from": "a", "to": "b"], "/backfills?said=backfill"),
            ]
            for (path, form, place) in asked {
                let answer = await server.client.post(
                    path, form: form.merging(["csrf": seal]) { $1 },
                    ["Cookie": cookie, "Origin": "http://127.0.0.1:\(server.client.port)"])
                #expect(answer.status == 303, "\(path): \(answer.body)")
                #expect(answer.headers["location"] == place)
            }
            #expect(server.control.requests.count == asked.count)
            #expect(await server.client.get("/triggers?said=paused").body.contains("Paused."))
        }
    }

    @Test("what happens is told to those who watch, and again to those who come back")
    func events() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            while !server.control.hasListeners { try await Task.sleep(for: .milliseconds(5)) }
            let run = RunID("20991231T235959-ffffff")
            let head = "GET /api/v1/events?run=\(run) HTTP/1.1\r\nHost: localhost\r\n"
            async let watched = server.client.send([head + "\r\n"], seconds: 60, until: "version 7, 12 rows")
            while server.site.hub.listeners == 0 { try await Task.sleep(for: .milliseconds(5)) }
            server.control.tell(
                .output(
                    run,
                    line: #"{"event":"step_finished","at":"2026-01-01T00:00:00.000Z","dataset":"clean","version":7,"#
                        + #""rows":{"read":12,"published":12,"quarantined":0},"seconds":1.5}"#))
            let answer = await watched
            #expect(answer.headers["content-type"] == "text/event-stream")
            #expect(answer.body.contains("event: output"))
            #expect(answer.body.contains("version 7, 12 rows, in 1.5 s"))
            let again = await server.client.send(
                [head + "Last-Event-ID: 0\r\n\r\n"], seconds: 60, until: "version 7, 12 rows")
            #expect(again.body.contains("version 7, 12 rows"))
            let log = await server.client.get("/api/v1/runs/\(run)/log")
            #expect(log.body.contains("version 7, 12 rows"))
        }
    }

    @Test("the server ends within a moment although somebody watches")
    func shutdown() async throws {
        let (playground, _) = try await Shared.shared.playground()
        let clock = ContinuousClock()
        let start = clock.now
        let watching = try await TestServer.with(playground) { server in
            let watching = Task {
                await server.client.send(
                    ["GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"], seconds: 30)
            }
            while server.site.hub.listeners == 0 { try await Task.sleep(for: .milliseconds(5)) }
            return watching
        }
        _ = await watching.value
        #expect(clock.now - start < .seconds(10))
    }

    @Test("the API's document names every route of the API, and no other")
    func document() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let document = JSON(reading: await server.client.get("/openapi.json").body)
            let paths = document?["paths"]?.asFields ?? []
            let described = Set(
                paths.flatMap { path, methods in (methods.asFields ?? []).map { "\($0.0) \(path)" } })
            let kinds: [RouteKind] = [.api, .stream, .hook]
            let there = Set(
                server.site.routes.routes.filter { kinds.contains($0.kind) || $0.template == "/healthz" }
                    .map { "\($0.method.rawValue.lowercased()) \($0.template)" })
            #expect(described == there)
        }
    }
}
