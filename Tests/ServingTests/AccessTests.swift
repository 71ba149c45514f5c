import Foundation
import HTTPTypes
import Project
import Scheduling
import TestThreads
import Testing

@testable import Serving

@Suite("Who may come in", .onTime, .serialized)
struct AccessTests {
    private static let token = "0123456789abcdef0123456789abcdef"

    @Test("a server that others can reach does not start without a token or users")
    func openToAll() throws {
        for host in ["0.0.0.0", "192.168.1.10", "::", "example.org", "127.evil.example"] {
            #expect(throws: Diagnostic.self, "\(host)") { try ServerOptions(host: host).validate() }
            try ServerOptions(host: host, token: Self.token).validate()
        }
        for host in ["127.0.0.1", "localhost", "::1", "127.0.0.2"] { try ServerOptions(host: host).validate() }
        #expect(throws: Diagnostic.self) { try ServerOptions(token: "short").validate() }
    }

    @Test("without the token nothing is told and nothing changes")
    func tokens() async throws {
        let (playground, run) = try await Shared.shared.playground()
        try await TestServer.with(playground, { $0.token = Self.token }) { server in
            for route in server.site.routes.routes where route.kind != .open && route.kind != .login {
                let path = route.template.replacing("{run}", with: run.text).replacing("{dataset}", with: "clean")
                    .replacing("{trigger}", with: "nightly").replacing("{backfill}", with: "b1")
                for headers in [
                    [:], ["Authorization": "Bearer nonsense"], ["Authorization": "Basic YTpi"],
                    ["Cookie": "millrace=" + String(repeating: "a", count: 64)],
                ] {
                    let type = route.kind == .form ? "application/x-www-form-urlencoded" : "application/json"
                    let answer = await server.client.ask(
                        route.method.rawValue, path, headers.merging(["Content-Type": type]) { $1 },
                        route.method == .post ? "" : nil)
                    let isPage = route.kind == .page || route.kind == .form
                    let expected = isPage && headers["Authorization"] == nil ? [303] : [401, 429]
                    #expect(expected.contains(answer.status), "\(path): \(answer.status)")
                    #expect(!answer.body.contains("playground"), "\(path)")
                }
            }
            #expect(server.control.requests.isEmpty)
        }
        try await TestServer.with(playground, { $0.token = Self.token }) { server in
            let headers = ["Authorization": "Bearer \(Self.token)"]
            #expect(await server.client.get("/api/v1/datasets", headers).status == 200)
            #expect(await server.client.post("/api/v1/runs", json: "{}", headers).status == 202)
            #expect(await server.client.ask("POST", "/hooks/hook", headers, "").status == 202)
            #expect(await server.client.get("/healthz").status == 200)
        }
    }

