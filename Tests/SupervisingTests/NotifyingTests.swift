import Foundation
import NIOSSL
import Processes
import Project
import Supervising
import TestThreads
import Testing

@testable import Scheduling

@Suite("Telling people", .onTime)
struct NotifyingTests {
    private static let span = SourceSpan.wholeFile("millrace.yaml")

    private func notice(_ message: String = "run 1 failed: no file") -> PendingNotice {
        PendingNotice(
            number: 1, rule: 0,
            notice: Notice(
                occasion: .failure, message: message, at: 1_772_582_400_000, run: RunID("1"), cause: "a person"))
    }

    private func messenger(
        _ folder: Folder, _ channel: Rule.Channel, mail: MailServer? = nil,
        delays: [Duration] = [.milliseconds(10), .milliseconds(10)]
    ) -> Messenger {
        let project = Project.bare(folder) { project in
            project.notifications = [Rule(occasions: [.failure], channel: channel, span: Self.span)]
            project.mailServer = mail
        }
        return Messenger(
            project, environment: ProcessInfo.processInfo.environment, delays: delays, patience: .seconds(10))
    }

    /// Runs a server written in Python for as long as a test needs it; it says its port first.
    private func serving(
        _ script: String, in folder: Folder, _ arguments: [String] = [], _ body: (Int) async throws -> Void
    ) async throws {
        try folder.write(script, to: "server.py")
        let child = ChildProcess.start(
            ChildProcess.Launch(
                ["/usr/bin/env", "python3", "-u", folder.path + "/server.py"] + arguments,
                environment: ProcessInfo.processInfo.environment, folder: folder.path),
            onLine: { _, line in try? folder.write(folder.read("said") + line + "\n", to: "said") }, onEnd: { _ in })
        defer { child.kill() }
        try await eventually("the server says its port") { folder.read("said").contains("port ") }
        let line = folder.read("said").split(separator: "\n").first { $0.hasPrefix("port ") } ?? ""
        try await body(try #require(Int(line.dropFirst(5))))
    }

    @Test("A webhook gets a JSON document, again when the server had a bad moment; a refusal is final")
    func webhook() async throws {
        let folder = try Folder()
        let script = #"""
            import http.server
            class Handler(http.server.BaseHTTPRequestHandler):
                count = 0
                def do_POST(self):
                    Handler.count += 1
                    body = self.rfile.read(int(self.headers['content-length']))
                    print('got', self.path, self.headers['content-type'], body.decode())
                    self.send_response(404 if self.path == '/no' else 503 if Handler.count == 1 else 204)
                    self.end_headers()
                def log_message(self, *all): pass
            server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
            print('port', server.server_port)
            server.serve_forever()
            """#
        try await serving(script, in: folder) { port in
            try await messenger(folder, .webhook(url: "http://127.0.0.1:\(port)/hook")).deliver(notice())
            try await eventually("both are said") { folder.read("said").split(separator: "got /hook").count == 3 }
            let got = folder.read("said").split(separator: "\n").filter { $0.hasPrefix("got /hook") }
            #expect(got.count == 2)
            #expect(got.last?.contains("application/json") == true)
            #expect(got.last?.contains(#""message":"run 1 failed: no file""#) == true)
            #expect(got.last?.contains(#""at":"2026-03-04T00:00:00.000Z""#) == true)
            let refused = await #expect(throws: Undelivered.self) {
                try await messenger(folder, .webhook(url: "http://127.0.0.1:\(port)/no")).deliver(notice())
            }
            #expect(refused?.reason.contains("404") == true)
        }
        let gone = await #expect(throws: Undelivered.self) {
            try await messenger(folder, .webhook(url: "http://127.0.0.1:1/")).deliver(notice())
        }
        #expect(gone?.isPassing == true)
    }

    @Test("A command gets the document on its standard input, and no shell")
    func command() async throws {
        let folder = try Folder()
        try folder.write("#!/bin/sh\ncat > told; echo \"$1\" >> told\n", to: "tell.sh")
        chmod(folder.path + "/tell.sh", 0o755)
        try await messenger(folder, .command(["./tell.sh", "$(id); rm"])).deliver(notice())
        let told = folder.read("told").split(separator: "\n")
        #expect(told.count == 2)
        #expect(told.first?.contains(#""occasion":"failure""#) == true)
        #expect(told.last == "$(id); rm")
        let failing = await #expect(throws: Undelivered.self) {
            try await messenger(folder, .command(["/bin/sh", "-c", "echo oh no >&2; exit 3"])).deliver(notice())
        }
        #expect(failing?.reason == "its command ended with status 3: oh no")
    }

    /// A mail server that says what it is told.
    private static let mailServer = #"""
        import base64, socket, ssl, sys
        mode, certificate = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
        server = socket.create_server(('127.0.0.1', 0))
        print('port', server.getsockname()[1])
        while True:
            connection, _ = server.accept()
            if mode == 'tls': connection = context.wrap_socket(connection, server_side=True)
            stream = connection.makefile('rb')
            def say(text): connection.sendall((text + '\r\n').encode())
            say('220 hello')
            secure = mode == 'tls'
            while True:
                line = stream.readline()
                if not line: break
                text = line.decode().strip()
                print('C:', text)
                word = text.upper().split(' ')[0]
                if word == 'EHLO':
                    say('250-here')
                    if mode == 'starttls' and not secure: say('250-STARTTLS')
                    say('250 AUTH LOGIN' if mode == 'login' else '250 AUTH PLAIN LOGIN')
                elif word == 'STARTTLS':
                    say('220 go on')
                    connection = context.wrap_socket(connection, server_side=True)
                    stream = connection.makefile('rb')
                    secure = True
                    print('S: secure')
                elif text.upper() == 'AUTH LOGIN':
                    say('334 VXNlcm5hbWU6'); print('user', base64.b64decode(stream.readline()).decode())
                    say('334 UGFzc3dvcmQ6'); print('password', base64.b64decode(stream.readline()).decode())
                    say('235 welcome')
                elif word == 'AUTH':
                    print('plain', base64.b64decode(text.split(' ')[2]).decode().replace('\0', '|'))
                    say('235 welcome')
                elif word == 'RCPT' and 'nobody@' in text: say('550 no such person')
                elif word in ('MAIL', 'RCPT'): say('250 ok')
                elif word == 'DATA':
                    say('354 go on')
                    while True:
                        line = stream.readline().decode().rstrip('\r\n')
                        if line == '.': break
                        print('D:', line)
                    say('250 taken')
                elif word == 'QUIT':
                    say('221 bye'); print('bye'); connection.close(); break
                else: say('500 what?')
        """#

    private func server(_ port: Int, _ security: MailServer.Security, host: String = "127.0.0.1") -> MailServer {
        MailServer(
            host: host, port: port, security: security, user: "u", password: "geheim", from: "millrace@example.org")
    }

    private let mail = Mail(
        from: "millrace@example.org", to: ["data@example.org", "more@example.org"], subject: "[p] run 1 failed: größer",
        text: "run 1 failed\n.\nmore", at: 1_772_582_400_000)

    @Test("Mail: plain to this machine, with both ways to log in", arguments: ["plain", "login"])
    func mail(mode: String) async throws {
        let folder = try Folder()
        try await serving(Self.mailServer, in: folder, [mode]) { port in
            try await MailClient(server(port, .none)).send(mail, within: .seconds(60))
            try await eventually("it is taken") { folder.read("said").contains("bye") }
            let said = folder.read("said")
            #expect(said.contains(mode == "login" ? "password geheim" : "plain |u|geheim"))
            #expect(said.contains("C: RCPT TO:<more@example.org>"))
            #expect(said.contains("D: Subject: =?utf-8?B?"))
            #expect(said.contains("D: Date: 04 Mar 2026 00:00:00 +0000"))
            let body = Data(
                base64Encoded: said.split(separator: "\n").last { $0.hasPrefix("D: ") }?.dropFirst(3).description ?? "")
            #expect(String(decoding: body ?? Data(), as: UTF8.self) == "run 1 failed\n.\nmore")
            var unknown = mail
            unknown.to = ["nobody@example.org"]
            let refused = await #expect(throws: Undelivered.self) {
                try await MailClient(server(port, .none)).send(unknown, within: .seconds(60))
            }
            #expect(refused?.reason.contains("550") == true)
            #expect(refused?.isPassing == false)
        }
    }

    @Test(
        "Mail through TLS, at once and by STARTTLS; a certificate that nobody vouches for is refused",
        arguments: [MailServer.Security.tls, .starttls])
    func secureMail(security: MailServer.Security) async throws {
        let folder = try Folder()
        let made = await Built.run([
            "/usr/bin/env", "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", folder.path + "/key.pem", "-out",
            folder.path + "/cert.pem",
        ])
        try #require(made.0 == .exited(status: 0), "\(made.errors)")
        try folder.write(folder.read("key.pem") + folder.read("cert.pem"), to: "both.pem")
        let trust = NIOSSLTrustRoots.file(folder.path + "/cert.pem")
        try await serving(Self.mailServer, in: folder, [security.rawValue, folder.path + "/both.pem"]) { port in
            try await MailClient(server(port, security, host: "localhost"), trusting: trust).send(
                mail, within: .seconds(60))
            try await eventually("it is taken") { folder.read("said").contains("bye") }
            #expect(folder.read("said").contains("plain |u|geheim"))
        }
        let other = try Folder()
        try await serving(Self.mailServer, in: other, [security.rawValue, folder.path + "/both.pem"]) { port in
            await #expect(throws: Undelivered.self) {
                try await MailClient(server(port, security, host: "localhost")).send(mail, within: .seconds(60))
            }
            #expect(!other.read("said").contains("plain"))
        }
    }

    @Test("No password leaves this machine unencrypted, and no address smuggles in commands")
    func careful() async throws {
        let folder = try Folder()
        try await serving(Self.mailServer, in: folder, ["plain"]) { port in
            var smuggler = mail
            smuggler.to = ["a@example.org>\r\nRSET"]
            await #expect(throws: Undelivered.self) {
                try await MailClient(server(port, .none)).send(smuggler, within: .seconds(60))
            }
            await #expect(throws: Undelivered.self) {
                try await MailClient(server(port, .starttls)).send(mail, within: .seconds(60))
            }
            #expect(!folder.read("said").contains("geheim"))
        }
    }

    @Test("A run that fails is told of, and a dead webhook holds nothing up")
    func endToEnd() async throws {
        let folder = try Folder()
        try folder.write("#!/bin/sh\ncat >> told\n", to: "tell.sh")
        chmod(folder.path + "/tell.sh", 0o755)
        let stage = try Stage(folder, script: "exit 1") { project in
            project.notifications = [
                Rule(occasions: [.failure], channel: .webhook(url: "http://127.0.0.1:1/"), span: Self.span),
                Rule(occasions: [.failure], channel: .command(["./tell.sh"]), span: Self.span),
            ]
        }
        for _ in 0..<3 {
            let run = try await stage.order()
            try await stage.wait(for: run, .failed)
        }
        try await eventually("all three are told") { folder.read("told").split(separator: "\n").count == 3 }
        try await stage.finish()
    }
}
