import Foundation
import HTTPTypes
import Scheduling
import TestThreads
import Testing

@testable import Serving

@Suite("Hostile visitors", .onTime, .serialized)
struct HostileTests {
    private static let poisons = [
        "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f", "..%5c..%5c", "clean%00", "clean'--",
        "clean\"; DROP TABLE x; --", "clean' OR '1'='1", "clean; ATTACH 'x'", "<script>alert(1)</script>",
        "${env:HOME}", "read_csv('/etc/passwd')", "clean UNION SELECT 1", "-C/etc", "--help", "raw@changes(0,1)",
        "a%0d%0aSet-Cookie:%20x=1", String(repeating: "a", count: 3000), "%ff%fe", "%zz", "🐟",
    ]

    @Test("no poison in any part of an address is served, and nothing changes")
    func poisonedPaths() async throws {
        let (playground, run) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let places = server.site.routes.routes.filter { $0.template.contains("{") }
            for route in places {
                for poison in Self.poisons {
                    let raw = poison.contains("%") ? poison : Client.encoded(poison)
                    var path = ""
                    for segment in route.segments {
                        if case .text(let text) = segment { path += "/" + text } else { path += "/" + raw }
                    }
                    let answer = await server.client.ask(
                        route.method.rawValue, path, ["Content-Type": "application/json"],
                        route.method == .post ? "{}" : nil)
                    #expect((400..<500).contains(answer.status), "\(route.method) \(path): \(answer.status)")
                    #expect(answer.headers["set-cookie"]?.contains("x=1") != true)
                }
            }
            for path in [
                "/../millrace.yaml", "/assets/../../millrace.yaml", "/./x", "//etc/passwd", "/.millrace/state.sqlite",
            ] {
                #expect((400..<500).contains(await server.client.get(path).status), "\(path)")
            }
            #expect(server.control.requests.isEmpty)
            let page = await server.client.get("/runs/\(run)")
            #expect(page.status == 200, "\(page)")
        }
    }

    @Test("no poison in any parameter is served as anything but what it says, and nothing changes")
    func poisonedParameters() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            for poison in Self.poisons.map(Client.encoded) {
                for path in [
                    "runs?from=", "datasets/clean/preview?version=", "datasets/clean/preview?limit=", "runs?limit=",
                    "datasets/clean/versions?limit=", "datasets/clean/checks?limit=",
                    "datasets/clean/quarantine?limit=",
                ] {
                    #expect(await server.client.get("/api/v1/\(path)\(poison)").status == 422, "\(path)\(poison)")
                }
                for path in [
                    "/search?q=", "/runs?outcome=", "/triggers?said=", "/api/v1/runs?outcome=",
                    "/api/v1/datasets?state=", "/api/v1/search?q=",
                ] {
                    let answer = await server.client.get(path + poison)
                    #expect(answer.status == 200, "\(path)\(poison)")
                    #expect(!answer.body.contains("<script>alert"), "\(path)")
                    #expect(!answer.body.contains("root:"), "\(path)")
                }
            }
            #expect(server.control.requests.isEmpty)
        }
    }

    @Test(
        "a body that makes no sense is refused",
        arguments: [
            "[1]", "nonsense", "{\"selection\": 1}", "{\"selection\": \"--keep-going\"}", "{\"selection\": \"a -C /\"}",
            "{\"unknown\": true}", "{\"partitions\": [\"--help\"]}", "{\"partitions\": \"x\"}", "{\"priority\": 1e9}",
            "{\"priority\": 99999999999999999999}", "{\"full_refresh\": \"yes\"}", "{\"selection\": \"a\\u0000b\"}",
            String(repeating: "[", count: 5000), "{\"a\":" + String(repeating: "{\"a\":", count: 200),
        ])
    func senselessBodies(_ body: String) async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let answer = await server.client.post("/api/v1/runs", json: body)
            #expect(answer.status == 400 || answer.status == 422, "\(body.prefix(40)): \(answer.status)")
            #expect(server.control.requests.isEmpty)
        }
    }

    @Test("wrong methods get a 405 that names the right ones, and change nothing")
    func wrongMethods() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
                let answer = await server.client.ask(method, "/api/v1/runs")
                #expect(answer.status == 405, "\(method)")
                #expect(answer.headers["allow"] == "GET, HEAD, POST")
            }
            #expect(await server.client.ask("POST", "/api/v1/datasets", [:], "").status == 405)
            #expect(await server.client.get("/runs/x/cancel").status == 405)
            #expect(await server.client.get("/nowhere").status == 404)
            #expect(await server.client.ask("HEAD", "/").body.isEmpty)
            #expect(server.control.requests.isEmpty)
        }
    }

    @Test("bodies that are too large or too slow are refused")
    func largeAndSlow() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let large = String(repeating: " ", count: 70_000)
            #expect(await server.client.post("/api/v1/runs", json: large).status == 413)
            let claimed = await server.client.post("/api/v1/runs", json: "", ["Content-Length": "99999999999"])
            #expect(claimed.status == 413)
            let head = "POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            let chunk = "2000\r\n" + String(repeating: " ", count: 0x2000) + "\r\n"
            let chunked = await server.client.send(
                [head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 9)])
            #expect(chunked.status == 413)
            let slow = await server.client.send(
                [head + "Content-Length: 2\r\n\r\n{"] + Array(repeating: "", count: 0), seconds: 60)
            #expect(slow.status == 408)
            #expect(await server.client.get("/" + String(repeating: "a", count: 5000)).status == 414)
            let fields = (0..<200).map { "X-\($0): y\r\n" }.joined()
            let many = await server.client.send(["GET / HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n"], seconds: 5)
            #expect(many.status == 400 || many.status == 431 || many.status == 0)
            #expect(server.control.requests.isEmpty)
            #expect(await server.client.get("/healthz").status == 200)
        }
    }

    @Test("a request for another host, or without one, is refused")
    func hosts() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground, { $0.allowedHosts = ["millrace.example"] }) { server in
            for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "192.168.1.1", "[::2]"] {
                #expect(await server.client.get("/", ["Host": host]).status == 421, "\(host)")
            }
            for host in ["", "a b", "localhost:x", "@localhost"] {
                #expect(await server.client.get("/", ["Host": host]).status == 400, "\(host)")
            }
            for host in ["localhost", "LOCALHOST:7878", "127.0.0.1", "[::1]:1", "millrace.example"] {
                #expect(await server.client.get("/", ["Host": host]).status == 200, "\(host)")
            }
        }
    }

    @Test("a request from somebody else's page changes nothing")
    func origins() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let page = await server.client.get("/")
            let (cookie, seal) = (try #require(page.cookie), try #require(page.seal))
            let foreign = [
                ["Origin": "http://evil.example"], ["Origin": "null"], ["Origin": "http://127.0.0.1:1"],
                ["Origin": "http://localhost.evil.example"], ["Sec-Fetch-Site": "cross-site"],
                ["Sec-Fetch-Site": "same-site"],
            ]
            for headers in foreign {
                let form = await server.client.post(
                    "/runs", form: ["csrf": seal], headers.merging(["Cookie": cookie]) { $1 })
                #expect(form.status == 403, "\(headers)")
                #expect(await server.client.post("/api/v1/runs", json: "{}", headers).status == 403, "\(headers)")
                #expect(await server.client.ask("POST", "/hooks/hook", headers, "").status == 403, "\(headers)")
            }
            // What a form of another page can send without asking.
            for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
                let answer = await server.client.ask("POST", "/api/v1/runs", ["Content-Type": type], "{}")
                #expect(answer.status == 415, "\(type)")
            }
            #expect(server.control.requests.isEmpty)
        }
    }

    @Test("a form without its visit's token changes nothing")
    func forgery() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground) { server in
            let page = await server.client.get("/")
            let other = await server.client.get("/")
            let cookie = try #require(page.cookie)
            let foreign = try #require(other.seal)
            let seals: [String?] = [nil, "", "x", foreign]
            for route in server.site.routes.routes where route.kind == .form {
                let path = route.template.replacing("{run}", with: "20991231T235959-ffffff")
                    .replacing("{trigger}", with: "nightly").replacing("{backfill}", with: "b1")
                for seal in seals {
                    let form = seal.map { ["csrf": $0] } ?? [:]
                    #expect(await server.client.post(path, form: form, ["Cookie": cookie]).status == 403, "\(path)")
                }
                let bare = await server.client.post(path, form: ["csrf": page.seal ?? ""])
                #expect(bare.status == 403, "\(path) without the cookie")
            }
            #expect(server.control.requests.isEmpty)
        }
    }

    @Test("who asks too often has to wait")
    func rates() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(
            playground,
            {
                $0.limits.requestsAtOnce = 20
                $0.limits.requestsPerSecond = 0.01
            }
        ) { server in
            var refused: [Answer] = []
            for _ in 0..<25 {
                let answer = await server.client.get("/api/v1/triggers")
                if answer.status != 200 { refused.append(answer) }
            }
            #expect(refused.count == 5)
            #expect(refused.allSatisfy { $0.status == 429 && $0.headers["retry-after"] != nil })
            #expect(await server.client.get("/healthz").status == 200)
        }
    }
}