    @Test("who signs in with the token sees the pages until they sign out")
    func signingIn() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground, { $0.token = Self.token }) { server in
            let front = await server.client.get("/datasets/clean")
            #expect(front.headers["location"] == "/login?next=%2Fdatasets%2Fclean")
            let page = await server.client.get("/login?next=%2Fdatasets%2Fclean")
            let (cookie, seal) = (try #require(page.cookie), try #require(page.seal))
            let wrong = await server.client.post(
                "/login", form: ["csrf": seal, "password": "nonsense"], ["Cookie": cookie])
            #expect(wrong.status == 401)
            let forged = await server.client.post("/login", form: ["password": Self.token], ["Cookie": cookie])
            #expect(forged.status == 403)
            let right = await server.client.post(
                "/login", form: ["csrf": seal, "password": Self.token, "next": "/datasets/clean"], ["Cookie": cookie])
            #expect(right.status == 303)
            #expect(right.headers["location"] == "/datasets/clean")
            let session = try #require(right.cookie)
            #expect(session != cookie)
            #expect(right.headers["set-cookie"]?.contains("HttpOnly; SameSite=Lax") == true)
            let inside = await server.client.get("/datasets/clean", ["Cookie": session])
            #expect(inside.status == 200)
            #expect(await server.client.get("/", ["Cookie": cookie]).status == 303)
            // A script of the page may change things with the page's token only.
            #expect(await server.client.post("/api/v1/runs", json: "{}", ["Cookie": session]).status == 403)
            let own = try #require(inside.seal)
            let sealed = ["Cookie": session, "X-CSRF-Token": own]
            #expect(await server.client.post("/api/v1/runs", json: "{}", sealed).status == 202)
            #expect(await server.client.post("/logout", form: ["csrf": own], ["Cookie": session]).status == 303)
            #expect(await server.client.get("/datasets/clean", ["Cookie": session]).status == 303)
        }
    }

    @Test(
        "after signing in one gets to a place of this server only",
        arguments: [
            "//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nSet-Cookie: x=1", "",
        ])
    func redirects(_ next: String) {
        #expect(LoginPage.place(next) == "/")
    }

    @Test("a user may do what the role allows")
    func roles() async throws {
        let (playground, _) = try await Shared.shared.playground()
        let path = playground.root + "/users-\(UUID().uuidString)"
        for role in Role.allCases {
            try UsersFile.add("\(role.rawValue)@example.org", role: role, password: "password of \(role)", to: path)
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("password of") == false)
        let users = try UsersFile(path: path)
        try await TestServer.with(playground, { $0.users = users }) { server in
            func signIn(_ role: Role, _ password: String) async -> String? {
                let page = await server.client.get("/login")
                let answer = await server.client.post(
                    "/login",
                    form: ["csrf": page.seal ?? "", "name": "\(role.rawValue)@example.org", "password": password],
                    ["Cookie": page.cookie ?? ""])
                return answer.status == 303 ? answer.cookie : nil
            }
            #expect(await signIn(.viewer, "password of admin") == nil)
            for role in Role.allCases {
                let session = try #require(await signIn(role, "password of \(role)"))
                let page = await server.client.get("/triggers", ["Cookie": session])
                #expect(page.body.contains("Run now") == (role >= .operator))
                let seal = try #require(page.seal)
                let fire = await server.client.post(
                    "/triggers/nightly/fire", form: ["csrf": seal], ["Cookie": session])
                #expect(fire.status == (role >= .operator ? 303 : 403))
                let full = await server.client.post(
                    "/runs", form: ["csrf": seal, "full_refresh": "yes"], ["Cookie": session])
                #expect(full.status == (role >= .admin ? 303 : 403))
            }
        }
    }

    @Test("guessing passwords soon becomes slow")
    func guessing() async throws {
        let (playground, _) = try await Shared.shared.playground()
        try await TestServer.with(playground, { $0.token = Self.token }) { server in
            let page = await server.client.get("/login")
            var statuses: [Int] = []
            for number in 0..<12 {
                statuses.append(
                    await server.client.post(
                        "/login", form: ["csrf": page.seal ?? "", "password": "guess \(number)"],
                        ["Cookie": page.cookie ?? ""]
                    ).status)
            }
            #expect(statuses.prefix(8).allSatisfy { $0 == 401 })
            #expect(statuses.suffix(4).allSatisfy { $0 == 429 })
        }
    }

    @Test("a password can be told from others, and a file that makes no sense is refused")
    func hashes() throws {
        let hash = PasswordHash("correct horse")
        let read = try #require(PasswordHash(text: hash.text))
        #expect(read.matches("correct horse"))
        #expect(!read.matches("correct horse "))
        #expect(!PasswordHash.nobody.matches(""))
        #expect(PasswordHash("correct horse").text != hash.text)
        for text in ["", "plain", "pbkdf2-sha256$0$00$00", "pbkdf2-sha256$1$zz$00", "md5$1$00$00"] {
            #expect(PasswordHash(text: text) == nil)
        }
        let path = NSTemporaryDirectory() + "/users-\(UUID().uuidString)"
        try Data("ann:king:x\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: Diagnostic.self) { try UsersFile(path: path) }
        #expect(throws: Diagnostic.self) { try UsersFile(path: path + "-missing") }
        #expect(throws: Diagnostic.self) { try UsersFile.add("a:b", role: .admin, password: "12345678", to: path) }
        #expect(throws: Diagnostic.self) { try UsersFile.add("ann", role: .admin, password: "short", to: path) }
    }
}
